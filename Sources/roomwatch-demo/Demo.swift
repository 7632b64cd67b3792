// The command: reads what is wanted, makes the only clock and the secrets of this run, and puts the parts together.

import ArgumentParser
import CommandEntry
import Crypto
import Foundation
import Glibc
import Logging
import ServiceLifecycle
import Timekeeping
import UnixSignals

@main
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roomwatch-demo",
        abstract: "Shows Roomwatch at work: a simulated tenant in which rooms fail, the daemon, and what it tells.",
        discussion: """
            Needs no account. Starts graph-simulator and roomwatchd, takes the signed webhooks itself, and measures how \
            long each took from the instant Graph showed the room dark. Compares all with what really happened.
            Exit codes: 0 nothing missed and nothing false, 1 something was or a program failed, 2 wrong arguments.
            """)

    @Option(help: "End after so many seconds; without it, Ctrl-C ends.")
    var seconds: Int?

    @Option(help: "Number of Teams Rooms.")
    var rooms = 200

    @Option(help: "Number of buildings.")
    var buildings = 4

    @Option(help: "Seed of everything that looks like chance in the tenant.")
    var seed: UInt64 = 1

    @Flag(help: "One line for each event instead of a picture; so it is without a terminal, too.")
    var plain = false

    @Flag(help: "Keep the files of the run: configuration, secrets, logs, ground truth, store.")
    var keep = false

    @Option(help: "Where graph-simulator and roomwatchd are. Default: beside this program.")
    var binaries: String?

    private static let maximumRooms = 10_000
    private static let maximumSeconds = 7 * 86_400

    func validate() throws {
        if rooms < 1 || rooms > Self.maximumRooms {
            throw ValidationError("--rooms must be from 1 to \(Self.maximumRooms)")
        }
        if buildings < 1 || buildings > rooms { throw ValidationError("--buildings must be from 1 to --rooms") }
        if let seconds, seconds < 1 || seconds > Self.maximumSeconds {
            throw ValidationError("--seconds must be from 1 to \(Self.maximumSeconds)")
        }
    }

    func run() async throws {
        // `| head` must end the run in order, not kill it and leave the children behind.
        signal(SIGPIPE, SIG_IGN)
        let environment = ProcessInfo.processInfo.environment
        let isPlain = plain || !Terminal.canDraw(environment: environment)
        let time = SystemTimeSource()
        let terminal = Terminal()
        let plan = DemoPlan(rooms: rooms, buildings: buildings, seed: seed, seconds: seconds)
        let stage = Stage(
            plan: plan, startedAt: time.now().wall, tell: isPlain ? { @Sendable in terminal.line($0) } : nil)
        let signature = WebhookSignature(key: SymmetricKey(size: .bits256))
        let (ports, continuation) = AsyncStream<Int>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let receiver = Receiver(
            signature: signature, time: time, onListening: { continuation.yield($0) },
            onNotice: { await stage.take($0) }, onRefusal: { await stage.refuse($0, at: time.now().wall) })
        let run = DemoRun(
            DemoRun.Options(
                plan: plan, binaries: try binaries.map(Self.absolute) ?? Self.ownDirectory(), isPlain: isPlain,
                keepsFiles: keep, environment: environment),
            stage: stage, terminal: terminal, signature: signature,
            tenantSecret: SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }.base64EncodedString(),
            ports: ports, time: time)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(service: receiver),
                    .init(service: run, successTerminationBehavior: .gracefullyShutdownGroup),
                ], gracefulShutdownSignals: [.sigint, .sigterm, .sighup],
                logger: Logger(label: "roomwatch-demo") { _ in SwiftLogNoOpLogHandler() }))
        try await group.run()
        if run.exitStatus != 0 { throw ExitCode(run.exitStatus) }
    }

    private static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).path }

    private static func ownDirectory() throws -> String {
        do {
            let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            return URL(fileURLWithPath: program).deletingLastPathComponent().path
        } catch {
            throw Failure("cannot tell where this program is (\(error.localizedDescription)); give --binaries")
        }
    }

    static func main() async { await CommandEntry.run(Self.self) }
}
