// Why the rooms of a place are Offline. Presence alone cannot tell a power cut from a failing Microsoft Teams: the device
// records of some rooms, Microsoft's own posts and our sign-in can. This chooses a word and quotes what it rests on; that
// somebody is told has been decided before (Detection, Scope collapse).

public import Timekeeping

public import struct Foundation.Date

/// What is known of a place whose rooms are Offline.
public struct PlaceCause: Sendable {
    /// Whether all rooms of the tenant are concerned and not those of one place.
    public var isWholeTenant: Bool
    /// When the first of the rooms fell.
    public var onset: Date
    /// Causes of the rooms that are down, each by its own evidence.
    public var members: [Cause: Int]
    public var check: TenantCheck
    public var now: Moment

    public init(isWholeTenant: Bool, onset: Date, members: [Cause: Int], check: TenantCheck, now: Moment) {
        self.isWholeTenant = isWholeTenant
        self.onset = onset
        self.members = members
        self.check = check
        self.now = now
    }

    /// Members that must agree: one record that was wrong before speaks for no building.
    private static let witnesses = 2

    /// What most of the members with a known cause have in common.
    public var shared: Cause {
        let known = members.filter { $0.key != .unknown && $0.value > 0 }
        let most = known.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }
        guard let most, most.value >= Self.witnesses, most.value * 2 > known.values.reduce(0, +) else {
            return .unknown
        }
        return most.key
    }

    /// The cause that the evidence carries best.
    ///
    /// - What the directory or an operation of our own explains needs no other explanation.
    /// - An incident that Microsoft posts explains a dark tenant even where device records say offline, for these come
    ///   through the same service. It does not explain why one building is dark whose devices have left the network.
    /// - Devices that are well while presence says Offline are signed out; when Microsoft Entra is failing as well, it
    ///   was not the rooms who left.
    public var cause: Cause {
        let shared = shared
        if shared == .account || shared == .didNotReturn { return shared }
        let isPosted = check.issues(at: now)?.contains { $0.explains(onset) } ?? false
        if isWholeTenant, isPosted { return .provider }
        if shared == .networkOrPower { return shared }
        if isPosted { return .provider }
        if isWholeTenant, check.tokenEndpoint(at: now)?.outcome == .failing { return .provider }
        return shared
    }

    /// What the cause rests on: posted incidents, and for a whole tenant also that there are none, and how signing in
    /// goes; the records that were read.
    public var evidence: [Evidence] {
        var pieces: [Evidence] = []
        let (offline, well) = (members[.networkOrPower] ?? 0, members[.signedOut] ?? 0)
        if offline + well > 1 {
            pieces.append(
                Evidence(
                    source: Evidence.deviceSample,
                    reading: "\(offline) of \(offline + well) device records say offline, \(well) say well",
                    observedAt: now.wall))
        }
        let byAccount = members[.account] ?? 0
        if byAccount >= Self.witnesses {
            pieces.append(
                Evidence(
                    source: Evidence.accounts,
                    reading: "the accounts of \(byAccount) of \(members.values.reduce(0, +)) rooms explain it",
                    observedAt: now.wall))
        }
        let posted = check.issueEvidence(for: onset, at: now)
        pieces += posted
        guard isWholeTenant else { return pieces }
        if posted.isEmpty, let read = check.serviceHealth, check.issues(at: now) != nil {
            pieces.append(
                Evidence(
                    source: Evidence.serviceHealth, reading: "Microsoft posts no recent Teams incident",
                    observedAt: read.asked.wall))
        }
        if let token = check.tokenEvidence(at: now) { pieces.append(token) }
        return pieces
    }
}
