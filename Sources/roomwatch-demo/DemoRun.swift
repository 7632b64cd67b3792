// One run from the first program started to the last one ended. Whatever way it ends, the terminal is given back, the
// children are ended and the directory is removed, in this order.

import Crypto
import CurlHTTP
import Foundation
import ServiceLifecycle
import Synchronization
import Timekeeping

/// The demonstration as a service; ends by itself after ``DemoPlan/seconds``, or when it is shut down.
final class DemoRun: Service {
    struct Options: Sendable {
        var plan: DemoPlan
        var binaries: String
        var isPlain: Bool
        var keepsFiles: Bool
        var environment: [String: String]
    }

    private static let pictureInterval: Duration = .milliseconds(250)
    private static let truthInterval: Duration = .milliseconds(200)
    private static let figureInterval: Duration = .seconds(1)

    private let options: Options
    private let stage: Stage
    private let terminal: Terminal
    private let signature: WebhookSignature
    private let tenantSecret: String
    private let ports: AsyncStream<Int>
    private let time: any TimeSource
    private let status = Mutex<Int32>(1)

    /// - Parameter ports: the receiver's port, once.
    init(
        _ options: Options, stage: Stage, terminal: Terminal, signature: WebhookSignature, tenantSecret: String,
        ports: AsyncStream<Int>, time: any TimeSource
    ) {
        self.options = options
        self.stage = stage
        self.terminal = terminal
        self.signature = signature
        self.tenantSecret = tenantSecret
        self.ports = ports
        self.time = time
    }

    /// What the program should exit with.
    var exitStatus: Int32 { status.withLock { $0 } }

    func run() async throws {
        let cast = Cast()
        var failure: (any Error)?
        do {
            try await cancelWhenGracefulShutdown { try await self.play(cast) }
        } catch is CancellationError {
            // Ctrl-C is the ordinary end of a run without --seconds.
        } catch {
            failure = error
        }
        let end = time.now().wall
        await stage.readTruth()
        let summary = await stage.summary(at: end)
        terminal.giveBack()
        for child in cast.children.reversed() { await child.stop(time: time) }
        await cast.transport?.shutdown()
        if let workspace = cast.workspace {
            if options.keepsFiles {
                Self.complain("the files of this run are in \(workspace.path)")
            } else if let problem = workspace.remove() {
                Self.complain(problem)
            }
        }
        if let failure {
            Self.complain("roomwatch-demo: \(failure)")
            return
        }
        for line in summary.lines { terminal.line(line) }
        if summary.isClean { status.withLock { $0 = 0 } }
    }

    /// What was started and must be ended.
    private final class Cast: Sendable {
        private struct Members {
            var workspace: Workspace?
            var children: [Child] = []
            var transport: CurlTransport?
        }

        private let members = Mutex(Members())

        var workspace: Workspace? {
            get { members.withLock { $0.workspace } }
            set { members.withLock { $0.workspace = newValue } }
        }
        var transport: CurlTransport? {
            get { members.withLock { $0.transport } }
            set { members.withLock { $0.transport = newValue } }
        }
        var children: [Child] { members.withLock { $0.children } }

        func add(_ child: Child) -> Child {
            members.withLock { $0.children.append(child) }
            return child
        }
    }

