// A tenant with buildings that lives second by second, as the daemon's loops make it live: a sweep of everybody every
// five seconds, of the suspects every second, and a look at the clock every second. A test says which rooms are dark from
// when to when, and reads what people were told at which second.

@testable import FleetCore
import Foundation
import Timekeeping

/// Rooms in buildings, and everything that was decided about them.
struct Town {
    var fleet: TenantFleet
    /// Seconds since the beginning of the story.
    private(set) var second: Double
    /// What the wall clock is ahead of the steady one.
    var wallShift: TimeInterval = 0
    /// When each room goes dark and when it is back.
    private var darkness: [Int: [ClosedRange<Double>]] = [:]
    /// What Graph says of everybody instead of the truth.
    var graph = Graph.well
    private(set) var decisions: [(second: Double, decision: FleetDecision)] = []
    let homes: [Home]
    /// The last complete sweep.
    private(set) var swept: Double?

    enum Graph { case well, failing, halfFailing, saysUnknown }

    /// Where a room is; rooms are numbered from 1 in this order.
    struct Home {
        var building: String?
        var floor: String?
    }

    static let tenant = TenantName("contoso")

    /// - Parameters:
    ///   - buildings: how many rooms each building has; its floors take turns.
    ///   - beginsAt: the second of the story's beginning; second 0 is Friday, 08:00 UTC.
    init(
        _ buildings: [(name: String, rooms: Int)], floors: Int = 1, rules: DetectionRules = DetectionRules(),
        site: SiteRules = SiteRules(windows: []), beginsAt: Double = 0
    ) {
        homes = buildings.flatMap { building in
            (0..<building.rooms).map { Home(building: building.name, floor: "\($0 % floors + 1)") }
        }
        second = beginsAt
        fleet = Self.fleet(rules: rules, site: site, since: FleetCoreTests.at(beginsAt), incidents: [])
        let reading = inventory(at: now)
        take(fleet.accept(reading, scope: InventoryScope(), decided: now).decision)
        live(until: beginsAt + 10)
    }

    private static func fleet(
        rules: DetectionRules, site: SiteRules, since: Moment, incidents: [Incident]
    ) -> TenantFleet {
        TenantFleet(
            tenant: tenant, rules: rules, site: site, watchedSince: since, generator: SeededGenerator(seed: 7),
            incidents: incidents)
    }

    private func inventory(at moment: Moment) -> InventoryReading {
        let accounts = homes.indices.map { record($0 + 1) }
        let devices = homes.indices.flatMap { FleetCoreTests.devices(of: $0 + 1, kinds: [.teamsRoom], at: moment) }
        let places = homes.enumerated().map { number, home in
            PlaceRecord(email: "room\(number + 1)@contoso.com", building: home.building, floor: home.floor)
        }
        return FleetCoreTests.inventory(accounts, devices: devices, places: places, at: moment)
    }

    var now: Moment {
        var moment = FleetCoreTests.at(second)
        moment.wall += wallShift
        return moment
    }

    /// The rooms of a building by number.
    func rooms(of building: String) -> [Int] {
        homes.indices.filter { homes[$0].building == building }.map { $0 + 1 }
    }

    // MARK: What happens

    /// A room is dark between two seconds.
    mutating func darken(_ room: Int, from first: Double, until last: Double = .infinity) {
        darkness[room, default: []].append(first...last)
    }

    /// Rooms go dark one after the other, in an order of their own, all within a time.
    mutating func darken(
        _ rooms: [Int], from first: Double, over length: Double, until last: Double = .infinity, seed: UInt64 = 1
    ) {
        var random = SeededGenerator(seed: seed)
        for (place, room) in rooms.shuffled(using: &random).enumerated() {
            darken(room, from: first + length * Double(place) / Double(max(1, rooms.count - 1)), until: last)
        }
    }

    private func isDark(_ room: Int) -> Bool {
        darkness[room]?.contains { $0.lowerBound <= second && second < $0.upperBound } ?? false
    }

    /// Bookings of rooms, as a calendar read brings them now.
    mutating func book(_ rooms: [Int], from first: Double, until last: Double) {
        let now = now
        func agenda() -> Agenda {
            let booking = Booking(
                startsAt: FleetCoreTests.at(first).wall, endsAt: FleetCoreTests.at(last).wall, status: .busy)
            return Agenda(
                [booking].compactMap(\.self), from: now.wall, until: now.wall.addingTimeInterval(6 * 3600),
                readAt: now)
        }
        take(
            fleet.accept(
                Dictionary(uniqueKeysWithValues: rooms.map { (account($0), agenda()) }), at: now))
    }

    /// Service health is read now, or cannot be.
    mutating func post(_ issues: Reading<[ServiceIssue]>) {
        fleet.accept(ServiceHealthReading(issues: issues, asked: now))
    }

    /// The newest token request ended so now.
    mutating func signIn(_ outcome: TokenEndpointReading.Outcome, detail: String = "") {
        fleet.accept(TokenEndpointReading(outcome: outcome, detail: detail, at: now))
    }

    /// Records of rooms' devices are read now; the back end wrote them a moment ago.
    mutating func readDevices(of rooms: [Int], isOffline: Bool) {
        for room in rooms {
            let reading =
                isOffline
                ? DeviceReading.offline(asked: now) : .healthy(asked: now, modified: now.advanced(by: .seconds(-1)))
            take(fleet.accept(reading, of: account(room), decided: now))
        }
    }

