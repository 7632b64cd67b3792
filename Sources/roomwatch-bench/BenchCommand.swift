// `make bench`: the budgets (Design, Budgets), measured in one run on one machine, each beside what it is compared
// with. It prints figures and judges none; a budget is a promise to people, and a busy machine is no reason to fail a
// build.

import ArgumentParser
import Foundation

@main
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roomwatch-bench",
        abstract: "Measures sweep, decode, commit and memory beside their budgets.")

    @Option(help: "Rooms of the large fleet.")
    var rooms = 20_000

    @Option(help: "Sweeps that are measured.")
    var sweeps = 10

    @Option(help: "Where roomwatchd and graph-simulator are; default: beside this program.")
    var binaries: String?

    @Flag(help: "Leave out everything that starts other processes.")
    var inProcess = false

    func run() async throws {
        let report = Report()
        report.title("decode: \(pages) pages of 650 presences")
        try DecodeBench(rooms: rooms, report: report).run()
        report.title("commit: \(rooms) rooms failing at once, each a trouble of its own")
        try await CommitBench(rooms: rooms, isCorrelated: false, report: report).run()
        report.title("commit: \(rooms) rooms failing at once, correlated")
        try await CommitBench(rooms: rooms, isCorrelated: true, report: report).run()
        report.title("latency: single rooms of \(rooms) failing")
        try await LatencyBench(rooms: rooms, failures: 100, report: report).run()
        guard !inProcess else { return }
        let directory = binaries ?? URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path
        report.title("sweep: \(rooms) rooms over plain HTTP from a simulated tenant in another process")
        try await SweepBench(rooms: rooms, sweeps: sweeps, binaries: directory, report: report).run()
        for size in [2_000, rooms] {
            report.title("daemon: \(size) rooms, sweeps every 5 s")
            try await DaemonBench(rooms: size, binaries: directory, report: report).run()
        }
    }

    private var pages: Int { (rooms + 649) / 650 }
}

/// Prints one aligned line per figure.
struct Report: Sendable {
    func title(_ text: String) { say("\n\(text)") }

    func row(_ name: String, _ value: String, budget: String = "") {
        let padded = name.padding(toLength: 58, withPad: " ", startingAt: 0)
        let figure = String(repeating: " ", count: max(0, 16 - value.count)) + value
        say("  \(padded)\(figure)\(budget.isEmpty ? "" : "   budget \(budget)")")
    }

    /// Written at once, also into a pipe: a bench takes minutes, and whoever waits wants to see it move.
    private func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

    static func milliseconds(_ seconds: Double) -> String { String(format: "%.1f ms", seconds * 1000) }
}
