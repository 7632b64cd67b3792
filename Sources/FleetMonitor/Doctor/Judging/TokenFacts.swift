// Almost every first start fails at the token: whether there is one, and what to do where there is none.

import FleetAPI
import FleetCore
import Foundation
import GraphClient
import HTTPExchange
import Timekeeping

/// How a tenant's login service answers us.
struct TokenFacts: Sendable {
    var tenant: String
    /// How long the login service is waited for here; a request of the daemon's own may take 20 s.
    static let patience: Duration = .seconds(4)

    /// What asking for a token brought just now; `nil` while the login service leaves everybody waiting.
    var token: Result<Lifetime, TokenError>?
    /// Why the newest request failed although a token is in hand.
    var newestFailure: TokenError?
    /// Seconds by which this machine's clock is behind that of the login service, where that is enough to fail for.
    var clockBehind: Double?

    struct Lifetime: Sendable, Hashable {
        var asked: Moment
        var expires: Moment
    }

    func judged(at now: Moment) -> [CheckBody] {
        switch token {
        case .success(let lifetime):
            let left = now.elapsed(until: lifetime.expires).inWords
            guard let newestFailure else {
                return [
                    CheckBody(
                        "token", area: .token, tenant: tenant, .ok, "An access token is in hand, good for \(left).")
                ]
            }
            return [
                CheckBody(
                    "token", area: .token, tenant: tenant, subject: newestFailure.kind.rawValue, .warning,
                    "The newest request for a token failed (\(Self.word(newestFailure))); the one in hand is good for "
                        + "\(left).", remedy: remedy(of: newestFailure))
            ]
        case nil:
            return [
                CheckBody(
                    "token", area: .token, tenant: tenant, subject: "waiting", .problem,
                    "The login service is asked for a token and has not answered for \(Self.patience.inWords), so nothing "
                        + "is read from Microsoft Graph.",
                    remedy: "See network. Where the host is reached and stays silent, a proxy or firewall lets the "
                        + "connection through and not what is said over it.")
            ]
        case .failure(let error):
            return [
                CheckBody(
                    "token", area: .token, tenant: tenant, subject: error.kind.rawValue,
                    error.isTransient && error.kind != .unreachable ? .warning : .problem,
                    "No access token can be had (\(Self.word(error))), so nothing is read from Microsoft Graph."
                        + Self.said(error),
                    remedy: remedy(of: error))
            ]
        }
    }

    /// The service's own words, without what only its support can use; the log has those.
    private static func said(_ error: TokenError) -> String {
        let end = error.message.range(of: "Trace ID:")?.lowerBound ?? error.message.endIndex
        let words = error.message[..<end].trimmingCharacters(in: .whitespaces)
        return words.isEmpty ? "" : " The login service says: \(words)"
    }

    private static func word(_ error: TokenError) -> String {
        var words = [error.kind.rawValue]
        if let number = error.number { words.append("AADSTS\(number)") }
        if error.number == nil, error.status > 0 { words.append("HTTP \(error.status)") }
        if let transport = error.transport { words.append("\(transport.kind.rawValue) at \(transport.host)") }
        return words.joined(separator: ", ")
    }

    private func remedy(of error: TokenError) -> String {
        if let clockBehind {
            return "Set this machine's clock right first (see clock): with a clock that is wrong by "
                + "\(ClockFacts.words(clockBehind)) requests for tokens are refused. \(error.advice)"
        }
        var text = error.certificate.map { "\($0) " } ?? ""
        text += error.advice
        // Secrets are read once, at the start (Contract, Configuration).
        switch error.kind {
        case .wrongSecret, .expiredSecret, .certificate:
            text += " Then run `systemctl restart roomwatchd`: secrets are read at the start."
        case .unknownApplication, .unknownTenant, .unknownResource, .assertionMalformed:
            text += " Then run `systemctl restart roomwatchd`."
        case .disabledApplication, .missingConsent, .missingAssignment, .assertionKeyNotRegistered, .conditionalAccess:
            text += " It is asked again every minute."
        default: break
        }
        return text
    }
}