    /// Somebody silences or plans something now.
    mutating func adopt(_ quiet: QuietRules) { fleet.adopt(quiet: quiet) }

    /// Somebody closes an incident by hand.
    mutating func close(_ key: DedupKey) { take(fleet.close(key, by: "anna", at: now)) }

    /// Lives on until a second, which is lived too.
    mutating func live(until last: Double) {
        while second < last {
            second += 1
            if second.truncatingRemainder(dividingBy: 5) == 0 { sweep(.steady) }
            sweep(.suspect)
            take(fleet.judgeSight(at: now, sweep: nil))
            take(fleet.tick(at: now))
        }
    }

    private mutating func sweep(_ lane: TenantFleet.Lane) {
        var asked = now
        // Both lanes may ask in the same second, and a page is never asked at the instant of another.
        if lane == .suspect { asked = asked.advanced(by: .milliseconds(300)) }
        let pages = fleet.pages(of: lane)
        for (number, page) in pages.enumerated() {
            let answers = page.accounts.map { PresenceAnswer(said(of: $0, page: number)) }
            var received = asked.advanced(by: .milliseconds(100))
            received.wall = asked.wall.addingTimeInterval(0.1)
            take(fleet.accept(PresencePage(request: page, answers: answers, asked: asked, received: received)))
        }
        guard lane == .steady else { return }
        let outcome: SweepOutcome =
            switch graph {
            case .well, .saysUnknown: .complete
            case .failing: .failed
            case .halfFailing: .partial
            }
        if outcome == .complete { swept = second }
        take(fleet.judgeSight(at: now, sweep: outcome))
    }

    private func said(of account: AccountID, page: Int) -> Reading<Presence> {
        let number = Int(account.text.dropFirst(5)) ?? 0
        switch graph {
        case .failing: return .failed
        case .saysUnknown: return .saidUnknown
        // Which half is throttled changes with every sweep.
        case .halfFailing where (number + Int(second / 5)) % 2 == 0: return .failed
        case .well, .halfFailing: return isDark(number) ? .bad : .good
        }
    }

    mutating func take(_ decision: FleetDecision) { decisions.append((second, decision)) }

    /// A new run of the monitor from what the store holds; nobody looks for `absence` seconds.
    func restarted(after absence: Double) -> Town {
        var next = self
        next.second += absence
        var tracks: [AccountID: TrackRecord] = [:]
        var conditions: [DedupKey: ConditionRecord] = [:]
        var incidents: [UniqueID: Incident] = [:]
        var commands: [UniqueID: Command] = [:]
        var operations: [UniqueID: OperationRecord] = [:]
        for (_, decision) in decisions {
            for track in decision.tracks { tracks[track.account] = track }
            for condition in decision.conditions { conditions[condition.key] = condition }
            for event in decision.events { incidents[event.incident.id] = event.incident }
            for command in decision.commands.commands { commands[command.id] = command }
            for operation in decision.commands.operations { operations[operation.id] = operation }
        }
        next.fleet = Self.fleet(
            rules: fleet.rules, site: fleet.site, since: next.now, incidents: Array(incidents.values))
        _ = next.fleet.restore(
            rooms: fleet.storedRooms, tracks: Array(tracks.values), conditions: Array(conditions.values),
            seenUntil: swept.map { FleetCoreTests.at($0).wall }, at: next.now)
        next.fleet.adopt(quiet: fleet.quiet)
        next.fleet.adopt(commandRules: fleet.commandBook.rules)
        next.take(
            next.fleet.restore(
                commands: commands.values.sorted { $0.id < $1.id },
                operations: operations.values.sorted { $0.id < $1.id }, at: next.now))
        return next
    }

    // MARK: What was told

    /// The story in words with the second: `41 opened building.offline B1 error`. Notes are not told to anybody.
    var told: [String] {
        decisions.flatMap { second, decision in
            decision.told.filter { !$0.hasPrefix("noted") }.map { "\(Int(second)) \($0)" }
        }
    }

    /// Events about one condition.
    func told(_ condition: Condition) -> [String] { told.filter { $0.contains(" \(condition.rawValue) ") } }

    /// Incidents for which somebody's phone rings: what opened or reopened and is not held back, or was released.
    func pages(_ condition: Condition? = nil) -> [(second: Double, incident: Incident)] {
        decisions.flatMap { second, decision in
            decision.events.compactMap { event -> (Double, Incident)? in
                switch event {
                case .opened(let incident, _), .reopened(let incident, _):
                    guard incident.suppression == nil else { return nil }
                case .released: break
                case .updated, .raised, .resolved, .merged, .acknowledged, .noted: return nil
                }
                guard condition.map({ $0 == event.incident.condition }) ?? true else { return nil }
                return (second, event.incident)
            }
        }
    }

    var suppressions: [SuppressedNotification] { decisions.flatMap(\.decision.suppressions) }

    /// Every incident in its newest form.
    var incidents: [Incident] {
        var found: [UniqueID: Incident] = [:]
        for (_, decision) in decisions {
            for event in decision.events { found[event.incident.id] = event.incident }
        }
        return found.values.sorted { $0.id < $1.id }
    }

    /// Incidents of one condition in their newest form.
    func incidents(_ condition: Condition) -> [Incident] { incidents.filter { $0.condition == condition } }

    /// Incidents of places: what was told of several rooms at once.
    var placeIncidents: [Incident] {
        incidents.filter { [.floorOffline, .buildingOffline, .tenantOffline].contains($0.condition) }
    }
}
