// One request on its way: where it goes, how often it was tried, and what a failed try means for it. A value, so that
// the rule "repeat only what is idempotent" stands in one place and not in a loop.

import HTTPExchange
import Timekeeping

/// A request with its URL and its attempts so far.
struct GraphExchange {
    let request: GraphRequest
    let url: String
    /// Method and path without the query, for people.
    let subject: String
    /// Attempts that failed.
    var attempts = 0
    var hasRenewedToken = false

    /// - Throws: ``GraphError`` when the URL would be malformed or lead to another origin.
    init(_ request: GraphRequest, endpoints: GraphEndpoints) throws(GraphError) {
        self.request = request
        switch request.target {
        case .path(let version, let path):
            subject = "\(request.method) \(version.rawValue)\(String(path.description.prefix { $0 != "?" }))"
            guard !path.isBroken else {
                throw GraphError(
                    .invalidRequest("a part of the path is empty or dots"), service: request.service, subject: subject)
            }
            url = "\(endpoints.graph)/\(version.rawValue)\(path)"
        case .link(let link, let base, let version):
            switch LinkResolution.resolve(link, base: base, version: version, endpoints: endpoints) {
            case .success(let resolved):
                url = resolved
                let rest = WebOrigin.split(resolved)?.rest ?? ""
                subject = "\(request.method) \(rest.prefix { $0 != "?" }.drop { $0 == "/" })"
            case .failure(let refusal):
                throw GraphError(
                    .foreignLink(refusal.reason), service: request.service, subject: "\(request.method) next page")
            }
        }
    }

    func error(
        _ reason: GraphError.Reason, trace: GraphTrace = GraphTrace(), message: String = "", looksRetired: Bool = false
    ) -> GraphError {
        GraphError(
            reason, service: request.service, subject: subject, trace: trace, message: message,
            looksRetired: looksRetired)
    }

    /// What it means that no answer came.
    func failure(_ transportError: HTTPTransportError, trace: GraphTrace) -> ExchangeFailure {
        guard request.isIdempotent || !transportError.kind.mayHaveBeenApplied else {
            return ExchangeFailure(error: error(.unconfirmed("\(transportError)"), trace: trace))
        }
        if transportError.kind == .cancelled { return ExchangeFailure(error: error(.cancelled, trace: trace)) }
        let isWorthIt = request.isIdempotent && RetryPolicy.isWorthRepeating(transportError.kind)
        return ExchangeFailure(
            error: error(.transport(transportError), trace: trace), attempts: isWorthIt ? RetryPolicy.attempts : 1)
    }

    /// What is wrong with an answer; `nil` when it is a success.
    func failure(_ answer: HTTPAnswer, token: AccessToken, closedUntil: Moment?, trace: GraphTrace) -> ExchangeFailure?
    {
        if (200..<300).contains(answer.status) {
            let mayBeEmpty = answer.status != 200 && answer.body.isEmpty
            guard request.expectsJSON, !mayBeEmpty, let objection = BodyCheck.objection(answer) else { return nil }
            let reason: GraphError.Reason =
                request.isIdempotent ? .malformed(objection) : .unconfirmed("HTTP \(answer.status), but \(objection)")
            return ExchangeFailure(error: error(reason, trace: trace))
        }
        let envelope = ErrorEnvelope(answer.body, redacting: [token.bearer.withRevealed { $0 }])
        let retired = envelope.looksRetired(status: answer.status)
        if !request.isIdempotent, RetryPolicy.leavesOutcomeOpen(answer.status) {
            return ExchangeFailure(
                error: error(
                    .unconfirmed("HTTP \(answer.status) \(envelope.code)"), trace: trace, message: envelope.message))
        }
        let reason =
            closedUntil.map { GraphError.Reason.throttled(until: $0) }
            ?? RetryPolicy.reason(answer.status, code: envelope.code)
        return ExchangeFailure(
            error: error(reason, trace: trace, message: envelope.message, looksRetired: retired),
            attempts: request.isIdempotent ? RetryPolicy.attempts(afterStatus: answer.status) : 1,
            isHeldByService: closedUntil != nil)
    }
}

/// A failed attempt and what may follow it.
struct ExchangeFailure {
    let error: GraphError
    /// Attempts this failure allows altogether.
    var attempts = 1
    /// Whether the service is closed, so that the turnstile does the waiting.
    var isHeldByService = false
}
