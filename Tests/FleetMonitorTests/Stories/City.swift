// A stage with buildings that lives second by second: sweeps, ticks and deliveries as the daemon makes them, and rooms
// that are dark from when to when.

@testable import FleetCore
@testable import FleetMonitor
import FleetStore
import FleetSimulation
import Foundation
import Timekeeping

/// The real Ledger, store and delivery loops, and rooms in buildings.
final class City {
    private(set) var stage: Stage
    let time: ManualTime
    let receivers: [Receiver]
    private let rules: DetectionRules
    private var darkness: [Int: [ClosedRange<Double>]] = [:]
    private var homes: [String] = []
    private var sweeps = 0
    /// What Graph says of everybody instead of the truth.
    var graph = Graph.well
    private static let noServer = Reading<Presence>.unknown(.failed("http_503"))

    enum Graph { case well, failing, throttled, saysUnknown }

    /// - Parameter receivers: all of them hear of everything, in the grouping of the configuration's defaults.
    init(
        _ buildings: [(name: String, rooms: Int)], receivers: [Receiver], time: ManualTime,
        rules: DetectionRules = DetectionRules(), tree: RoutingTree? = nil
    ) throws {
        self.time = time
        self.receivers = receivers
        self.rules = rules
        stage = try Stage(
            receivers: receivers, time: time, rules: rules, tree: tree ?? Self.tree(receivers))
        homes = buildings.flatMap { Array(repeating: $0.name, count: $0.rooms) }
        list()
        for receiver in receivers { try stage.deliver(to: receiver) }
        live(until: 10)
    }

    static func tree(
        _ receivers: [Receiver], wait: Duration = .seconds(20), escalations: [Route.Escalation] = [],
        escalates: Bool = false, further: [Receiver] = []
    ) -> RoutingTree {
        RoutingTree(
            routes: [
                Route(
                    rule: "routes[0]", match: RouteMatch(), receivers: receivers.map(\.name),
                    grouping: Grouping(wait: wait), escalations: escalations)
            ],
            receivers: (receivers + further).map {
                ReceiverProfile(
                    name: $0.name, isPaging: $0.kind == .pagerDuty, ownsAcknowledgement: $0.kind == .pagerDuty,
                    escalates: escalates)
            })
    }

    /// Each room has its room system, so that the window `nightly` covers it.
    private func list() {
        let accounts = homes.indices.map { place in
            AccountRecord(
                id: account(place + 1), name: "Room \(place + 1)", userPrincipalName: "room\(place + 1)@contoso.com",
                roomLicence: "MTR_PREM")
        }
        let places = homes.enumerated().map { place, building in
            PlaceRecord(email: "room\(place + 1)@contoso.com", building: building, floor: "1")
        }
        let devices = homes.indices.map { place in
            DeviceRecord(
                device: RoomDevice(id: "device-\(place + 1)", kind: .teamsRoom), account: account(place + 1),
                reading: DeviceReading(
                    health: .value(DeviceHealth(isOffline: false, text: "healthy")), asked: time.now()))
        }
        let reading = InventoryReading(
            accounts: accounts, devices: devices, places: places, asked: time.now(), remarks: [])
        let ledger = stage.ledger
        stage.perform { await ledger.accept(reading, tenant: contoso, scope: InventoryScope()) }
    }

    /// Seconds since the beginning of the test.
    var second: Double { time.elapsed.seconds.rounded() }

    func darken(_ room: Int, from first: Double, until last: Double = .infinity) {
        darkness[room, default: []].append(first...last)
    }

    func darken(_ rooms: [Int], from first: Double, over length: Double, until last: Double = .infinity) {
        var random = SeededGenerator(seed: 5)
        for (place, room) in rooms.shuffled(using: &random).enumerated() {
            darken(room, from: first + length * Double(place) / Double(max(1, rooms.count - 1)), until: last)
        }
    }

    /// Lives on until a second, in steps of one second or of several where nothing depends on the second.
    func live(until last: Double, step: Double = 1) {
        while second < last {
            stage.run(for: .seconds(min(step, last - second)))
            let now = second
            let dark = Set(
                darkness.filter { $0.value.contains { $0.lowerBound <= now && now < $0.upperBound } }.map {
                    account($0.key)
                })
            sweep(.suspect, dark)
            if step >= 5 || now.truncatingRemainder(dividingBy: 5) == 0 { sweep(.steady, dark) }
            let ledger = stage.ledger
            stage.perform { await ledger.tick() }
        }
    }

    private func sweep(_ lane: TenantFleet.Lane, _ dark: Set<AccountID>) {
        sweeps += 1
        let now = time.now().advanced(by: .microseconds(sweeps % 1000))
        let ledger = stage.ledger
        let (graph, sweeps) = (graph, sweeps)
        stage.perform {
            for page in await ledger.pages(of: lane, tenant: contoso) {
                let answers = page.accounts.map { account -> PresenceAnswer in
                    switch graph {
                    case .failing: return PresenceAnswer(Self.noServer)
                    case .saysUnknown: return PresenceAnswer(.unknown(.saidUnknown(text: "PresenceUnknown")))
                    // Which half is throttled changes with every sweep.
                    case .throttled where (sweeps / 6 + (Int(account.text.suffix(4)) ?? 0)) % 2 == 0:
                        return PresenceAnswer(.unknown(.failed("http_429")))
                    case .well, .throttled:
                        return PresenceAnswer(.value(dark.contains(account) ? Stage.offline : Stage.available))
                    }
                }
                await ledger.accept(
                    PresencePage(request: page, answers: answers, asked: now, received: now), tenant: contoso)
            }
            let outcome: SweepOutcome =
                switch graph {
                case .well, .saysUnknown: .complete
                case .throttled: .partial
                case .failing: .failed
                }
            let reason = graph == .throttled ? "http_429" : graph == .failing ? "http_503" : ""
            await ledger.endSweep(lane, tenant: contoso, outcome: outcome, began: now, unanswered: 0, reason: reason)
        }
    }

