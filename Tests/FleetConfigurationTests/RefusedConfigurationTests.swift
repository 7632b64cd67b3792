// Every kind of mistake, with the line and the key that the operator is sent to, and a word of the advice.

import FleetCore
import Foundation
import Testing

@testable import FleetConfiguration

/// One mistake.
struct Mistake: Sendable, CustomTestStringConvertible {
    var text: String
    var line: Int?
    var key: String?
    /// Part of the problem or the remedy.
    var says: String
    var testDescription: String { "\(key ?? "-"): \(says)" }

    /// The minimal configuration with lines at its end; the first of them is line 14.
    static func adding(_ lines: String, _ line: Int, _ key: String, _ says: String) -> Mistake {
        Mistake(text: Sample.minimal + lines + "\n", line: line, key: key, says: says)
    }

    /// The minimal configuration with one part of it written differently.
    static func replacing(_ old: String, _ new: String, _ line: Int?, _ key: String?, _ says: String) -> Mistake {
        Mistake(text: Sample.minimal.replacingOccurrences(of: old, with: new), line: line, key: key, says: says)
    }

    /// The minimal configuration with another channel in place of its webhook.
    static func channel(_ channel: String, _ key: String, _ says: String) -> Mistake {
        .replacing(
            "webhook: { url: https://hooks.contoso.com/roomwatch, secret_file: hook-secret }", channel, 10, key, says)
    }

    /// The minimal configuration with one more key in its only route, on line 14.
    static func route(_ key: String, _ line: Int, _ path: String, _ says: String) -> Mistake {
        .replacing("[oncall]", "[oncall]\n    \(key)", line, path, says)
    }

