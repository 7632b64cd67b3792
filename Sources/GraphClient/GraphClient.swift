// The one way to Graph. It owns everything that is the same for every call: the token, tracing ids, the turnstile of
// each service, what is repeated and what must not be, and what counts as an answer at all.

public import HTTPExchange
public import Logging
public import Timekeeping

import HTTPTypes
import Synchronization

/// A client for one tenant, for concurrent use.
public final class GraphClient: Sendable {
    public let endpoints: GraphEndpoints
    public let tokens: TokenSource
    let time: any TimeSource
    let random: RandomSource
    let logger: Logger
    private let transport: any HTTPTransport
    private let userAgent: String
    private let turnstiles: ServiceTurnstiles
    private let counters = Mutex(GraphCounters())
    private let serverClock = Mutex<ServerClock?>(nil)

    /// - Parameters:
    ///   - userAgent: sent with every call, e.g. `NONISV|Contoso|Roomwatch/1.0`.
    ///   - budgets: per service; services without an entry use ``RequestBudget/fallback``.
    public init(
        endpoints: GraphEndpoints, tokens: TokenSource, transport: any HTTPTransport, time: any TimeSource,
        random: RandomSource, logger: Logger, userAgent: String,
        budgets: [GraphService: RequestBudget] = RequestBudget.defaults
    ) {
        self.endpoints = endpoints
        self.tokens = tokens
        self.transport = transport
        self.time = time
        self.random = random
        self.logger = logger
        self.userAgent = userAgent
        turnstiles = ServiceTurnstiles(budgets)
    }

    public func snapshot() -> GraphSnapshot {
        let now = time.now()
        return GraphSnapshot(
            counters: counters.withLock { $0 },
            closedUntil: turnstiles.closures(at: now.steady).mapValues { now.advanced(by: $0 - now.steady) },
            traffic: turnstiles.traffic(at: now), serverClock: serverClock.withLock { $0 })
    }

    /// Sends a request and returns a successful answer with its raw body.
    ///
    /// Only idempotent requests are repeated, within ``GraphRequest/patience``; nothing is ever sent to a service
    /// before the Retry-After it asked for has passed.
    /// - Throws: ``GraphError``; ``GraphError/Reason/unconfirmed(_:)`` for a request that must not be repeated and
    ///   whose effect is not known.
    public func send(_ request: GraphRequest) async throws(GraphError) -> GraphAnswer {
        var exchange = try GraphExchange(request, endpoints: endpoints)
        let latest = latest(request)
        while true {
            let token = try await admit(request, exchange: exchange, latest: latest)
            let clientRequestID = random.guid()
            let askedAt = time.now()
            count { $0.sent += 1 }
            let result: Result<HTTPAnswer, HTTPTransportError>
            do {
                result = .success(
                    try await transport.send(call(request, exchange.url, token: token, id: clientRequestID)))
            } catch {
                result = .failure(error)
            }
            let receivedAt = time.now()
            switch result {
            case .failure(let error):
                count { $0.unanswered += 1 }
                count(request.service) { $0.unanswered += 1 }
                let failure = exchange.failure(error, trace: GraphTrace(clientRequestID: clientRequestID))
                try await pauseOrThrow(failure, exchange: &exchange, latest: latest)
            case .success(let answer):
                serverClock.withLock { $0.observe(answer, asked: askedAt, received: receivedAt) }
                let trace = GraphTrace(
                    clientRequestID: clientRequestID,
                    requestID: ServerText.clean(answer.headerFields[.requestID] ?? ""))
                logger.debug(
                    "\(exchange.subject)",
                    metadata: [
                        "status": "\(answer.status)", "request-id": "\(trace.requestID)",
                        "client-request-id": "\(clientRequestID)",
                    ])
                count(request.service) { $0.answers[answer.status / 100, default: 0] += 1 }
                let closure = close(request.service, after: answer, now: receivedAt)
                if let failure = exchange.failure(answer, token: token, closedUntil: closure, trace: trace) {
                    count { $0.failed += 1 }
                    if answer.status == 401, !exchange.hasRenewedToken, await tokens.invalidate(token) {
                        exchange.hasRenewedToken = true
                        count { $0.renewedTokens += 1 }
                        continue
                    }
                    try await pauseOrThrow(failure, exchange: &exchange, latest: latest)
                } else {
                    count { $0.succeeded += 1 }
                    return GraphAnswer(
                        status: answer.status, headerFields: answer.headerFields, body: answer.body,
                        url: exchange.url, askedAt: askedAt, receivedAt: receivedAt, trace: trace)
                }
            }
        }
    }