    /// The power fails, and the daemon starts again.
    func crash(after pause: Duration = .seconds(5)) throws {
        stage = try stage.crashed(receivers: receivers, rules: rules, after: pause)
        for receiver in receivers { try stage.deliver(to: receiver) }
    }

    func book(_ rooms: [Int], from first: Double, until last: Double) {
        let now = time.now()
        let start = now.wall.addingTimeInterval(first - second)
        let booking = Booking(startsAt: start, endsAt: start.addingTimeInterval(last - first), status: .busy)
        let agenda = Agenda(
            [booking].compactMap(\.self), from: now.wall, until: now.wall.addingTimeInterval(6 * 3600), readAt: now)
        let news = Dictionary(uniqueKeysWithValues: rooms.map { (account($0), agenda) })
        let ledger = stage.ledger
        stage.perform { await ledger.take(news) }
    }

    func adopt(_ quiet: QuietRules) {
        let ledger = stage.ledger
        stage.perform { await ledger.take(quiet) }
    }

    func acknowledge(_ key: DedupKey) {
        let ledger = stage.ledger
        stage.perform { await ledger.take(acknowledgementOf: key) }
    }

    func acknowledge(room: Int) {
        acknowledge(Self.key(room))
    }
}

extension City {
    /// Rooms that went down without anybody being told of it and without a row that says why.
    func unexplained() throws -> [Int] {
        try homes.indices.map { $0 + 1 }.filter { room in
            let key = Self.key(room)
            let falls = try stage.store.transitions(
                tenant: contoso, subject: account(room).text, since: .distantPast
            ).filter { $0.from == .pending && $0.to == .firing }
            return try falls.contains { fall in
                let told = try fall.incident.map { try stage.store.notifications(of: $0) } ?? []
                if !told.isEmpty { return false }
                var keys = [key]
                if let incident = try fall.incident.flatMap({ try stage.store.incident(id: $0) }) {
                    keys.append(incident.key)
                }
                return try keys.allSatisfy {
                    try stage.store.suppressions(key: $0, since: fall.decidedAt.addingTimeInterval(-1)).isEmpty
                }
            }
        }
    }

    static func key(_ room: Int) -> DedupKey {
        DedupKey(tenant: contoso, condition: .roomOffline, subject: .room(account(room)))
    }

    /// What nobody was told of a room's outage.
    func suppressions(of room: Int) throws -> [SuppressedNotification] {
        try stage.store.suppressions(key: Self.key(room), since: .distantPast)
    }

    /// A silence over the building B1 until so many seconds from now.
    func silence(for seconds: Double) throws {
        let now = time.now()
        let silence = try Silence(
            id: UniqueID(stored: "01JQUIET"), matchers: try Matchers(parsing: "building=B1"), author: "desk",
            reason: "painting", endsAt: now.wall.addingTimeInterval(seconds), createdAt: now)
        adopt(QuietRules(silences: [silence]))
    }

    /// A window over the building B1 from now on.
    func plan(for seconds: Double) throws {
        let now = time.now().wall
        let interval = try PlannedInterval(
            id: UniqueID(stored: "01JWORKS"), startsAt: now, endsAt: now.addingTimeInterval(seconds), author: "desk",
            reason: "new switches")
        adopt(
            QuietRules(planned: [
                MaintenanceWindow(
                    name: "works", schedule: .once(interval), match: PlaceMatch(buildings: ["B1"]))
            ]))
    }
}

extension Ledger {
    fileprivate func take(_ news: [AccountID: Agenda]) {
        let now = time.now()
        guard let decision = fleets[contoso]?.accept(news, at: now) else { return }
        carryOut(decision, tenant: contoso, at: now)
    }

    fileprivate func take(_ quiet: QuietRules) {
        self.quiet = quiet
        fleets[contoso]?.adopt(quiet: quiet)
    }

    fileprivate func take(acknowledgementOf key: DedupKey) {
        let now = time.now()
        var decision = FleetDecision()
        decision.events = [fleets[contoso]?.book.acknowledge(key, by: "desk", at: now)].compactMap(\.self)
        carryOut(decision, tenant: contoso, at: now)
    }
}

extension Receiver {
    /// What was taken over about one condition, `opened@41`.
    func taken(_ condition: Condition) -> [String] {
        taken.filter { $0.condition == condition.rawValue }.map { "\($0.word)@\(Int($0.at.seconds.rounded()))" }
    }

    /// The same without the seconds.
    func words(_ condition: Condition) -> [String] {
        taken.filter { $0.condition == condition.rawValue }.map(\.word)
    }

    /// Triggers of one condition: what makes a phone ring, or opens a line in a ledger.
    func triggers(_ condition: Condition) -> [Message] {
        taken.filter { $0.condition == condition.rawValue && ["opened", "reopened", "trigger"].contains($0.word) }
    }
}
