// What the sign-in log says of a room's account. It comes minutes to hours late and only on request, so it explains an
// outage and never detects one (Detection, Sign-ins).

public import struct Foundation.Date
public import Timekeeping

/// Why Microsoft Entra refused a sign-in, as far as rooms are concerned.
public enum SignInTrouble: String, Sendable, Hashable, CaseIterable {
    case passwordExpired = "password expired"
    case wrongPassword = "wrong user name or password"
    case lockedOut = "locked out"
    case accountDisabled = "account disabled"
    case unknownAccount = "account not in the directory"
    case noPassword = "no valid password in the directory"
    case secondFactor = "a second factor is required, which rooms cannot give; exclude the account from the policy"
    case blockedByPolicy = "blocked by Conditional Access"
    case deviceNotAllowed = "the device must be compliant, joined or registered"
    case externalChallenge = "another provider's challenge is required, which rooms cannot answer"
    case sessionRevoked = "the session was revoked; sign in again on the device"
    case sessionExpired = "the session expired; sign in again on the device"
    case notAssigned = "the account is not assigned to the application"
    case missingConsent = "consent is missing"
    case riskOrRegistration = "the device must be registered, or the sign-in looks risky"
    case applicationDisabled = "the application is disabled"
}

/// One sign-in of a room's account. Addresses, places and devices of it are never kept.
public struct SignIn: Sendable, Hashable {
    public enum Outcome: Sendable, Hashable {
        case succeeded
        case failed(SignInTrouble, code: Int)
        /// An interruption on the way to an outcome; nothing follows from it.
        case interrupted(code: Int)
        /// A code that nobody here knows, kept as its number.
        case unrecognised(code: Int)
    }

    public var at: Date
    public var outcome: Outcome

    public init(at: Date, outcome: Outcome) {
        self.at = at
        self.outcome = outcome
    }

    /// As a page quotes it.
    public var text: String {
        let clock = UTCText.clock(at)
        return switch outcome {
        case .succeeded: "Sign-in succeeded at \(clock)"
        case .failed(let trouble, let code): "Sign-in failed at \(clock): \(trouble.rawValue) (AADSTS\(code))"
        case .interrupted(let code): "Sign-in was interrupted at \(clock) (AADSTS\(code))"
        case .unrecognised(let code): "Sign-in failed at \(clock): AADSTS\(code)"
        }
    }
}

/// What one read of the log brought for one account.
public struct SignInReading: Sendable, Hashable {
    public var signIns: Reading<[SignIn]>
    public var asked: Moment

    public init(signIns: Reading<[SignIn]>, asked: Moment) {
        self.signIns = signIns
        self.asked = asked
    }

    /// A failure so long before an outage may be why: presence follows a sign-out within minutes. An older one was
    /// survived, and anybody can mistype a password.
    public static let explainsFor: Duration = .seconds(300)
    /// A sign-in so long before an outage is still quoted.
    public static let quotedFor: Duration = .seconds(3600)

    /// The newest sign-in that says anything about an outage that began at `onset`, to quote it.
    public func telling(of onset: Date) -> SignIn? {
        guard case .value(let signIns) = signIns else { return nil }
        let earliest = onset.addingTimeInterval(-Self.quotedFor.seconds)
        let near = signIns.filter { $0.at >= earliest }
        let known = near.filter { signIn in
            switch signIn.outcome {
            case .succeeded, .failed: true
            case .interrupted, .unrecognised: false
            }
        }
        if let newest = known.max(by: { $0.at < $1.at }) { return newest }
        return near.filter { if case .unrecognised = $0.outcome { true } else { false } }.max { $0.at < $1.at }
    }

    /// Why signing in fails since about `onset`; `nil` when it does not, or nobody knows why.
    ///
    /// - Parameter isDeviceWell: whether the room's device record says that it is well. A lockout, which an address of
    ///   ill repute brings about as well (AADSTS50053), may be a stranger's doing and explains only a device that is.
    public func trouble(of onset: Date, isDeviceWell: Bool) -> SignInTrouble? {
        guard case .value(let signIns) = signIns else { return nil }
        let success = signIns.filter { $0.outcome == .succeeded }.map(\.at).max() ?? .distantPast
        let earliest = onset.addingTimeInterval(-Self.explainsFor.seconds)
        let failures = signIns.compactMap { signIn -> (at: Date, trouble: SignInTrouble)? in
            guard case .failed(let trouble, _) = signIn.outcome, signIn.at >= earliest, signIn.at > success,
                isDeviceWell || trouble != .lockedOut
            else { return nil }
            return (signIn.at, trouble)
        }
        return failures.max { $0.at < $1.at }?.trouble
    }
}

extension Evidence {
    static let signIn = "sign_in"
}
