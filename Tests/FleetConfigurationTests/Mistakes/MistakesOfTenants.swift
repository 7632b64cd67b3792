// What operators get wrong at the head of the file and in their tenants.

extension Mistake {
    static let ofNumbers: [Mistake] = [
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
    ]

    static let ofTenants: [Mistake] = [
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
            "client_secret_file: contoso-secret", "managed_identity: sytem", 7,
            "tenants[0].credential.managed_identity", "system for the identity of the machine"),
        .replacing(
            "client_secret_file: contoso-secret", "managed_identity: true", 7,
            "tenants[0].credential.managed_identity", "client id of a user-assigned one"),
        .replacing(
            "client_secret_file: contoso-secret", "managed_identity: 3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0003", 5,
            "tenants[0].client_id", "remove client_id"),
        .replacing(
            "client_secret_file: contoso-secret", "managed_identity: system\n      client_secret_file: s", 6,
            "tenants[0].credential", "more than one"),
        .replacing(
            "client_secret_file: contoso-secret", "federated_token_file: t\n      certificate_file: c", 6,
            "tenants[0].credential", "more than one"),
        .replacing(
            "client_secret_file: contoso-secret", "federated_token_file: /run/", 7,
            "tenants[0].credential.federated_token_file", "name a file"),
        .replacing(
            "client_id: 3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0002\n    credential:\n      client_secret_file: contoso-secret",
            "credential:\n      federated_token_file: t", 3, "tenants[0].client_id", "application (client) id"),
        .replacing(
            "client_secret_file: contoso-secret",
            "client_secret_file: s\n    endpoints: { identity: http://127.0.0.1:1 }", 8, "tenants[0].endpoints",
            "no managed identity"),
        .replacing(
            "client_secret_file: contoso-secret",
            "managed_identity: system\n    endpoints: { identity: http://10.0.0.1 }", 8,
            "tenants[0].endpoints.identity", "in clear"),
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
            "client_secret_file: contoso-secret", "client_secret_file: a\n      client_secret_expires: tomorrow", 8,
            "tenants[0].credential.client_secret_expires", "as 2027-03-01"),
        .replacing(
            "client_secret_file: contoso-secret", "client_secret_file: a\n      client_secret_expires: 2027-02-30", 8,
            "tenants[0].credential.client_secret_expires", "neither a day nor an instant"),
        .replacing(
            "client_secret_file: contoso-secret",
            "certificate_file: a\n      private_key_file: b\n      client_secret_expires: 2027-03-01", 9,
            "tenants[0].credential.client_secret_expires", "goes with client_secret_file alone"),
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
            "client_secret_file: contoso-secret", "client_secret_file: s\n    inventory: { password_expiry: 36h }", 8,
            "tenants[0].inventory.password_expiry", "days such as 90d"),
        .replacing(
            "client_secret_file: contoso-secret", "client_secret_file: s\n    inventory: { password_expiry: 90 }", 8,
            "tenants[0].inventory.password_expiry", "write a unit"),
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
    ]
}
