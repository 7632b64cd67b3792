import Crypto
import CryptoExtras
import Foundation
import HTTPTypes
import SwiftASN1
import TenantSimulator
import Testing
import Timekeeping
import X509

@Suite struct TokenTests {
    @Test func aTokenSaysWhoMayDoWhat() throws {
        var rehearsal = try Rehearsal(signedIn: false)
        let answer = try rehearsal.token()
        #expect(answer.status == 200)
        #expect(try answer.json["expires_in"]?.int == 3599)
        let parts = try #require(try answer.json["access_token"]?.string).split(separator: ".")
        #expect(parts.count == 3)
        let claims = try JSONValue(reading: Self.decoded(parts[1]))
        #expect(claims["tid"]?.string == Rehearsal.identity.tenantID)
        #expect(claims["appid"]?.string == Rehearsal.identity.clientID)
        #expect(claims["idtyp"]?.string == "app")
        #expect(claims["roles"]?.array?.contains("Presence.Read.All") == true)
        #expect(claims["exp"]?.int == 1_772_438_400 + 3599)
    }

    @Test(arguments: [
        ("client_secret", "wrong", 401, "invalid_client", 7_000_215),
        ("client_secret", nil, 401, "invalid_client", 7_000_218),
        ("client_id", "3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f9999", 400, "unauthorized_client", 700_016),
        ("client_id", nil, 400, "invalid_request", 900_144),
        ("scope", "https://graph.microsoft.com/Presence.Read.All", 400, "invalid_scope", 1_002_012),
        ("scope", "https://graph.microsoft.us/.default", 400, "invalid_resource", 500_011),
        ("grant_type", "password", 400, "unsupported_grant_type", 70003),
    ])
    func refusalsCarryEntrasCodes(_ field: String, _ value: String?, _ status: Int, _ error: String, _ code: Int) throws
    {
        var rehearsal = try Rehearsal(signedIn: false)
        let answer = try rehearsal.token([field: value])
        #expect(answer.status == status)
        #expect(try answer.json["error"]?.string == error)
        #expect(try answer.json["error_codes"] == [.int(code)])
        #expect(try answer.json["error_description"]?.string?.hasPrefix("AADSTS\(code): ") == true)
        #expect(!String(decoding: answer.body, as: UTF8.self).contains(Rehearsal.identity.clientSecret))
    }

    @Test(arguments: [("common", 900_023), ("3f0b1c52-6f2e-4a55-9d6c-000000000000", 90002)])
    func otherTenantsAreUnknown(_ tenant: String, _ code: Int) throws {
        var rehearsal = try Rehearsal(signedIn: false)
        let answer = try rehearsal.token(tenant: tenant)
        #expect(answer.status == 400)
        #expect(try answer.json["error_codes"] == [.int(code)])
    }

    @Test func bearerTokensAreCheckedAndExpire() throws {
        var rehearsal = try Rehearsal()
        #expect(rehearsal.get("/v1.0/organization").status == 200)
        let good = try #require(rehearsal.authorization)
        for bad in [nil, "", "Bearer x", "Basic \(good)", String(good.dropLast(2)) + "AA", good + "A"] {
            rehearsal.authorization = bad
            let answer = rehearsal.get("/v1.0/organization")
            #expect(answer.status == 401)
            #expect(answer.errorCode == "InvalidAuthenticationToken")
        }
        rehearsal.authorization = good
        _ = rehearsal.wait(.seconds(3598))
        #expect(rehearsal.get("/v1.0/organization").status == 200)
        _ = rehearsal.wait(.seconds(1))
        #expect(rehearsal.get("/v1.0/organization").status == 401)
    }

    // MARK: Client assertions

    /// One key for the suite: making RSA keys is slow.
    static let key = Result { try _RSA.Signing.PrivateKey(keySize: .bits2048) }

    static func certificate(_ key: _RSA.Signing.PrivateKey) throws -> String {
        let name = try DistinguishedName { CommonName("Roomwatch rehearsal") }
        let certificate = try Certificate(
            version: .v3, serialNumber: .init(bytes: [1]), publicKey: .init(key.publicKey),
            notValidBefore: Date(timeIntervalSince1970: 0), notValidAfter: Date(timeIntervalSince1970: 4_000_000_000),
            issuer: name, subject: name, signatureAlgorithm: .sha256WithRSAEncryption,
            extensions: Certificate.Extensions(), issuerPrivateKey: .init(key))
        return try certificate.serializeAsPEM().pemString
    }

