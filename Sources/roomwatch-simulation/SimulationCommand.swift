// `make simulate`: one seed told as a story, or a block of seeds counted. A seed that fails is named with the command
// that tells its story.

import ArgumentParser
import CommandEntry
import FleetSimulation
import Foundation
import Synchronization
import Timekeeping

@main
struct SimulationEntry {
    static func main() async { await CommandEntry.run(SimulationCommand.self) }
}

struct SimulationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roomwatch-simulation",
        abstract: "Runs the real services over a simulated tenant, with faults and crashes from a seed.",
        discussion: """
            With --seed the run is told line by line, the same for the same seed. Without it a block of seeds runs and \
            the ones that broke a promise are named. A canary breaks the daemon on purpose; then the block must fail.
            """)

    @Option(help: "Tell the story of this seed.")
    var seed: UInt64?

    @Option(help: "How many seeds a block has.")
    var seeds = 200

    @Option(help: "The first seed of a block.")
    var first: UInt64 = 1

    @Option(help: "Simulated minutes in which things go wrong.")
    var minutes = 120

    @Option(help: "Break the daemon on purpose: \(Canary.allCases.map(\.rawValue).joined(separator: ", ")).")
    var canary: String?

    @Flag(help: "Run every canary; each must be caught.")
    var canaries = false

    @Option(help: "Seeds that run at the same time.")
    var parallel = ProcessInfo.processInfo.activeProcessorCount

    func validate() throws {
        if let canary, Canary(rawValue: canary) == nil {
            throw ValidationError(
                "there is no canary '\(canary)'; known: \(Canary.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        guard seeds > 0, minutes >= 15, parallel > 0 else {
            throw ValidationError("--seeds and --parallel are at least 1, --minutes at least 15")
        }
    }

    private var safety: Duration { .seconds(60 * minutes) }

    func run() async throws {
        let canary = canary.flatMap { Canary(rawValue: $0) }
        if canaries {
            try runCanaries()
        } else if let seed {
            try tell(seed, canary: canary)
        } else {
            let failed = SeedBlock(first: first, count: seeds, safety: safety, canary: canary, parallel: parallel).run()
            for report in failed {
                say(
                    "  make simulate SEED=\(report.seed) MINUTES=\(minutes)\(canary.map { " CANARY=\($0.rawValue)" } ?? "")"
                )
            }
            say("\(seeds) seeds, \(failed.count) failed")
            if !failed.isEmpty { throw ExitCode(1) }
        }
    }

    private func tell(_ seed: UInt64, canary: Canary?) throws {
        let report = try Simulation(seed: seed, safety: safety, canary: canary, isLoud: true).run()
        for line in report.lines { say(line) }
        say("")
        for (name, number) in report.counts { say("  \(name): \(number)") }
        say("  converged: \(report.converged.map { "\($0.milliseconds / 1000) s after the last fault" } ?? "never")")
        say("  digest: \(report.digest)")
        for violation in report.violations { say("BROKEN \(violation.invariant.rawValue): \(violation.text)") }
        say("seed \(seed): \(report.violations.isEmpty ? "every promise kept" : "\(report.violations.count) broken")")
        if !report.violations.isEmpty { throw ExitCode(1) }
    }

    private func runCanaries() throws {
        var missed: [Canary] = []
        for canary in Canary.allCases {
            let block = SeedBlock(
                first: first, count: seeds, safety: safety, canary: canary, parallel: parallel, isQuiet: true,
                stopsAtFailure: true)
            if let caught = block.run().first {
                say("canary \(canary.rawValue): seed \(caught.seed), \(Self.summary(of: caught.violations))")
            } else {
                say("canary \(canary.rawValue): NOT CAUGHT in \(seeds) seeds")
                missed.append(canary)
            }
        }
        if !missed.isEmpty { throw ExitCode(1) }
    }

    static func summary(of violations: [Violation]) -> String {
        let names = Set(violations.map(\.invariant.rawValue)).sorted().joined(separator: ", ")
        return "\(names) (\(violations.first?.text ?? ""))"
    }
}

/// Written at once, also into a pipe.
func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

/// Seeds that run side by side, each on a thread of its own.
struct SeedBlock: Sendable {
    var first: UInt64
    var count: Int
    var safety: Duration
    var canary: Canary?
    var parallel: Int
    var isQuiet = false
    var stopsAtFailure = false

    private final class Progress: Sendable {
        private struct State {
            var next = 0
            var done = 0
            var failed: [RunReport] = []
        }
        private let state = Mutex(State())

        var failed: [RunReport] { state.withLock { $0.failed.sorted { $0.seed < $1.seed } } }

        func take(of count: Int, stopsAtFailure: Bool) -> Int? {
            state.withLock { state in
                guard state.next < count, !(stopsAtFailure && !state.failed.isEmpty) else { return nil }
                defer { state.next += 1 }
                return state.next
            }
        }

        func finished(_ report: RunReport) -> (done: Int, failed: Int) {
            state.withLock { state in
                state.done += 1
                if !report.violations.isEmpty { state.failed.append(report) }
                return (state.done, state.failed.count)
            }
        }
    }

    /// - Returns: the runs that broke a promise, by seed.
    func run() -> [RunReport] {
        let progress = Progress()
        DispatchQueue.concurrentPerform(iterations: parallel) { _ in
            while let place = progress.take(of: count, stopsAtFailure: stopsAtFailure) {
                let seed = first + UInt64(place)
                let report = Self.report(seed, safety: safety, canary: canary)
                let (done, failed) = progress.finished(report)
                if !isQuiet, !report.violations.isEmpty {
                    say("seed \(seed): \(SimulationCommand.summary(of: report.violations))")
                }
                if !isQuiet, done % 10 == 0 || done == count {
                    say("\(done) of \(count) seeds, \(failed) failed")
                }
            }
        }
        return progress.failed
    }

    private static func report(_ seed: UInt64, safety: Duration, canary: Canary?) -> RunReport {
        do {
            return try Simulation(seed: seed, safety: safety, canary: canary).run()
        } catch {
            return RunReport(stopped: seed, by: error)
        }
    }
}
