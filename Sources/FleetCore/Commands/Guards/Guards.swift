// The guards (Commands, Guards): whether a command may leave to one device now. The order is that of importance, because
// a person is told the first reason.

public import Timekeeping

extension GuardFacts {
    /// Two of three signs must say that nobody needs the room.
    public static let idleProof = 2
    /// When something may change at any time it is looked at again after this.
    static let recheck: Duration = .seconds(60)
    /// The longest time without a look: bookings are by the wall clock, and somebody may set that.
    static let longestHold: Duration = .seconds(15 * 60)

    /// What the guards say.
    public func verdict(at now: Moment) -> GuardVerdict {
        if let never { return .refuse(never) }
        guard !isForced else { return .go(because: ["forced"]) }
        var proof: [String] = []
        // Diagnostics take nobody's room away, and a room in trouble is when they are wanted.
        if action.allowance != nil {
            switch idle(at: now) {
            case .proven(let signs): proof = signs
            case .contradicted(let why, let later, let until):
                return isPatient ? .wait(later, notBefore: until) : .refuse(why)
            case .unproven(let why):
                return isPatient || isTaken
                    ? .wait(why, notBefore: now.advanced(by: Self.recheck)) : .refuse(why)
            }
        }
        if case .updateSoftware = action {
            switch updateTime {
            case .open(let why): proof.append(why)
            case .closed(let why):
                return isPatient ? .wait(why, notBefore: now.advanced(by: Self.longestHold)) : .refuse(why)
            }
        }
        if let budget { return .wait(budget.why, notBefore: budget.nextPlace ?? now.advanced(by: Self.recheck)) }
        return .go(because: proof)
    }

    /// What nobody can override.
    private var never: String? {
        if !hasDevice { return "no device of the room is known, so there is nothing to ask" }
        if let running { return running }
        if let disconnection {
            return "\(disconnection); a command would wait there, run whenever the device returns, and cannot be taken "
                + "back"
        }
        return nil
    }

    // MARK: Idle proof

    private enum Idle {
        case proven([String])
        /// Somebody needs the room: in the words of a refusal, and in words that stay true while an operation waits.
        case contradicted(String, later: String, until: Moment)
        case unproven(String)
    }

    private func idle(at now: Moment) -> Idle {
        let signs = [presence, activity, calendar]
        for sign in signs {
            guard case .busy(let why, let until) = sign else { continue }
            return .contradicted(
                why + countdown(to: sign, at: now), later: why, until: Self.look(at: until, from: now))
        }
        if let doubt { return .unproven(doubt) }
        var idle: [String] = []
        var missing: [String] = []
        for sign in signs {
            switch sign {
            case .idle(let text): idle.append(text)
            case .unknown(let text): missing.append(text)
            case .busy: break
            }
        }
        guard idle.count >= Self.idleProof else {
            let known = idle.isEmpty ? "nothing proves" : "only \(idle.joined(separator: ", ")) shows"
            return .unproven(
                "\(known) that nobody needs the room; \(Self.idleProof) of presence, device and calendar must: "
                    + missing.joined(separator: ", "))
        }
        return .proven(idle)
    }

    /// `, in 8 min; a restart may take 10 min`, of a meeting that has not begun.
    private func countdown(to sign: IdleSign, at now: Moment) -> String {
        guard case .busy = sign, sign == calendar, let begins = meetingBegins, let allowance = action.allowance else {
            return ""
        }
        let wait = now.elapsed(until: begins)
        guard wait > .zero else { return "" }
        return ", in \(wait.inMinutes); \(action.phrase) may take \(allowance.inMinutes)"
    }

    private static func look(at until: Moment?, from now: Moment) -> Moment {
        let latest = now.advanced(by: longestHold)
        guard let until, until.steady < latest.steady else { return until == nil ? now.advanced(by: recheck) : latest }
        return until
    }
}

extension DeviceAction {
    /// In a sentence: `a restart`.
    var phrase: String {
        switch self {
        case .restart: "a restart"
        case .updateSoftware: "an update"
        case .runDiagnostics: "a run of diagnostics"
        }
    }

    /// As the subject of a sentence: `restart`.
    var noun: String {
        switch self {
        case .restart: "restart"
        case .updateSoftware: "update"
        case .runDiagnostics: "run of diagnostics"
        }
    }
}
