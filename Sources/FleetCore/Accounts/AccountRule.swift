// Which findings follow from what the directory says of one account. Many tenants let no password expire and many room
// systems run on odd licences, so a claim is made only where the directory, or the operator, says it.

public import struct Foundation.Date
import Timekeeping

public enum AccountRule {
    /// Judges one account.
    ///
    /// - Parameters:
    ///   - account: what the directory said of it.
    ///   - isLost: whether the room had a Teams Rooms licence while it was watched, and has none now.
    ///   - basicHolders: accounts of the tenant that hold Teams Rooms Basic.
    public static func findings(
        of account: AccountRecord, isLost: Bool, basicHolders: Int, policy: PasswordPolicy, at now: Date
    ) -> [AccountFinding] {
        var troubles: [AccountFinding.Trouble] = []
        if !account.isEnabled { troubles.append(.disabled) }
        if let facts = account.facts {
            troubles += licences(facts, isLost: isLost, basicHolders: basicHolders)
            if let expiry = expiry(of: facts, policy: policy, at: now) { troubles.append(expiry) }
        } else if isLost {
            troubles.append(.noLicence(isLost: true))
        }
        return troubles.map { AccountFinding($0, saidAt: now) }
    }

    private static func licences(
        _ facts: AccountFacts, isLost: Bool, basicHolders: Int
    ) -> [AccountFinding.Trouble] {
        let errors = facts.licenceErrors.map { AccountFinding.Trouble.licenceError($0) }
        guard let held = facts.licences else { return errors }
        let kinds = Set(held.map(\.kind))
        var found = errors
        if kinds.contains(.basicRoom), !kinds.contains(.room), basicHolders > AccountFinding.basicLicences {
            found.append(.basicLimit(holders: basicHolders))
        }
        // A faulty assignment is why the licence is missing; what nobody recognises may well be one for rooms.
        guard kinds.isDisjoint(with: [.room, .basicRoom, .unrecognised]),
            !facts.licenceErrors.contains(where: \.isBlocking)
        else { return found }
        if let shared = held.first(where: { $0.kind == .sharedDevices }) {
            found.append(.wrongLicence(shared.name, isShared: true, isLost: isLost))
        } else if let user = held.first(where: { $0.kind == .user }) {
            found.append(.wrongLicence(user.name, isShared: false, isLost: isLost))
        } else {
            found.append(.noLicence(isLost: isLost))
        }
        return found
    }

    /// The end of a password, when it is near or just over. An account that follows a directory on the premises follows
    /// its policy, of which nothing is known unless the operator says it.
    private static func expiry(
        of facts: AccountFacts, policy: PasswordPolicy, at now: Date
    ) -> AccountFinding.Trouble? {
        guard !facts.passwordNeverExpires, let changed = facts.passwordChanged else { return nil }
        let lifetime = facts.isSynchronised ? policy.onPremises : policy.cloud
        let days: Int
        switch lifetime {
        case .never: return nil
        case .unknown where facts.isSynchronised: return nil
        case .unknown: days = PasswordPolicy.assumedDays
        case .days(let known): days = known
        }
        let isAssumed = lifetime == .unknown
        let end = changed.addingTimeInterval(Double(days) * 86_400)
        let left = end.timeIntervalSince(now)
        guard left <= AccountFinding.listedAhead.seconds else { return nil }
        // Who still works long after an assumed end lives under no such policy.
        if isAssumed, -left > AccountFinding.assumedFor.seconds { return nil }
        return .passwordExpiry(end, isAssumed: isAssumed)
    }
}