    static func complain(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}

// MARK: The play

extension DemoRun {
    private func play(_ cast: Cast) async throws {
        guard let port = await ports.first(where: { _ in true }) else { throw CancellationError() }
        let workspace = try Workspace(environment: options.environment)
        cast.workspace = workspace
        try workspace.write(tenantSecret + "\n", to: Workspace.tenantSecret)
        try workspace.write(signature.secretText + "\n", to: Workspace.hookSecret)
        let token = Self.hexadecimal(SymmetricKey(size: .bits128).withUnsafeBytes { Array($0) })
        let hash = Self.hexadecimal(Array(SHA256.hash(data: Data(token.utf8))))
        try workspace.write("visitor operator sha256:\(hash)\n", to: Workspace.tokens)
        let simulator = try startSimulator(workspace, cast)
        let tenant = try await simulator.announcement(after: "ready ", in: simulator.standardOutput, time: time)
        let began = time.now()
        await stage.begin(at: began.wall, truth: workspace.file(Workspace.truth))
        await stage.note("graph-simulator: \(options.plan.rooms) rooms at \(tenant)", at: began.wall)

        try workspace.write(
            workspace.configuration(graph: tenant, webhook: "http://127.0.0.1:\(port)\(Receiver.path)"),
            to: "roomwatch.yaml")
        let daemon = cast.add(
            try Child(
                "roomwatchd", in: options.binaries, arguments: ["--config", workspace.file("roomwatch.yaml")],
                environment: options.environment, workspace: workspace))
        let address = try await daemon.announcement(
            after: "listening on http://", in: daemon.standardError, time: time)
        await stage.note("roomwatchd: metrics at http://\(address)/metrics", at: time.now().wall)
        await stage.note("Pages at http://\(address)/, sign in with the token \(token)", at: time.now().wall)
        await stage.show(pages: "http://\(address)/  sign in with \(token)")

        let transport = CurlTransport(configuration: CurlConfiguration(userAgent: "roomwatch-demo"), time: time)
        cast.transport = transport
        let reader = FigureReader(daemon: "http://\(address)", tenant: tenant, transport: transport)
        if !options.isPlain { terminal.take() }
        try await follow(reader, children: [simulator, daemon], began: began)
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private func startSimulator(_ workspace: Workspace, _ cast: Cast) throws -> Child {
        let plan = options.plan
        return cast.add(
            try Child(
                "graph-simulator", in: options.binaries,
                arguments: [
                    "--listen", "127.0.0.1:0", "--rooms", "\(plan.rooms)", "--buildings", "\(plan.buildings)",
                    "--seed", "\(plan.seed)", "--scenario", DemoPlan.scenario, "--ground-truth",
                    workspace.file(Workspace.truth),
                ],
                environment: options.environment, adding: [Child.secretVariable: tenantSecret], workspace: workspace))
    }

    /// Runs the loops until the time is over, a child dies or the run is shut down.
    private func follow(_ reader: FigureReader, children: [Child], began: Moment) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.watch(children) }
            group.addTask { try await self.readTruth() }
            group.addTask { try await self.readFigures(reader) }
            if !options.isPlain { group.addTask { try await self.draw() } }
            if let seconds = options.plan.seconds {
                group.addTask { try await self.time.sleep(until: began.advanced(by: .seconds(seconds))) }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func watch(_ children: [Child]) async throws {
        while true {
            if let dead = children.first(where: { !$0.isRunning }) { throw dead.obituary() }
            // Without a reader there is nobody to show it to: that is an end like Ctrl-C.
            if terminal.hasLostItsReader { return }
            try await time.sleep(for: Self.truthInterval)
        }
    }

    private func readTruth() async throws {
        while true {
            await stage.readTruth()
            try await time.sleep(for: Self.truthInterval)
        }
    }

    private func readFigures(_ reader: FigureReader) async throws {
        while await !reader.isReady() { try await time.sleep(for: Self.truthInterval) }
        await stage.watching(since: time.now().wall)
        while true {
            await stage.take(reader.read(stage.lastFigures))
            try await time.sleep(for: Self.figureInterval)
        }
    }

    private func draw() async throws {
        let colour = Terminal.wantsColour(environment: options.environment)
        let glyphs = Terminal.glyphs(environment: options.environment)
        while true {
            let size = Terminal.size
            let view = TerminalView(width: size.columns, height: size.rows, glyphs: glyphs)
            terminal.draw(view.lines(of: await stage.scene(at: time.now().wall)), colour: colour)
            try await time.sleep(for: Self.pictureInterval)
        }
    }
}
