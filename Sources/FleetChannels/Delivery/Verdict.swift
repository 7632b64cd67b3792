// What an answer means for the notification, the same for every receiver that speaks HTTP (Telling, Retries). The
// list of what is final is closed: anything nobody foresaw is tried again, because a page that comes twice is
// recognised by its id and one that never comes is an outage nobody hears of.

import HTTPExchange
import HTTPTypes
import Timekeeping

extension DeliveryResult {
    /// Statuses that no repetition of the same request heals.
    private static let final: Set<Int> = [400, 401, 403, 404, 410, 413]

    /// Judges an answer by its status.
    ///
    /// - Parameter said: the receiver's own words, already fit to be quoted.
    static func judging(
        _ answer: HTTPAnswer, from address: ReceiverAddress, at now: Moment, said: String? = nil
    ) -> DeliveryResult {
        let quotation = said.map { ": \($0)" } ?? ""
        let answered = "\(address) answered \(answer.status)\(quotation)"
        switch answer.status {
        case 200..<300:
            return .accepted(detail: answered)
        case 300..<400:
            return .refused(
                reason: "\(answered); redirects are not followed, set the receiver's url to the final address")
        case let status where final.contains(status):
            return .refused(reason: "\(answered); \(advice(status))")
        default:
            let patience = RetryAfter.wait(in: answer.headerFields, at: now)
            return .retry(reason: answered, retryAfter: patience)
        }
    }

    /// Judges an exchange that brought no answer.
    static func judging(_ error: HTTPTransportError, from address: ReceiverAddress) -> DeliveryResult {
        let happened = "\(address): \(error.kind.rawValue): \(address.quotable(error.detail))"
        switch error.kind {
        case .tlsRefused:
            return .refused(reason: "\(happened); check the receiver's certificate and the configured ca_file")
        case .malformedURL:
            return .refused(reason: "\(happened); correct the receiver's url")
        case .nameNotResolved, .connectRefused, .connectTimedOut, .totalTimedOut, .stalled, .brokenConnection,
            .responseTooLarge, .proxyRefused, .cancelled, .transportUnavailable:
            return .retry(reason: happened, retryAfter: nil)
        }
    }

    private static func advice(_ status: Int) -> String {
        switch status {
        case 401, 403: "check the receiver's secret and its url"
        case 404: "check the receiver's url"
        case 410: "the receiver is gone for good, remove it or give it a new url"
        case 413: "the receiver takes only smaller messages than 20 KB, raise its limit"
        default: "the receiver does not understand the message, check that it is of the configured kind"
        }
    }
}
