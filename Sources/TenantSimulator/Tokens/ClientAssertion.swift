// Verifies a signed client assertion as Entra does: key, signature, audience, identity, time, and that it was not used
// before. A monitor that signs sloppily must fail here and not at the customer.

/// The checks on one client assertion (RFC 7523).
struct ClientAssertion {
    let certificate: RegisteredCertificate?
    let clientID: String
    /// Audiences that name this tenant's token endpoint or issuer.
    let audiences: [String]
    let now: Int

    /// Difference between both clocks that is forgiven, in seconds.
    static let tolerance = 300

    /// - Returns: the assertion's `jti` and expiry, so that its second use can be refused.
    func verified(_ text: String) throws(TokenError) -> (id: String, expires: Int) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.object(parts[0]), let claims = Self.object(parts[1]),
            let signature = Base64URL.decoded(parts[2])
        else { throw TokenError(400, "invalid_request", 50027, "JWT token is invalid or malformed.") }
        try checkKey(header, signed: "\(parts[0]).\(parts[1])", signature: signature)
        let audience = claims["aud"]?.string ?? claims["aud"]?.array?.first?.string ?? ""
        guard audiences.contains(where: { $0.lowercased() == audience.lowercased() }) else {
            throw TokenError(
                401, "invalid_client", 5_002_723,
                "Client assertion audience claim does not match. Review the documentation at "
                    + "https://learn.microsoft.com/entra/identity-platform/certificate-credentials .")
        }
        guard claims["iss"]?.string == clientID, claims["sub"]?.string == clientID else {
            throw TokenError(
                401, "invalid_client", 700_021,
                "Client assertion application identifier doesn't match 'client_id' parameter.")
        }
        let seconds = { (name: String) -> Int? in
            if case .double(let number)? = claims[name] { Int(number) } else { claims[name]?.int }
        }
        guard let expires = seconds("exp"), expires > now - Self.tolerance,
            (seconds("nbf") ?? 0) <= now + Self.tolerance
        else {
            throw TokenError(
                401, "invalid_client", 700_024,
                "Client assertion is not within its valid time range. Current time: \(now), "
                    + "expiry time of assertion: \(seconds("exp") ?? 0).")
        }
        guard let id = claims["jti"]?.string, !id.isEmpty else {
            throw TokenError(400, "invalid_request", 50027, "JWT token is invalid or malformed: no 'jti'.")
        }
        return (id, expires)
    }

    private func checkKey(
        _ header: JSONValue, signed: String, signature: [UInt8]
    ) throws(TokenError) {
        guard let certificate else {
            throw Self.keyRefusal("No certificate is registered for this application")
        }
        let named =
            header["x5t#S256"]?.string == certificate.thumbprint256 || header["x5t"]?.string == certificate.thumbprint
        guard named else { throw Self.keyRefusal("The key was not found by its thumbprint") }
        guard certificate.verifies(signature, of: Array(signed.utf8), algorithm: header["alg"]?.string ?? "") else {
            throw Self.keyRefusal("The signature is invalid")
        }
    }

    private static func keyRefusal(_ reason: String) -> TokenError {
        TokenError(
            401, "invalid_client", 700_027,
            "The certificate with identifier used to sign the client assertion is not registered on application. "
                + "[Reason - \(reason).]")
    }

    /// The claim `iss`, unchecked; `nil` when there is none to read.
    static func issuer(of text: String) -> String? { claims(of: text)?["iss"]?.string }

    /// What an assertion claims, unchecked.
    static func claims(of text: String) -> JSONValue? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 3 ? object(parts[1]) : nil
    }

    private static func object(_ part: Substring) -> JSONValue? {
        guard let bytes = Base64URL.decoded(part), let value = try? JSONValue(reading: bytes), value.members != nil
        else { return nil }
        return value
    }
}
