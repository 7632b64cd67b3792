// The private directory of one run: configuration, secrets, store, socket and logs. Nobody else may read it, and nothing
// of it remains unless somebody wants to look at it.

import Foundation
import Glibc

/// A directory that only this user can enter.
struct Workspace: Sendable {
    let path: String

    /// The socket's path must fit into sun_path (108 bytes, unix(7)).
    private static let maximumPath = 80

    /// Makes the directory under `$TMPDIR`, or under /tmp where that is too long for a socket.
    init(environment: [String: String]) throws(Failure) {
        var parent = environment["TMPDIR"] ?? ""
        if !parent.hasPrefix("/") || parent.utf8.count > Self.maximumPath { parent = "/tmp" }
        while parent.count > 1, parent.hasSuffix("/") { parent.removeLast() }
        var template = Array("\(parent)/roomwatch-demo.XXXXXX".utf8CString)
        // mkdtemp(3) makes it with mode 0700.
        guard mkdtemp(&template) != nil else {
            throw Failure("cannot make a directory under \(parent): \(String(cString: strerror(errno)))")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file that only this user can read.
    func write(_ text: String, to name: String) throws(Failure) {
        let made = FileManager.default.createFile(
            atPath: file(name), contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        guard made else { throw Failure("cannot write \(file(name)): is the disk full?") }
    }

    /// - Returns: what went wrong, `nil` when nothing is left.
    func remove() -> String? {
        do {
            try FileManager.default.removeItem(atPath: path)
            return nil
        } catch {
            return "cannot remove \(path): \(error.localizedDescription)"
        }
    }

    /// The daemon's configuration for this run.
    ///
    /// - Parameters:
    ///   - graph: base URL of the simulated tenant.
    ///   - webhook: where the notices go.
    func configuration(graph: String, webhook: String) -> String {
        """
        version: 1
        tenants:
          - name: contoso
            tenant_id: 3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0001
            client_id: 3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0002
            credential: { client_secret_file: \(Self.tenantSecret) }
            endpoints: { login: "\(graph)", graph: "\(graph)" }
        poll: { presence: 5s, suspect: 1s, devices: 60s }
        detection: { offline_after: 3, offline_hold: 10s, online_after: 2, online_hold: 30s }
        hours: { default: { days: mon-sun, from: "00:00", to: "24:00" } }
        store: { path: "\(file("roomwatch.sqlite"))" }
        api: { listen: "127.0.0.1:0", socket: "\(file("api.sock"))", tokens_file: \(Self.tokens) }
        receivers:
          - name: demo
            webhook: { url: "\(webhook)", secret_file: \(Self.hookSecret) }
        routes:
          - match: {}
            receivers: [demo]
            grouping: { wait: 0s, max: 0s }

        """
    }

    static let tenantSecret = "tenant-secret"
    static let hookSecret = "hook-secret"
    static let tokens = "api-tokens"
    static let truth = "ground-truth.jsonl"
}
