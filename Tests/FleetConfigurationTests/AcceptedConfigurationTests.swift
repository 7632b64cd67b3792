// What must be accepted, and what it must mean.

import FleetCore
import Foundation
import Testing

@testable import FleetConfiguration

@Suite struct AcceptedConfigurationTests {
    @Test(arguments: [
        ("2027-03-01", "2027-03-01T00:00:00Z"), ("\"2027-03-01\"", "2027-03-01T00:00:00Z"),
        ("2027-03-01T12:00:00+01:00", "2027-03-01T11:00:00Z"),
    ]) func theEndOfASecretIsADayOrAnInstant(_ written: String, _ meant: String) throws {
        let text = Sample.minimal.replacing(
            "contoso-secret", with: "contoso-secret\n      client_secret_expires: \(written)")
        let tenant = try #require(try Sample.parse(text).tenants.first)
        #expect(tenant.secretExpires == (try Date(meant, strategy: .iso8601)))
        #expect(try Sample.parse(Sample.minimal).tenants[0].secretExpires == nil)
    }

    @Test func theSampleOfTheContractMeansExactlyThis() throws {
        let read = try Sample.parse(Sample.contract)
        let tenant = try #require(read.tenants.first)
        #expect(read.tenants.count == 1)
        #expect(tenant.name == TenantName("contoso"))
        #expect(tenant.tenantID == "3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0001")
        #expect(tenant.clientID == "3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0002")
        #expect(tenant.cloud == .global)
        let secret = SecretReference(
            key: "tenants[0].credential.client_secret_file", name: "contoso-secret", line: 8)
        #expect(tenant.credential == .clientSecret(secret))
        guard case .clientSecret(let readSecret) = tenant.credential else { return }
        #expect(readSecret.line == 8)
        #expect(tenant.endpoints.login == "http://127.0.0.1:9080")
        #expect(tenant.endpoints.graph == "http://127.0.0.1:9080")
        #expect(tenant.endpoints.caFile?.name == "ca.pem")
        #expect(tenant.inventory == InventoryConfiguration())

        #expect(read.detection == DetectionRules())
        #expect(read.poll == PollConfiguration())
        #expect(read.detection.correlation == CorrelationRules())
        #expect(read.commands == CommandConfiguration())
        #expect(read.hours.byDefault == BookableHours())
        let berlin = try #require(TimeZone(identifier: "Europe/Berlin"))
        #expect(read.hours.byBuilding == ["B2": BookableHours(timeZone: berlin)])
        #expect(read.buildings == ["B2": BuildingConfiguration(timeZone: berlin, contact: "…")])
        #expect(read.rooms.isEmpty)
        #expect(read.maintenance == [.nightly])
        #expect(read.site == SiteRules(hours: read.hours, contacts: ["B2": "…"]))
        #expect(read.store == StoreConfiguration())
        #expect(read.api.listen == ListenAddress(host: "127.0.0.1", port: 8470))
        #expect(read.api.socket == "/run/roomwatch/roomwatchd.sock")
        #expect(read.api.tokensFile?.name == "api-tokens")
        #expect(read.api.externalURL == "https://roomwatch.contoso.com")
        #expect(read.api.behindProxy == false)
        #expect(read.http == OutboundConfiguration())
        #expect(read.heartbeat?.urlFile.name == "deadman-url")
        #expect(read.heartbeat?.every == .seconds(60))
        #expect(read.log.level == .info)

        let oncall = ReceiverName("oncall")
        let pager = ReceiverName("pager")
        #expect(
            read.receivers == [
                ReceiverConfiguration(
                    name: oncall,
                    channel: .webhook(
                        url: "https://hooks.contoso.com/roomwatch",
                        secret: SecretReference(key: "receivers[0].webhook.secret_file", name: "hook-secret", line: 0))),
                ReceiverConfiguration(
                    name: pager,
                    channel: .pagerDuty(
                        url: "https://events.pagerduty.com",
                        routingKey: SecretReference(
                            key: "receivers[1].pagerduty.routing_key_file", name: "pd-key", line: 0)),
                    fallback: oncall),
            ])
        #expect(
            read.routing
                == RoutingTree(
                    routes: [
                        Route(
                            rule: "routes[0]", match: RouteMatch(severities: [.critical, .error]), receivers: [pager]),
                        Route(rule: "routes[1]", match: RouteMatch(), receivers: [oncall]),
                    ],
                    receivers: [
                        ReceiverProfile(name: oncall, isPaging: false),
                        ReceiverProfile(name: pager, isPaging: true, fallback: oncall, ownsAcknowledgement: true),
                    ]))
        #expect(
            read.notices.map(\.key) == [
                "poll.calls", "store.retention.calls",
            ])
        #expect(read.notices.map(\.line) == [15, 23])
        #expect(
            Set(read.secretReferences.map(\.name)) == [
                "contoso-secret", "ca.pem", "hook-secret", "pd-key", "api-tokens", "deadman-url",
            ])
    }

    @Test func whatIsLeftOutHasTheValuesOfTheSample() throws {
        let full = try Sample.parse(Sample.contract)
        let least = try Sample.parse(Sample.minimal)
        #expect(least.detection == full.detection)
        #expect(least.poll == full.poll)
        #expect(least.commands == full.commands)
        #expect(least.maintenance == full.maintenance)
        #expect(least.hours.byDefault == full.hours.byDefault)
        #expect(least.store == full.store)
        #expect(least.api.listen == full.api.listen)
        #expect(least.api.socket == full.api.socket)
        #expect(least.api.tokensFile == nil)
        #expect(least.http == full.http)
        #expect(least.tenants[0].cloud == .global)
        #expect(least.tenants[0].inventory == full.tenants[0].inventory)
        #expect(least.tenants[0].endpoints == EndpointConfiguration())
        #expect(least.routes[0].grouping == Grouping(wait: .seconds(20), maximum: .seconds(60)))
        #expect(least.heartbeat == nil)
        #expect(least.notices.isEmpty)
    }

    @Test func everyNumberIsTakenFromTheFile() throws {
        let read = try Sample.minimal(
            adding: """
                poll: { presence: 30s, suspect: 500ms, devices: 10m, calls: 7m, places: 2d, calendars: 9m }
                detection: { offline_after: 4, offline_hold: 0s, online_after: 1, online_hold: 45s, blind_after: 90s }
                correlation: { window: 10m, share: 0.25, burst: 0 }
                commands: { enabled: true, per_hour: 30, per_building: 7, update_in: windows }
                store: { path: /srv/r.sqlite, retention: { observations: 7d, incidents: 30d, calls: 48h } }
                log: { level: debug }
                """)
        var rules = DetectionRules()
        rules.sweepInterval = .seconds(30)
        rules.suspectInterval = .milliseconds(500)
        rules.offline = ConditionRule(badCount: 4, badHold: .zero, goodCount: 1, goodHold: .seconds(45))
        rules.blindAfter = .seconds(90)
        rules.correlation.window = .seconds(600)
        rules.correlation.share = 0.25
        rules.correlation.burst = 0
        #expect(read.detection == rules)
        #expect(read.commands.isEnabled == true)
        #expect(read.commands.rules.perHour == 30)
        #expect(read.commands.rules.perBuilding == 7)
        #expect(read.commands.rules.updateIn == .windows)
        #expect(read.poll.devices == .seconds(600))
        #expect(read.poll.calls == .seconds(420))
        #expect(read.poll.places == .seconds(172_800))
        #expect(read.poll.calendars == .seconds(540))
        #expect(read.store.path == "/srv/r.sqlite")
        #expect(read.store.observations == .seconds(7 * 86_400))
        #expect(read.store.incidents == .seconds(30 * 86_400))
        #expect(read.store.calls == .seconds(2 * 86_400))
        #expect(read.log.level == .debug)
    }

    @Test func hoursAreInheritedFromTheDefaultAndKeptPerBuilding() throws {
        let read = try Sample.minimal(
            adding: """
                hours:
                  default: { days: [mon, tue, "thu-fri"], from: 08:00, to: 18:30, time_zone: Europe/Paris, holidays: [2026-12-25] }
                  B3: { days: "sat,sun", from: "22:00", to: "06:00" }
                buildings:
                  B2: { time_zone: Asia/Tokyo }
                  B4: { time_zone: UTC, hours: { to: "24:00", holidays: [] } }
                """)
        let paris = try #require(TimeZone(identifier: "Europe/Paris"))
        let tokyo = try #require(TimeZone(identifier: "Asia/Tokyo"))
        let byDefault = BookableHours(
            days: [.monday, .tuesday, .thursday, .friday], fromMinute: 480, toMinute: 1110, timeZone: paris,
            holidays: ["2026-12-25"])
        #expect(read.hours.byDefault == byDefault)
        var b2 = byDefault
        b2.timeZone = tokyo
        #expect(read.hours.byBuilding["B2"] == b2)
        var b3 = byDefault
        b3.days = [.saturday, .sunday]
        b3.fromMinute = 1320
        b3.toMinute = 360
        #expect(read.hours.byBuilding["B3"] == b3)
        let b4 = try #require(read.hours.byBuilding["B4"])
        #expect(b4.toMinute == 1440)
        #expect(b4.fromMinute == 480)
        #expect(b4.holidays.isEmpty)
        #expect(b4.timeZone.secondsFromGMT() == 0)
    }

    @Test func daysWrapAroundTheWeekend() throws {
        let read = try Sample.minimal(adding: "hours: { default: { days: sat-mon } }")
        #expect(read.hours.byDefault.days == [.saturday, .sunday, .monday])
    }

    @Test func certificatesDomainsCloudsAndListsOfRooms() throws {
        let read = try Sample.parse(
            """
            version: 1
            tenants:
              - name: a
                tenant_id: Contoso.onmicrosoft.com
                client_id: 3F0B1C52-6F2E-4A55-9D6C-2F6F8F0F0002
                cloud: usgov-dod
                credential: { certificate_file: /etc/a.pem, private_key_file: a.key }
                endpoints: { login: https://login.contoso.com/sts/, graph: "http://[::1]:9080/" }
                inventory: { devices: false, include: [Room1@contoso.com], exclude: [3F0B1C52-6F2E-4A55-9D6C-2F6F8F0F0003], password_expiry: 60d, password_expiry_on_premises: never }
            receivers: [{ name: p, pagerduty: { routing_key_file: k } }]
            routes: [{ match: {}, receivers: p }]
            """)
        let tenant = read.tenants[0]
        #expect(tenant.tenantID == "contoso.onmicrosoft.com")
        #expect(tenant.clientID == "3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0002")
        #expect(tenant.cloud == .usgovDoD)
        guard case .certificate(let certificate, let key) = tenant.credential else {
            Issue.record("not a certificate")
            return
        }
        #expect(certificate.name == "/etc/a.pem" && key.name == "a.key")
        #expect(tenant.endpoints.login == "https://login.contoso.com/sts")
        #expect(tenant.endpoints.graph == "http://[::1]:9080")
        #expect(tenant.inventory.devices == false && tenant.inventory.places)
        #expect(tenant.inventory.include == ["room1@contoso.com"])
        #expect(tenant.inventory.exclude == ["3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0003"])
        #expect(tenant.inventory.passwords == PasswordPolicy(cloud: .days(60), onPremises: .never))
        guard case .pagerDuty(let url, _) = read.receivers[0].channel else {
            Issue.record("not a pager")
            return
        }
        #expect(url == "https://events.pagerduty.com")
    }

    @Test func everyKindOfReceiverIsRead() throws {
        let configuration = try Sample.parse(
            Sample.minimal.replacing(
                "routes:\n",
                with: """
                      - { name: ledger, alertmanager: { urls: [https://am1.contoso.com/, http://127.0.0.1:9093] } }
                      - { name: team, teams: { url_file: teams-url }, fallback: mail, escalate: true }
                      - { name: chat, slack: { url_file: /etc/slack-url } }
                      - name: mail
                        email:
                          smtp: smtps://mail.contoso.com
                          user: roomwatch
                          password_file: mail-password
                          from: roomwatch@contoso.com
                          to: [oncall@contoso.com, "first.last+rooms@contoso.com"]
                      - { name: relay, email: { smtp: "smtp://mail.contoso.com", from: a@contoso.com, to: b@contoso.com } }
                      - { name: local, email: { smtp: "smtp://[::1]:25", starttls: none, from: a@localhost, to: [b@localhost] } }
                    runbook_url: "https://wiki.contoso.com/{condition}"
                    routes:

                    """))
        let channels = Dictionary(uniqueKeysWithValues: configuration.receivers.map { ($0.name.text, $0) })
        #expect(
            channels["ledger"]?.channel
                == .alertmanager(urls: ["https://am1.contoso.com", "http://127.0.0.1:9093"]))
        #expect(channels["team"]?.secret?.name == "teams-url" && channels["chat"]?.secret?.name == "/etc/slack-url")
        guard case .email(let mail) = channels["mail"]?.channel, case .email(let relay) = channels["relay"]?.channel,
            case .email(let local) = channels["local"]?.channel
        else { return #expect(Bool(false), "no mail was read") }
        #expect(mail.host == "mail.contoso.com" && mail.port == 465 && mail.security == .tls)
        #expect(mail.user == "roomwatch" && mail.password?.name == "mail-password")
        #expect(mail.to == ["oncall@contoso.com", "first.last+rooms@contoso.com"])
        #expect(relay.port == 587 && relay.security == .startTLS && relay.to == ["b@contoso.com"])
        #expect(local.host == "[::1]" && local.port == 25 && local.security == .plain)
        #expect(configuration.runbookURL == "https://wiki.contoso.com/{condition}")
        // What wakes people forgets a page that is overtaken by its resolve (Telling, Order).
        let paging = configuration.receivers.filter(\.profile.isPaging).map(\.name.text).sorted()
        #expect(paging == ["chat", "local", "mail", "relay", "team"])
        let silent = configuration.receivers.filter { !$0.profile.isReminded }.map(\.name.text)
        #expect(silent == ["ledger"], "who keeps acknowledgements by itself is not reminded")
        let secrets = configuration.secretReferences.map(\.name)
        #expect(Set(["teams-url", "/etc/slack-url", "mail-password"]).isSubset(of: secrets))
    }

    @Test func jsonIsReadLikeYAML() throws {
        let json = """
            {"version": 1,
            \t"tenants": [{"name": "contoso", "tenant_id": "3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0001",
            \t\t"client_id": "3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0002",
            \t\t"credential": {"client_secret_file": "contoso-secret"}}],
            "api":{"behind_proxy":true,"listen":"0.0.0.0:443", "tokens_file": null},
            "receivers":[{"name":"oncall","webhook":{"url":"https:\\/\\/hooks.contoso.com/roomwatch","secret_file":"hook-secret"}}],
            "routes":[{"match":{},"receivers":["oncall"],"continue":false}]}
            """
        let read = try Sample.parse(json)
        var same = try Sample.parse(Sample.minimal)
        same.api.behindProxy = true
        same.api.listen = ListenAddress(host: "0.0.0.0", port: 443)
        #expect(read == same)
    }

    @Test func anchorsAliasesAndMergeKeysAreWrittenOut() throws {
        let read = try Sample.parse(
            """
            version: 1
            tenants:
              - &first
                name: a
                tenant_id: 3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0001
                client_id: &client 3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0002
                credential: { client_secret_file: s }
              - <<: *first
                name: b
                tenant_id: 3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0003
                client_id: *client
            receivers: [{ name: p, pagerduty: { routing_key_file: k } }]
            routes: [{ match: {}, receivers: [p] }]
            """)
        #expect(read.tenants.map(\.name.text) == ["a", "b"])
        #expect(read.tenants[1].tenantID.hasSuffix("0003"))
        #expect(read.tenants[1].clientID == read.tenants[0].clientID)
        guard case .clientSecret(let secret) = read.tenants[1].credential else { return }
        #expect(secret.name == "s")
    }

    @Test func byteOrderMarksAndWindowsLineEndsAreHarmless() throws {
        let text = "\u{FEFF}" + Sample.minimal.replacingOccurrences(of: "\n", with: "\r\n")
        #expect(try Sample.parse(text) == Sample.parse(Sample.minimal))
    }

    @Test func aListenerBeyondLoopbackNeedsOnlyTheProxy() throws {
        let read = try Sample.minimal(adding: "api: { listen: \"[::]:8470\", behind_proxy: true }")
        #expect(read.api.listen == ListenAddress(host: "::", port: 8470))
        #expect(read.api.listen.description == "[::]:8470")
        #expect(!read.api.listen.isLoopback)
    }

    @Test func deadEndsAreNoticed() throws {
        let read = try Sample.parse(
            Sample.minimal.replacingOccurrences(
                of: "routes:\n  - match: {}\n    receivers: [oncall]",
                with: """
                      - { name: spare, webhook: { url: https://h.contoso.com/, secret_file: s }, escalate: true }
                    routes:
                      - { match: { severity: warning }, receivers: [] }
                      - { match: {}, receivers: [oncall] }
                      - { match: {}, receivers: [spare] }
                    """))
        #expect(
            read.notices.map(\.description) == [
                "roomwatch.yaml:11: receivers[1].escalate: only changes something for pagerduty and alertmanager; every "
                    + "other receiver is reminded anyway",
                "roomwatch.yaml:11: receivers[1].name: no route and no fallback leads to `spare`",
                "roomwatch.yaml:13: routes[0]: incidents of severity warning reach nobody",
                "roomwatch.yaml:15: routes[2]: never used: an earlier route matches everything",
            ])
    }

    @Test func routesMatchByEveryKey() throws {
        let read = try Sample.parse(
            Sample.minimal.replacingOccurrences(
                of: "  - match: {}\n",
                with: """
                      - match: { severity: critical, condition: [room.offline, tenant.blind], tenant: [contoso, roomwatch], building: B2 }
                        receivers: oncall
                        continue: true
                        grouping: { wait: 90s }
                      - match: {}

                    """))
        let route = read.routes[0]
        #expect(route.match.severities == [.critical])
        #expect(route.match.conditions == [.roomOffline, .tenantBlind])
        #expect(route.match.tenants == [TenantName("contoso"), .roomwatch])
        #expect(route.match.buildings == ["B2"])
        #expect(route.continues)
        #expect(route.grouping == Grouping(wait: .seconds(90), maximum: .seconds(90)))
    }

    @Test func everyKindOfCredentialIsRead() throws {
        func tenant(_ credential: String, clientID: Bool = true) throws -> TenantConfiguration {
            var text = Sample.minimal.replacing("client_secret_file: contoso-secret", with: credential)
            if !clientID { text = text.replacing("    client_id: 3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0002\n", with: "") }
            return try Sample.parse(text).tenants[0]
        }
        let token = try tenant("federated_token_file: /run/token")
        guard case .federatedToken(let reference) = token.credential else {
            Issue.record("it is no federated token")
            return
        }
        #expect(reference.name == "/run/token" && reference.line == 7 && !token.credential.isManagedIdentity)
        let machine = try tenant("managed_identity: system", clientID: false)
        #expect(machine.credential == .managedIdentity(.system) && machine.clientID == nil)
        let other = try tenant("managed_identity: 3F0B1C52-6F2E-4A55-9D6C-2F6F8F0F0003", clientID: false)
        #expect(other.credential == .managedIdentity(.user(clientID: "3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0003")))
        #expect(other.clientID == "3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0003")
        #expect(try tenant("managed_identity: system").clientID == "3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0002")
        let rehearsal = try tenant("managed_identity: system\n    endpoints: { identity: http://127.0.0.1:9080/ }")
        #expect(rehearsal.endpoints.identity == "http://127.0.0.1:9080")
    }
}
