// Asking for a token per call gets an application blocked (AADSTS50196), and a login service that is down for an
// hour must not take down calls whose token is still good. So one place owns the token: it asks early, once for
// everybody, keeps the old one while it is valid, and after a failure stays quiet for a while.

public import HTTPExchange
public import Logging
public import Timekeeping

/// The tokens of one identity: one per cloud, tenant, application and scope. Make one source for each of them.
public actor TokenSource {
    /// Callers that may wait for one token at once; more than this means something is stuck.
    public static let maximumWaiters = 4096

    /// Numbers for a metrics page.
    public struct Counters: Sendable, Hashable {
        public var requests = 0
        public var failures = 0
        public var invalidations = 0
    }

    /// How the newest request for a token ended.
    public struct LastRequest: Sendable, Hashable {
        /// `nil` when it brought a token.
        public var error: TokenError?
        public var endedAt: Moment
    }

    private let endpoints: GraphEndpoints
    private let tenant: String
    private let clientID: String
    private let credential: GraphCredential
    private let transport: any HTTPTransport
    private let time: any TimeSource
    private let random: RandomSource
    private let logger: Logger
    private let executor: (any TaskExecutor)?

    private var current: AccessToken?
    private var generation = 0
    private var pause = TokenPause()
    private var lastInvalidation: Moment?
    private var isAsking = false
    private var waiters: [Int: CheckedContinuation<Result<AccessToken, TokenError>, Never>] = [:]
    private var nextWaiter = 0
    public private(set) var counters = Counters()
    /// `nil` before the first one ended. Reading it asks nobody for anything.
    public private(set) var lastRequest: LastRequest?
    /// How far this machine's clock is from the login service's; refusals tell it too.
    public private(set) var serverClock: ServerClock?

    /// - Parameters:
    ///   - tenant: GUID or verified domain; never `common` or `organizations`.
    ///   - executor: where token requests run; a simulation hands in its own.
    public init(
        endpoints: GraphEndpoints, tenant: String, clientID: String, credential: GraphCredential,
        transport: any HTTPTransport, time: any TimeSource, random: RandomSource, logger: Logger,
        executor: (any TaskExecutor)? = nil
    ) {
        self.endpoints = endpoints
        self.tenant = tenant
        self.clientID = clientID
        self.credential = credential
        self.transport = transport
        self.time = time
        self.random = random
        self.logger = logger
        self.executor = executor
    }

    /// A token that is valid now. Asks for one only when there is none or the next is due.
    ///
    /// - Throws: ``TokenError``; while a failure's pause lasts, the same error again without a request.
    public func token() async throws(TokenError) -> AccessToken {
        let now = time.now()
        if let current, now.steady < current.expiresAt.steady {
            if now.steady >= current.refreshAt.steady, pause.error(at: now) == nil { ask() }
            return current
        }
        if !isAsking, let error = pause.error(at: now) { throw error }
        ask()
        return try await nextToken()
    }

    /// Drops `token` because Graph refused it; a newer one stays.
    ///
    /// At most once a minute: when Graph refuses every token, asking for ever more of them does not help.
    /// - Returns: whether ``token()`` will now hand out another one.
    public func invalidate(_ token: AccessToken) -> Bool {
        guard let current, current.generation == token.generation else { return true }
        let now = time.now()
        if let lastInvalidation, lastInvalidation.elapsed(until: now) < TokenPause.slow { return false }
        lastInvalidation = now
        counters.invalidations += 1
        self.current = nil
        return true
    }

    /// The token in hand while it is good. Reading it asks nobody for anything.
    public var held: AccessToken? {
        guard let current, time.now().steady < current.expiresAt.steady else { return nil }
        return current
    }

    /// Asks for the next token early, because one that was issued before a consent does not know of it. The old one is used
    /// until the new one is here.
    ///
    /// - Parameter age: a younger token stays; this is what bounds the pace, and it must be minutes (AADSTS50196).
    /// - Returns: whether a request was begun. None is while another is under way or the pause after a failure lasts.
    public func renew(olderThan age: Duration) -> Bool {
        let now = time.now()
        guard let current, current.askedAt.elapsed(until: now) >= age, !isAsking, pause.error(at: now) == nil else {
            return false
        }
        ask()
        return true
    }

    /// Starts the one request that serves everybody who waits. It belongs to no caller, so no caller's cancellation
    /// ends it; the transport's limits do.
    private func ask() {
        guard !isAsking else { return }
        isAsking = true
        Task(executorPreference: executor) {
            let result = await self.request()
            await self.finish(result)
        }
    }

    private func nextToken() async throws(TokenError) -> AccessToken {
        guard waiters.count < Self.maximumWaiters else { throw TokenError(.tooManyWaiters) }
        let id = nextWaiter
        nextWaiter += 1
        let result: Result<AccessToken, TokenError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled {
                    continuation.resume(returning: .failure(TokenError(.cancelled)))
                } else {
                    waiters[id] = continuation
                }
            }
        } onCancel: {
            Task(executorPreference: executor) { await self.abandon(id) }
        }
        return try result.get()
    }

    private func abandon(_ id: Int) {
        waiters.removeValue(forKey: id)?.resume(returning: .failure(TokenError(.cancelled)))
    }

    private func finish(_ result: Result<(Secret, Duration, Moment), TokenFailure>) {
        isAsking = false
        let outcome: Result<AccessToken, TokenError>
        switch result {
        case .success((let bearer, let lifetime, let askedAt)):
            generation += 1
            let token = AccessToken(bearer: bearer, lifetime: lifetime, generation: generation, askedAt: askedAt)
            current = token
            pause = TokenPause()
            outcome = .success(token)
            lastRequest = LastRequest(error: nil, endedAt: time.now())
            logger.info("New access token", metadata: ["valid_until": "\(token.expiresAt.wall)"])
        case .failure(let failure):
            counters.failures += 1
            let now = time.now()
            let error = pause.begin(failure, now: now, chance: random.fraction())
            outcome = .failure(error)
            lastRequest = LastRequest(error: error, endedAt: now)
            let inHand = current.map { $0.expiresAt.steady > now.steady } ?? false
            logger.warning("\(error)", metadata: ["token_still_valid": "\(inHand)"])
        }
        let served = waiters
        waiters = [:]
        for id in served.keys.sorted() { served[id]?.resume(returning: outcome) }
    }

    private func request() async -> Result<(Secret, Duration, Moment), TokenFailure> {
        let askedAt = time.now()
        let request: TokenRequest
        do {
            request = try await TokenRequest(
                credential, endpoints: endpoints, tenant: tenant, clientID: clientID, now: askedAt, random: random)
        } catch {
            return .failure(TokenFailure(error: error, retryAfter: nil))
        }
        counters.requests += 1
        let answer: HTTPAnswer
        do {
            answer = try await transport.send(request.call)
        } catch {
            return .failure(TokenFailure(error: TokenError(.unreachable, transport: error), retryAfter: nil))
        }
        serverClock.observe(answer, asked: askedAt, received: time.now())
        do {
            let (bearer, lifetime) = try TokenAnswer.read(
                answer, redacting: request.secrets)
            return .success((bearer, lifetime, askedAt))
        } catch {
            let delay = RetryAfter.delay(answer.headerFields, now: time.now())
            return .failure(TokenFailure(error: error, retryAfter: delay))
        }
    }
}

/// A failed token request with the wait the authority asked for.
struct TokenFailure: Error {
    let error: TokenError
    let retryAfter: Duration?
}
