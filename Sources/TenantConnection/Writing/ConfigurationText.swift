// The configuration of a connected tenant: the least that roomwatchd accepts, in the same words and order as the example
// that is shipped, so that people find their way from one to the other.

import FleetCore
import Foundation
import GraphClient

/// Who is told, as far as a first configuration needs it.
public enum ReceiverPlan: Sendable, Hashable {
    /// The secret of the signature is made here.
    case webhook(url: String)
    case alertmanager(url: String)
    /// The integration key, and the URLs of the two others, are secrets.
    case pagerDuty
    case teams
    case slack

    /// Whether it takes a secret from a person.
    public var asksForSecret: Bool {
        switch self {
        case .webhook, .alertmanager: false
        case .pagerDuty, .teams, .slack: true
        }
    }

    /// The name of the file of its secret; `nil` when it has none.
    public var secretName: String? {
        switch self {
        case .webhook: "oncall-webhook-secret"
        case .alertmanager: nil
        case .pagerDuty: "oncall-pagerduty-key"
        case .teams: "oncall-teams-url"
        case .slack: "oncall-slack-url"
        }
    }
}

struct ConfigurationText {
    let plan: ConnectionPlan
    /// The directory that consented, when it is known.
    var tenantID: String

    /// The entry of `tenants`.
    var stanza: String {
        var lines = ["  - name: \(plan.name)", "    tenant_id: \(tenantID)"]
        if let clientID = plan.clientID, !plan.credential.isManagedIdentity {
            lines.append("    client_id: \(clientID)")
        }
        lines.append("    cloud: \(plan.cloud.rawValue)")
        lines.append("    credential:")
        switch plan.credential {
        case .secret: lines.append("      client_secret_file: \(plan.name)-secret")
        case .certificate:
            lines.append("      certificate_file: \(plan.name)-certificate")
            lines.append("      private_key_file: \(plan.name)-key")
        case .federatedToken(let path): lines.append("      federated_token_file: \(Self.quoted(path))")
        case .managedIdentity(let clientID): lines.append("      managed_identity: \(clientID ?? "system")")
        }
        let replaced = [
            ("login", plan.endpoints.login), ("graph", plan.endpoints.graph), ("identity", plan.endpoints.identity),
            ("ca_file", plan.endpoints.caFile),
        ].compactMap { key, value in value.map { "      \(key): \(Self.quoted($0))" } }
        if !replaced.isEmpty { lines += ["    endpoints:"] + replaced }
        func isOn(_ choice: ModuleChoice) -> String { plan.modules.contains(choice.module) ? "true" : "false" }
        lines.append(
            "    inventory: { devices: \(isOn(.devices)), places: \(isOn(.places)), licences: \(isOn(.licences)) }")
        return lines.joined(separator: "\n") + "\n"
    }

    /// A whole configuration.
    func document(receiver: ReceiverPlan, proxy: String = "") -> String {
        let outbound = proxy.isEmpty ? "" : "http: { proxy: \(Self.quoted(proxy)) }\n"
        return """
            # Written by roomctl connect. Every key is explained in the example that is shipped, roomwatch.yaml in
            # /usr/share/doc/roomwatch/examples. Check a change with: roomwatchd --check-config
            version: 1
            tenants:
            \(stanza)\(outbound)receivers:
              - name: oncall
                \(Self.channel(receiver))
            routes:
              - match: {}
                receivers: [oncall]

            """
    }

    private static func channel(_ receiver: ReceiverPlan) -> String {
        let secret = receiver.secretName ?? ""
        return switch receiver {
        case .webhook(let url): "webhook: { url: \(quoted(url)), secret_file: \(secret) }"
        case .alertmanager(let url): "alertmanager: { urls: [\(quoted(url))] }"
        case .pagerDuty: "pagerduty: { routing_key_file: \(secret) }"
        case .teams: "teams: { url_file: \(secret) }"
        case .slack: "slack: { url_file: \(secret) }"
        }
    }

    /// JSON's strings are YAML's too.
    static func quoted(_ text: String) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
}
