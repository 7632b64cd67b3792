// The platforms' answers about a managed identity. They quote their numbers, tell the end of a token as seconds since 1970,
// and hand out tokens that they have kept for hours, of which `expires_in` may still say the lifetime at birth.

import Foundation
import HTTPExchange
import Timekeeping

enum ManagedIdentityAnswer {
    private struct Success: Decodable {
        let accessToken: String
        let expiresIn: LenientNumber?
        let expiresOn: LenientNumber?
        let tokenType: String?

        private enum CodingKeys: String, CodingKey {
            case accessToken = "access_token"
            case expiresIn = "expires_in"
            case expiresOn = "expires_on"
            case tokenType = "token_type"
        }
    }

    /// The metadata service says `error`, App Service `message`.
    private struct Failure: Decodable {
        let error: String?
        let description: String?
        let message: String?

        private enum CodingKeys: String, CodingKey {
            case error
            case description = "error_description"
            case message
        }
    }

    /// - Parameter now: when the answer was asked for.
    static func read(
        _ answer: HTTPAnswer, redacting: [String], now: Moment
    ) throws(TokenError) -> (Secret, Duration) {
        guard answer.status == 200 else { throw failure(answer, redacting: redacting) }
        guard let success = try? JSONDecoder().decode(Success.self, from: Data(answer.body)),
            !success.accessToken.isEmpty, TokenAnswer.isHeaderSafe(success.accessToken),
            success.tokenType.map({ $0.lowercased() == "bearer" }) ?? true
        else { throw TokenError(.malformedAnswer, status: 200) }
        let left = success.expiresOn?.double.map { $0 - now.wall.timeIntervalSince1970 }
        let atBirth = success.expiresIn?.double
        let seconds = [left, atBirth].compactMap(\.self).filter { !$0.isNaN }.min()
        return (Secret(success.accessToken), TokenAnswer.lifetime(seconds: seconds))
    }

    private static func failure(_ answer: HTTPAnswer, redacting: [String]) -> TokenError {
        let kind: TokenError.Kind =
            switch answer.status {
            case 404, 410, 429, 500...: .identityUnavailable
            case 401: .identityChallenge
            default: .identityRefused
            }
        let failure = try? JSONDecoder().decode(Failure.self, from: Data(answer.body))
        return TokenError(
            kind, code: ServerText.clean(failure?.error ?? "", redacting: redacting), status: answer.status,
            message: ServerText.clean(failure?.description ?? failure?.message ?? "", redacting: redacting))
    }
}
