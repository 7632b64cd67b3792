// The rules by which an operation moves. None of them ever leads from "may have left" back to "not sent": a second
// restart in the middle of a meeting is worse than one that nobody can account for.

import struct Foundation.Date
public import Timekeeping

/// When operations are looked at, and for how long (Graph facts, Devices).
public struct FollowingRules: Sendable, Hashable {
    /// The waits between looks; the last one repeats.
    public var looks: [Duration] = [.seconds(5), .seconds(10), .seconds(20), .seconds(30), .seconds(60)]
    /// An accepted operation that is not over by then is settled as unknown.
    public var patience: Duration = .seconds(30 * 60)
    /// An update takes longer than its room may be away.
    public var updatePatience: Duration = .seconds(90 * 60)
    /// A request without an answer that Graph lists nowhere by then is settled as unknown.
    public var unconfirmedPatience: Duration = .seconds(10 * 60)
    /// The wait after an answer that says nothing was done, where it names none.
    public var retryDelay: Duration = .seconds(30)

    public init() {}

    func wait(afterLooks looks: Int) -> Duration {
        self.looks[min(looks, self.looks.count - 1)]
    }

    func patience(for action: DeviceAction) -> Duration {
        if case .updateSoftware = action { updatePatience } else { patience }
    }
}

extension Operation {
    /// The request is about to leave. Written before it does.
    ///
    /// - Parameter known: the operations that Graph lists for the device now.
    /// - Returns: `false` when it is not waiting, so that no second request can leave.
    public mutating func begin(knowing known: [ListedOperation], at now: Moment) -> Bool {
        guard case .waiting = state else { return false }
        state = .submitting(.init(at: now, known: known.map(\.graphID)))
        if let allowance = action.allowance { homecoming = .awaited(since: now, until: now.advanced(by: allowance)) }
        return true
    }

    /// It does not go now, for a reason that may pass.
    public mutating func hold(_ why: String, notBefore: Moment?) {
        guard case .waiting = state else { return }
        state = .waiting(.init(why: why, notBefore: notBefore))
    }

    /// It shall not go at all.
    ///
    /// - Returns: `false` when it has left already: there is no way to take it back.
    public mutating func withdraw(_ why: String, at now: Moment) -> Bool {
        guard case .waiting = state else { return false }
        settle(.withdrawn(why), at: now)
        return true
    }

    /// The daemon starts and finds it so: whether the request left is not known.
    public mutating func resume(at now: Moment, rules: FollowingRules) {
        guard case .submitting(let submission) = state else { return }
        state = .unconfirmed(
            submission, .init(nextLook: now), why: "the monitor was stopped while the request was on its way")
    }

    /// The request was answered, or was not.
    public mutating func take(_ answer: SubmissionAnswer, at now: Moment, rules: FollowingRules) {
        guard case .submitting(let submission) = state else { return }
        let next = now.advanced(by: rules.wait(afterLooks: 0))
        switch answer {
        case .accepted(let graphID):
            state = .accepted(submission, .init(graphID: graphID, nextLook: next))
        case .alreadyRunning:
            settle(.alreadyRunning, at: now)
        case .refused(let why):
            settle(.refused(why), at: now)
        case .notSent(let why, let retryAfter):
            homecoming = .notAwaited
            state = .waiting(.init(why: why, notBefore: now.advanced(by: retryAfter ?? rules.retryDelay)))
        case .unheard(let why):
            state = .unconfirmed(submission, .init(nextLook: next), why: why)
        }
    }

    /// Graph's list of the device's operations was read.
    public mutating func take(_ listed: [ListedOperation], at now: Moment, rules: FollowingRules) {
        switch state {
        case .waiting, .submitting, .settled:
            return
        case .unconfirmed(let submission, var watch, let why):
            guard let found = ours(in: listed, since: submission) else {
                watch.looks += 1
                watch.nextLook = now.advanced(by: rules.wait(afterLooks: watch.looks))
                state = .unconfirmed(submission, watch, why: why)
                return
            }
            follow(found, submission, watch, at: now, rules: rules)
        case .accepted(let submission, let watch):
            let found =
                watch.graphID.map { id in listed.first { Self.isSame($0.graphID, id) } }
                ?? ours(in: listed, since: submission)
            guard let found else {
                noteLook(at: now, rules: rules)
                return
            }
            follow(found, submission, watch, at: now, rules: rules)
        }
    }

