// The consent page, the metadata service and the federated credential behave as Microsoft's documents say, so that a
// connecting person is rehearsed against the real obstacles.

import Foundation
import HTTPTypes
import TenantSimulator
import Testing
import Timekeeping

@Suite struct ConsentTests {
    private static let redirect = "http://localhost:8471/roomwatch/consent"

    private static func pending(_ change: (inout Scenario.Consent) -> Void = { _ in }) -> Scenario {
        var scenario = Scenario.quiet
        scenario.consent.granted = false
        change(&scenario.consent)
        return scenario
    }

    private static func target(
        tenant: String = Rehearsal.identity.tenantID, client: String = Rehearsal.identity.clientID,
        redirect: String = redirect, scope: String? = "https://graph.microsoft.com/.default"
    ) -> String {
        let plain = CharacterSet.alphanumerics
        let fields = [
            ("client_id", client), ("redirect_uri", redirect), ("state", "a b&c"), ("scope", scope ?? ""),
        ].filter { !$0.1.isEmpty }.map { "\($0.0)=\($0.1.addingPercentEncoding(withAllowedCharacters: plain) ?? "")" }
        return "/\(tenant)/v2.0/adminconsent?\(fields.joined(separator: "&"))"
    }

    private static func ticket(in page: SimulatedResponse) throws -> String {
        let text = String(decoding: page.body, as: UTF8.self)
        return String(try #require(text.firstMatch(of: /name="ticket" value="([^"]+)"/)).output.1)
    }

    private func decide(_ rehearsal: inout Rehearsal, _ decision: String) throws -> [String: String] {
        let page = rehearsal.get(Self.target())
        #expect(page.status == 200)
        let answer = rehearsal.send(
            .post, Self.target(), body: Rehearsal.form(["ticket": try Self.ticket(in: page), "decision": decision]))
        #expect(answer.status == 302)
        let location = try #require(answer.headerFields[.location])
        #expect(location.hasPrefix(Self.redirect + "?"))
        let items = try #require(URLComponents(string: location)?.queryItems)
        return Dictionary(items.map { ($0.name, $0.value ?? "") }, uniquingKeysWith: { first, _ in first })
    }

    private func roles(_ rehearsal: inout Rehearsal) throws -> [String] {
        let token = try #require(try rehearsal.token().json["access_token"]?.string)
        let claims = try JSONValue(reading: TokenTests.decoded(token.split(separator: ".")[1]))
        return claims["roles"]?.array?.compactMap(\.string) ?? []
    }

    @Test func withoutConsentThereIsATokenWithoutRoles() throws {
        var rehearsal = try Rehearsal(scenario: Self.pending(), signedIn: false)
        #expect(try roles(&rehearsal).isEmpty)
        let reply = try decide(&rehearsal, "accept")
        #expect(reply["admin_consent"] == "True" && reply["tenant"] == Rehearsal.identity.tenantID)
        #expect(reply["state"] == "a b&c" && reply["error"] == nil)
        #expect(try roles(&rehearsal).contains("Presence.Read.All"))
    }

    @Test func aConsentTakesItsTimeAndAWithheldRoleNeverComes() throws {
        var rehearsal = try Rehearsal(
            scenario: Self.pending {
                $0.withheld = ["Place.Read.All"]
                $0.takes = DurationText(.seconds(20))
            }, signedIn: false)
        _ = try decide(&rehearsal, "accept")
        #expect(try roles(&rehearsal).isEmpty)
        _ = rehearsal.wait(.seconds(20))
        let granted = try roles(&rehearsal)
        #expect(granted.contains("User.Read.All") && !granted.contains("Place.Read.All"))
    }

    @Test func cancellingAndRefusingGrantNothing() throws {
        var cancelled = try Rehearsal(scenario: Self.pending(), signedIn: false)
        let reply = try decide(&cancelled, "cancel")
        #expect(reply["error"] == "access_denied" && reply["error_subcode"] == "cancel" && reply["state"] == "a b&c")
        #expect(try roles(&cancelled).isEmpty)
        var refused = try Rehearsal(scenario: Self.pending { $0.refusal = "permission_denied" }, signedIn: false)
        #expect(try decide(&refused, "accept")["error"] == "permission_denied")
        #expect(try roles(&refused).isEmpty)
    }

    @Test(arguments: [
        (target(client: "3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f9999"), "AADSTS700016"),
        (target(redirect: "https://evil.example/consent"), "AADSTS50011"),
        (target(redirect: "http://localhost.evil.example/"), "AADSTS50011"),
        (target(tenant: "fabrikam.com"), "AADSTS90002"),
        (target(scope: "https://graph.microsoft.us/.default"), "AADSTS650053"),
    ])
    func whatCannotBeTrustedIsSentNowhere(_ target: String, _ code: String) throws {
        var rehearsal = try Rehearsal(signedIn: false)
        let page = rehearsal.get(target)
        #expect(page.status == 400 && page.headerFields[.location] == nil)
        #expect(String(decoding: page.body, as: UTF8.self).contains(code))
    }

    @Test func aFormOfAnotherPageIsRefused() throws {
        var rehearsal = try Rehearsal(scenario: Self.pending(), signedIn: false)
        for ticket in ["", "forged"] {
            let answer = rehearsal.send(
                .post, Self.target(), body: Rehearsal.form(["ticket": ticket, "decision": "accept"]))
            #expect(answer.status == 400)
        }
        #expect(try roles(&rehearsal).isEmpty)
    }

    @Test func registeredAddressesAreComparedExactly() throws {
        let identity = TenantIdentity(clientSecret: "s", redirectURIs: [Self.redirect])
        var rehearsal = try Rehearsal(identity: identity, signedIn: false)
        #expect(rehearsal.get(Self.target()).status == 200)
        #expect(rehearsal.get(Self.target(redirect: "http://localhost:8472/roomwatch/consent")).status == 400)
    }

    @Test func theMetadataServiceWantsItsHeaderAndQuotesItsNumbers() throws {
        var rehearsal = try Rehearsal(signedIn: false)
        let metadata = try #require(HTTPField.Name("Metadata"))
        let path =
            "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fgraph.microsoft.com%2F"
        let answer = rehearsal.send(.get, path, headers: [metadata: "true"])
        #expect(answer.status == 200)
        #expect(try answer.json["expires_in"]?.string == "3599")
        #expect(try answer.json["expires_on"]?.string == "1772441999")
        rehearsal.authorization = "Bearer " + (try #require(try answer.json["access_token"]?.string))
        #expect(rehearsal.get("/v1.0/users").status == 200)
        rehearsal.authorization = nil
        #expect(rehearsal.send(.get, path).status == 400)
        let other = rehearsal.send(.get, path + "&client_id=x", headers: [metadata: "true"])
        #expect(try other.status == 400 && other.json["error_description"]?.string == "Identity not found")
        #expect(rehearsal.send(.get, "/metadata/identity/oauth2/token", headers: [metadata: "true"]).status == 400)
    }

    private func assertion(_ changes: [String: JSONValue]) -> String {
        let claims: [String: JSONValue] = [
            "iss": "https://issuer.example", "sub": "system:serviceaccount:roomwatch", "exp": 1_772_438_500,
            "aud": ["api://AzureADTokenExchange"],
        ].merging(changes) { $1 }
        func encoded(_ value: JSONValue) -> String {
            Data(value.bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").filter {
                $0 != "="
            }
        }
        let payload = JSONValue.object(claims.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) })
        return "\(encoded(["alg": "RS256"])).\(encoded(payload)).c2ln"
    }

    @Test(
        arguments: [
            ([:], nil), (["aud": "api://other"], 700_212), (["iss": "https://Issuer.example"], 700_211),
            (["sub": "system:serviceaccount:other"], 700_213), (["exp": 1_772_430_000], 700_024),
        ] as [([String: JSONValue], Int?)])
    func aFederatedTokenIsComparedExactly(_ changes: [String: JSONValue], _ code: Int?) throws {
        let identity = TenantIdentity(
            clientSecret: "s",
            federated: FederatedIdentity(
                issuer: "https://issuer.example", subject: "system:serviceaccount:roomwatch"))
        var rehearsal = try Rehearsal(identity: identity, signedIn: false)
        let answer = try rehearsal.token([
            "client_secret": nil, "client_assertion": assertion(changes),
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ])
        #expect(try answer.json["error_codes"]?.array?.first?.int == code)
        #expect(answer.status == (code == nil ? 200 : 401))
    }
}