    /// Waits for a token and for the service's turnstile; when it returns, the request is counted and must be sent.
    private func admit(_ request: GraphRequest, exchange: GraphExchange, latest: Duration?)
        async throws(GraphError) -> AccessToken
    {
        var ticket: Int?
        defer { if let ticket { turnstiles.with(request.service) { $0.leave(ticket: ticket) } } }
        while true {
            let token: AccessToken
            do {
                token = try await tokens.token()
            } catch {
                guard let latest, error.isTransient, let retryAt = error.retryAt, retryAt.steady <= latest else {
                    throw exchange.error(error.kind == .cancelled ? .cancelled : .token(error))
                }
                try await wait(until: retryAt, exchange: exchange)
                continue
            }
            let now = time.now()
            let verdict = turnstiles.with(request.service) { [ticket] turnstile in
                turnstile.enter(
                    cost: request.cost, low: request.priority == .low, latest: latest, ticket: ticket,
                    now: now.steady)
            }
            switch verdict {
            case .pass:
                return token
            case .wait(let until, _, let mine):
                ticket = mine
                count { $0.waited += 1 }
                try await wait(until: now.advanced(by: until - now.steady), exchange: exchange)
            case .refuse(let until, let reason):
                count { $0.heldBack += 1 }
                let until = now.advanced(by: until - now.steady)
                throw exchange.error(reason == .throttled ? .throttled(until: until) : .budgetSpent(until: until))
            case .lineFull:
                count { $0.heldBack += 1 }
                throw exchange.error(.lineFull)
            }
        }
    }

    /// Closes the service when the answer asks for it and returns the moment it opens again.
    private func close(_ service: GraphService, after answer: HTTPAnswer, now: Moment) -> Moment? {
        guard RetryPolicy.mayCloseService(answer.status) else {
            turnstiles.with(service) { $0.countServed() }
            return nil
        }
        return close(
            service, status: answer.status, retryAfter: RetryAfter.delay(answer.headerFields, now: now), now: now)
    }

    /// Closes the service for `retryAfter` and some jitter; without one, a 429 closes it by backoff.
    func close(_ service: GraphService, status: Int, retryAfter: Duration?, now: Moment) -> Moment? {
        let chance = random.fraction()
        let closure = turnstiles.with(service) { turnstile -> (pause: Duration, longer: Duration)? in
            let row = turnstile.countThrottled()
            var pause: Duration?
            if let retryAfter, retryAfter > .zero {
                pause = retryAfter + retryAfter * (RetryPolicy.retryAfterJitter * chance)
            } else if status == 429 {
                pause = RetryPolicy.backoff(failures: row, chance: chance)
            }
            guard let pause else { return nil }
            let before = max(now.steady, turnstile.closedUntil ?? now.steady)
            turnstile.noteThrottled(at: now.steady)
            turnstile.close(until: now.steady + pause)
            return (pause, max(.zero, now.steady + pause - before))
        }
        guard let (pause, longer) = closure else { return nil }
        let until = now.advanced(by: pause)
        count { $0.throttled += 1 }
        count(service) {
            $0.throttled += 1
            $0.quiet += longer
        }
        logger.notice("Graph asks for quiet", metadata: ["service": "\(service)", "seconds": "\(pause.seconds)"])
        return until
    }

    /// Sleeps before the next attempt, or throws what there is to say when there will be none.
    private func pauseOrThrow(_ failure: ExchangeFailure, exchange: inout GraphExchange, latest: Duration?)
        async throws(GraphError)
    {
        exchange.attempts += 1
        guard let latest, exchange.attempts < failure.attempts else { throw failure.error }
        let now = time.now()
        // A closed service makes the request wait at the turnstile, which knows for how long.
        let pause =
            failure.isHeldByService
            ? .zero : RetryPolicy.backoff(failures: exchange.attempts, chance: random.fraction())
        guard now.steady + pause <= latest else { throw failure.error }
        count { $0.repeated += 1 }
        logger.info(
            "Trying again",
            metadata: [
                "after": "\(pause.seconds) s", "attempt": "\(exchange.attempts + 1)",
                "error": "\(failure.error)",
            ])
        if pause > .zero { try await wait(until: now.advanced(by: pause), exchange: exchange) }
    }

    private func wait(until moment: Moment, exchange: GraphExchange) async throws(GraphError) {
        do {
            try await time.sleep(until: moment)
        } catch {
            throw exchange.error(.cancelled)
        }
    }

    private func call(_ request: GraphRequest, _ url: String, token: AccessToken, id: String) -> HTTPCall {
        var fields = request.headerFields
        fields[.authorization] = "Bearer " + token.bearer.withRevealed { $0 }
        fields[.clientRequestID] = id
        fields[.userAgent] = userAgent
        if fields[.accept] == nil { fields[.accept] = "application/json" }
        // A body of no bytes has no type: some back ends would look for an object in it.
        if request.body?.isEmpty == false, fields[.contentType] == nil { fields[.contentType] = "application/json" }
        if request.service == .identity, request.priority != .normal {
            fields[.throttlePriority] = request.priority.rawValue
        }
        return HTTPCall(request.method, url, headerFields: fields, body: request.body, limits: request.limits)
    }

    /// The latest time by the steady clock at which an attempt may begin; `nil` when there is only one attempt.
    private func latest(_ request: GraphRequest) -> Duration? {
        switch request.patience {
        case .failAtOnce: nil
        case .wait(let upTo): time.now().steady + upTo
        }
    }

    private func count(_ change: (inout GraphCounters) -> Void) {
        counters.withLock { change(&$0) }
    }

    private func count(_ service: GraphService, _ change: (inout ServiceCounters) -> Void) {
        counters.withLock { change(&$0.services[service, default: ServiceCounters()]) }
    }
}
