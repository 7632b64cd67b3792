// Which failures are worth another try, and after what pause: pure decisions, so that a table can be tested.

import HTTPExchange
import Timekeeping

/// How often and how long one request is tried.
enum RetryPolicy {
    /// Attempts of one request altogether, not counting the one with a renewed token.
    static let attempts = 6
    /// 500 may be poison data that will never answer: two more tries, not five.
    static let attemptsAfterServerError = 3
    static let longestBackoff: Duration = .seconds(60)
    /// Jitter on top of a Retry-After, so that many clients do not return in the same instant.
    static let retryAfterJitter = 0.2

    /// Full jitter over 2^n seconds. `chance` is in 0..<1, `failures` counts from 1.
    static func backoff(failures: Int, chance: Double) -> Duration {
        min(longestBackoff, .seconds(1 << min(max(failures, 1), 6))) * chance
    }

    /// How many attempts an answer with this status allows altogether; 1 means that it is final.
    static func attempts(afterStatus status: Int) -> Int {
        switch status {
        case 408, 429, 502, 503, 504, 509: attempts
        case 500: attemptsAfterServerError
        default: 1
        }
    }

    /// Whether a failed exchange may go better the next time.
    static func isWorthRepeating(_ kind: HTTPTransportError.Kind) -> Bool {
        switch kind {
        case .nameNotResolved, .connectRefused, .connectTimedOut, .totalTimedOut, .stalled, .brokenConnection,
            .proxyRefused, .transportUnavailable:
            true
        case .malformedURL, .tlsRefused, .responseTooLarge, .cancelled: false
        }
    }

    /// Whether a server that sends this status with a Retry-After is asking for quiet.
    static func mayCloseService(_ status: Int) -> Bool {
        status == 429 || status == 408 || status == 423 || (status >= 500 && status != 501)
    }

    /// Whether a request answered with this status may nevertheless have taken effect behind a gateway.
    static func leavesOutcomeOpen(_ status: Int) -> Bool {
        status == 408 || (status >= 500 && status != 501)
    }

    /// The reason that a status stands for.
    static func reason(_ status: Int, code: String) -> GraphError.Reason {
        switch status {
        case 300..<400: .malformed("a redirect, HTTP \(status)")
        case 401: .unauthorised(code: code)
        case 402: .paymentRequired(code: code)
        case 403: .forbidden(code: code)
        case 404: .notFound(code: code)
        case 409: .conflict(code: code)
        case 410: .gone(code: code)
        case 500...: .server(status: status, code: code)
        default: .rejected(status: status, code: code)
        }
    }
}
