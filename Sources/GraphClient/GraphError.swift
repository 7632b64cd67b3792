// Every way a request can fail, as something to act on and a sentence for the operator. The server's own words are
// kept for logs only: nothing may branch on them.

import Foundation
public import HTTPExchange
public import Timekeeping

/// Why a request brought no usable answer.
public struct GraphError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Reason: Sendable, Hashable {
        /// The server asked for quiet; no request of the service is sent before this moment.
        case throttled(until: Moment)
        /// Our own budget below the documented limits is spent until then.
        case budgetSpent(until: Moment)
        /// Too many requests stand in line already.
        case lineFull
        /// 401, with a fresh token too.
        case unauthorised(code: String)
        /// 402: the call would cost money.
        case paymentRequired(code: String)
        case forbidden(code: String)
        case notFound(code: String)
        /// 409: for commands, "already running".
        case conflict(code: String)
        /// 410: a delta token that expired, or a retired call.
        case gone(code: String)
        /// Any other status below 500.
        case rejected(status: Int, code: String)
        /// 5xx, after the attempts that were allowed.
        case server(status: Int, code: String)
        /// An answer that is not what Graph sends: HTML, no JSON, truncated, too many pages.
        case malformed(String)
        /// A link that leads somewhere else; it was not followed.
        case foreignLink(String)
        /// The request itself makes no sense; nothing was sent.
        case invalidRequest(String)
        case transport(HTTPTransportError)
        case token(TokenError)
        /// A request that must not be repeated may or may not have taken effect. Look before asking again.
        case unconfirmed(String)
        /// The calling task was cancelled while the request waited.
        case cancelled
    }

    public let reason: Reason
    public let service: GraphService
    /// Method and path without the query.
    public let subject: String
    public let trace: GraphTrace
    /// The server's words, for logs: at most 500 characters, no control characters, no token.
    public let message: String
    /// Whether the answer looks as if Graph no longer has this call at all, not just this object.
    public let looksRetired: Bool
    /// Pages of a list that were read before this failed; what was read is incomplete.
    public internal(set) var pagesRead = 0

    init(
        _ reason: Reason, service: GraphService, subject: String, trace: GraphTrace = GraphTrace(),
        message: String = "", looksRetired: Bool = false
    ) {
        self.reason = reason
        self.service = service
        self.subject = subject
        self.trace = trace
        self.message = message
        self.looksRetired = looksRetired
    }

    /// The moment before which asking again is pointless, when there is one.
    public var retryAt: Moment? {
        switch reason {
        case .throttled(let until), .budgetSpent(let until): until
        case .token(let error): error.retryAt
        default: nil
        }
    }

    public var description: String {
        var text = "\(subject): \(sentence)"
        if pagesRead > 0 { text += " \(pagesRead) page(s) had been read; the list is incomplete." }
        if looksRetired { text += " Graph seems to have retired this call." }
        if !message.isEmpty { text += " Graph says: \(message)" }
        if !trace.requestID.isEmpty { text += " (request-id \(trace.requestID))" }
        if !trace.clientRequestID.isEmpty { text += " (client-request-id \(trace.clientRequestID))" }
        return text
    }

    private var sentence: String {
        switch reason {
        case .throttled(let until):
            "Graph throttles \(service) until \(until.wall.ISO8601Format()); it goes on by itself."
        case .budgetSpent(let until):
            "the own request budget for \(service) is spent until \(until.wall.ISO8601Format()); poll it less often."
        case .lineFull: "too many requests for \(service) are waiting already; poll it less often."
        case .unauthorised(let code): "401 \(code): Graph refuses the token; check cloud and tenant."
        case .paymentRequired(let code): "402 \(code): Graph wants billing set up for this call."
        case .forbidden(let code):
            "403 \(code): a permission, its admin consent or a licence is missing for \(service)."
        case .notFound(let code): "404 \(code): there is no such object."
        case .conflict(let code): "409 \(code): it already exists or is already running."
        case .gone(let code): "410 \(code): the state it continues from has expired; it starts anew."
        case .rejected(let status, let code): "\(status) \(code): Graph does not accept this request."
        case .server(let status, let code): "\(status) \(code): Graph failed; it is tried again later."
        case .malformed(let what): "the answer is not Graph's: \(what). Check proxy and endpoints.graph."
        case .foreignLink(let what): "a link was not followed because it \(what)."
        case .invalidRequest(let what): "nothing was sent: \(what)."
        case .transport(let error): "no answer: \(error). Check network, proxy and endpoints.graph."
        case .token(let error): "\(error)"
        case .unconfirmed(let cause):
            "it is not known whether this took effect (\(cause)); look at its result before repeating it."
        case .cancelled: "cancelled before it was sent."
        }
    }
}
