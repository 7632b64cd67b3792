// A certificate that is expired, of the wrong kind or of another key fails at the login authority with one vague code
// (AADSTS700027). Here it fails when it is loaded, with a sentence that says what is wrong with which file.

import enum Crypto.CryptoKitError
import struct Crypto.SHA256
public import Foundation
public import HTTPExchange
import JWTKit
import SwiftASN1
public import Timekeeping
import X509

/// An RSA certificate with its private key, ready to sign client assertions (RFC 7523).
public struct CertificateCredential: Sendable, CustomStringConvertible {
    /// SHA-256 of the certificate's DER in base64url without padding, as in the header `x5t#S256`.
    public let thumbprint: String
    /// The end of the certificate's validity, so that somebody can be warned in time.
    public let notAfter: Date
    private let notBefore: Date
    private let keys: JWTKeyCollection

    /// The lifetime of one assertion; Microsoft recommends 5 to 10 minutes.
    private static let lifetime = 540
    /// How far our clock may be ahead of the authority's before an assertion counts as not yet valid.
    private static let skew = 60

    /// Reads and checks a PEM certificate (the first of a chain) and its unencrypted PEM key (PKCS#8 or PKCS#1).
    ///
    /// - Throws: ``CertificateError`` when the pair could not sign an assertion that will be accepted at `now`.
    public init(certificatePEM: String, privateKeyPEM: Secret, now: Moment) async throws(CertificateError) {
        guard let pem = Self.firstCertificate(certificatePEM) else { throw .noCertificate }
        let certificate: Certificate
        let der: [UInt8]
        do {
            let document = try PEMDocument(pemString: pem)
            der = document.derBytes
            certificate = try Certificate(derEncoded: der)
        } catch CryptoKitError.incorrectParameterSize {
            throw .keyTooSmall
        } catch {
            throw .unreadableCertificate
        }
        let publicKey: Insecure.RSA.PublicKey
        do {
            publicKey = try Insecure.RSA.PublicKey(certificatePEM: pem)
        } catch {
            // A key that is RSA but too short was refused with the certificate already.
            throw .notRSA
        }
        let privateKey = try Self.privateKey(privateKeyPEM)
        guard privateKey.publicKey == publicKey else { throw .keyDoesNotMatch }

        notBefore = certificate.notValidBefore
        notAfter = certificate.notValidAfter
        thumbprint = Data(SHA256.hash(data: der)).base64URL()
        try Self.checkValidity(notBefore: notBefore, notAfter: notAfter, now: now)

        keys = JWTKeyCollection()
        await keys.add(pss: privateKey, digestAlgorithm: .sha256)
    }

    public var description: String { "certificate \(thumbprint)" }

    /// A signed assertion for the token endpoint `audience`: PS256, valid for nine minutes from `now`.
    func assertion(clientID: String, audience: String, now: Moment, identifier: String)
        async throws(CertificateError) -> String
    {
        try Self.checkValidity(notBefore: notBefore, notAfter: notAfter, now: now)
        let issued = Int(now.wall.timeIntervalSince1970.rounded(.down))
        let claims = AssertionClaims(
            aud: audience, iss: clientID, sub: clientID, jti: identifier, nbf: issued - Self.skew, iat: issued,
            exp: issued - Self.skew + Self.lifetime)
        do {
            var header = JWTHeader()
            header.x5tS256 = thumbprint
            return try await keys.sign(claims, header: header)
        } catch {
            throw .signingFailed
        }
    }

    private static func checkValidity(notBefore: Date, notAfter: Date, now: Moment) throws(CertificateError) {
        guard now.wall < notAfter else { throw .expired(notAfter) }
        guard now.wall >= notBefore else { throw .notYetValid(notBefore) }
    }

    private static func privateKey(_ secret: Secret) throws(CertificateError) -> Insecure.RSA.PrivateKey {
        let pem = secret.withRevealed { $0 }
        guard !pem.contains("BEGIN ENCRYPTED PRIVATE KEY"), !pem.contains("Proc-Type: 4,ENCRYPTED") else {
            throw .encryptedKey
        }
        guard let block = pemBlock(pem, labels: ["PRIVATE KEY", "RSA PRIVATE KEY"]) else { throw .noPrivateKey }
        do {
            return try Insecure.RSA.PrivateKey(pem: block)
        } catch {
            throw .unusableKey
        }
    }

    private static func firstCertificate(_ text: String) -> String? {
        pemBlock(text, labels: ["CERTIFICATE"])
    }

    /// The first PEM block with one of these labels; other blocks (a chain, the key in the same file) may surround it.
    private static func pemBlock(_ text: String, labels: [String]) -> String? {
        let found = labels.compactMap { label -> Range<String.Index>? in
            guard let start = text.range(of: "-----BEGIN \(label)-----"),
                let end = text.range(of: "-----END \(label)-----", range: start.upperBound..<text.endIndex)
            else { return nil }
            return start.lowerBound..<end.upperBound
        }
        return found.min { $0.lowerBound < $1.lowerBound }.map { String(text[$0]) + "\n" }
    }
}

/// The claims of a client assertion, as Microsoft documents them for certificate credentials.
private struct AssertionClaims: JWTPayload {
    let aud: String
    let iss: String
    let sub: String
    let jti: String
    let nbf: Int
    let iat: Int
    let exp: Int

    func verify(using algorithm: some JWTAlgorithm) throws {
        // Nobody verifies these claims here: they are only ever signed.
    }
}

/// Why a certificate cannot be used as a credential.
public enum CertificateError: Error, Sendable, Hashable, CustomStringConvertible {
    case noCertificate
    case unreadableCertificate
    case notRSA
    case keyTooSmall
    case noPrivateKey
    case encryptedKey
    case unusableKey
    case keyDoesNotMatch
    case expired(Date)
    case notYetValid(Date)
    case signingFailed

    public var description: String {
        switch self {
        case .noCertificate: "The certificate file holds no PEM block CERTIFICATE."
        case .unreadableCertificate: "The certificate file holds a PEM block that is no X.509 certificate."
        case .notRSA: "The certificate's key is not RSA; app registrations accept RSA of 2048 bits or more only."
        case .keyTooSmall: "The certificate's RSA key has fewer than 2048 bits; make a new one with 2048 or more."
        case .noPrivateKey: "The key file holds no PEM block PRIVATE KEY (PKCS#8) or RSA PRIVATE KEY (PKCS#1)."
        case .encryptedKey: "The private key is encrypted; store it decrypted, e.g. openssl pkcs8 -topk8 -nocrypt."
        case .unusableKey: "The private key is no readable RSA key of 2048 bits or more."
        case .keyDoesNotMatch: "The private key does not belong to the certificate."
        case .expired(let date):
            "The certificate expired on \(date.ISO8601Format()); upload a new one to the app registration."
        case .notYetValid(let date):
            "The certificate is valid only from \(date.ISO8601Format()); check this machine's clock."
        case .signingFailed: "Signing the client assertion with the private key failed."
        }
    }
}

extension Data {
    /// RFC 4648, section 5, without padding.
    func base64URL() -> String {
        base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
