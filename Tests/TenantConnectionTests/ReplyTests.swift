// What comes back from the consent page is believed only with our state, and every refusal of it has a next step.

import FleetCore
import Foundation
import Testing

@testable import TenantConnection

@Suite struct ReplyTests {
    static let tenant = "3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0001"

    @Test(arguments: [
        ("admin_consent=True&tenant=\(tenant.uppercased())&scope=a+b&state=s", ConsentReply.granted(tenant: tenant)),
        ("state=s&admin_consent=true", .granted(tenant: nil)),
        ("admin_consent=True&tenant=elsewhere&state=s", .granted(tenant: nil)),
        ("admin_consent=True&tenant=\(tenant)&state=S", .foreign), ("admin_consent=True&tenant=\(tenant)", .foreign),
        ("error=access_denied&state=x", .foreign), ("admin_consent=False&state=s", .unreadable),
        ("state=s", .unreadable), ("", .unreadable), ("code=1", .unreadable),
        ("admin_consent=True&state=s&state=s", .unreadable), ("admin_consent=%zz&state=s", .unreadable),
        ("admin_consent=True&state=s&x=" + String(repeating: "a", count: 17_000), .unreadable),
    ])
    func queries(_ query: String, _ reply: ConsentReply) {
        #expect(ConsentReply.read(query: query, state: "s") == reply)
    }

    @Test(arguments: [
        "http://localhost:8471/roomwatch/consent?admin_consent=True&state=s", "  ?admin_consent=True&state=s#\n",
        "admin_consent=True&state=s", "/roomwatch/consent?admin_consent=True&state=s",
    ])
    func whatPeoplePaste(_ text: String) {
        #expect(ConsentReply.read(pasted: text, state: "s") == .granted(tenant: nil))
    }

    @Test func anErrorGoesBeforeAConsent() throws {
        let reply = ConsentReply.read(
            query: "error=permission_denied&error_description=AADSTS1%07x%1B%5B31m&admin_consent=True&state=s",
            state: "s")
        guard case .refused(let refusal) = reply else {
            Issue.record("it is no refusal")
            return
        }
        #expect(refusal.remedy.contains("Cloud Application Administrator is not enough"))
        #expect(refusal.words == "AADSTS1 x [31m")
    }

    @Test func everyUsualCodeHasARemedyOfItsOwn() {
        let codes = [
            "access_denied", "permission_denied", "invalid_client", "unauthorized_client", "invalid_request",
            "invalid_scope", "consent_required", "server_error", "other",
        ]
        let remedies = codes.map { ConsentRefusal(code: $0, description: "", subcode: "").remedy }
        #expect(Set(remedies).count == codes.count)
        let cancelled = ConsentRefusal(code: "access_denied", description: "", subcode: "cancel").remedy
        #expect(cancelled.contains("Cancel") && !remedies.contains(cancelled))
    }

    @Test(arguments: [("", "", true), ("a", "a", true), ("a", "b", false), ("a", "aa", false), ("aa", "ab", false)])
    func statesAreCompared(_ first: String, _ second: String, _ isSame: Bool) {
        #expect(ConsentReply.isSame(first, second) == isSame)
    }

    private static func request(_ line: String, host: String = "localhost:8471", more: String = "") -> [UInt8] {
        Array("\(line)\r\nHost: \(host)\r\n\(more)\r\n".utf8)
    }

