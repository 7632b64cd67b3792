// The token endpoint's answers, good and bad, read without trust: managed identities and gateways quote numbers, and
// a lifetime of minus one or of a million years must not stop or flood the daemon.

import Foundation
import HTTPExchange

enum TokenAnswer {
    /// Shortest and longest lifetime that is believed; long-lived tokens reach about 28 hours.
    static let lifetimes: ClosedRange<Int64> = 10...100_800
    /// Assumed when the lifetime is missing or nonsense: short, so that little is lost, long enough for no loop.
    static let assumedLifetime: Int64 = 60

    private struct Success: Decodable {
        let accessToken: String
        let expiresIn: LenientNumber?
        let tokenType: String?

        private enum CodingKeys: String, CodingKey {
            case accessToken = "access_token"
            case expiresIn = "expires_in"
            case tokenType = "token_type"
        }
    }

    private struct Failure: Decodable {
        let error: String
        let description: String?
        let codes: [LenientNumber]?
        let traceID: String?

        private enum CodingKeys: String, CodingKey {
            case error
            case description = "error_description"
            case codes = "error_codes"
            case traceID = "trace_id"
        }
    }

    /// Reads an answer; `redacting` removes the credential from whatever text the authority sends back.
    static func read(_ answer: HTTPAnswer, redacting: [String]) throws(TokenError) -> (
        Secret, Duration
    ) {
        let body = Data(answer.body)
        guard answer.status == 200 else { throw failure(answer.status, body, redacting: redacting) }
        guard let success = try? JSONDecoder().decode(Success.self, from: body),
            !success.accessToken.isEmpty, isHeaderSafe(success.accessToken),
            success.tokenType.map({ $0.lowercased() == "bearer" }) ?? true
        else { throw TokenError(.malformedAnswer, status: 200) }
        return (Secret(success.accessToken), lifetime(seconds: success.expiresIn?.double))
    }

    static func lifetime(seconds: Double?) -> Duration {
        guard let seconds, seconds > 0 else { return .seconds(assumedLifetime) }
        let bounded = min(max(seconds, Double(lifetimes.lowerBound)), Double(lifetimes.upperBound))
        return .seconds(Int64(bounded))
    }

    /// A token with a line break or a space in it would forge header fields.
    static func isHeaderSafe(_ token: String) -> Bool {
        token.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    private static func failure(_ status: Int, _ body: Data, redacting: [String]) -> TokenError {
        guard let failure = try? JSONDecoder().decode(Failure.self, from: body) else {
            return TokenError(status == 429 || status >= 500 ? .unavailable : .malformedAnswer, status: status)
        }
        let number = failure.codes?.first?.integer.flatMap { Int(exactly: $0) }
        return TokenError(
            kind(error: failure.error, number: number, status: status),
            code: ServerText.clean(failure.error, redacting: redacting), number: number, status: status,
            traceID: ServerText.clean(failure.traceID ?? "", redacting: redacting),
            message: ServerText.clean(failure.description ?? "", redacting: redacting))
    }

    private static func kind(error: String, number: Int?, status: Int) -> TokenError.Kind {
        if number == 50196 { return .requestLoop }
        if status == 429 || status >= 500 || error == "temporarily_unavailable" { return .unavailable }
        switch number {
        case 7_000_215: return .wrongSecret
        case 7_000_222: return .expiredSecret
        case 700_016: return .unknownApplication
        case 90002, 900_023: return .unknownTenant
        case 7_000_112: return .disabledApplication
        case 500_011: return .unknownResource
        case 1_002_012, 70011: return .badScope
        case 65001, 90094: return .missingConsent
        case 50105: return .missingAssignment
        case 700_024: return .assertionOutsideItsTime
        case 700_027: return .assertionKeyNotRegistered
        case 50027, 5_002_723, 500_021: return .assertionMalformed
        case 70021: return .federationUnknown
        case 700_211: return .federationIssuer
        case 700_212: return .federationAudience
        case 700_213: return .federationSubject
        case 700_238: return .federationForbidden
        case .some(53000...53099), .some(530_000...530_999): return .conditionalAccess
        case 90033, 90036, 50087: return .unavailable
        default: return .refused
        }
    }
}

/// Text that a server sent, made fit for a log line.
enum ServerText {
    /// Longer texts are cut: a gateway's page has no place in a journal.
    static let longest = 500

    /// Without control characters and without the secrets that went out with the request, at most ``longest`` long.
    static func clean(_ text: String, redacting: [String] = []) -> String {
        var result = text
        for secret in redacting where !secret.isEmpty {
            result = result.replacing(secret, with: "<secret>")
        }
        let scalars = result.unicodeScalars.lazy.map { scalar -> Unicode.Scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: " "
            default: scalar
            }
        }
        var cleaned = String.UnicodeScalarView()
        cleaned.append(contentsOf: scalars.prefix(longest))
        return String(cleaned)
    }
}
