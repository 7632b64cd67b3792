// An assertion has to convince a strict authority, so JWTKit verifies it here as one would.

import Foundation
import GraphClient
import HTTPExchange
import JWTKit
import Testing
import Timekeeping

@Suite("Certificate credential")
struct CertificateCredentialTests {
    private struct Claims: JWTPayload {
        let aud: String
        let iss: String
        let sub: String
        let jti: String
        let nbf: Int
        let iat: Int
        let exp: Int
        func verify(using algorithm: some JWTAlgorithm) throws {}
    }

    @Test("both key formats sign an assertion as documented", arguments: ["PKCS#8", "PKCS#1"])
    func assertion(format: String) async throws {
        let key = format == "PKCS#8" ? CertificateFixture.keyPKCS8 : CertificateFixture.keyPKCS1
        let time = ManualTime()
        let credential = try await CertificateCredential(
            certificatePEM: CertificateFixture.certificate, privateKeyPEM: Secret(key), now: time.now())
        let rig = try Rig(
            time: time, credential: .certificate(credential),
            login: { _, number in .token("t\(number)", lifetime: "10") })
        _ = try await rig.tokens.token()
        rig.time.advance(by: .seconds(10))
        _ = try await rig.tokens.token()

        let keys = JWTKeyCollection()
        await keys.add(
            pss: try Insecure.RSA.PublicKey(certificatePEM: CertificateFixture.certificate), digestAlgorithm: .sha256)
        var ids: Set<String> = []
        for sent in rig.transport.loginSent {
            let form = String(decoding: sent.call.body ?? [], as: UTF8.self)
            let fields = Dictionary(
                uniqueKeysWithValues: form.split(separator: "&").map { field in
                    let parts = field.split(separator: "=", maxSplits: 1)
                    return (String(parts[0]), String(parts[1]).removingPercentEncoding ?? "")
                })
            #expect(fields["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
            #expect(fields["client_secret"] == nil)
            let assertion = try #require(fields["client_assertion"])
            let claims = try await keys.verify(assertion, as: Claims.self)
            let now = Int(sent.at.wall.timeIntervalSince1970)
            #expect(claims.aud == sent.call.url)
            #expect(claims.iss == "app-1" && claims.sub == "app-1")
            #expect(claims.nbf <= now && claims.iat == now && claims.exp > now + 240 && claims.exp - claims.nbf <= 600)
            ids.insert(claims.jti)
            let header = try DefaultJWTParser().parse(Array(assertion.utf8), as: Claims.self).header
            #expect(header.alg == "PS256" && header.typ == "JWT" && header.kid == nil)
            // Computed with: openssl x509 -outform der | sha256sum, in base64url.
            #expect(header.x5tS256 == "wEh7CSTytDxewScQ5rbx2d5WEbdEoluauauDCOsCXFA")
        }
        #expect(ids.count == 2)
    }

    @Test("pairs that could not work are refused with their reason")
    func refusals() async throws {
        let good = (CertificateFixture.certificate, CertificateFixture.keyPKCS8)
        let now = "2026-12-01T08:00:00Z"
        let table: [(String, String, String, String)] = [
            (good.0, CertificateFixture.otherKey, now, "does not belong"),
            (good.0, CertificateFixture.ecKey, now, "no readable RSA key"),
            (CertificateFixture.ecCertificate, good.1, now, "not RSA"),
            (CertificateFixture.smallCertificate, CertificateFixture.smallKey, now, "fewer than 2048"),
            (good.0, CertificateFixture.smallKey, now, "2048"),
            (good.0, good.1, "2127-01-01T00:00:00Z", "expired"),
            (good.0, good.1, "2020-01-01T00:00:00Z", "valid only from"),
            ("hello", good.1, now, "no PEM block CERTIFICATE"),
            (good.0, "hello", now, "no PEM block PRIVATE KEY"),
            (
                good.0, "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA==\n-----END ENCRYPTED PRIVATE KEY-----", now,
                "encrypted"
            ),
            ("-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----", good.1, now, "no X.509"),
        ]
        for (certificate, key, wall, words) in table {
            do {
                _ = try await CertificateCredential(
                    certificatePEM: certificate, privateKeyPEM: Secret(key), now: ManualTime(wall: wall).now())
                Issue.record("accepted, expected: \(words)")
            } catch {
                #expect(error.description.contains(words), "\(error)")
                #expect(!error.description.contains("MII"))
            }
        }
    }

    @Test("a chain and a key in one file are found among other blocks")
    func bundle() async throws {
        let bundle =
            "junk\n" + CertificateFixture.keyPKCS8 + "\n" + CertificateFixture.certificate + "\n"
            + CertificateFixture.smallCertificate
        let credential = try await CertificateCredential(
            certificatePEM: bundle, privateKeyPEM: Secret(bundle), now: ManualTime().now())
        #expect("\(GraphCredential.certificate(credential))".contains(credential.thumbprint))
    }
}
