// Restart, update and diagnose: the commands that reach into rooms. All three show first what would happen.

import ArgumentParser
import FleetAPI
import FleetClient
import Timekeeping

struct Restart: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Restart the devices of rooms; the plan is shown first.", discussion: OrderOptions.discussion)

    @OptionGroup var order: OrderOptions
    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws { try await order.run(try order.request("restart"), options) }
}

struct Update: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Update software on the devices of rooms; the plan is shown first.",
        discussion: OrderOptions.discussion)

    @Option(
        help: ArgumentHelp("What: \(SoftwareBody.kinds.joined(separator: ", "))."),
        completion: .list(SoftwareBody.kinds))
    var software = "teams_client"
    @Option(
        name: .customLong("version"), help: "To which version; without it, the one that each device is offered.")
    var wanted: String?
    @OptionGroup var order: OrderOptions
    @OptionGroup(title: "Global options") var options: GlobalOptions

    func validate() throws {
        guard SoftwareBody.kinds.contains(software) else {
            throw ValidationError("--software is none of \(SoftwareBody.kinds.joined(separator: ", ")).")
        }
    }

    func run() async throws {
        var request = try order.request(CommandRequest.updateAction)
        request.software = software
        request.version = wanted
        try await order.run(request, options)
    }
}

struct Diagnose: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Have the devices of rooms run diagnostics; the plan is shown first.",
        discussion: OrderOptions.discussion)

    @OptionGroup var order: OrderOptions
    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws { try await order.run(try order.request("run_diagnostics"), options) }
}

/// What the three have in common.
struct OrderOptions: ParsableArguments {
    /// Between two looks at a command that is watched.
    private static let pause: Duration = .seconds(2)

    static let discussion = """
        Rooms are given by name, mail address or account id, or by labels as in silences: building=B2 'model=~"Bar.*"' \
        state=down; all labels must match. The labels are tenant, building, floor, room, model, kind and state.

        A room goes when nothing speaks against it, waits while it is in use or its turn has not come, and is refused where \
        asking makes no sense. What was asked for is carried out by the daemon: watching it may stop at any time.

        Ends with 0 when every room that was meant did it and came back, with 1 otherwise.
        """

    @Argument(
        help: ArgumentHelp(
            "Rooms by name, mail address or account id, or labels such as building=B2; all labels must match.",
            valueName: "selector"))
    var selectors: [String]
    @Flag(help: "Show the plan and do nothing.")
    var dryRun = false
    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false
    @Option(
        help: "How long rooms may wait for their turn, 30m or 8h, up to 7d; without it, as long as the budget needs.")
    var wait: WrittenDuration?
    @Flag(help: "Override what speaks against it; takes --reason and the token of an admin.")
    var force = false
    @Option(help: "Why; the next person on call reads it.")
    var reason: String?
    @Flag(inversion: .prefixedNo, help: "Watch until every room is done and back.")
    var follow = true

    func validate() throws {
        _ = try Selection(selectors)
        if force, (reason ?? "").allSatisfy(\.isWhitespace) {
            throw ValidationError("--force takes --reason: it stands in the audit trail.")
        }
        if let wait, wait.seconds > Double(CommandRequest.longestWait) {
            throw ValidationError("--wait is longer than 7d.")
        }
    }

    func request(_ action: String) throws -> CommandRequest {
        let selection = try Selection(selectors)
        return CommandRequest(
            action: action, rooms: selection.rooms, matchers: selection.matchers, reason: reason,
            force: force ? true : nil, waitSeconds: wait.map { Int($0.seconds) })
    }

    func run(_ request: CommandRequest, _ options: GlobalOptions) async throws {
        do throws(Refusal) {
            try request.check()
        } catch {
            throw ValidationError("\(error).")
        }
        let session = try Session(options)
        let time = session.time
        let clock = Order.Clock(
            now: { Timestamp(time.now().wall) }, pause: { try await time.sleep(for: Self.pause) })
        let order = Order(
            service: session.client, console: StandardConsole(), output: session.output, terminal: session.terminal,
            clock: clock)
        try await order.run(request, Order.Wishes(isDryRun: dryRun, isSure: yes, follows: follow))
    }
}
