// A consent shows in tokens only after a while, and only in new ones. So new tokens are asked for, slowly, until every
// permission is there, until nothing moves any more, or until the time is over.

import FleetCore
public import GraphClient
import HTTPExchange
public import Timekeeping

/// Waits for the roles of a token.
public struct RoleWait: Sendable {
    /// How a wait ended.
    public enum Outcome: Sendable, Hashable {
        /// - Parameter roles: of the newest token; `nil` when a token cannot be read.
        case token(roles: [String]?)
        case failed(TokenError)
    }

    /// The waits between two tokens; the last is repeated. Never shorter: Entra blocks who asks in a loop (AADSTS50196).
    static let intervals: [Duration] = [.seconds(5), .seconds(10), .seconds(15), .seconds(30)]
    /// So many tokens with the same incomplete roles, and the rest will not come: the registration does not ask for it.
    static let patience = 4

    let needs: [PermissionNeed]
    let time: any TimeSource
    /// A source without a token in hand, so that the next token is a new one.
    let source: @Sendable () -> TokenSource

    public init(needs: [PermissionNeed], time: any TimeSource, source: @escaping @Sendable () -> TokenSource) {
        self.needs = needs
        self.time = time
        self.source = source
    }

    /// - Parameters:
    ///   - limit: how long to wait at most.
    ///   - progress: told before each wait, in words.
    public func wait(upTo limit: Duration, progress: @Sendable (String) -> Void) async throws -> Outcome {
        let deadline = time.now().steady + limit
        var attempt = 0
        var seen: (roles: Set<String>, times: Int) = ([], 0)
        while true {
            let outcome = await ask()
            let pause = Self.intervals[min(attempt, Self.intervals.count - 1)]
            attempt += 1
            let text: String
            switch outcome {
            case .token(let roles?):
                let missing = needs.filter { !$0.isMet(by: roles) }
                guard !missing.isEmpty else { return outcome }
                let known = Set(roles)
                seen = known == seen.roles ? (known, seen.times + 1) : (known, 1)
                // No role at all is a consent that is still on its way; some are one that has arrived.
                if !known.isEmpty, seen.times >= Self.patience { return outcome }
                text = "token \(attempt) carries \(needs.count - missing.count) of \(needs.count) permissions"
            case .token(nil): return outcome
            case .failed(let error):
                guard error.mayHealAfterConsent else { return outcome }
                text = "no token yet (\(error.kind.rawValue))"
            }
            guard time.now().steady + pause <= deadline else { return outcome }
            progress("\(text); the next in \(Int(pause.seconds)) s")
            try await time.sleep(for: pause)
        }
    }

    /// The first token, before anybody is sent anywhere: what heals by itself gets three chances.
    public func first(progress: @Sendable (String) -> Void) async throws -> Outcome {
        for pause in Self.intervals.prefix(2) {
            let outcome = await ask()
            guard case .failed(let error) = outcome, error.isTransient else { return outcome }
            progress("no token (\(error.kind.rawValue)); the next try in \(Int(pause.seconds)) s")
            try await time.sleep(for: pause)
        }
        return await ask()
    }

    /// One new token.
    public func ask() async -> Outcome {
        do {
            return .token(roles: try await source().token().roles)
        } catch {
            return .failed(error)
        }
    }
}

extension TokenError {
    /// An application of another tenant is unknown in this one until somebody consents.
    var mayHealByConsent: Bool { kind == .unknownApplication || kind == .missingConsent }

    /// Some refusals are only a directory that has not heard of the news yet.
    var mayHealAfterConsent: Bool {
        switch kind {
        case .unknownApplication, .missingConsent, .federationUnknown, .federationIssuer, .federationSubject: true
        default: isTransient
        }
    }
}
