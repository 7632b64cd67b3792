// One request for at most 650 presences, and the promise that whatever goes wrong becomes "unknown, because" for
// exactly the accounts it touches.

public import FleetCore
public import GraphClient
public import Timekeeping

import HTTPExchange

/// Reads presences of one tenant.
public struct PresenceReader: Sendable {
    /// The most accounts Graph takes in one request.
    public static let mostAccounts = 650
    /// Fifty times a normal page; status messages can be long.
    static let responseBytes = 8 * 1024 * 1024
    /// Requests that one read may spend on finding a refused id: twice what one id among 650 needs.
    static let searchRequests = 40

    private let client: GraphClient
    private let time: any TimeSource
    private let decoder = PresencePageDecoder()
    private let lists = PresenceLists()
    private let quarantine: PresenceQuarantine

    public init(client: GraphClient, time: any TimeSource, quarantine: PresenceQuarantine = PresenceQuarantine()) {
        self.client = client
        self.time = time
        self.quarantine = quarantine
    }

    /// Asks for the presences of `accounts`, at most ``mostAccounts``.
    ///
    /// Never waits for a closed service; repeats once, and only after a lost connection. When Graph refuses the list
    /// (400 or 404), the refused ids are searched for and set aside for an hour as `.failed("rejected_id")`, which is
    /// also what ids get that are no GUIDs; those are never sent.
    /// - Parameter timeout: bounds everything together, the wait for a token included.
    public func read(_ accounts: [AccountID], timeout: Duration) async -> PresenceRead {
        let began = time.now()
        guard accounts.count <= Self.mostAccounts else {
            return failed("too_many_ids", accounts, began: began, requests: 0)
        }
        let list = lists.list(accounts, quarantine: quarantine, now: began)
        var pass = Pass(deadline: began.advanced(by: timeout))
        guard !list.sent.isEmpty else {
            return PresenceRead(asked: began, received: began, answers: aligned(accounts, list: list, found: []))
        }
        let found: [PresenceAnswer]
        switch await ask(list.sent, body: list.body, pass: &pass) {
        case .success(let answers): found = answers
        case .failure(let failure) where failure.isRefusal && list.sent.count > 1:
            guard let answers = await search(list.sent, refusal: failure, pass: &pass) else {
                return failed(failure.kind, accounts, began: began, requests: pass.requests)
            }
            found = answers
        case .failure(let failure):
            return failed(failure.kind, accounts, began: began, requests: pass.requests)
        }
        return PresenceRead(
            asked: pass.asked ?? began, received: pass.received ?? time.now(),
            answers: aligned(accounts, list: list, found: found), bytes: pass.bytes, requests: pass.requests)
    }

    /// What one read has spent so far.
    private struct Pass {
        let deadline: Moment
        var asked: Moment?
        var received: Moment?
        var bytes = 0
        var requests = 0
    }

    private struct Failure: Error {
        let kind: String
        /// Whether Graph found fault with the list rather than with itself or us.
        var isRefusal = false
        var isLostConnection = false
    }

    private func ask(_ accounts: [AccountID], body: [UInt8], pass: inout Pass) async
        -> Result<[PresenceAnswer], Failure>
    {
        var result = await send(body, pass: &pass)
        if case .failure(let failure) = result, failure.isLostConnection {
            result = await send(body, pass: &pass)
        }
        switch result {
        case .failure(let failure): return .failure(failure)
        case .success(let answer):
            pass.asked = pass.asked ?? answer.askedAt
            pass.received = answer.receivedAt
            pass.bytes += answer.body.count
            do {
                return .success(try decoder.decode(answer.body, asked: accounts))
            } catch {
                return .failure(Failure(kind: FailureKind.malformed))
            }
        }
    }

    /// One request that ends at the deadline, whatever it is waiting for.
    private func send(_ body: [UInt8], pass: inout Pass) async -> Result<GraphAnswer, Failure> {
        let remaining = time.now().elapsed(until: pass.deadline)
        guard remaining > .zero else { return .failure(Failure(kind: FailureKind.timedOut)) }
        pass.requests += 1
        let request = GraphRequest.presences(body: body, within: remaining)
        let deadline = pass.deadline
        let outcome = await withTaskGroup(of: Result<GraphAnswer, GraphError>?.self) { group in
            group.addTask { [client] in
                do throws(GraphError) {
                    return .success(try await client.send(request))
                } catch {
                    return .failure(error)
                }
            }
            group.addTask { [time] in
                // A cancelled sleep and one that ended say the same: there is no time left.
                try? await time.sleep(until: deadline)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        switch outcome {
        case .success(let answer)?: return .success(answer)
        case .failure(let error)?:
            var failure = Failure(kind: FailureKind.word(error))
            switch error.reason {
            case .rejected(status: 400, _), .notFound: failure.isRefusal = !error.looksRetired
            case .transport(let transport): failure.isLostConnection = transport.kind == .brokenConnection
            default: break
            }
            return .failure(failure)
        case nil:
            return .failure(Failure(kind: Task.isCancelled ? FailureKind.cancelled : FailureKind.timedOut))
        }
    }

    /// Halves a refused list until the refused ids stand alone.
    ///
    /// An id is only blamed when Graph accepted another part of the same list: a service that refuses everything says
    /// nothing about ids.
    /// - Returns: `nil` when no part was accepted.
    private func search(_ accounts: [AccountID], refusal: Failure, pass: inout Pass) async -> [PresenceAnswer]? {
        let refused = PresenceAnswer(.unknown(.failed(refusal.kind)))
        var answers = Array(repeating: refused, count: accounts.count)
        var suspects: [Int] = []
        var hasAccepted = false
        var open = Self.halves(of: accounts.indices)
        let limit = pass.requests + Self.searchRequests
        while let part = open.popLast(), pass.requests < limit, quarantine.mayAsk(at: time.now()) {
            let ids = Array(accounts[part])
            switch await ask(ids, body: PresenceList.body(ids), pass: &pass) {
            case .success(let found):
                hasAccepted = true
                answers.replaceSubrange(part, with: found)
            case .failure(let failure) where failure.isRefusal:
                if part.count > 1 { open += Self.halves(of: part) } else { suspects.append(part.lowerBound) }
            case .failure(let failure):
                for index in part { answers[index] = PresenceAnswer(.unknown(.failed(failure.kind))) }
            }
        }
        guard hasAccepted else { return nil }
        for index in suspects { answers[index] = Self.rejected }
        quarantine.add(suspects.map { accounts[$0] }, at: time.now())
        return answers
    }

    private static let rejected = PresenceAnswer(.unknown(.failed(FailureKind.rejectedID)))

    private static func halves(of range: Range<Int>) -> [Range<Int>] {
        let middle = range.lowerBound + range.count / 2
        return [middle..<range.upperBound, range.lowerBound..<middle].filter { !$0.isEmpty }
    }

    /// Puts what was found for the accounts sent into the order of the accounts asked for.
    private func aligned(_ accounts: [AccountID], list: PresenceList, found: [PresenceAnswer]) -> [PresenceAnswer] {
        if list.isWhole { return found }
        let byAccount = Dictionary(zip(list.sent, found), uniquingKeysWith: { first, _ in first })
        return accounts.map { byAccount[$0] ?? Self.rejected }
    }

    private func failed(_ kind: String, _ accounts: [AccountID], began: Moment, requests: Int) -> PresenceRead {
        let answer = PresenceAnswer(.unknown(.failed(kind)))
        return PresenceRead(
            asked: began, received: time.now(), answers: Array(repeating: answer, count: accounts.count),
            failure: kind, requests: requests)
    }
}
