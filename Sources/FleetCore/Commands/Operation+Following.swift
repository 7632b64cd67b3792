// The rules by which an operation moves. None of them ever leads from "may have left" back to "not sent", but the answer
// that the request certainly had no effect: a second restart in the middle of a meeting is worse than one that nobody can
// account for.

import struct Foundation.Date
public import Timekeeping

extension Operation {
    // MARK: Before it leaves

    /// The request is about to leave. Written before it does.
    ///
    /// - Parameter known: the operations that Graph lists for the device now.
    /// - Returns: `false` when it is not waiting, so that no second request can leave.
    public mutating func begin(knowing known: [ListedOperation], at now: Moment) -> Bool {
        guard case .waiting = state else { return false }
        state = .submitting(.init(at: now, known: known.map(\.graphID)))
        submittedAt = now
        if let allowance = action.allowance { expectAway(until: now.advanced(by: allowance)) }
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
    public mutating func resume(at now: Moment) {
        guard case .submitting(let submission) = state else { return }
        state = .unconfirmed(
            submission, .init(nextLook: now), why: "the monitor was stopped while the request was on its way")
    }

    // MARK: The answer

    /// The request was answered, or was not.
    ///
    /// An answer that comes after nobody waited for it any more still says what became of the request. Only "it had no
    /// effect" comes too late then: the request may be sent again after it, and it must be certain that this one is over.
    public mutating func take(_ answer: SubmissionAnswer, at now: Moment, rules: FollowingRules) {
        let submission: OperationState<Moment>.Submission
        switch state {
        case .submitting(let one): submission = one
        case .unconfirmed(let one, _, _):
            switch answer {
            case .accepted, .alreadyRunning, .refused: submission = one
            case .notSent, .unheard: return
            }
        case .waiting, .accepted, .settled: return
        }
        let next = now.advanced(by: rules.wait(afterLooks: 0))
        switch answer {
        case .accepted(let graphID):
            self.graphID = graphID
            state = .accepted(submission, .init(graphID: graphID, nextLook: next))
        case .alreadyRunning:
            settle(.alreadyRunning, at: now)
        case .refused(let why):
            settle(.refused(why), at: now)
        case .notSent(let why, let retryAfter):
            submittedAt = nil
            expectNothing()
            state = .waiting(.init(why: why, notBefore: now.advanced(by: retryAfter ?? rules.retryDelay)))
        case .unheard(let why):
            state = .unconfirmed(submission, .init(nextLook: next), why: why)
        }
    }

    // MARK: Looks

    /// Graph's list of the device's operations was read.
    ///
    /// - Parameter isRoomUp: whether the room works now. As long as it does, and Graph does not say that the operation is
    ///   over, the room may still have to go: the time that it may be away counts from this look.
    public mutating func take(
        _ listed: [ListedOperation], isRoomUp: Bool = false, at now: Moment, rules: FollowingRules
    ) {
        switch state {
        case .waiting, .submitting, .settled:
            return
        case .unconfirmed(let submission, let watch, let why):
            if let found = ours(in: listed, since: submission) {
                follow(found, submission, watch, isRoomUp: isRoomUp, at: now, rules: rules)
            } else if submission.at.elapsed(until: now) >= rules.unconfirmedPatience {
                settle(
                    .unknown(
                        "\(why), and Graph lists no such operation; it was not sent again, because it may still run"),
                    at: now)
            } else {
                noteLook(at: now, rules: rules)
            }
        case .accepted(let submission, let watch):
            let found =
                watch.graphID.map { id in listed.first { Self.isSame($0.graphID, id) } }
                ?? ours(in: listed, since: submission)
            if let found {
                follow(found, submission, watch, isRoomUp: isRoomUp, at: now, rules: rules)
            } else if submission.at.elapsed(until: now) >= rules.patience(for: action) {
                settle(.unknown(Self.endless(watch.word, after: rules.patience(for: action))), at: now)
            } else {
                noteLook(at: now, rules: rules)
            }
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

    /// What time alone decides: that nobody will tell any more.
    public mutating func tick(at now: Moment, rules: FollowingRules) {
        switch state {
        case .waiting, .settled:
            return
        case .submitting(let submission):
            guard submission.at.elapsed(until: now) >= rules.submissionPatience else { return }
            state = .unconfirmed(submission, .init(nextLook: now), why: "nobody reported how the request ended")
        case .unconfirmed(let submission, _, let why):
            guard submission.at.elapsed(until: now) >= rules.blindPatience else { return }
            settle(.unknown("\(why), and the operations of the device could not be read since"), at: now)
        case .accepted(let submission, let watch):
            guard submission.at.elapsed(until: now) >= rules.blindPatience else { return }
            let word = watch.word.map { "; Graph's last word was \($0)" } ?? ""
            settle(.unknown("the operations of the device could not be read for long\(word)"), at: now)
        }
    }

    // MARK: Steps

    private mutating func follow(
        _ found: ListedOperation, _ submission: OperationState<Moment>.Submission,
        _ watch: OperationState<Moment>.Watch, isRoomUp: Bool, at now: Moment, rules: FollowingRules
    ) {
        graphID = found.graphID
        switch found.progress {
        case .succeeded: settle(.succeeded, at: now)
        case .failed(let code, let message): settle(.failed(code: code, message: message), at: now)
        case .cancelled: settle(.cancelled, at: now)
        case .queued, .running, .unknown:
            let patience = rules.patience(for: action)
            guard submission.at.elapsed(until: now) < patience else {
                settle(.unknown(Self.endless(found.word, after: patience)), at: now)
                return
            }
            if isRoomUp { extendAbsence(at: now) }
            let looks = watch.looks + 1
            state = .accepted(
                submission,
                .init(
                    graphID: found.graphID, word: found.word, looks: looks,
                    nextLook: now.advanced(by: rules.wait(afterLooks: looks))))
        }
    }

    /// The time that the room may be away counts from now. A little is not worth a row.
    private mutating func extendAbsence(at now: Moment) {
        guard let allowance = action.allowance, let excusedUntil else { return }
        let until = now.advanced(by: allowance)
        guard excusedUntil.elapsed(until: until) >= Self.worthARow else { return }
        expectAway(until: until)
    }

    private static let worthARow: Duration = .seconds(60)

    private mutating func settle(_ outcome: OperationOutcome, at now: Moment) {
        state = .settled(outcome, at: now)
        switch outcome {
        // The device stays as it is.
        case .refused, .withdrawn, .cancelled, .alreadyRunning: expectNothing()
        // It may have taken the room along, and presence tells late. But what is over restarts the room once more at the
        // most: an update that is done in minutes excuses nothing for the rest of the hour.
        case .succeeded, .failed:
            guard let excusedUntil else { return }
            let last = now.advanced(by: ExpectedAbsence.restartAllowance)
            if last.steady < excusedUntil.steady { expectAway(until: last) }
        // Of an unknown one nobody can say.
        case .unknown: break
        }
    }

    /// Why an operation that does not end is given up.
    private static func endless(_ word: String?, after patience: Duration) -> String {
        guard let word else {
            return "Graph accepted it and has not listed it for \(patience.inMinutes); whether it runs is not known"
        }
        return
            "Graph still says \(word) after \(patience.inMinutes); a device that is off the air keeps it and runs it "
            + "when it returns, and there is no way to take it back"
    }

    /// The operation of ours in Graph's list: of our kind, and not there before. The oldest, because whatever came after
    /// ours was asked by somebody else.
    private func ours(
        in listed: [ListedOperation], since submission: OperationState<Moment>.Submission
    ) -> ListedOperation? {
        let fresh = listed.filter { one in
            one.kind == action.kind && !submission.known.contains { Self.isSame($0, one.graphID) }
                && !Self.isOlder(one, than: submission.at)
        }
        func age(_ one: ListedOperation) -> Double { one.createdAt?.timeIntervalSince1970 ?? .infinity }
        return fresh.min { (age($0), $0.graphID) < (age($1), $1.graphID) }
    }

    /// Graph's clock and ours differ, but not by this much: what is older was only listed late.
    private static let clockTolerance = 15.0 * 60

    private static func isOlder(_ one: ListedOperation, than at: Moment) -> Bool {
        one.createdAt.map { at.wall.timeIntervalSince($0) > clockTolerance } ?? false
    }

    private static func isSame(_ a: String, _ b: String) -> Bool { a.lowercased() == b.lowercased() }
}