    static let ofValues: [Mistake] = [
        // The document.
        .replacing("version: 1\n", "", 1, "version", "version: 1"),
        .replacing("version: 1", "version: 2", 1, "version", "version: 1"),
        .replacing("version: 1", "version: \"1\"", 1, "version", "without quotes"),
        .adding("detecton: {}", 14, "detecton", "`detection`"),
        .adding("nonsense-of-some-length: {}", 14, "nonsense-of-some-length", "version, tenants, poll"),
        .adding("poll: 5s", 14, "poll", "not a section"),

        // Durations and numbers.
        .adding("poll: { presence: 5 }", 14, "poll.presence", "write a unit"),
        .adding("poll: { presence: 5sec }", 14, "poll.presence", "one whole number and a unit"),
        .adding("poll: { presence: 1m30s }", 14, "poll.presence", "one whole number and a unit"),
        .adding("poll: { presence: -5s }", 14, "poll.presence", "no duration"),
        .adding("poll: { presence: 99999999999d }", 14, "poll.presence", "no duration"),
        .adding("poll: { presence: 999ms }", 14, "poll.presence", "1s to 5m"),
        .adding("poll: { presence: 6m }", 14, "poll.presence", "1s to 5m"),
        .adding("poll: { presence: 2s, suspect: 3s }", 14, "poll.suspect", "250ms to 2s"),
        .adding("poll: { suspect: 100ms }", 14, "poll.suspect", "250ms to 5s"),
        .adding("poll: { devices: 30s }", 14, "poll.devices", "1m to 1d"),
        .adding("poll:\n  presence: 5s\n  presense: 5s", 16, "poll.presense", "`presence`"),
        .adding("detection: { offline_after: 0 }", 14, "detection.offline_after", "1 to 100"),
        .adding("detection: { offline_after: 3s }", 14, "detection.offline_after", "without quotes or unit"),
        .adding("detection: { offline_after: \"3\" }", 14, "detection.offline_after", "without quotes"),
        .adding("detection: { offline_after: 2.5 }", 14, "detection.offline_after", "whole number"),
        .adding("detection: { offline_hold: 2h }", 14, "detection.offline_hold", "0s to 1h"),
        .adding("detection: { offline_hold: [10s] }", 14, "detection.offline_hold", "single value"),
        .adding("detection: { blind_after: 9s }", 14, "detection.blind_after", "10s to 1d"),
        .adding("correlation: { share: 50 }", 14, "correlation.share", "0.5"),
        .adding("correlation: { share: nan }", 14, "correlation.share", "0.5"),
        .adding("correlation: { burst: -1 }", 14, "correlation.burst", "whole number"),
        .adding("correlation: { window: 1s }", 14, "correlation.window", "10s to 1h"),

        // Tenants.
        .replacing("name: contoso", "name: Contoso", 3, "tenants[0].name", "a-z"),
        .replacing("name: contoso", "name: -contoso", 3, "tenants[0].name", "beginning with"),
        .replacing("name: contoso", "name: roomwatch", 3, "tenants[0].name", "reserved"),
        .replacing("name: contoso", "name: \(String(repeating: "a", count: 64))", 3, "tenants[0].name", "63"),
        .replacing("- name: contoso", "- cloud: mars", 3, "tenants[0].name", "is missing"),
        .replacing("- name: contoso", "- cloud: mars\n    name: a", 3, "tenants[0].cloud", "usgov-dod"),
        .replacing("- name: contoso", "- cloud: us-gov\n    name: a", 3, "tenants[0].cloud", "`usgov`"),
        .replacing(
            "tenant_id: 3f0b1c52", "tenant_id: 3f0b1c5", 4, "tenants[0].tenant_id", "neither a GUID nor a domain"),
        .replacing(
            "tenant_id: 3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0001", "tenant_id: common", 4, "tenants[0].tenant_id",
            "not one tenant"),
        .replacing("client_id: 3f0b1c52", "client_id: 3g0b1c52", 5, "tenants[0].client_id", "no GUID"),
        .replacing(
            "client_secret_file: contoso-secret", "client_secret: hunter2hunter2", 7,
            "tenants[0].credential.client_secret", "`client_secret_file`"),
        .replacing(
            "client_secret_file: contoso-secret", "password: hunter2hunter2", 7, "tenants[0].credential.password",
            "`client_secret_file`"),
        .replacing(
            "client_secret_file: contoso-secret", "managed_identity: system", 7,
            "tenants[0].credential.managed_identity", "not in this version"),
        .replacing(
            "client_secret_file: contoso-secret", "federated_token_file: t", 7,
            "tenants[0].credential.federated_token_file", "not in this version"),
        .replacing(
            "client_secret_file: contoso-secret", "certificate_file: c", 6, "tenants[0].credential.private_key_file",
            "needs its private key"),
        .replacing(
            "client_secret_file: contoso-secret", "private_key_file: c", 6, "tenants[0].credential.certificate_file",
            "needs its certificate"),
        .replacing(
            "client_secret_file: contoso-secret", "client_secret_file: a\n      certificate_file: c", 6,
            "tenants[0].credential", "more than one"),
        .replacing("client_secret_file: contoso-secret", "", 6, "tenants[0].credential", "is missing"),
        .replacing(
            "client_secret_file: contoso-secret", "client_secret_file:", 6, "tenants[0].credential", "no credential"),
        .replacing(
            "client_secret_file: contoso-secret", "client_secret_file: s\n    endpoints: { login: http://10.0.0.1 }", 8,
            "tenants[0].endpoints.login", "in clear"),
        .replacing(
            "client_secret_file: contoso-secret",
            "client_secret_file: s\n    endpoints: { graph: http://127.0.0.1.contoso.com }", 8,
            "tenants[0].endpoints.graph", "in clear"),
        .replacing(
            "client_secret_file: contoso-secret",
            "client_secret_file: s\n    endpoints: { graph: https://a:b@contoso.com }", 8,
            "tenants[0].endpoints.graph", "before the @"),
        .replacing(
            "client_secret_file: contoso-secret",
            "client_secret_file: s\n    endpoints: { graph: https://contoso.com/?x=1 }", 8,
            "tenants[0].endpoints.graph", "query"),
        .replacing(
            "client_secret_file: contoso-secret", "client_secret_file: s\n    endpoints: { graph: contoso.com }", 8,
            "tenants[0].endpoints.graph", "no absolute URL"),
        .replacing(
            "client_secret_file: contoso-secret", "client_secret_file: s\n    endpoints: { graph: ftp://contoso.com }",
            8,
            "tenants[0].endpoints.graph", "use https"),
        .replacing(
            "client_secret_file: contoso-secret",
            "client_secret_file: s\n    endpoints: { graph: https://contoso.com:70000 }", 8,
            "tenants[0].endpoints.graph", "port"),
        .replacing(
            "client_secret_file: contoso-secret", "client_secret_file: s\n    inventory: { devices: yes }", 8,
            "tenants[0].inventory.devices", "write true"),
        .replacing(
            "client_secret_file: contoso-secret", "client_secret_file: s\n    inventory: { include: [a@b.c, Room 17] }",
            8, "tenants[0].inventory.include[1]", "GUID of their account"),
        .replacing(
            "client_secret_file: contoso-secret",
            "client_secret_file: s\n    inventory:\n      include: [a@b.c]\n      exclude:\n        - c@b.c\n        - A@b.c",
            12, "tenants[0].inventory.exclude[1]", "one of the two lists"),
        .replacing(
            "receivers:\n", "  - *t\nreceivers:\n", 4, "tenants[1].name", "own name"
        ).anchoringTheTenant(),
        Mistake(
            text: "version: 1\ntenants: []\nreceivers: []\nroutes: []", line: 2, key: "tenants", says: "at least one"),
        Mistake(text: "version: 1\ntenants: {}\n", line: 1, key: "receivers", says: "at least one"),

        .adding("log: { level: &l loud }\nstore: { path: *l }", 15, "store.path", "begin the path with /"),

        // Hours and buildings.
        .adding("hours: { default: { days: mon-friday } }", 14, "hours.default.days", "`fri`"),
        .adding("hours: { default: { days: [] } }", 14, "hours.default.days", "mon-fri"),
        .adding("hours: { default: { from: 7 } }", 14, "hours.default.from", "07:00"),
        .adding("hours: { default: { to: 24:01 } }", 14, "hours.default.to", "24:00"),
        .adding("hours: { default: { from: 24:00 } }", 14, "hours.default.from", "23:59"),
        .adding("hours: { default: { from: 09:00, to: 09:00 } }", 14, "hours.default", "00:00 to 24:00"),
        .adding("hours: { defualt: { from: 09:00 } }", 14, "hours.defualt", "`default`"),
        .adding("hours: { default: { holidays: [2026-02-29] } }", 14, "hours.default.holidays[0]", "YYYY-MM-DD"),
        .adding("buildings: { B2: { contact: x } }", 14, "buildings.B2.time_zone", "Europe/Berlin"),
        .adding("buildings: { B2: { time_zone: Europe/Berlim } }", 14, "buildings.B2.time_zone", "`Europe/Berlin`"),
        .adding("buildings: { B2: { time_zone: CEST } }", 14, "buildings.B2.time_zone", "no time zone"),
        .adding("buildings: [B2]", 14, "buildings", "not a section"),
        .adding(
            "hours: { B2: { days: mon } }\nbuildings: { B2: { time_zone: UTC, hours: { days: tue } } }", 15,
            "buildings.B2.hours", "keep one"),

        // Rooms, maintenance, heartbeat.
        .adding("rooms: [{ vip: true }]", 14, "rooms[0].match", "which rooms"),
        .adding("rooms: [{ match: { room: 17 } }]", 14, "rooms[0].match.room", "mail address"),
        .adding(
            "rooms: [{ match: { building: [] } }]", 14, "rooms[0].match.building", "matches nothing"),
        .adding(
            "rooms: [{ match: {}, out_of_service: { reason: x, until: tomorrow } }]", 14,
            "rooms[0].out_of_service.until", "2026-12-31"),
        .adding(
            "rooms: [{ match: {}, out_of_service: { reason: x, until: 2026-12-31T25:00:00Z } }]", 14,
            "rooms[0].out_of_service.until", "2026-12-31"),
        .adding(
            "rooms: [{ match: {}, out_of_service: { reason: x, until: 2026-12-31T18:00:00 } }]", 14,
            "rooms[0].out_of_service.until", "2026-12-31T18:00:00Z"),
        .adding(
            "rooms: [{ match: {}, out_of_service: { reason: x, until: 2026-12-31T18:00:00+24:00 } }]", 14,
            "rooms[0].out_of_service.until", "no day or instant"),
        .adding(
            "rooms: [{ match: {}, out_of_service: { reason: x, until: 2026-02-29 } }]", 14,
            "rooms[0].out_of_service.until", "no day or instant"),
        .adding("rooms: [{ match: {}, out_of_service: {} }]", 14, "rooms[0].out_of_service.reason", "say why"),
        .adding("rooms: [{ match: {}, vip: yes }]", 14, "rooms[0].vip", "write true"),
        .adding("rooms: [{ match: { tenant: fabrikam } }]", 14, "rooms[0].match.tenant", "contoso"),
        .adding(
            "rooms: [\(String(repeating: "{ match: {} }, ", count: 501))]", 14, "rooms", "keep to 500"),
        .adding("maintenance: [{ name: patch, from: 01:00 }]", 14, "maintenance[0].to", "when it ends"),
        .adding("maintenance: [{ name: patch, to: 01:00 }]", 14, "maintenance[0].from", "when it begins"),
        .adding("maintenance: [{ from: 01:00, to: 02:00 }]", 14, "maintenance[0].name", "name the window"),
        .adding("maintenance: [{ name: p, from: 01:00, to: 01:00 }]", 14, "maintenance[0]", "from 00:00 to 24:00"),
        .adding("maintenance: [{ name: nightly, from: \"03:30\" }]", 14, "maintenance[0]", "same minute"),
        .adding("maintenance: [{ name: p, from: 24:00, to: 01:00 }]", 14, "maintenance[0].from", "23:59"),
        .adding("maintenance: [{ name: nightly, days: [] }]", 14, "maintenance[0].days", "names no day"),
        .adding("maintenance: [{ name: nightly, enabled: off }]", 14, "maintenance[0].enabled", "write false"),
        .adding(
            "maintenance: [{ name: nightly, time_zone: Berlin }]", 14, "maintenance[0].time_zone", "Europe/Berlin"),
        .adding(
            "maintenance: [{ name: nightly, device_types: [teamsRoom] }]", 14, "maintenance[0].device_types[0]",
            "`teams_room`"),
        .adding(
            "maintenance: [{ name: nightly, device_types: panel }]", 14, "maintenance[0].device_types",
            "teams_room, collaboration_bar, surface_hub"),
        .adding(
            "maintenance: [{ name: nightly, device_types: [] }]", 14, "maintenance[0].device_types", "matches nothing"),
        .adding(
            "maintenance: [{ name: nightly, device_type: teams_room }]", 14, "maintenance[0].device_type",
            "`device_types`"),
        .adding(
            "maintenance: [{ name: nightly, return_within: 0s }]", 14, "maintenance[0].return_within", "1m to 1d"),
        .adding(
            "maintenance: [{ name: nightly, match: { building: [] } }]", 14, "maintenance[0].match.building",
            "matches nothing"),
        .adding(
            "maintenance:\n  - { name: nightly }\n  - { name: nightly }", 16, "maintenance[1].name", "own name"),
        .adding("heartbeat: { every: 60s }", 14, "heartbeat.url_file", "name the file"),
        .adding("heartbeat: { url_file: x, every: 1s }", 14, "heartbeat.every", "10s to 1d"),

        // Store, API, HTTP, log.
        .adding("store: { path: roomwatch.sqlite }", 14, "store.path", "begin the path with /"),
        .adding("store: { retention: { observations: 1h } }", 14, "store.retention.observations", "1d to 3650d"),
        .adding("api: { listen: 0.0.0.0:8470 }", 14, "api.listen", "behind_proxy: true"),
        .adding("api: { listen: \"[::]:8470\" }", 14, "api.listen", "behind_proxy: true"),
        .adding("api: { listen: 8470 }", 14, "api.listen", "127.0.0.1:8470"),
        .adding("api: { listen: 127.0.0.1:99999 }", 14, "api.listen", "65535"),
        .adding("api: { listen: contoso.com:80 }", 14, "api.listen", "address of this machine"),
        .adding("api: { tls: { certificate_file: a, private_key_file: b } }", 14, "api.tls", "behind_proxy: true"),
        .adding("api: { socket: /\(String(repeating: "s", count: 120)) }", 14, "api.socket", "107"),
        .adding("api: { tokens: abc }", 14, "api.tokens", "`tokens_file`"),
        .adding("http: { proxy: \"http://user:pass@proxy:3128\" }", 14, "http.proxy", "before the @"),
        .adding("log: { level: warn }", 14, "log.level", "`warning`"),

        .adding("runbook_url: wiki", 14, "runbook_url", "{condition}"),
        .adding("runbook_url: \"https://wiki.contoso.com/{room}\"", 14, "runbook_url", "other than {condition}"),
        .adding("runbook_url: https://u:p@wiki.contoso.com/", 14, "runbook_url", "before the @"),
        .adding("runbook_url: \"javascript:alert(1)\"", 14, "runbook_url", "no absolute URL"),

        // Receivers.
        .replacing("name: oncall", "name: on call", 9, "receivers[0].name", "underscore"),
        .replacing(
            "routes:\n", "  - name: oncall\n    webhook: { url: https://a.b, secret_file: s }\nroutes:\n", 11,
            "receivers[1].name", "own name"),
        .replacing("webhook: { url: https", "webhook: { url: http", 10, "receivers[0].webhook.url", "in clear"),
        .replacing(", secret_file: hook-secret", "", 10, "receivers[0].webhook.secret_file", "signing secret"),
        .replacing("secret_file: hook-secret", "secret: abc", 10, "receivers[0].webhook.secret", "`secret_file`"),
        .replacing(
            "webhook: { url: https://hooks.contoso.com/roomwatch, secret_file: hook-secret }",
            "pagerduty: { routing_key: 0123456789 }", 10, "receivers[0].pagerduty.routing_key", "`routing_key_file`"),
        .replacing(
            "webhook: { url: https://hooks.contoso.com/roomwatch, secret_file: hook-secret }",
            "pagerduty: { routing_key_file: k, url: https://events.pagerduty.com/v2/enqueue }", 10,
            "receivers[0].pagerduty.url", "before /v2/enqueue"),
        .channel(
            "alertmanager: {}", "receivers[0].alertmanager.urls", "every replica"),
        .channel(
            "alertmanager: { urls: [] }", "receivers[0].alertmanager.urls", "is empty"),
        .channel(
            "alertmanager: { urls: [http://am1.contoso.com:9093] }", "receivers[0].alertmanager.urls[0]", "in clear"),
        .channel(
            "alertmanager: { urls: [https://am1.contoso.com/api/v2/alerts] }", "receivers[0].alertmanager.urls[0]",
            "before /api/v2"),
        .channel(
            "alertmanager: { urls: [https://a.b, https://a.b/] }", "receivers[0].alertmanager.urls[1]", "named twice"),
        .channel(
            "alertmanager: { url: https://a.b }", "receivers[0].alertmanager.url", "`urls`"),
        .channel(
            "teams: {}", "receivers[0].teams.url_file", "webhook"),
        .channel(
            "teams: { url: https://prod.logic.azure.com/x }", "receivers[0].teams.url", "`url_file`"),
        .channel(
            "teams: { url_file: 'https://prod.logic.azure.com/x' }", "receivers[0].teams.url_file", "is a secret"),
        .channel(
            "slack: {}", "receivers[0].slack.url_file", "incoming webhook"),
        .channel(
            "slack: { url_file: 'https://hooks.slack.com/x' }", "receivers[0].slack.url_file", "is a secret"),
        .channel(
            "slack: { url_file: s, channel: oncall }", "receivers[0].slack.channel", "unknown key"),
        .channel(
            "email: { from: a@b.c, to: [d@b.c] }", "receivers[0].email.smtp", "smtps://host:465"),
        .channel(
            "email: { smtp: mail.contoso.com, from: a@b.c, to: [d@b.c] }", "receivers[0].email.smtp", "no mail server"),
        .channel(
            "email: { smtp: 'https://mail.contoso.com', from: a@b.c, to: [d@b.c] }", "receivers[0].email.smtp",
            "no mail server"),
        .channel(
            "email: { smtp: 'smtp://u:p@mail.contoso.com', from: a@b.c, to: [d@b.c] }", "receivers[0].email.smtp",
            "password_file"),
        .channel(
            "email: { smtp: 'smtp://mail.contoso.com:99999', from: a@b.c, to: [d@b.c] }", "receivers[0].email.smtp",
            "1 to 65535"),
        .channel(
            "email: { smtp: 'smtp://mail.contoso.com/x', from: a@b.c, to: [d@b.c] }", "receivers[0].email.smtp",
            "behind the port"),
        .channel(
            "email: { smtp: 'smtp://mail.contoso.com', starttls: none, from: a@b.c, to: [d@b.c] }",
            "receivers[0].email.starttls", "in clear"),
        .channel(
            "email: { smtp: 'smtps://mail.contoso.com', starttls: required, from: a@b.c, to: [d@b.c] }",
            "receivers[0].email.starttls", "remove it"),
        .channel(
            "email: { smtp: 'smtp://mail.contoso.com', starttls: no, from: a@b.c, to: [d@b.c] }",
            "receivers[0].email.starttls", "`none`"),
        .channel(
            "email: { smtp: 'smtp://mail.contoso.com', from: Roomwatch <a@b.c>, to: [d@b.c] }",
            "receivers[0].email.from", "bare address"),
        .channel(
            "email: { smtp: 'smtp://mail.contoso.com', from: a@b.c }", "receivers[0].email.to", "recipients"),
        .channel(
            "email: { smtp: 'smtp://mail.contoso.com', from: a@b.c, to: [] }", "receivers[0].email.to", "is empty"),
        .channel(
            "email: { smtp: 'smtp://mail.contoso.com', from: a@b.c, to: [d@b.c, x] }", "receivers[0].email.to[1]",
            "no mail address"),
        .channel(
            "email: { smtp: 'smtp://mail.contoso.com', from: a@b.c, to: [d@b.c, D@b.c] }", "receivers[0].email.to",
            "twice"),
        .channel(
            "email: { smtp: 'smtp://mail.contoso.com', from: a@b.c, to: [d@b.c], user: u }",
            "receivers[0].email.password_file", "is missing"),
        .channel(
            "email: { smtp: 'smtp://mail.contoso.com', from: a@b.c, to: [d@b.c], password_file: p }",
            "receivers[0].email.user", "is missing"),
        .channel(
            "email: { smtp: 'smtp://mail.contoso.com', from: a@b.c, to: [d@b.c], user: u, password: p }",
            "receivers[0].email.password", "`password_file`"),
        .replacing(
            "    webhook: { url: https://hooks.contoso.com/roomwatch, secret_file: hook-secret }\n", "", 9,
            "receivers[0]", "no channel"),
        .replacing(
            "hook-secret }\n", "hook-secret }\n    pagerduty: { routing_key_file: k }\n", 9, "receivers[0]",
            "more than one channel"),
        .replacing("hook-secret }\n", "hook-secret }\n    fallback: oncal\n", 11, "receivers[0].fallback", "`oncall`"),
        .replacing("hook-secret }\n", "hook-secret }\n    fallback: oncall\n", 11, "receivers[0].fallback", "circle"),
        .replacing(
            "hook-secret }\n",
            """
            hook-secret }
                fallback: b
              - { name: b, pagerduty: { routing_key_file: k }, fallback: c }
              - { name: c, pagerduty: { routing_key_file: k }, fallback: b }

            """, 12, "receivers[1].fallback", "b → c → b"),

        // Routes.
        .replacing("match: {}", "match: { severity: error }", 12, "routes[0]", "match everything"),
        .replacing("match: {}", "match: { severity: critcal }", 12, "routes[0].match.severity", "`critical`"),
        .replacing("match: {}", "match: { severity: [error, info] }", 12, "routes[0].match.severity[1]", "warning"),
        .replacing("match: {}", "match: { condition: room.ofline }", 12, "routes[0].match.condition", "`room.offline`"),
        .replacing(
            "match: {}", "match: { condition: device.peripheral }", 12, "routes[0].match.condition",
            "not in this version"),
        .replacing("match: {}", "match: { tenant: fabrikam }", 12, "routes[0].match.tenant", "contoso, roomwatch"),
        .replacing("match: {}", "match: { building: [] }", 12, "routes[0].match.building", "matches nothing"),
        .replacing("match: {}", "match: { severities: error }", 12, "routes[0].match.severities", "`severity`"),
        .replacing("  - match: {}\n    receivers", "  - receivers", 12, "routes[0].match", "match: {}"),
        .replacing("[oncall]", "[oncal]", 13, "routes[0].receivers[0]", "`oncall`"),
        .replacing("    receivers: [oncall]\n", "", 12, "routes[0].receivers", "tell nobody"),
        .replacing("[oncall]", "[oncall]\n    continue: on", 14, "routes[0].continue", "write true"),
        .replacing(
            "[oncall]", "[oncall]\n    grouping: { wait: 2m, max: 60s }", 14, "routes[0].grouping.wait",
            "longer than max"),
        .replacing("routes:\n  - match: {}\n    receivers: [oncall]", "routes: []", 11, "routes", "end the routes"),

        // Times and escalations of routes.
        .route("active: [{ days: mon-fri }]", 12, "routes[0]", "not used at all times"),
        .route("mute: [{ days: sun }]", 12, "routes[0]", "not used at all times"),
        .route("active: []", 14, "routes[0].active", "is an empty list"),
        .route("mute: { days: sun }", 14, "routes[0].mute", "not a list"),
        .route("mute: [{}]", 14, "routes[0].mute[0]", "neither days nor times"),
        .route("mute: [{ time_zone: UTC }]", 14, "routes[0].mute[0]", "neither days nor times"),
        .route("mute: [{ from: \"18:00\" }]", 14, "routes[0].mute[0].to", "when it ends"),
        .route("mute: [{ days: sun, to: \"18:00\" }]", 14, "routes[0].mute[0].from", "when it begins"),
        .route("mute: [{ from: \"18:00\", to: \"18:00\" }]", 14, "routes[0].mute[0]", "same minute"),
        .route("active: [{ days: mo-fr }]", 14, "routes[0].active[0].days", "`mon`"),
        .route(
            "active: [{ days: mon, time_zone: Europe/Berln }]", 14, "routes[0].active[0].time_zone", "Europe/Berlin"),
        .route("active: [{ days: mon, until: \"18:00\" }]", 14, "routes[0].active[0].until", "days, from, to"),
        .route("escalate: { after: 15m }", 14, "routes[0].escalate", "not a list"),
        .route("escalate: [{ receivers: [oncall] }]", 14, "routes[0].escalate[0].after", "such as 15m"),
        .route("escalate: [{ after: 0s, receivers: [oncall] }]", 14, "routes[0].escalate[0].after", "1m to 1d"),
        .route("escalate: [{ after: 15, receivers: [oncall] }]", 14, "routes[0].escalate[0].after", "write a unit"),
        .route("escalate: [{ after: 15m }]", 14, "routes[0].escalate[0].receivers", "name the receivers"),
        .route("escalate: [{ after: 15m, receivers: [] }]", 14, "routes[0].escalate[0].receivers", "tells nobody"),
        .route("escalate: [{ after: 15m, receivers: [oncal] }]", 14, "routes[0].escalate[0].receivers[0]", "`oncall`"),
        .route(
            "escalate: [{ after: 15m, receivers: [oncall] }, { after: 15m, receivers: [oncall] }]", 14,
            "routes[0].escalate[1].after", "order of their times"),
        .route(
            "escalate: [\(String(repeating: "{ after: 15m, receivers: [oncall] }, ", count: 21))]", 14,
            "routes[0].escalate", "keep to 20"),
        .replacing(
            "hook-secret }", "hook-secret }\n    escalate: maybe", 11, "receivers[0].escalate", "true or false"),
    ]

