// A fleet and the shortest way to tell it a story: who answered what at which second, and what came of it. Every
// decision is remembered, so that a test asks for the events of the whole story.

import FleetCore
import Foundation
import Testing
import Timekeeping

/// A fleet under test and everything that it has decided.
struct Watch {
    var fleet: TenantFleet
    var decisions: [FleetDecision] = []

    static let tenant = TenantName("contoso")

    /// Rooms 1 to `count`, listed at second 0; those in `weak` have a panel that is signed in beside the room system.
    init(rooms count: Int, weak: Set<Int> = [], rules: DetectionRules = .alone, hours: HoursTable = .init()) {
        fleet = Self.fleet(rules: rules, hours: hours, since: at(0), incidents: [])
        refresh(Array(1...count), weak: weak, at: 0)
    }

    static func fleet(
        rules: DetectionRules = .alone, hours: HoursTable = HoursTable(), since: Moment,
        incidents: [Incident]
    ) -> TenantFleet {
        TenantFleet(
            tenant: tenant, rules: rules, site: SiteRules(hours: hours, windows: []), watchedSince: since,
            generator: SeededGenerator(seed: 7),
            incidents: incidents)
    }

    /// An inventory refresh that lists exactly these rooms.
    @discardableResult
    mutating func refresh(
        _ numbers: [Int], weak: Set<Int> = [], disabled: Set<Int> = [], exclude: [String] = [], at second: Double
    ) -> FleetDecision {
        let devices = numbers.flatMap { number in
            FleetCoreTests.devices(
                of: number, kinds: weak.contains(number) ? [.teamsRoom, .panel] : [.teamsRoom], at: at(second))
        }
        let outcome = fleet.accept(
            inventory(
                numbers.map { record($0, isEnabled: !disabled.contains($0), facts: AccountFacts()) }, devices: devices,
                at: at(second)),
            scope: InventoryScope(exclude: exclude), decided: at(second))
        return keep(outcome.decision)
    }

    /// One page that asked exactly these rooms.
    @discardableResult
    mutating func hear(_ answers: [Int: Reading<Presence>], at second: Double) -> FleetDecision {
        let numbers = answers.keys.sorted().filter { fleet.index[account($0)] != nil }
        let page = PresencePage(
            request: SweepPage(
                generation: fleet.generation, slots: numbers.compactMap { fleet.index[account($0)] },
                accounts: numbers.map(account)),
            answers: numbers.compactMap { answers[$0].map { PresenceAnswer($0) } }, asked: at(second),
            received: at(second + 0.2))
        return keep(fleet.accept(page))
    }

    /// The same reading of some rooms every `step` seconds, with both judgements of time after each.
    mutating func hear(
        _ reading: Reading<Presence>, of numbers: [Int], from first: Double, through last: Double,
        every step: Double = 5,
        sweep: SweepOutcome? = .complete
    ) {
        for second in stride(from: first, through: last, by: step) {
            hear(Dictionary(uniqueKeysWithValues: numbers.map { ($0, reading) }), at: second)
            judge(at: second + 0.5, sweep: sweep)
        }
    }

    /// The end of a sweep and a tick.
    @discardableResult
    mutating func judge(at second: Double, sweep: SweepOutcome? = nil, failure: String? = nil) -> FleetDecision {
        keep(fleet.judgeSight(at: at(second), sweep: sweep, failure: failure))
        return keep(fleet.tick(at: at(second)))
    }

    /// Somebody closes the incident of the tenant by hand.
    mutating func close(_ condition: Condition, at second: Double) {
        let key = DedupKey(tenant: Self.tenant, condition: condition, subject: .tenant)
        keep(fleet.close(key, by: "ada", at: at(second)))
    }

    @discardableResult
    mutating func read(_ reading: DeviceReading, of number: Int) -> FleetDecision {
        keep(fleet.accept(reading, of: account(number), decided: reading.asked))
    }

    @discardableResult
    mutating func keep(_ decision: FleetDecision) -> FleetDecision {
        decisions.append(decision)
        return decision
    }

    /// The whole story in words: `opened room.offline room-1 error`.
    var told: [String] { decisions.flatMap(\.told) }

    /// The story of one condition.
    func told(_ condition: Condition) -> [String] { told.filter { $0.contains(" \(condition.rawValue) ") } }

    func open(_ condition: Condition, _ subject: Subject) -> Incident? {
        fleet.book.open(DedupKey(tenant: Self.tenant, condition: condition, subject: subject))
    }

    func track(_ number: Int) throws -> RoomTrack { fleet.tracks[try #require(fleet.index[account(number)])] }

    /// A new run of the monitor from what the store would hold.
    func restarted(at second: Double, checkpoint: Double?, wallShift: TimeInterval = 0) -> Watch {
        var now = at(second)
        now.wall += wallShift
        var tracks: [AccountID: TrackRecord] = [:]
        var conditions: [DedupKey: ConditionRecord] = [:]
        var incidents: [UniqueID: Incident] = [:]
        var devices: [String: StoredDevice] = [:]
        for decision in decisions {
            for track in decision.tracks { tracks[track.account] = track }
            for condition in decision.conditions { conditions[condition.key] = condition }
            for event in decision.events { incidents[event.incident.id] = event.incident }
            for device in decision.devices.rows { devices[device.id] = device }
            for gone in decision.devices.removed { devices[gone.device] = nil }
        }
        var watch = self
        watch.fleet = Self.fleet(
            rules: fleet.rules, hours: fleet.site.hours, since: now, incidents: Array(incidents.values))
        _ = watch.fleet.restore(
            rooms: fleet.storedRooms, tracks: Array(tracks.values), conditions: Array(conditions.values),
            devices: devices.values.sorted { $0.id < $1.id }, seenUntil: checkpoint.map { at($0).wall }, at: now)
        return watch
    }
}

extension FleetDecision {
    /// Events in words.
    var told: [String] {
        events.map { event in
            let incident = event.incident
            let subject = incident.scope.id
            switch event {
            case .opened: return "opened \(incident.condition.rawValue) \(subject) \(incident.severity)"
            case .reopened: return "reopened \(incident.condition.rawValue) \(subject) \(incident.severity)"
            case .updated, .raised: return "updated \(incident.condition.rawValue) \(subject) \(incident.severity)"
            case .released: return "released \(incident.condition.rawValue) \(subject)"
            case .acknowledged: return "acknowledged \(incident.condition.rawValue) \(subject)"
            case .resolved, .merged:
                return "resolved \(incident.condition.rawValue) \(subject) \(incident.resolution?.rawValue ?? "-")"
            case .noted: return "noted \(incident.condition.rawValue) \(subject) \(incident.cause.rawValue)"
            }
        }
    }
}

extension DetectionRules {
    /// The defaults, with every room on its own: what falls together is the business of other tests.
    static var alone: DetectionRules {
        var rules = DetectionRules()
        rules.correlation.window = .seconds(-1)
        return rules
    }
}
