// The daemon as a process: what it holds in memory and what it burns while nothing happens, by the kernel's accounts.

import Foundation

struct DaemonBench {
    /// Long enough for a dozen sweeps.
    static let settleSeconds = 20
    static let measureSeconds = 60

    let rooms: Int
    let binaries: String
    let report: Report

    func run() async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("roomwatch-bench-\(getpid())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let graph = try await SimulatedGraph.start(rooms: rooms, binaries: binaries, directory: directory)
        defer { graph.child.end() }
        let config = try configuration(graph: graph, directory: directory)
        let first = try start(config, directory: directory, name: "first.log")
        _ = try await first.wait(for: "listening on unix")
        try await ContinuousClock().sleep(for: .seconds(Self.settleSeconds))
        let before = first.cpu()
        try await ContinuousClock().sleep(for: .seconds(Self.measureSeconds))
        let used = first.cpu() - before
        report.row(
            "CPU while nothing happens", String(format: "%.2f %% of a core", used / Double(Self.measureSeconds) * 100),
            budget: rooms <= 2_000 ? "<= 1 % at 2,000" : "")
        report.row(
            "resident memory", "\(first.memory("VmRSS") / 1024) MB", budget: rooms <= 2_000 ? "<= 64 MB" : "<= 160 MB")
        report.row("peak resident memory", "\(first.memory("VmHWM") / 1024) MB")
        first.end()
    }

    private func start(_ config: URL, directory: URL, name: String) throws -> ChildProcess {
        try ChildProcess(
            "\(binaries)/roomwatchd", ["--config", config.path], output: directory.appendingPathComponent(name))
    }

    private func configuration(graph: SimulatedGraph, directory: URL) throws -> URL {
        let file = directory.appendingPathComponent("roomwatch.yaml")
        let hook = Data((0..<32).map { UInt8($0) }).base64EncodedString()
        try SimulatedGraph.secret.write(
            to: directory.appendingPathComponent("secret"), atomically: true, encoding: .utf8)
        try "whsec_\(hook)".write(to: directory.appendingPathComponent("hook"), atomically: true, encoding: .utf8)
        try """
        version: 1
        tenants:
          - name: contoso
            tenant_id: \(SimulatedGraph.tenantID)
            client_id: \(SimulatedGraph.clientID)
            credential: { client_secret_file: secret }
            endpoints: { login: "\(graph.url)", graph: "\(graph.url)" }
        store: { path: \(directory.path)/store.sqlite }
        api: { listen: "127.0.0.1:0", socket: \(directory.path)/api.sock }
        receivers:
          - name: nobody
            webhook: { url: "http://127.0.0.1:9/", secret_file: hook }
        routes:
          - match: {}
            receivers: [nobody]
        """.write(to: file, atomically: true, encoding: .utf8)
        return file
    }
}
