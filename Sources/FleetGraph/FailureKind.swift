// Failures end up in gap rows, metrics labels and evidence, where a sentence is too long and a status alone too little:
// one stable word for each kind.

import GraphClient
import HTTPExchange

enum FailureKind {
    static let timedOut = "timed_out"
    static let cancelled = "cancelled"
    static let malformed = "malformed"
    static let rejectedID = "rejected_id"

    /// The word for a failed request: `http_503`, `timed_out`, `throttled`, `malformed`, …
    static func word(_ error: GraphError) -> String {
        switch error.reason {
        case .throttled: "throttled"
        case .budgetSpent, .lineFull: "budget_spent"
        case .unauthorised: "http_401"
        case .paymentRequired: "http_402"
        case .forbidden: "http_403"
        case .notFound: "http_404"
        case .conflict: "http_409"
        case .gone: "http_410"
        case .rejected(let status, _), .server(let status, _): "http_\(status)"
        case .malformed: malformed
        case .foreignLink: "foreign_link"
        case .invalidRequest: "invalid_request"
        case .transport(let error): word(error.kind)
        case .token: "token"
        case .unconfirmed: "unconfirmed"
        case .cancelled: cancelled
        }
    }

    private static func word(_ kind: HTTPTransportError.Kind) -> String {
        switch kind {
        case .totalTimedOut, .stalled, .connectTimedOut: timedOut
        case .malformedURL: "malformed_url"
        case .nameNotResolved: "name_not_resolved"
        case .connectRefused: "connect_refused"
        case .tlsRefused: "tls_refused"
        case .brokenConnection: "broken_connection"
        case .responseTooLarge: "response_too_large"
        case .proxyRefused: "proxy_refused"
        case .cancelled: cancelled
        case .transportUnavailable: "transport_unavailable"
        }
    }
}

extension GraphError {
    /// Whether access is refused until an administrator acts: a permission, or the token itself.
    var isRefusal: Bool {
        switch reason {
        case .forbidden, .unauthorised: true
        case .token(let error): !error.isTransient
        default: false
        }
    }
}