    static let ofDocuments: [Mistake] = [
        Mistake(text: "", line: nil, key: nil, says: "empty"),
        Mistake(text: "# only a comment\n", line: nil, key: nil, says: "empty"),
        Mistake(text: "---\n", line: 2, key: nil, says: "says nothing"),
        Mistake(text: "- version: 1\n", line: 1, key: nil, says: "is a list"),
        Mistake(text: "just words\n", line: 1, key: nil, says: "single value"),
        .adding("---\nversion: 1", 14, "", "second document"),
        .adding("poll:\n\tpresence: 5s", 15, "", "tab"),
        .adding("poll: { presence: 5s", 15, "", "not valid YAML"),
        .adding("poll: { presence: \"5s }", 15, "", "not valid YAML"),
        .adding("poll: \u{1}", 14, "", "does not allow"),
        .adding("poll: *nowhere", 14, "", "anchor"),
        .adding("poll: !secret x", 14, "poll", "YAML tag"),
        .adding("log: {}\npoll: {}\nlog: {}", 16, "log", "second time"),
        .adding("poll:\n  presence: 5s\n  suspect: 1s\n  presence: 5s", 17, "poll.presence", "second time"),
        .adding("poll: { presence: 5s, suspect: 1s, \"presence\": 5s }", 14, "poll.presence", "second time"),
        .adding("detection: {}\nstore: &a {}\npoll: *a\nstore: {}", 17, "store", "second time"),
        .replacing("    client_id:", "    name: again\n    client_id:", 5, "tenants[0].name", "second time"),
        .adding("? [a, b]\n: x", 14, "", "key that is no text"),
        .adding("poll: &a { x: y }\n*a : x", 15, "", "key that is no text"),
        .adding("poll: &a { x: y }\n? [*a, *a]\n: x", 15, "", "key that is no text"),
        .adding("poll: &a x\n? { *a : 1, *a : 2 }\n: x", 15, "", "key that is no text"),
        .adding("<<: 5", 14, "<<", "alias of a section"),
        .adding(
            "rooms: \(String(repeating: "[", count: 200))\(String(repeating: "]", count: 200))", 14, "", "levels deep"),
        .adding("rooms: \(String(repeating: "[", count: 5000))", 14, "", "nest"),
        .adding("rooms: [\(String(repeating: "1,", count: 100_001))]", 14, "", "100000 values"),
        Mistake(text: String(repeating: "#", count: 1024 * 1024 + 1), line: nil, key: nil, says: "larger than"),
        .adding(bomb, 14, "", "100000 values"),
        .adding(bomb + "\n? *i\n: x", 23, "", "key that is no text"),
    ]

    /// "Billion laughs": nine levels of nine aliases each.
    private static let bomb: String = {
        let names = Array("abcdefghi")
        var lines = ["rooms: &a [x,x,x,x,x,x,x,x,x]"]
        for (name, previous) in zip(names.dropFirst(), names) {
            lines.append("x\(name): &\(name) [\(Array(repeating: "*\(previous)", count: 9).joined(separator: ","))]")
        }
        return lines.joined(separator: "\n")
    }()

    private func anchoringTheTenant() -> Mistake {
        var copy = self
        copy.text = text.replacingOccurrences(of: "  - name: contoso", with: "  - &t\n    name: contoso")
        return copy
    }
}

@Suite struct RefusedConfigurationTests {
    @Test(arguments: Mistake.ofValues)
    func aWrongValueIsRefusedWithItsLineKeyAndRemedy(_ mistake: Mistake) throws {
        let errors = try #require(throws: ConfigurationErrors.self) { try Sample.parse(mistake.text) }
        let error = try #require(errors.all.first { $0.key == mistake.key }, "\(errors)")
        #expect(error.line == mistake.line, "\(error)")
        #expect(error.description.contains(mistake.says), "\(error)")
        #expect(!error.description.contains("\n"))
        #expect(!errors.description.contains("hunter2"))
        #expect(!errors.description.contains("user:pass"))
    }

