// What operators get wrong about who is told.

extension Mistake {
    static let ofReceivers: [Mistake] = [
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
    ]

    static let ofRoutes: [Mistake] = [
        // Routes.
        .replacing("match: {}", "match: { severity: error }", 12, "routes[0]", "match everything"),
        .replacing("match: {}", "match: { severity: critcal }", 12, "routes[0].match.severity", "`critical`"),
        .replacing("match: {}", "match: { severity: [error, info] }", 12, "routes[0].match.severity[1]", "warning"),
        .replacing("match: {}", "match: { condition: room.ofline }", 12, "routes[0].match.condition", "`room.offline`"),
        .replacing(
            "match: {}", "match: { condition: device.periferal }", 12, "routes[0].match.condition",
            "`device.peripheral`"),
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
}
