// A town whose devices can be asked: Graph with its list of operations, devices that carry them out, and the loop of the
// daemon that sends and follows. It can be killed at every step and lose every answer, and counts what reached a device.

@testable import FleetCore
import struct Foundation.Date
import Timekeeping

struct Workshop {
    var town: Town
    var graph = DeviceGraph()
    /// Where the daemon dies, when anything tells it to: before a turn, after the commit of the intent, or with the answer.
    enum Death: CaseIterable { case beforeTurn, beforeSending, withAnswer, afterAnswer, afterLook }
    /// Whether it dies here, at the n-th chance.
    var dies: (Death, Int) -> Bool = { _, _ in false }
    private(set) var chances = 0
    private(set) var deaths = 0
    private(set) var lastDeath: Death?
    /// For how long nobody runs after a death.
    var absence = 3.0

    init(
        _ buildings: [(name: String, rooms: Int)], site: SiteRules = SiteRules(windows: []),
        rules: CommandRules = .init()
    ) {
        town = Town(buildings, site: site)
        town.fleet.adopt(commandRules: rules)
        readCalendars()
    }

    /// When rooms are booked; every other room is free all day.
    var bookings: [Int: ClosedRange<Double>] = [:]
    /// Rooms whose calendar cannot be read.
    var unreadable: Set<Int> = []

    mutating func readCalendars() {
        var agendas: [AccountID: Agenda] = [:]
        for room in town.homes.indices.map({ $0 + 1 }) where !unreadable.contains(room) {
            let booking = bookings[room].flatMap {
                Booking(startsAt: at($0.lowerBound).wall, endsAt: at($0.upperBound).wall, status: .busy)
            }
            agendas[account(room)] = Agenda(
                [booking].compactMap(\.self), from: town.now.wall, until: town.now.wall.addingTimeInterval(12 * 3600),
                readAt: town.now)
        }
        town.take(town.fleet.accept(agendas, at: town.now))
    }

    // MARK: Orders

    static func order(
        _ action: DeviceAction = .restart, rooms: [Int] = [], matching matchers: String? = nil, wait: Duration? = nil,
        isForced: Bool = false, mayForce: Bool = false, reason: String? = nil
    ) throws -> CommandOrder {
        CommandOrder(
            action: action, rooms: Set(rooms.map(account)), matchers: try matchers.map { try Matchers(parsing: $0) },
            author: "ada", role: mayForce ? "admin" : "operator", mayForce: mayForce, isForced: isForced,
            reason: reason, selection: matchers ?? "rooms", wait: wait)
    }

    @discardableResult
    mutating func give(_ order: CommandOrder) throws -> Command {
        let taken = try town.fleet.accept(order, at: town.now)
        town.take(taken.decision)
        return taken.command
    }

    // MARK: Life

    /// Lives on until a second; the loop takes a turn each second.
    mutating func live(until last: Double) {
        while town.second < last {
            town.live(until: town.second + 1)
            if town.second.truncatingRemainder(dividingBy: 300) == 0 { readCalendars() }
            graph.live(at: town.second)
            turn()
            graph.darken(&town)
        }
    }

    /// Lives until nothing can happen to any operation, and a little longer.
    mutating func liveUntilAllIsOver(within last: Double) {
        while town.second < last, !town.fleet.commandBook.open.isEmpty { live(until: town.second + 10) }
        live(until: town.second + 60)
    }

    private mutating func mayDie(_ death: Death) -> Bool {
        chances += 1
        guard dies(death, chances) else { return false }
        deaths += 1
        lastDeath = death
        town = town.restarted(after: absence)
        // A daemon that starts reads all calendars first.
        readCalendars()
        return true
    }

    private mutating func turn() {
        if mayDie(.beforeTurn) { return }
        let (ready, decision) = town.fleet.releasable(limit: 8, at: town.now)
        town.take(decision)
        for operation in ready {
            let known = graph.list(operation.device)
            guard let begun = town.fleet.begin(operation.id, knowing: known, at: town.now) else {
                town.take(town.fleet.hold(operation.id, knowing: known, at: town.now))
                continue
            }
            town.take(begun)
            if mayDie(.beforeSending) { return }
            let answer = graph.submit(operation, at: town.second)
            if mayDie(.withAnswer) { return }
            town.take(town.fleet.take(answer, of: operation.id, at: town.now))
            if mayDie(.afterAnswer) { return }
        }
        for operation in town.fleet.dueLooks(at: town.now, limit: 16) {
            let listed = graph.isDark ? nil : graph.list(operation.device)
            town.take(town.fleet.take(listed, of: operation.id, at: town.now))
            if mayDie(.afterLook) { return }
        }
    }