    @Test(arguments: Mistake.ofDocuments)
    func aTextThatIsNoDocumentIsRefusedWithItsLine(_ mistake: Mistake) throws {
        let errors = try #require(throws: ConfigurationErrors.self) { try Sample.parse(mistake.text) }
        #expect(errors.first.line == mistake.line, "\(errors.first)")
        if mistake.key != "" { #expect(errors.first.key == mistake.key, "\(errors.first)") }
        #expect(errors.first.description.contains(mistake.says), "\(errors.first)")
        #expect(!errors.first.description.contains("\n"))
    }

    @Test func oneMistakeIsOneError() throws {
        // These mistakes bring others with them by their nature: a tenant or receiver that is lost is missed elsewhere.
        for mistake in Mistake.ofValues where mistake.key?.hasPrefix("poll") == true {
            let errors = try #require(throws: ConfigurationErrors.self) { try Sample.parse(mistake.text) }
            #expect(errors.all.count == 1, "\(errors)")
        }
    }

    @Test func allMistakesAreReportedInTheOrderOfTheLines() throws {
        let errors = try #require(throws: ConfigurationErrors.self) {
            try Sample.minimal(adding: "log: { level: loud }\npoll: { presence: 5, devices: 1s }\nversoin: 1")
        }
        #expect(
            errors.description == """
                roomwatch.yaml:14: log.level: `loud` is unknown; it is one of debug, info, notice, warning, error
                roomwatch.yaml:15: poll.presence: `5` has no unit; write a unit: 500ms, 5s, 10m, 24h or 90d
                roomwatch.yaml:15: poll.devices: `1s` is out of range; choose 1m to 1d
                roomwatch.yaml:16: versoin: unknown key; did you mean `version`?
                """)
    }

