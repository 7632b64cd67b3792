// The public half of the certificate an operator would upload to the app registration; assertions are verified with it.

import Crypto
import CryptoExtras
import Foundation
import JWTKit

/// A certificate that may sign client assertions.
public struct RegisteredCertificate: Sendable {
    let key: _RSA.Signing.PublicKey
    /// base64url of the SHA-1 of the DER form, as header `x5t`.
    let thumbprint: String
    /// base64url of the SHA-256 of the DER form, as header `x5t#S256`.
    let thumbprint256: String

    /// - Throws: ``ScenarioError`` when the text holds no X.509 certificate with an RSA key of 2048 bits or more.
    public init(pem: String) throws(ScenarioError) {
        do {
            let publicKey = try JWTKit.Insecure.RSA.PublicKey(certificatePEM: pem)
            key = try _RSA.Signing.PublicKey(derRepresentation: publicKey.derRepresentation)
        } catch {
            throw ScenarioError(
                "the registered certificate is no PEM certificate with an RSA key of at least 2048 bits: \(error)")
        }
        let lines = pem.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
        let body = lines.drop { $0 != "-----BEGIN CERTIFICATE-----" }.dropFirst().prefix { !$0.hasPrefix("-----") }
        guard let der = Data(base64Encoded: body.joined()) else {
            throw ScenarioError("the registered certificate is not base64 between its PEM lines")
        }
        thumbprint = Base64URL.encoded(Array(Crypto.Insecure.SHA1.hash(data: der)))
        thumbprint256 = Base64URL.encoded(Array(SHA256.hash(data: der)))
    }

    func verifies(_ signature: [UInt8], of signed: some DataProtocol, algorithm: String) -> Bool {
        let padding: _RSA.Signing.Padding
        switch algorithm {
        case "PS256": padding = .PSS
        case "RS256": padding = .insecurePKCS1v1_5
        default: return false
        }
        return key.isValidSignature(
            _RSA.Signing.RSASignature(rawRepresentation: signature), for: SHA256.hash(data: signed), padding: padding)
    }
}
