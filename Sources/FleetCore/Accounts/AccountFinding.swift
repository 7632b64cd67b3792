// One thing that keeps a room's account from signing in, or will. It carries its instant and the remedy, because the
// person who reads it is not the one who manages accounts.

public import struct Foundation.Date
import Timekeeping

/// What is wrong with a room's account, now or soon.
public struct AccountFinding: Sendable, Hashable {
    public enum Trouble: Sendable, Hashable {
        case disabled
        /// - Parameter isLost: whether the room had a licence while it was watched.
        case noLicence(isLost: Bool)
        /// Only licences of another kind: Shared Devices, or those of people.
        case wrongLicence(String, isShared: Bool, isLost: Bool)
        case licenceError(LicenceError)
        /// More accounts hold Teams Rooms Basic than a tenant may use.
        case basicLimit(holders: Int)
        /// - Parameter isAssumed: by Microsoft's default and not by what the operator said.
        case passwordExpiry(Date, isAssumed: Bool)
    }

    public var trouble: Trouble
    /// When the directory said so.
    public var saidAt: Date

    public init(_ trouble: Trouble, saidAt: Date) {
        self.trouble = trouble
        self.saidAt = saidAt
    }

    /// Accounts that may hold Teams Rooms Basic (Graph facts, Licences).
    public static let basicLicences = 25
    /// A password's end is listed from so long before it …
    static let listedAhead: Duration = .seconds(14 * 86_400)
    /// … and worth a warning from so long before it.
    static let warnedAhead: Duration = .seconds(7 * 86_400)
    /// An end that was only assumed and passed so long ago is disproved by an account that goes on working.
    static let assumedFor: Duration = .seconds(14 * 86_400)
    /// A password that ended longer before an outage than this is not why the room fell then.
    static let explainsFor: Duration = .seconds(48 * 3600)
    /// The finding's word for scripts.
    public var word: String {
        switch trouble {
        case .disabled: "disabled"
        case .noLicence: "no_licence"
        case .wrongLicence: "wrong_licence"
        case .licenceError: "licence_error"
        case .basicLimit: "basic_limit"
        case .passwordExpiry: "password_expiry"
        }
    }

    /// When it begins to bite, for what lies ahead or has an instant.
    ///
    /// Never inlined: the optimizer of Swift 6.3.1 ends with an ownership error where it copies this into another module.
    @inline(never)
    public var at: Date? {
        if case .passwordExpiry(let end, _) = trouble { end } else { nil }
    }

    /// Whether it is so for certain and keeps the account from signing in by now.
    public func isBlocking(at now: Date) -> Bool {
        switch trouble {
        case .disabled, .noLicence, .wrongLicence: true
        case .licenceError(let error): error.isBlocking
        case .basicLimit: false
        case .passwordExpiry(let end, let isAssumed): !isAssumed && end <= now
        }
    }

    /// Whether somebody should be told before rooms fail (`room.account`): it has happened while the room was watched,
    /// or the operator's own policy says that it will. The rest is for those who ask.
    public func isWorthTelling(at now: Date) -> Bool {
        switch trouble {
        case .disabled: true
        case .noLicence(let isLost), .wrongLicence(_, _, let isLost): isLost
        case .licenceError(let error): error.isBlocking
        case .basicLimit: false
        case .passwordExpiry(let end, let isAssumed):
            !isAssumed && end.timeIntervalSince(now) <= Self.warnedAhead.seconds
        }
    }

    /// Whether it is why a room fell at `onset`.
    public func explains(_ onset: Date) -> Bool {
        switch trouble {
        case .disabled: true
        case .noLicence(let isLost), .wrongLicence(_, _, let isLost): isLost
        case .licenceError(let error): error.isBlocking
        case .basicLimit: false
        case .passwordExpiry(let end, let isAssumed):
            !isAssumed && end <= onset && onset.timeIntervalSince(end) <= Self.explainsFor.seconds
        }
    }

    /// Whether it only says again what the state of the account says.
    func repeats(_ state: AccountState) -> Bool {
        switch (trouble, state) {
        case (.disabled, .disabled), (.noLicence, .unlicensed): true
        default: false
        }
    }
}