    @Test func aMistakeInATenantIsNotReportedWhereverTheTenantIsNamed() throws {
        let text = Sample.minimal.replacing("cloud", with: "").replacing("f0f0002", with: "x")
            .replacing("  - match: {}\n", with: "  - { match: { tenant: contoso }, receivers: [] }\n  - match: {}\n")
        let errors = try #require(throws: ConfigurationErrors.self) { try Sample.parse(text) }
        #expect(errors.all.map(\.key) == ["tenants[0].client_id"])
    }

    @Test(arguments: ["\"a\\nb\": 1", "\"a\\u2028b\": 1", "log: { level: \"a\\tb\" }", "\"a\\nb\": 1\n\"a\\nb\": 1"])
    func controlCharactersNeverBreakTheLineOfAnError(_ line: String) throws {
        let errors = try #require(throws: ConfigurationErrors.self) { try Sample.minimal(adding: line) }
        #expect(errors.description.allSatisfy { !$0.isNewline && $0 != "\t" })
    }

    @Test func windowsLineEndsKeepTheLinesOfTabsAndDuplicates() throws {
        for (lines, line, says) in [("poll:\n\tpresence: 5s", 15, "tab"), ("log: {}\nhttp: {}\nlog: {}", 16, "second")]
        {
            let text = (Sample.minimal + lines).replacing("\n", with: "\r\n")
            let errors = try #require(throws: ConfigurationErrors.self) { try Sample.parse(text) }
            #expect(errors.first.line == line && errors.first.description.contains(says), "\(errors)")
        }
    }

