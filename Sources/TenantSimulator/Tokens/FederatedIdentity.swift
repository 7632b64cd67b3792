// Workload identity federation as far as the registration decides it: issuer, subject and audience must be exactly those
// of the federated credential. The signature is not checked, because that takes the keys of the other provider.

/// The federated credential of the app registration.
public struct FederatedIdentity: Sendable {
    /// Compared exactly and with case, as Entra does.
    public var issuer: String
    public var subject: String
    public var audience: String

    public static let defaultAudience = "api://AzureADTokenExchange"

    public init(issuer: String, subject: String, audience: String = defaultAudience) {
        self.issuer = issuer
        self.subject = subject
        self.audience = audience
    }

    /// - Throws: ``TokenError`` with Entra's code for the claim that does not match.
    func check(_ assertion: String, now: Int) throws(TokenError) {
        guard let claims = ClientAssertion.claims(of: assertion) else {
            throw TokenError(400, "invalid_request", 50027, "JWT token is invalid or malformed.")
        }
        let audiences = claims["aud"]?.array?.compactMap(\.string) ?? [claims["aud"]?.string ?? ""]
        guard audiences.contains(audience) else {
            throw Self.refusal(700_212, "audience '\(audiences.first ?? "")'")
        }
        guard claims["iss"]?.string == issuer else {
            throw Self.refusal(700_211, "issuer '\(claims["iss"]?.string ?? "")'")
        }
        guard claims["sub"]?.string == subject else {
            throw Self.refusal(700_213, "subject '\(claims["sub"]?.string ?? "")'")
        }
        guard let expires = claims["exp"]?.int, expires > now - ClientAssertion.tolerance else {
            throw TokenError(
                401, "invalid_client", 700_024,
                "Client assertion is not within its valid time range. Current time: \(now), "
                    + "expiry time of assertion: \(claims["exp"]?.int ?? 0).")
        }
    }

    private static func refusal(_ code: Int, _ claim: String) -> TokenError {
        TokenError(
            401, "invalid_client", code,
            "No matching federated identity record found for presented assertion \(claim). Check the federated identity "
                + "credential's Subject, Audience and Issuer against the presented assertion.")
    }
}
