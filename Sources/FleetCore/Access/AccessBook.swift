// What of our access was there once and is gone. A permission that was never granted is a state and no trouble; one that
// was taken back while Roomwatch ran is, and exactly one incident speaks of it: that of our blindness where presence is
// concerned, else that of the permissions (Detection, Lost access).

import Timekeeping

/// Our access to one tenant.
public struct AccessBook: Sendable {
    public private(set) var reading: AccessReading?
    /// Permissions that were granted at some time in this run, or whose loss is told since an earlier one.
    private var once: Set<String> = []

    public init() {}

    /// Takes what is known now.
    ///
    /// - Returns: whether anything else is known than before.
    mutating func accept(_ fresh: AccessReading) -> Bool {
        if let reading, fresh.at.steady < reading.at.steady { return false }
        for grant in fresh.grants ?? [] where grant.isGranted { once.insert(grant.name) }
        let before = reading
        reading = fresh
        return before?.grants != fresh.grants || before?.refusal != fresh.refusal
    }

    /// Remembers permissions whose loss was told before a restart.
    mutating func remember(_ names: some Sequence<String>) { once.formUnion(names) }

    /// Permissions that were there once and are not, presence aside.
    var lost: [PermissionGrant] {
        reading?.grants?.filter { !$0.isGranted && !$0.isForSight && once.contains($0.name) } ?? []
    }

    /// Whether the token in hand says that presence may not be read.
    private var missesSight: PermissionGrant? { reading?.grants?.first { $0.isForSight && !$0.isGranted } }

    /// Whether no token can be had until somebody acts. No source can be read then, and none of them is at fault.
    var isRefusedToken: Bool { reading?.refusal != nil }

    /// Whether presence is, or will soon be, out of reach for want of access.
    func hidesSight(failure: String?) -> Bool {
        isRefusedToken || missesSight != nil || trouble(failure: failure) != nil
    }

    /// Why sweeps fail, when access is the reason.
    ///
    /// - Parameter failure: the kind of failure of the newest sweep, as gaps name it.
    func trouble(failure: String?) -> AccessTrouble? {
        switch failure {
        case "token":
            return reading?.refusal.map {
                AccessTrouble(sentence: "no access token, \($0.sentence)", remedy: $0.remedy)
            }
        case "http_403":
            let also = lost.map(\.name)
            if let sight = missesSight {
                let verb = once.contains(sight.name) ? "lost" : "lacks"
                return AccessTrouble(
                    sentence: "the application \(verb) \(sight.name)", remedy: Self.consent,
                    link: reading?.consentLink, alsoLost: also)
            }
            return AccessTrouble(
                sentence: "Graph refuses the application presence (403)", remedy: Self.consent,
                link: reading?.consentLink, alsoLost: also)
        case "http_401":
            return AccessTrouble(
                sentence: "Graph refuses the application's token (401)",
                remedy: "Check that the application is enabled in the tenant, and cloud and tenant_id")
        default: return nil
        }
    }

    /// How access comes back; within minutes of it a new token is asked for.
    private static let consent = "Grant its permissions and admin consent"
    var consentRemedy: String { Self.consent + (reading?.consentLink.map { ": \($0)" } ?? "") }

    /// Whether a new token may bring what is missing: an old one keeps its roles until it ends.
    func wantsFreshToken(failure: String?) -> Bool {
        missesSight != nil || !lost.isEmpty || failure == "http_403" || failure == "http_401"
    }
}