    @Test func tooManyReceiversAreRefusedAndALongChainOfFallbacksIsNot() throws {
        func text(_ count: Int) -> String {
            let receivers = (0..<count).map { number in
                "  - { name: r\(number), pagerduty: { routing_key_file: k }, fallback: r\(number + 1) }\n"
            }
            return Sample.minimal.replacing("receivers:\n", with: "receivers:\n" + receivers.joined())
                .replacing("name: oncall", with: "name: r\(count)").replacing("[oncall]", with: "[r0]")
        }
        #expect(try Sample.parse(text(499)).notices.isEmpty)
        let errors = try #require(throws: ConfigurationErrors.self) { try Sample.parse(text(500)) }
        #expect(errors.all.contains { $0.key == "receivers" && $0.problem == "has 501 entries" })
    }

    @Test func largeSectionsAreMerged() throws {
        let many = (0..<400).map { "  b\($0): {}" }.joined(separator: "\n")
        let own = (0..<400).map { "  c\($0): {}" }.joined(separator: "\n")
        let read = try Sample.minimal(adding: "hours: &h\n\(many)\nmaintenance: []\n")
        #expect(read.hours.byBuilding.count == 400)
        let errors = try #require(throws: ConfigurationErrors.self) {
            try Sample.minimal(adding: "hours: &h\n\(many)\nbuildings:\n  <<: *h\n\(own)\n")
        }
        // Each of the 800 lacks its time zone; the merged ones stand further up.
        #expect(errors.first.key == "buildings.b0.time_zone")
        #expect(errors.all.contains { $0.key == "buildings.c0.time_zone" })
    }

    @Test func aFloodOfErrorsIsCut() throws {
        let lines = (0..<3000).map { "key-\($0): x" }.joined(separator: "\n")
        let errors = try #require(throws: ConfigurationErrors.self) { try Sample.minimal(adding: lines) }
        #expect(errors.all.count == Reading.maximumErrors)
        #expect(errors.description.split(separator: "\n").count == ConfigurationErrors.maximumPrinted + 1)
    }

    @Test func aDuplicateThatCannotBeFoundIsReportedByItsFirst() throws {
        let errors = try #require(throws: ConfigurationErrors.self) {
            try Sample.minimal(adding: "poll: { presence: 5s, presence: 5s, presence: 5s }")
        }
        #expect(errors.first.line == 14 && errors.first.key == "presence")
    }
}
