// The programs that are demonstrated. Whatever happens to this one, they are ended; what they say goes to files, because
// a terminal that is being drawn on has no room for it, and a pipe that nobody empties would stop them.

import Foundation
import Glibc
import Timekeeping

/// A running program.
final class Child: Sendable {
    let name: String
    let standardOutput: String
    let standardError: String
    // Foundation declares Process Sendable; everything but the questions and signals below happens before it runs.
    private let process: Process

    /// Starts a program of `directory`.
    ///
    /// - Parameter adding: variables beside the inherited ones.
    init(
        _ name: String, in directory: String, arguments: [String], environment: [String: String],
        adding: [String: String] = [:], workspace: Workspace
    ) throws(Failure) {
        self.name = name
        let program = "\(directory)/\(name)"
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw Failure("there is no \(program): build everything first, or name the directory with --binaries")
        }
        standardOutput = workspace.file("\(name).out")
        standardError = workspace.file("\(name).log")
        process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: workspace.path)
        process.environment = environment.filter { !Self.isOurs($0.key) }.merging(adding) { _, added in added }
        process.standardInput = FileHandle.nullDevice
        try workspace.write("", to: "\(name).out")
        try workspace.write("", to: "\(name).log")
        guard let output = FileHandle(forWritingAtPath: standardOutput),
            let error = FileHandle(forWritingAtPath: standardError)
        else { throw Failure("cannot open the log of \(name) in \(workspace.path)") }
        process.standardOutput = output
        process.standardError = error
        do {
            try process.run()
        } catch {
            throw Failure("cannot start \(program): \(error.localizedDescription)")
        }
    }

    /// What systemd told this process is not meant for its children, and neither is a proxy on the way to loopback.
    private static func isOurs(_ variable: String) -> Bool {
        let exact = [
            "NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES",
            "CREDENTIALS_DIRECTORY", "JOURNAL_STREAM", "INVOCATION_ID", Self.secretVariable,
        ]
        return exact.contains(variable) || variable.lowercased().hasSuffix("_proxy")
    }

    /// How the simulator takes its client secret; arguments could be read by every user of the machine.
    static let secretVariable = "ROOMWATCH_SIMULATOR_SECRET"

    var isRunning: Bool { process.isRunning }

    /// Why it is not running any more, with the end of its log.
    func obituary() -> Failure {
        let how = process.terminationReason == .exit ? "ended with status" : "was ended by signal"
        let lines = Self.text(standardError).split(separator: "\n").suffix(Self.shownLines)
        return Failure(
            (["\(name) \(how) \(process.terminationStatus); the end of its log:"] + lines.map { "    \($0)" })
                .joined(separator: "\n"))
    }

    private static let shownLines = 12
    /// A log is looked at from its beginning at the start and from its end at the death; neither needs more.
    private static let maximumText = 256 * 1024

    /// The end of a file; empty when it cannot be read.
    private static func text(_ path: String) -> String {
        guard let file = FileHandle(forReadingAtPath: path) else { return "" }
        defer { try? file.close() }
        let length = (try? file.seekToEnd()) ?? 0
        try? file.seek(toOffset: length > UInt64(maximumText) ? length - UInt64(maximumText) : 0)
        return String(decoding: (try? file.read(upToCount: maximumText)) ?? Data(), as: UTF8.self)
    }

    /// Waits until a line of one of its files holds `marker`, and returns what follows it up to white space.
    ///
    /// - Throws: ``Failure`` when it ends or stays silent; `CancellationError`.
    func announcement(after marker: String, in path: String, time: any TimeSource) async throws -> String {
        let deadline = time.now().advanced(by: Self.startPatience)
        while true {
            let text = Self.text(path)
            for line in text.split(separator: "\n", omittingEmptySubsequences: true) where text.hasSuffix("\n") {
                guard let found = line.range(of: marker) else { continue }
                return String(line[found.upperBound...].prefix { !$0.isWhitespace })
            }
            if !isRunning { throw obituary() }
            if time.now().steady > deadline.steady {
                throw Failure("\(name) did not say '\(marker)…' within \(Self.startPatience.seconds.brief) s")
            }
            try await time.sleep(for: .milliseconds(50))
        }
    }

    private static let startPatience: Duration = .seconds(20)
    private static let stopPatience: Duration = .seconds(5)

    /// Asks it to end, and ends it when it does not within five seconds.
    func stop(time: any TimeSource) async {
        guard process.isRunning else { return }
        kill(process.processIdentifier, SIGTERM)
        let deadline = time.now().advanced(by: Self.stopPatience)
        while process.isRunning, time.now().steady < deadline.steady {
            // A cancelled task cannot wait any more; then the hard way follows at once.
            guard (try? await time.sleep(for: .milliseconds(20))) != nil else { break }
        }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }
}
