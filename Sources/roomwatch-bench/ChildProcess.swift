// The simulator and the daemon run as they do in life, as processes of their own, so that what is measured here is only
// what belongs to the side that is named.

import Foundation

/// A child that is ended in every case.
final class ChildProcess {
    let process = Process()
    private let output: URL

    /// - Parameter environment: added to this process's own.
    init(_ path: String, _ arguments: [String], environment: [String: String] = [:], output: URL) throws {
        self.output = output
        guard FileManager.default.createFile(atPath: output.path, contents: nil) else {
            throw BenchError("\(output.path) cannot be written")
        }
        let handle = try FileHandle(forWritingTo: output)
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        process.standardOutput = handle
        process.standardError = handle
        process.standardInput = FileHandle.nullDevice
        try process.run()
    }

    /// Waits until the output has a line with `words`, and returns what follows them on it.
    func wait(for words: String, seconds: Int = 60) async throws -> String {
        for _ in 0..<(seconds * 20) {
            let text = (try? String(contentsOf: output, encoding: .utf8)) ?? ""
            for line in text.split(separator: "\n") {
                if let range = line.range(of: words) { return String(line[range.upperBound...]) }
            }
            guard process.isRunning else { throw BenchError("\(process.executableURL?.path ?? "") ended: \(text)") }
            try await ContinuousClock().sleep(for: .milliseconds(50))
        }
        throw BenchError("waited in vain for '\(words)' in \(output.path)")
    }

    func end() {
        process.terminate()
        process.waitUntilExit()
    }

    /// A field of /proc/PID/status in kilobytes.
    func memory(_ field: String) -> Int {
        let status = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix(field + ":") }
        return line?.split(separator: " ").compactMap { Int($0) }.first ?? 0
    }

    /// CPU seconds used so far (proc(5): utime and stime in clock ticks of 1/100 s).
    func cpu() -> Double {
        let stat = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8)) ?? ""
        let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return 0 }
        return (user + system) / 100
    }
}

struct BenchError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// A simulated tenant in a process of its own.
struct SimulatedGraph {
    static let secret = "bench-secret"
    static let tenantID = "3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0001"
    static let clientID = "3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0002"

    let child: ChildProcess
    let url: String

    static func start(rooms: Int, binaries: String, directory: URL) async throws -> SimulatedGraph {
        let child = try ChildProcess(
            "\(binaries)/graph-simulator",
            ["--rooms", "\(rooms)", "--buildings", "\(max(1, rooms / 100))", "--seed", "1"],
            environment: ["ROOMWATCH_SIMULATOR_SECRET": secret],
            output: directory.appendingPathComponent("simulator.log"))
        do {
            return SimulatedGraph(child: child, url: try await child.wait(for: "ready "))
        } catch {
            child.end()
            throw error
        }
    }
}
