// For how long an update waits to be taken. Graph says that one is offered and not since when, so the first time that it was
// seen is remembered, over restarts too.

public import struct Foundation.Date

/// An update that is offered for one piece of software.
public struct SoftwareOffer: Sendable, Hashable, Codable {
    public var current: String?
    /// The newest version that was offered.
    public var available: String?
    /// When an update over ``current`` was first seen to be offered; a newer one that follows does not begin anew.
    public var firstSeen: Date

    public init(current: String?, available: String?, firstSeen: Date) {
        self.current = current
        self.available = available
        self.firstSeen = firstSeen
    }

    public func age(at now: Date) -> Duration { .seconds(max(0, now.timeIntervalSince(firstSeen))) }

    public func isOverdue(at now: Date) -> Bool { age(at: now) >= DeviceRules.updateOverdue }

    /// `Teams app 5.0.1: 5.1.2 is offered for 16 d`.
    public func sentence(of kind: SoftwareKind, at now: Date) -> String {
        let version = current.map { " \($0)" } ?? ""
        let offered = available ?? "an update"
        return "\(kind.name)\(version): \(offered) is offered for \(age(at: now).inWords)"
    }

    /// The offers after one more health record: what it does not mention stays as it was.
    static func updated(
        _ offers: [SoftwareKind: SoftwareOffer], by reports: [SoftwareReport], at now: Date
    ) -> [SoftwareKind: SoftwareOffer] {
        var offers = offers
        for report in reports {
            switch report.freshness {
            case .unknown: break
            case .latest: offers[report.kind] = nil
            case .updateAvailable:
                if var known = offers[report.kind], known.current == report.current ?? known.current {
                    known.available = report.available ?? known.available
                    offers[report.kind] = known
                } else {
                    offers[report.kind] = SoftwareOffer(
                        current: report.current, available: report.available, firstSeen: now)
                }
            }
        }
        return offers
    }
}
