// Which permissions the token really carries, against what is switched on: each one that is missing with what it switches
// off, each one too many with what somebody could do with it (Design, Permissions).

import FleetAPI
import FleetCore
import FleetGraph
import Timekeeping

/// What a tenant's token allows.
struct PermissionFacts: Sendable {
    var tenant: String
    /// `nil` when there is no token or it cannot be read.
    var review: PermissionReview?
    /// When the token was asked for; grants of later are not in it.
    var asked: Moment?
    /// Whether calendars are read with this token although no role of it says so: Exchange may have granted them by
    /// itself.
    var readsCalendars: Bool

    func judged(at now: Moment) -> [CheckBody] {
        guard let review else {
            return [
                CheckBody(
                    "permission", area: .permissions, tenant: tenant, .unknown,
                    "Without a readable token nobody can say what is granted.", remedy: "See to the token first.")
            ]
        }
        var checks: [CheckBody] = []
        for missing in review.missing {
            if missing.module == .bookings, readsCalendars {
                checks.append(
                    CheckBody(
                        "permission", area: .permissions, tenant: tenant, subject: missing.permission, .ok,
                        "Calendars are read: Exchange grants them to the application by itself."))
                continue
            }
            checks.append(
                CheckBody(
                    "permission.missing", area: .permissions, tenant: tenant, subject: missing.permission,
                    Self.status(withoutModule: missing.module), "\(missing.permission) is missing. \(missing.loss)",
                    remedy: "In the app registration (API permissions) add the application permission "
                        + "\(missing.permission) and grant admin consent. \(freshness(at: now))"))
        }
        for grant in review.excessGrants {
            checks.append(
                CheckBody(
                    "permission.excess", area: .permissions, tenant: tenant, subject: grant.role,
                    Self.status(of: grant.danger), "\(grant.role) is granted and not needed. \(grant.reason)",
                    remedy:
                        "In the app registration (API permissions) \(review.remedy(of: grant)); this line goes with the "
                        + "next token, within the hour."))
        }
        for granted in review.granted {
            checks.append(
                CheckBody(
                    "permission", area: .permissions, tenant: tenant, subject: granted.permission, .ok,
                    granted.broader.map {
                        "\($0) stands in for \(granted.permission) (\(Self.words(granted.module)))."
                    } ?? "\(granted.permission) is granted (\(Self.words(granted.module))).",
                    checkedAt: asked.map { Timestamp($0.wall) }))
        }
        return checks
    }

    private func freshness(at now: Moment) -> String {
        let age = asked.map { ", and the one in hand is \($0.elapsed(until: now).inWords) old" } ?? ""
        return
            "It counts from the next token\(age): after a loss one is asked for by itself within 5 minutes, otherwise "
            + "within the hour; `systemctl restart roomwatchd` asks for one now."
    }

    private static func words(_ module: FleetModule) -> String { module.rawValue.replacing("_", with: " ") }

    static func status(withoutModule module: FleetModule) -> CheckBody.Status {
        switch module {
        case .detection: .problem
        // Commands count as needed without a grant only where the configuration asks for them by name.
        case .devices, .smartBuildings, .bookings, .deviceCommands: .warning
        default: .notice
        }
    }

    static func status(of danger: ExcessGrant.Danger) -> CheckBody.Status {
        switch danger {
        case .takeover: .problem
        case .intrusive, .broad: .warning
        case .unused: .notice
        }
    }
}