    // MARK: What came of it

    /// Operations in their newest stored form.
    var operations: [OperationRecord] {
        var found: [UniqueID: OperationRecord] = [:]
        for (_, decision) in town.decisions {
            for operation in decision.commands.operations { found[operation.id] = operation }
        }
        return found.values.sorted { $0.id < $1.id }
    }

    /// The steps of a room's operations: `waiting: a reason`.
    func steps(of room: Int) -> [String] {
        let ids = Set(operations.filter { $0.room == account(room) }.map(\.id))
        return town.decisions.flatMap(\.decision.commands.steps).filter { ids.contains($0.operation) }
            .map { step in step.word + (step.detail.map { ": \($0)" } ?? "") }
    }

    func operation(of room: Int) -> OperationRecord? { operations.last { $0.room == account(room) } }
}

/// Graph's side: what reached a device, and what it lists.
struct DeviceGraph {
    /// What Graph does with a request.
    enum Manner { case takes, losesAnswer, losesRequest, throttles, refuses, conflicts }

    var manner: (_ request: Int) -> Manner = { _ in .takes }
    /// Whether the lists cannot be read.
    var isDark = false
    /// Seconds after which a device begins, and for which its room is away; `nil` for one that never returns.
    var begins = 10.0
    var away: (_ room: Int) -> Double? = { _ in 120 }
    /// Rooms whose update fails without their going.
    var failing: Set<Int> = []
    /// Devices that carry nothing out.
    var stuck: Set<Int> = []
    private(set) var requests = 0
    /// How often a command reached each device.
    private(set) var received: [String: Int] = [:]
    private var lists: [String: [Entry]] = [:]
    private var dark: [(room: Int, from: Double, until: Double)] = []

    private struct Entry {
        var id: String
        var kind: ListedOperation.Kind
        var room: Int
        var at: Double
        var progress = ListedOperation.Progress.queued
    }

    mutating func submit(_ operation: Operation, at second: Double) -> SubmissionAnswer {
        requests += 1
        let manner = manner(requests)
        switch manner {
        case .throttles: return .notSent("throttled", retryAfter: .seconds(20))
        case .refuses: return .refused("Graph says 400")
        case .losesRequest: return .unheard("no answer within 30 s")
        case .conflicts: return .alreadyRunning
        case .takes, .losesAnswer: break
        }
        received[operation.device, default: 0] += 1
        let room = Int(operation.room.text.dropFirst(5)) ?? 0
        let id = "op-\(requests)"
        lists[operation.device, default: []].append(
            Entry(id: id, kind: operation.action.kind, room: room, at: second))
        return manner == .takes ? .accepted(graphID: id) : .unheard("no answer within 30 s")
    }

    func list(_ device: String) -> [ListedOperation] {
        (lists[device] ?? []).map { entry in
            ListedOperation(
                graphID: entry.id, kind: entry.kind, progress: entry.progress, word: "\(entry.progress)",
                createdAt: FleetCoreTests.at(entry.at).wall)
        }
    }

    /// Devices carry out what is queued.
    mutating func live(at second: Double) {
        for device in lists.keys.sorted() {
            for place in (lists[device] ?? []).indices {
                guard let entry = lists[device]?[place], !stuck.contains(entry.room) else { continue }
                let length = away(entry.room)
                if entry.progress == .queued, second >= entry.at + begins {
                    lists[device]?[place].progress = .running
                    if !failing.contains(entry.room), entry.kind != .runDiagnostics {
                        dark.append((entry.room, second, second + (length ?? .infinity)))
                    }
                } else if entry.progress == .running, second >= entry.at + begins + (length ?? 60) {
                    lists[device]?[place].progress =
                        failing.contains(entry.room) ? .failed(code: "UpdateFailed", message: "no space") : .succeeded
                }
            }
        }
    }

    mutating func darken(_ town: inout Town) {
        for one in dark { town.darken(one.room, from: one.from, until: one.until) }
        dark = []
    }
}
