// The sample of the contract (Contract, Configuration), its ellipses filled in, and ways to bend it.

@testable import FleetConfiguration

enum Sample {
    static let contract = """
        version: 1
        tenants:
          - name: contoso                      # [a-z0-9][a-z0-9-]{0,62}
            tenant_id: 3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0001
            client_id: 3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0002
            cloud: global                      # global | usgov | usgov-dod | china
            credential:                        # exactly one of:
              client_secret_file: contoso-secret        # a relative name is looked up in $CREDENTIALS_DIRECTORY
              # certificate_file + private_key_file | federated_token_file | managed_identity: system
            endpoints:                         # optional: replaces the cloud's hosts (proxies, simulator)
              login: http://127.0.0.1:9080
              graph: http://127.0.0.1:9080
              ca_file: ca.pem
            inventory: { devices: true, places: true, licences: true, include: [], exclude: [] }
        poll: { presence: 5s, suspect: 1s, devices: 5m, calls: 5m, places: 6h, calendars: 5m }
        detection: { offline_after: 3, offline_hold: 10s, online_after: 2, online_hold: 30s, blind_after: 2m }
        correlation: { window: 5m, share: 0.5, burst: 5 }
        commands: { per_hour: 120, per_building: 3, update_in: outside_hours }
        hours: { default: { days: mon-fri, from: "07:00", to: "19:00" } }       # per building, with holidays
        buildings: { B2: { time_zone: Europe/Berlin, contact: "…" } }
        rooms: []                              # match -> vip, contact, out_of_service {reason, until}
        maintenance: []                        # recurring windows; "nightly" is shipped on
        store: { path: /var/lib/roomwatch/roomwatch.sqlite, retention: { observations: 90d, incidents: 400d, calls: 90d } }
        api: { listen: 127.0.0.1:8470, socket: /run/roomwatch/roomwatchd.sock, tokens_file: api-tokens, external_url: "https://roomwatch.contoso.com/" }
        http: { proxy: "", ca_file: "" }
        heartbeat: { url_file: deadman-url, every: 60s }
        receivers:
          - name: oncall
            webhook:   { url: https://hooks.contoso.com/roomwatch, secret_file: hook-secret }            # Standard Webhooks signature
          - name: pager
            pagerduty: { routing_key_file: pd-key, url: https://events.pagerduty.com }     # base; /v2/enqueue is appended
            fallback: oncall
          # alertmanager {urls} · teams {url_file} · slack {url_file} · email {smtp, from, to}
        routes:                                # first match wins unless continue; the last must match everything
          - match: { severity: [critical, error] }
            receivers: [pager]
            grouping: { wait: 20s, max: 60s }
          - match: {}
            receivers: [oncall]

        """

    /// The least that is accepted; every line has a number that tests count on.
    static let minimal = """
        version: 1
        tenants:
          - name: contoso
            tenant_id: 3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0001
            client_id: 3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0002
            credential:
              client_secret_file: contoso-secret
        receivers:
          - name: oncall
            webhook: { url: https://hooks.contoso.com/roomwatch, secret_file: hook-secret }
        routes:
          - match: {}
            receivers: [oncall]

        """

    static func parse(_ text: String) throws(ConfigurationErrors) -> Configuration {
        try Configuration.parse(text: text, file: "roomwatch.yaml")
    }

    /// The minimal configuration with more lines at its end; the first of them is line 14.
    static func minimal(adding lines: String) throws(ConfigurationErrors) -> Configuration {
        try parse(minimal + lines + "\n")
    }
}
