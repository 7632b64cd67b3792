// A folder as an operator would have it: the configuration, its secrets beside it, and room for the store.

import FleetConfiguration
import Foundation

/// A configuration with everything it names, removed when the test lets go of it.
final class Folder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "roomwatch-daemon-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        try write("client-secret-text\n", to: "contoso-secret")
        try write("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", to: "hook-secret")
        try configure()
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appending(path: name).path(percentEncoded: false) }

    var configuration: String { path("roomwatch.yaml") }

    func write(_ text: String, to name: String, mode: Int = 0o600) throws {
        try Data(text.utf8).write(to: url.appending(path: name))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path(name))
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(at: url.appending(path: name)) }

    /// Writes the configuration; the lines of the tenant's secret and of the receivers have fixed numbers.
    func configure(
        inventory: String = "{}", receivers: [String] = ["oncall"], routed: String? = nil, detection: String = "{}",
        socket: String = "api.sock", more: String = ""
    ) throws {
        let hooks = receivers.map {
            "  - name: \($0)\n    webhook: { url: https://hooks.contoso.com/\($0), secret_file: hook-secret }"
        }.joined(separator: "\n")
        let text = """
            version: 1
            tenants:
              - name: contoso
                tenant_id: 3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0001
                client_id: 3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0002
                credential:
                  client_secret_file: contoso-secret
                inventory: \(inventory)
            detection: \(detection)
            store: { path: "\(path("state/roomwatch.sqlite"))" }
            api: { listen: "127.0.0.1:0", socket: "\(path(socket))" }
            receivers:
            \(hooks)
            routes:
              - match: {}
                receivers: [\(routed ?? receivers[0])]
            \(more)

            """
        try write(text, to: "roomwatch.yaml")
    }

    func load() throws -> Configuration { try Configuration.load(path: configuration, environment: [:]) }
}
