// What operators get wrong about places, times and the machine.

extension Mistake {
    static let ofPlaces: [Mistake] = [
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
    ]

    static let ofTheMachine: [Mistake] = [
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
    ]
}
