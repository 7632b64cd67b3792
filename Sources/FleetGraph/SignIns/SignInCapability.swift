// The sign-in log is evidence and nothing hangs on it. It wants a permission and a licence of the tenant's; without either
// it is simply not there: one line for the operator, no incident.

import FleetCore
import GraphClient

/// Whether the sign-ins of room accounts can be read in this tenant.
public enum SignInCapability: Sendable, Hashable {
    case available
    /// Nothing speaks against it, and no room has been in trouble yet.
    case untried
    /// The application lacks the role.
    case notGranted
    /// It has the role and is refused all the same.
    case refused
    /// The tenant has no Microsoft Entra ID P1.
    case notLicensed
    /// The call does not exist here.
    case notOffered
    /// It did not answer this time; the word is the kind of failure.
    case transient(String)

    public static let role = "AuditLog.Read.All"
    /// What Graph says to tenants without the licence.
    static let noPremium = "Authentication_RequestFromNonPremiumTenantOrB2CTenant"

    init(_ error: GraphError, hasRole: Bool?) {
        switch error.reason {
        case .forbidden(let code) where code.lowercased() == Self.noPremium.lowercased(): self = .notLicensed
        case .unauthorised, .forbidden: self = hasRole == true ? .refused : .notGranted
        case .paymentRequired, .notFound, .gone, .rejected, .server(status: 501, _): self = .notOffered
        default: self = .transient(FailureKind.word(error))
        }
    }

    /// Whether it is out of reach for a reason that stays until somebody acts.
    public var isDenied: Bool {
        switch self {
        case .notGranted, .refused, .notLicensed, .notOffered: true
        case .available, .untried, .transient: false
        }
    }

    /// One line for the operator.
    public var text: String {
        switch self {
        case .available: "Sign-ins of rooms in trouble are read as evidence."
        case .untried: "Sign-ins are read as evidence once a room is in trouble."
        case .notGranted:
            "Sign-ins of room accounts are not read: grant the application permission \(Self.role) and admin consent to "
                + "have pages say why a room cannot sign in. It is optional."
        case .refused:
            "Sign-ins of room accounts are not read: \(Self.role) is granted and Graph refuses them all the same (403). "
                + "Some tenants need Directory.Read.All as well. It is optional."
        case .notLicensed:
            "Sign-ins of room accounts are not read: the tenant has no Microsoft Entra ID P1, which the log needs. "
                + "Nothing hangs on it."
        case .notOffered:
            "Sign-ins of room accounts are not read: this tenant or cloud does not offer the call. Nothing hangs on it."
        case .transient(let kind):
            "Sign-ins could not be read this time (\(FailureText.words(kind))); it is tried again, detection goes on."
        }
    }
}