    static func encoded(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString().filter { $0 != "=" }.map { $0 == "+" ? "-" : $0 == "/" ? "_" : String($0) }
            .joined()
    }

    static func decoded(_ text: some StringProtocol) throws -> [UInt8] {
        var plain = text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : String($0) }.joined()
        plain += String(repeating: "=", count: (4 - plain.count % 4) % 4)
        return Array(try #require(Data(base64Encoded: plain)))
    }

    struct Assertion {
        var algorithm = "PS256"
        var usesSHA1Thumbprint = false
        var audience = "https://graph.test/\(Rehearsal.identity.tenantID)/oauth2/v2.0/token"
        var issuer = Rehearsal.identity.clientID
        var notBefore = 0
        var lifetime = 300
        var id = "00000000-0000-4000-8000-000000000001"

        func signed(by key: _RSA.Signing.PrivateKey, certificate: String) throws -> String {
            let body = certificate.split(separator: "\n").filter { !$0.hasPrefix("-----") }.joined()
            let der = try #require(Data(base64Encoded: body))
            let start = 1_772_438_400 + notBefore
            let thumbprint: JSONValue.Member =
                usesSHA1Thumbprint
                ? .init("x5t", .string(encoded(Insecure.SHA1.hash(data: der))))
                : .init("x5t#S256", .string(encoded(SHA256.hash(data: der))))
            let header = JSONValue.object([.init("alg", .string(algorithm)), .init("typ", "JWT"), thumbprint])
            let claims: JSONValue = [
                "aud": .string(audience), "iss": .string(issuer), "sub": .string(issuer), "jti": .string(id),
                "nbf": .int(start), "iat": .int(start), "exp": .int(start + lifetime),
            ]
            let text = encoded(header.bytes) + "." + encoded(claims.bytes)
            let signature = try key.signature(
                for: SHA256.hash(data: Data(text.utf8)), padding: algorithm == "PS256" ? .PSS : .insecurePKCS1v1_5)
            return text + "." + encoded(signature.rawRepresentation)
        }
    }

    func send(_ assertion: Assertion, to rehearsal: inout Rehearsal, certificate: String) throws -> SimulatedResponse {
        try rehearsal.token([
            "client_secret": nil, "client_assertion": assertion.signed(by: Self.key.get(), certificate: certificate),
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ])
    }

    @Test func assertionsAreVerifiedOnceEach() throws {
        let pem = try Self.certificate(Self.key.get())
        let identity = TenantIdentity(clientSecret: "unused", certificate: try RegisteredCertificate(pem: pem))
        var rehearsal = try Rehearsal(identity: identity, signedIn: false)
        var assertion = Assertion()
        #expect(try send(assertion, to: &rehearsal, certificate: pem).status == 200)
        let replay = try send(assertion, to: &rehearsal, certificate: pem)
        #expect(replay.status == 401)
        assertion = Assertion(algorithm: "RS256", usesSHA1Thumbprint: true, id: "2")
        #expect(try send(assertion, to: &rehearsal, certificate: pem).status == 200)
    }

    @Test(arguments: [
        (Assertion(audience: "https://example.com/token"), 5_002_723), (Assertion(issuer: "other"), 700_021),
        (Assertion(notBefore: -3600), 700_024), (Assertion(notBefore: 3600), 700_024),
        (Assertion(algorithm: "ES256"), 700_027), (Assertion(id: ""), 50027),
    ])
    func badAssertionsAreRefusedWithEntrasCode(_ assertion: Assertion, _ code: Int) throws {
        let pem = try Self.certificate(Self.key.get())
        let identity = TenantIdentity(clientSecret: "unused", certificate: try RegisteredCertificate(pem: pem))
        var rehearsal = try Rehearsal(identity: identity, signedIn: false)
        let answer = try send(assertion, to: &rehearsal, certificate: pem)
        #expect(try answer.json["error_codes"] == [.int(code)])
    }

    @Test func aForeignKeyIsNotBelieved() throws {
        let pem = try Self.certificate(Self.key.get())
        let stranger = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let identity = TenantIdentity(clientSecret: "unused", certificate: try RegisteredCertificate(pem: pem))
        var rehearsal = try Rehearsal(identity: identity, signedIn: false)
        // It names the registered certificate but cannot sign for it.
        let answer = try rehearsal.token([
            "client_secret": nil, "client_assertion": Assertion().signed(by: stranger, certificate: pem),
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ])
        #expect(answer.status == 401)
        #expect(try answer.json["error_codes"] == [700_027])
    }
}
