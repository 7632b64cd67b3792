// Service health is evidence and nothing hangs on it. Without its permission, or in a cloud that does not offer it, it is
// simply not there: one line for the operator, no incident.

import FleetCore
import GraphClient

/// Whether Microsoft's posts about its services can be read in this tenant.
public enum ServiceHealthCapability: Sendable, Hashable {
    case available
    /// The application lacks the role.
    case notGranted
    /// The call does not exist here.
    case notOffered
    /// It did not answer this time; the word is the kind of failure.
    case transient(String)

    public static let role = "ServiceHealth.Read.All"

    init(_ error: GraphError) {
        switch error.reason {
        case .unauthorised, .forbidden: self = .notGranted
        case .paymentRequired, .notFound, .gone, .rejected, .server(status: 501, _): self = .notOffered
        default: self = .transient(FailureKind.word(error))
        }
    }

    /// Whether it is out of reach for a reason that stays until somebody acts.
    public var isDenied: Bool { self == .notGranted || self == .notOffered }

    /// One line for the operator.
    public var text: String {
        switch self {
        case .available: "Microsoft's service health is read as evidence."
        case .notGranted:
            "Microsoft's service health is not read: grant the application permission \(Self.role) and admin consent to "
                + "have pages name a known Teams incident. It is optional."
        case .notOffered:
            "Microsoft's service health is not read: this tenant or cloud does not offer the call. Nothing hangs on it."
        case .transient(let kind):
            "Microsoft's service health could not be read this time (\(FailureText.words(kind))); it is tried again, detection goes on."
        }
    }
}