    @Test(arguments: [
        (request("GET /roomwatch/consent?a=b HTTP/1.1"), RedirectRequest.reply(query: "a=b")),
        (request("GET /roomwatch/consent HTTP/1.1", host: "127.0.0.1:8471"), .reply(query: "")),
        (request("GET /roomwatch/consent?a HTTP/1.1", host: "[::1]:8471"), .reply(query: "a")),
        (request("POST /roomwatch/consent?a HTTP/1.1"), .refused(status: 405)),
        (request("HEAD /roomwatch/consent?a HTTP/1.1"), .refused(status: 405)),
        (request("GET /roomwatch/consent/?a HTTP/1.1"), .refused(status: 404)),
        (request("GET /favicon.ico HTTP/1.1"), .refused(status: 404)),
        (request("GET //roomwatch/consent HTTP/1.1"), .refused(status: 404)),
        (request("GET /roomwatch/consent HTTP/1.1", host: "evil.example:8471"), .refused(status: 400)),
        (request("GET /roomwatch/consent HTTP/1.1", host: "localhost:80"), .refused(status: 400)),
        (request("GET /roomwatch/consent HTTP/1.1", more: "Host: localhost:8471\r\n"), .refused(status: 400)),
        (request("GET /roomwatch/consent HTTP/2"), .refused(status: 400)),
        (request("GET /roomwatch/consent"), .refused(status: 400)),
        (Array("GET /roomwatch/consent HTTP/1.1\r\n\r\n".utf8), .refused(status: 400)),
        (Array("GET /roomwatch".utf8), .unfinished), ([], .unfinished),
        ([0xFF, 0xFE, 0x0D, 0x0A, 0x0D, 0x0A], .refused(status: 400)),
        (
            request("GET /roomwatch/consent HTTP/1.1", more: "X: \(String(repeating: "a", count: 40_000))\r\n"),
            .refused(status: 431)
        ),
        (Array(repeating: 0x61, count: 40_000), .refused(status: 431)),
    ])
    func requests(_ bytes: [UInt8], _ expected: RedirectRequest) {
        #expect(RedirectRequest.read(bytes, path: "/roomwatch/consent", port: 8471) == expected)
    }

    @Test func pagesShowNothingThatCouldRun() {
        let refusal = ConsentRefusal(code: "x", description: "<script>alert('1')</script>", subcode: "")
        let text = String(decoding: RedirectPage(.refused(refusal)).bytes, as: UTF8.self)
        #expect(!text.contains("<script") && text.contains("&lt;script&gt;"))
        #expect(text.contains("default-src 'none'") && text.contains("color-scheme: light dark"))
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1)
        #expect(text.contains("Content-Length: \(parts[1].utf8.count)\r\n"))
    }

    @Test func theManifestIsJSONWithEveryRole() throws {
        let guide = RegistrationGuide(modules: ModuleChoice.modules(ModuleChoice.allCases))
        let object = try JSONSerialization.jsonObject(with: Data("{\(guide.manifest)}".utf8)) as? [String: Any]
        let resource = try #require((object?["requiredResourceAccess"] as? [[String: Any]])?.first)
        #expect(resource["resourceAppId"] as? String == "00000003-0000-0000-c000-000000000000")
        let roles = try #require(resource["resourceAccess"] as? [[String: String]])
        #expect(roles.count == 10 && roles.allSatisfy { $0["type"] == "Role" && Words.isGUID($0["id"] ?? "") })
        #expect(Set(PermissionNeed.all.map(\.appRole)).count == PermissionNeed.all.count)
        // Commands include reading, so reading is not asked for as well.
        #expect(!guide.needs.contains { $0.permission == "TeamworkDevice.Read.All" })
        #expect(
            RegistrationGuide(modules: [.detection]).needs.map(\.permission) == ["Presence.Read.All", "User.Read.All"])
    }

    @Test(arguments: [
        ("contoso.com", true), ("3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0001", true), ("common", false), ("", false),
        ("a b.com", false), ("-a.com", false), ("organizations", false),
    ])
    func tenants(_ text: String, _ isOne: Bool) { #expect(Words.isTenant(text) == isOne) }

    @Test(arguments: [
        ("https://a.example", true), ("http://127.0.0.1:1", true), ("http://a.example", false), ("ftp://a", false),
        ("https://u:p@a.example", false), ("https://a.example?x=1", false), ("https://a.example#x", false),
        ("a", false),
    ])
    func addresses(_ text: String, _ isSafe: Bool) { #expect(Words.isSafeURL(text) == isSafe) }
}
