// Graph tokens are opaque by contract: nothing here verifies one. The payload is peeked at only to tell an operator
// which permissions are missing.

import Foundation
import HTTPExchange
public import Timekeeping

/// A bearer token with the time it may be used for.
public struct AccessToken: Sendable, Hashable, CustomStringConvertible {
    /// The token itself, for the header `Authorization` alone.
    let bearer: Secret
    /// Counts the tokens of one source, so that a late 401 cannot throw away a newer token.
    let generation: Int
    /// When it was asked for: lifetimes are counted from here, so that a slow answer is no gain.
    public let askedAt: Moment
    /// When it stops being usable, by the steady clock.
    public let expiresAt: Moment
    /// When to ask for the next one.
    let refreshAt: Moment
    /// The app roles it carries, for diagnosis; `nil` when the token could not be read.
    public let roles: [String]?

    public var description: String { "access token \(generation), valid until \(expiresAt.wall.ISO8601Format())" }

    init(bearer: Secret, lifetime: Duration, generation: Int, askedAt: Moment) {
        self.bearer = bearer
        self.generation = generation
        self.askedAt = askedAt
        expiresAt = askedAt.advanced(by: lifetime)
        // Half the lifetime at least: a very short token would otherwise be refreshed by every call.
        let margin = min(max(.seconds(300), lifetime / 10), lifetime / 2)
        refreshAt = askedAt.advanced(by: lifetime - margin)
        roles = bearer.withRevealed(Self.roles)
    }

    private struct Claims: Decodable {
        let roles: [String]?
    }

    private static func roles(_ token: String) -> [String]? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        var text = String(parts[1]).replacing("-", with: "+").replacing("_", with: "/")
        while text.utf8.count % 4 != 0 { text += "=" }
        guard let payload = Data(base64Encoded: text),
            let claims = try? JSONDecoder().decode(Claims.self, from: payload)
        else { return nil }
        // A readable token without the claim carries no roles, which is itself the diagnosis.
        return claims.roles ?? []
    }
}
