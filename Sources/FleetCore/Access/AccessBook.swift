// What of our access was there once and is gone. A permission that was never granted is a state and no trouble; one that
// was taken back while Roomwatch ran is, and exactly one incident speaks of it: that of our blindness where presence is
// concerned, else that of the permissions (Detection, Lost access).

import Timekeeping

/// Our access to one tenant.
public struct AccessBook: Sendable {
    public private(set) var reading: AccessReading?
    /// Permissions that were granted at some time in this run, or whose loss is told since an earlier one.
    private var once: Set<String> = []
    /// Since when nothing is known that would be wrong with our access.
    private(set) var fineSince: Moment?

    public init() {}

    /// Takes what is known now.
    ///
    /// - Returns: whether anything else is known than before.
    mutating func accept(_ fresh: AccessReading) -> Bool {
        if let reading, fresh.at.steady < reading.at.steady { return false }
        for grant in fresh.grants ?? [] where grant.isGranted { once.insert(grant.name) }
        let before = reading
        reading = fresh
        fineSince = isFine ? fineSince ?? fresh.at : nil
        return before?.grants != fresh.grants || before?.refusal != fresh.refusal
    }

    /// Remembers permissions whose loss was told before a restart.
    mutating func remember(_ names: some Sequence<String>) { once.formUnion(names) }

    /// Takes it as it is that permissions are gone; one that is granted again can be lost again.
    mutating func forget(_ names: some Sequence<String>) { once.subtract(names) }

    /// Permissions that were there once and are not, presence aside.
    var lost: [PermissionGrant] {
        reading?.grants?.filter { !$0.isGranted && !$0.isForSight && once.contains($0.name) } ?? []
    }

    /// Whether the token in hand says that presence may not be read.
    private var missesSight: PermissionGrant? { reading?.grants?.first { $0.isForSight && !$0.isGranted } }

    /// Whether no token can be had until somebody acts. No source can be read then, and none of them is at fault.
    var isRefusedToken: Bool { reading?.refusal != nil }

    /// Whether what is known of our access says that nothing is wrong with it.
    var isFine: Bool { reading?.grants != nil && !isRefusedToken && missesSight == nil }

    /// Whether sweeps that fail like this fail, or may fail, for want of access.
    func mayConcern(failure: String?) -> Bool {
        trouble(failure: failure) != nil || failure == "token" && !isFine
    }

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
                return AccessTrouble(
                    sentence: once.contains(sight.name)
                        ? AccessTrouble.lossMark + sight.name : "the application lacks \(sight.name)",
                    remedy: consent, link: reading?.consentLink, alsoLost: also)
            }
            return AccessTrouble(
                sentence: "Graph refuses the application presence (403)", remedy: consent,
                link: reading?.consentLink, alsoLost: also)
        case "http_401":
            return AccessTrouble(
                sentence: "Graph refuses the application's token (401)",
                remedy: "Check that the application is enabled in the tenant, and cloud and tenant_id")
        default: return nil
        }
    }

    /// How access comes back; within minutes of it a new token is asked for.
    private var consent: String {
        isIdentity
            ? "Assign the permissions' app roles to the managed identity" : "Grant its permissions and admin consent"
    }
    var consentRemedy: String { consent + (reading?.consentLink.map { ": \($0)" } ?? "") }
    /// The same as the end of a summary.
    var again: String {
        isIdentity ? "Assign their app roles to the managed identity again" : "Grant admin consent again"
    }

    /// A managed identity alone has no page on which somebody consents: its roles are assigned to it.
    private var isIdentity: Bool { reading.map { $0.consentLink == nil } ?? false }

    /// Whether a new token may bring what is missing: an old one keeps its roles until it ends.
    func wantsFreshToken(failure: String?) -> Bool {
        missesSight != nil || !lost.isEmpty || failure == "http_403" || failure == "http_401"
    }
}
