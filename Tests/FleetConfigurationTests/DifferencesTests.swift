// What a reload can change.

import FleetCore
import Testing

@testable import FleetConfiguration

@Suite struct DifferencesTests {
    /// A change of the sample, and the keys that need a restart for it.
    struct Change: Sendable, CustomTestStringConvertible {
        var old: String
        var new: String
        var restart: [String] = []
        var testDescription: String { new }
    }

    static let changes: [Change] = [
        Change(old: "# optional", new: "# other words"),
        Change(old: "offline_after: 3", new: "offline_after: 4"),
        Change(old: "presence: 5s", new: "presence: 6s"),
        Change(old: "places: 6h", new: "places: 7h"),
        Change(old: "from: \"07:00\"", new: "from: \"06:00\""),
        Change(old: "Europe/Berlin", new: "Europe/Paris"),
        Change(old: "wait: 20s", new: "wait: 10s"),
        Change(old: "burst: 5", new: "burst: 6"),
        Change(old: "per_hour: 120", new: "per_hour: 12, enabled: false"),
        Change(old: "calendars: 5m", new: "calendars: 9m"),
        Change(old: "contact: \"…\"", new: "contact: \"4711\""),
        Change(old: "rooms: []", new: "rooms: [{ match: { building: B2 }, vip: true }]"),
        Change(old: "maintenance: []", new: "maintenance: [{ name: nightly, enabled: false }]"),
        Change(old: "receivers: [pager]\n", new: "receivers: [pager]\n    active: [{ days: mon-fri }]\n"),
        Change(
            old: "receivers: [pager]\n",
            new: "receivers: [pager]\n    escalate: [{ after: 15m, receivers: [oncall] }]\n"),
        Change(old: "    fallback: oncall\n", new: "    fallback: oncall\n    escalate: true\n"),
        Change(old: "include: []", new: "include: [a@b.c]"),
        Change(old: "incidents: 400d", new: "incidents: 500d", restart: ["store.retention"]),
        Change(old: "    fallback: oncall\n", new: ""),
        Change(old: "every: 60s", new: "every: 30s"),
        Change(old: "roomwatch.contoso.com/", new: "rooms.contoso.com/", restart: ["api.external_url"]),
        Change(old: "roomwatch.sqlite", new: "other.sqlite", restart: ["store.path"]),
        Change(old: "127.0.0.1:8470", new: "127.0.0.1:8471", restart: ["api.listen"]),
        Change(old: "roomwatchd.sock", new: "other.sock", restart: ["api.socket"]),
        Change(old: "api-tokens", new: "tokens", restart: ["api.tokens_file"]),
        Change(old: "proxy: \"\"", new: "proxy: http://proxy:3128", restart: ["http.proxy"]),
        Change(old: ", ca_file: \"\"", new: ", ca_file: x.pem", restart: ["http.ca_file"]),
        Change(old: "f0f0001", new: "f0f0003", restart: ["tenants[contoso].tenant_id"]),
        Change(old: "f0f0002", new: "f0f0003", restart: ["tenants[contoso].client_id"]),
        Change(old: "cloud: global", new: "cloud: china", restart: ["tenants[contoso].cloud"]),
        Change(old: "file: contoso-secret", new: "file: other", restart: ["tenants[contoso].credential"]),
        Change(
            old: "graph: http://127.0.0.1:9080", new: "graph: http://[::1]", restart: ["tenants[contoso].endpoints"]),
        Change(old: "hook-secret", new: "other-secret", restart: ["receivers"]),
        Change(old: "https://hooks", new: "https://hook", restart: ["receivers"]),
    ]

    @Test(arguments: changes)
    func aChangeNeedsARestartOrNot(_ change: Change) throws {
        let before = try Sample.parse(Sample.contract)
        let text = Sample.contract.replacing(change.old, with: change.new)
        try #require(text != Sample.contract)
        let after = try Sample.parse(text)
        #expect(before.restartOnlyDifferences(to: after) == change.restart)
    }

    @Test(arguments: [
        ("alertmanager: { urls: [https://a.b] }", "alertmanager: { urls: [https://a.b, https://c.d] }"),
        ("teams: { url_file: a }", "teams: { url_file: b }"), ("slack: { url_file: a }", "teams: { url_file: a }"),
        (
            "email: { smtp: 'smtp://m.b', from: a@b.c, to: [d@b.c] }",
            "email: { smtp: 'smtp://m.b', from: a@b.c, to: [e@b.c] }"
        ),
        (
            "email: { smtp: 'smtp://m.b', from: a@b.c, to: [d@b.c] }",
            "email: { smtp: 'smtps://m.b', from: a@b.c, to: [d@b.c] }"
        ),
    ])
    func anotherChannelNeedsARestart(old: String, new: String) throws {
        let webhook = "webhook: { url: https://hooks.contoso.com/roomwatch, secret_file: hook-secret }"
        let before = try Sample.parse(Sample.minimal.replacing(webhook, with: old))
        let after = try Sample.parse(Sample.minimal.replacing(webhook, with: new))
        #expect(before.restartOnlyDifferences(to: after) == ["receivers"])
        #expect(before.restartOnlyDifferences(to: before) == [])
    }

    @Test func anotherRunbookNeedsARestart() throws {
        let before = try Sample.parse(Sample.minimal)
        let after = try Sample.minimal(adding: "runbook_url: https://wiki.contoso.com/")
        #expect(before.restartOnlyDifferences(to: after) == ["runbook_url"])
    }

    @Test func tenantsThatComeAndGoNeedARestartAndTheirOrderDoesNot() throws {
        let one = try Sample.parse(Sample.minimal)
        var two = one
        var other = one.tenants[0]
        other.name = TenantName("fabrikam")
        other.credential = .clientSecret(
            SecretReference(key: "tenants[1].credential.client_secret_file", name: "f", line: 1))
        two.tenants.append(other)
        #expect(one.restartOnlyDifferences(to: two) == ["tenants[fabrikam]"])
        #expect(two.restartOnlyDifferences(to: one) == ["tenants[fabrikam]"])
        var swapped = two
        swapped.tenants.reverse()
        #expect(two.restartOnlyDifferences(to: swapped) == [])
    }

    @Test func anotherKindOfCredentialNeedsARestart() throws {
        let kinds = [
            "client_secret_file: a", "federated_token_file: a", "federated_token_file: b", "managed_identity: system",
            "managed_identity: 3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0002",
        ]
        let read = try kinds.map {
            try Sample.parse(Sample.minimal.replacing("client_secret_file: contoso-secret", with: $0))
        }
        for (index, before) in read.enumerated() {
            for (other, after) in read.enumerated() {
                let expected = index == other ? [] : ["tenants[contoso].credential"]
                #expect(before.restartOnlyDifferences(to: after) == expected, "\(kinds[index]) to \(kinds[other])")
            }
        }
    }
}
