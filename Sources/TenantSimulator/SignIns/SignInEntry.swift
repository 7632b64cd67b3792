// What the log of Microsoft Entra holds of the accounts: successes when a room comes up, and the same failure again and
// again from a room system that tries by itself.

import struct Foundation.Date

/// One line of the sign-in log.
struct SignInEntry: Sendable {
    let number: Int
    let account: Int
    let at: Date
    /// 0 for success, else the number of an AADSTS error.
    let code: Int
    /// Whether somebody, or a device that shows its sign-in screen, typed the password.
    let isInteractive: Bool
}

extension Timeline {
    /// Lines kept; the oldest go first.
    private static var maximumSignIns: Int { 20_000 }
    /// A device whose session ended tries again this often.
    private static var tryInterval: Duration { .seconds(600) }
    /// Microsoft's default lifetime of passwords.
    static var passwordLifetime: Double { 90 * 86_400 }

    mutating func note(signInOf account: Int, code: Int, isInteractive: Bool = true) {
        if signIns.count >= Self.maximumSignIns { signIns.removeFirst(Self.maximumSignIns / 10) }
        let number = (signIns.last?.number ?? 0) + 1
        signIns.append(
            SignInEntry(
                number: number, account: account, at: wall(elapsed), code: code, isInteractive: isInteractive))
    }

    /// Why the account cannot sign in now; `nil` when it can.
    private func refusal(of account: Int) -> Int? {
        let state = accounts[account]
        if state.deleted { return 50_034 }
        if state.disabled > 0 { return 50_057 }
        if let end = state.passwordEnds, end <= wall(elapsed) { return 50_055 }
        return nil
    }

    /// The device loses its session: a silent renewal fails first, then it shows its sign-in screen.
    mutating func beginTrying(_ account: Int, cause: Int) {
        if let code = refusal(of: account) { note(signInOf: account, code: code, isInteractive: false) }
        trySignIn(account, cause: cause)
    }

    mutating func trySignIn(_ account: Int, cause: Int) {
        guard let code = refusal(of: account) else { return }
        note(signInOf: account, code: code)
        agenda.add(.signInTried(account: account, cause: cause), at: elapsed + Self.tryInterval)
    }

    mutating func expirePassword(ofRoom room: Int, _ event: ScenarioEvent, cause: Int) {
        let account = fleet.rooms[room].account
        accounts[account].passwordEnds = wall(elapsed)
        record("password_expired", room: room, cause: cause, kind: event.kind, visible: elapsed)
        beginTrying(account, cause: cause)
        let outage = Outage(
            cause: cause, causeKind: event.kind.rawValue, room: room, devices: [], takesPresence: true, began: elapsed,
            ends: event.lasts.map { elapsed + $0.duration }, sessionTimeout: event.sessionTimeout?.duration ?? .zero,
            deviceDelay: nil)
        if let lasts = event.lasts {
            // Before the room is back, so that its sign-in succeeds.
            agenda.add(.passwordSet(account: account, cause: cause), at: elapsed + lasts.duration)
        }
        agenda.add(.outageBegins(outage), at: elapsed)
    }

    mutating func setPassword(of account: Int, cause: Int) {
        accounts[account].passwordEnds = nil
        accounts[account].passwordSet = wall(elapsed)
        record("password_set", account: account, cause: cause, kind: .passwordExpires, visible: elapsed)
    }

    mutating func removeLicence(ofRoom room: Int, _ event: ScenarioEvent, cause: Int) {
        let account = fleet.rooms[room].account
        accounts[account].licenceLosses[cause] = .some(event.code)
        record("licence_removed", room: room, cause: cause, kind: event.kind, visible: elapsed, detail: event.code)
        if let lasts = event.lasts {
            agenda.add(.licenceReturns(account: account, cause: cause), at: elapsed + lasts.duration)
        }
    }

    mutating func returnLicence(to account: Int, cause: Int) {
        accounts[account].licenceLosses[cause] = nil
        record("licence_assigned", account: account, cause: cause, kind: .licenceRemoved, visible: elapsed)
    }

    /// An administrator consented again, so what was taken back is there again.
    mutating func endRevocations(at elapsed: Duration) {
        for cause in revocations.keys.sorted() {
            revocations[cause] = nil
            record("consent_granted", cause: cause, kind: .consentRevoked, visible: elapsed)
        }
    }

    /// The roles that a token issued now carries.
    func roles(of granted: [String]) -> [String] {
        granted.filter { role in
            !revocations.values.contains { taken in taken.map { $0.contains(role) } ?? true }
        }
    }
}