    /// A look failed; what is known stays.
    public mutating func noteLook(at now: Moment, rules: FollowingRules) {
        switch state {
        case .waiting, .submitting, .settled:
            return
        case .unconfirmed(let submission, var watch, let why):
            watch.looks += 1
            watch.nextLook = now.advanced(by: rules.wait(afterLooks: watch.looks))
            state = .unconfirmed(submission, watch, why: why)
        case .accepted(let submission, var watch):
            watch.looks += 1
            watch.nextLook = now.advanced(by: rules.wait(afterLooks: watch.looks))
            state = .accepted(submission, watch)
        }
    }

    /// What time alone decides: nothing is followed for ever.
    public mutating func tick(at now: Moment, rules: FollowingRules) {
        switch state {
        case .waiting, .submitting, .settled:
            return
        case .unconfirmed(let submission, let watch, let why):
            guard watch.looks > 0, submission.at.elapsed(until: now) >= rules.unconfirmedPatience else { return }
            settle(
                .unknown(
                    "\(why), and Graph lists no such operation; it was not sent again, because it may still run"),
                at: now)
        case .accepted(let submission, let watch):
            let patience = rules.patience(for: action)
            guard watch.looks > 0, submission.at.elapsed(until: now) >= patience else { return }
            let minutes = Int(patience.seconds / 60)
            settle(
                .unknown(
                    "Graph still says \(watch.word ?? "nothing of it") after \(minutes) min; a device that is off the "
                        + "air keeps it queued and runs it when it returns, and there is no way to take it back"),
                at: now)
        }
    }

    /// The room is up, or is not, at a moment after the request left.
    ///
    /// - Parameters:
    ///   - isUp: whether presence says that the room works.
    ///   - downSince: the first bad observation of the outage that is going on or has just ended.
    public mutating func see(isUp: Bool, downSince: Moment?, at now: Moment) {
        guard case .awaited(let since, let until) = homecoming else { return }
        if isUp {
            let wasAway = downSince.map { $0.steady >= since.steady } ?? false
            // A room that was never seen to go counts as back when its time is over, or when Graph says it is done.
            if wasAway || now.steady >= until.steady || state.word == "succeeded" { homecoming = .back(now) }
        } else if now.steady >= until.steady {
            homecoming = .missing(now)
        }
    }

    // MARK: Steps

    private mutating func follow(
        _ found: ListedOperation, _ submission: OperationState<Moment>.Submission,
        _ watch: OperationState<Moment>.Watch, at now: Moment, rules: FollowingRules
    ) {
        switch found.progress {
        case .succeeded: settle(.succeeded, at: now)
        case .failed(let code, let message): settle(.failed(code: code, message: message), at: now)
        case .cancelled: settle(.cancelled, at: now)
        case .queued, .running, .unknown:
            let looks = watch.looks + 1
            state = .accepted(
                submission,
                .init(
                    graphID: found.graphID, word: found.word, looks: looks,
                    nextLook: now.advanced(by: rules.wait(afterLooks: looks))))
        }
    }

    private mutating func settle(_ outcome: OperationOutcome, at now: Moment) {
        state = .settled(outcome, at: now)
        switch outcome {
        // The device stays as it is.
        case .refused, .withdrawn, .cancelled, .alreadyRunning: homecoming = .notAwaited
        // A failed update may have taken the room along, and of an unknown one nobody can say.
        case .succeeded, .failed, .unknown: break
        }
    }

    /// The operation of ours in Graph's list: of our kind, and not there before. The oldest, because whatever came after
    /// ours was asked by somebody else.
    private func ours(
        in listed: [ListedOperation], since submission: OperationState<Moment>.Submission
    ) -> ListedOperation? {
        let fresh = listed.filter { one in
            one.kind == action.kind && !submission.known.contains { Self.isSame($0, one.graphID) }
        }
        func age(_ one: ListedOperation) -> Double { one.createdAt?.timeIntervalSince1970 ?? .infinity }
        return fresh.min { (age($0), $0.graphID) < (age($1), $1.graphID) }
    }

    private static func isSame(_ a: String, _ b: String) -> Bool { a.lowercased() == b.lowercased() }
}
