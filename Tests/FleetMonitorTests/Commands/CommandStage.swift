// A stage whose rooms have devices and free calendars, and a loop that carries out what people ask of them.

import FleetAPI
import FleetCore
import FleetGraph
import FleetSimulation
import FleetStore
import Foundation
import GraphClient
import Synchronization
import Testing
import Timekeeping

@testable import FleetMonitor

/// A monitor of rooms with devices, and the service that commands them.
final class CommandStage {
    let time: ManualTime
    let desk: DeviceDesk
    private(set) var stage: Stage
    private(set) var settings: LiveSettings
    private(set) var drain = Drain()
    private let ended = Ended()
    private let rooms: Int
    private let rules: CommandRules

    init(rooms: Int = 4, runs: Bool = true, rules: CommandRules = .swift) throws {
        time = ManualTime()
        desk = DeviceDesk(time: time)
        settings = LiveSettings(.standard)
        stage = try Stage(time: time)
        self.rooms = rooms
        self.rules = rules
        furnish()
        adopt(rules)
        stage.startHousekeeping()
        if runs { try start() }
    }

    /// Starts the loop as the daemon does.
    func start() throws {
        let (commander, _) = try desk.commander(log: stage.journal.logger(), executor: stage.jobs)
        let loop = OperationLoop(
            tenant: contoso, settings: settings, commander: commander, ledger: stage.ledger, time: time,
            progress: stage.progress, drain: drain, log: stage.journal.logger())
        stage.perform { [ledger = stage.ledger] in await ledger.register(loop) }
        stage.start { [ended] in
            await loop.run()
            ended.note()
        }
    }

    func adopt(_ rules: CommandRules) {
        stage.perform { [ledger = stage.ledger] in await ledger.adopt(commands: rules) }
    }

    /// Every room gets a room system in building B2, a free calendar for the day, and is seen to be well.
    private func furnish() {
        let asked = time.now()
        let all = 1...rooms
        let reading = InventoryReading(
            accounts: all.map {
                AccountRecord(
                    id: account($0), name: "Room \($0)", userPrincipalName: "room\($0)@contoso.com",
                    roomLicence: "MTR_PREM")
            },
            devices: all.map {
                DeviceRecord(
                    device: RoomDevice(id: "device-\($0)", kind: .teamsRoom, model: "Bar 20"), account: account($0),
                    reading: DeviceReading(
                        health: .value(DeviceHealth(isOffline: false, text: "healthy")), asked: asked))
            },
            places: all.map { PlaceRecord(email: "room\($0)@contoso.com", building: "B2", floor: "1") },
            asked: asked, remarks: [])
        stage.perform { [ledger = stage.ledger] in
            await ledger.accept(reading, tenant: contoso, scope: InventoryScope())
        }
        readCalendars()
        stage.sweep()
    }

    private func readCalendars() {
        let now = time.now()
        let end = now.wall.addingTimeInterval(86_400)
        let agendas = Dictionary(
            uniqueKeysWithValues: (1...rooms).map {
                (account($0), Agenda([], from: now.wall, until: end, readAt: now))
            })
        stage.perform { [ledger = stage.ledger] in await ledger.accept(agendas, tenant: contoso) }
    }

    /// Lets time pass in which every room stays well.
    func live(for seconds: Int) {
        for turn in 1...max(1, seconds / 5) {
            stage.run(for: .seconds(5))
            stage.sweep()
            if turn % 36 == 0 { readCalendars() }
        }
    }

    /// The daemon is killed, with the files as they are, and another one begins with them.
    func kill(after pause: Duration = .zero) throws {
        stage = try stage.crashed(receivers: [], after: pause)
        drain = Drain()
        settings = LiveSettings(.standard)
        adopt(rules)
        stage.startHousekeeping()
        stage.sweep()
        readCalendars()
        try start()
    }

    /// Whether a loop came to its end.
    var loopHasEnded: Bool { ended.isNoted }

    // MARK: Asking

    @discardableResult
    func request(
        _ action: String = "restart", rooms: [Int]? = nil, matchers: [String]? = nil, wait: Int? = nil,
        by asker: Asker = .anna
    ) throws(Refusal) -> CommandBody {
        let names = rooms.map { $0.map { "room\($0)@contoso.com" } }
        let command = CommandRequest(action: action, rooms: names, matchers: matchers, waitSeconds: wait)
        return try stage.ask { intents throws(Refusal) in try await intents.request(command, for: asker) }
    }

    func operations(_ query: OperationsQuery = OperationsQuery(limit: 1_000)) throws -> [OperationBody] {
        try stage.ask { intents throws(Refusal) in try await intents.operations(query, for: .anna).operations }
    }

    /// The states of all operations, by room number.
    func states() throws -> [String] {
        let names = (1...rooms).map { "Room \($0)" }
        return try operations().sorted {
            (names.firstIndex(of: $0.room.name) ?? 0, $0.id) < (names.firstIndex(of: $1.room.name) ?? 0, $1.id)
        }.map(\.state)
    }

    func steps(_ id: String) throws -> [String] {
        try stage.ask { intents throws(Refusal) in try await intents.operation(id, for: .anna).steps.map(\.state) }
    }

    func command(_ id: String) throws -> CommandBody {
        try stage.ask { intents throws(Refusal) in try await intents.command(id, for: .anna) }
    }

    /// Devices that were asked more than once.
    var repeated: [String] {
        Dictionary(grouping: desk.arrivals, by: \.device).filter { $0.value.count > 1 }.keys.sorted()
    }
}

private final class Ended: Sendable {
    private let state = Mutex(false)

    var isNoted: Bool { state.withLock { $0 } }
    func note() { state.withLock { $0 = true } }
}

extension Ledger {
    func adopt(commands rules: CommandRules) { adopt(tree: tree, rules: [:], site: SiteRules(), commands: rules) }
}

extension CommandRules {
    /// As many rooms at once as anybody asks for.
    static var swift: CommandRules {
        var rules = CommandRules()
        rules.perHour = 1_000
        rules.perBuilding = 1_000
        return rules
    }
}
