// What a seed means: the tenant, everything that happens in its buildings, what goes wrong with Graph, the receivers, the
// disk and the clock, and when the daemon dies. All of it is decided before the run begins.

import FleetCore
import Foundation
import TenantSimulator
import Timekeeping

/// The whole course of one run, apart from what the daemon does.
struct RunPlan: Sendable {
    /// Something that happens to the machine.
    enum Strike: Sendable {
        /// The daemon is killed after so many further jobs, and starts again after a while.
        case crash(jobs: Int, away: Duration)
        /// The daemon is stopped politely and starts again after a while.
        case restart(away: Duration)
        case diskFull
        case diskFree
        case wallStep(Duration)
        /// Somebody asks the daemon for something.
        case person(Deed)
    }

    let seed: UInt64
    let start: Moment
    /// How long things go wrong; afterwards everything is well and stays well.
    let safety: Duration
    var tenant: TenantPlan
    var scenario = Scenario()
    var strikes: [(at: Duration, strike: Strike)] = []
    var receivers: [[ReceiverMood.Spell]] = []
    /// When answers of Graph come late, or an old one comes again.
    var echoes: [Range<Duration>] = []

    static let receiverCount = 2

    init(seed: UInt64, safety: Duration) {
        self.seed = seed
        self.safety = safety
        var dice = Dice(seed: seed, purpose: "tenant")
        let rooms = Int(dice.skewed(.milliseconds(10), .milliseconds(81)).milliseconds)
        let buildings = dice.pick(1...min(5, rooms / 2))
        tenant = TenantPlan(rooms: rooms, buildings: buildings, seed: dice.number())
        // Any quarter of an hour of a week: nights, windows and weekends come with it.
        let wall = 1_796_083_200 + 900 * dice.pick(0...(7 * 96 - 1))
        start = Moment(wall: Date(timeIntervalSince1970: Double(wall)), steady: .seconds(1000))
        planRooms()
        planGraph()
        planReceivers()
        planMachine()
        planPeople()
        planBookings()
        planEchoes()
        planCommands()
    }

    private func event(_ kind: ScenarioEvent.Kind, _ at: Duration, for lasts: Duration) -> ScenarioEvent {
        var event = ScenarioEvent(kind, at: at)
        event.lasts = DurationText(min(lasts, max(.seconds(1), safety - at)))
        return event
    }

    private mutating func planRooms() {
        var dice = Dice(seed: seed, purpose: "rooms")
        let rooms = tenant.rooms
        func instant() -> Duration { dice.duration(.seconds(90), safety - .seconds(60)) }
        func room() -> String { String(dice.pick(1...rooms)) }
        scenario.name = "seed \(seed)"
        scenario.calls = dice.chance(0.5)
        scenario.omitUnknownIDs = dice.chance(0.5)
        for _ in 0..<dice.pick(2...10) {
            var off = event(.roomOff, instant(), for: dice.skewed(.seconds(20), .seconds(2400)))
            off.room = room()
            if dice.chance(0.5) { off.sessionTimeout = DurationText(dice.duration(.zero, .seconds(5))) }
            scenario.events.append(off)
        }
        for _ in 0..<dice.pick(0...6) {
            // About as long as it takes to be believed: some are told, some are not, and none is told wrongly.
            var blip = event(.roomSignedOut, instant(), for: dice.duration(.seconds(1), .seconds(25)))
            blip.room = room()
            scenario.events.append(blip)
        }
        for _ in 0..<dice.pick(0...2) {
            var flaps = event(.roomFlaps, instant(), for: .seconds(1))
            flaps.room = room()
            let down = dice.duration(.seconds(12), .seconds(120))
            let up = dice.duration(.seconds(20), .seconds(500))
            let fits = max(1, Int((safety - flaps.at.duration) / (down + up)))
            flaps.count = min(fits, dice.pick(2...8))
            flaps.down = DurationText(down)
            flaps.up = DurationText(up)
            flaps.lasts = nil
            scenario.events.append(flaps)
        }
        for _ in 0..<dice.pick(0...2) {
            var dark = event(.buildingDark, instant(), for: dice.skewed(.seconds(120), .seconds(2400)))
            dark.building = "B\(dice.pick(1...tenant.buildings))"
            dark.spread = DurationText(dice.duration(.zero, .seconds(300)))
            scenario.events.append(dark)
        }
        for kind in [ScenarioEvent.Kind.presenceUnknown, .roomCall, .roomMeeting, .accountDisabled, .peripheralFault] {
            for _ in 0..<dice.pick(0...2) {
                var one = event(kind, instant(), for: dice.skewed(.seconds(30), .seconds(2400)))
                one.room = room()
                one.peripheral = .camera
                scenario.events.append(one)
            }
        }
        if dice.chance(0.3) {
            // Rooms that restart themselves, one after the other: a window may expect it.
            let from = instant()
            for number in 1...min(rooms, 12) {
                let at = min(from + .seconds(20 * number), safety - .seconds(30))
                var reboot = event(.roomOff, at, for: dice.duration(.seconds(60), .seconds(900)))
                reboot.room = String(number)
                reboot.sessionTimeout = DurationText(.seconds(2))
                scenario.events.append(reboot)
            }
        }
    }

    private mutating func planGraph() {
        var dice = Dice(seed: seed, purpose: "graph")
        func add(_ fault: GraphFault, _ at: Duration, for lasts: Duration) {
            var one = event(.graphFault, at, for: lasts)
            one.fault = fault
            scenario.events.append(one)
        }
        let kinds: [GraphFault.Kind] = [
            .status, .status, .status, .html, .truncated, .hang, .reset, .nulls, .unknownEnums, .slow, .emptyBody,
            .stale, .nextLinkLoop, .nextLinkForeign,
        ]
        for _ in 0..<dice.pick(1...8) {
            var fault = GraphFault(
                dice.element(kinds), service: dice.element([.all, .presence, .presence, .login, .directory, .devices]))
            fault.status = dice.element([429, 429, 500, 502, 503, 504])
            if fault.status == 429 || dice.chance(0.3) { fault.retryAfter = dice.pick(1...90) }
            fault.retryAfterAsDate = dice.chance(0.2)
            fault.delay = DurationText(dice.skewed(.milliseconds(200), .seconds(20)))
            fault.every = dice.pick(1...4)
            add(fault, dice.duration(.seconds(30), safety - .seconds(60)), for: dice.skewed(.seconds(5), .seconds(300)))
        }
        if dice.chance(0.4) {
            var fault = GraphFault(
                dice.element([.status, .hang, .reset, .html, .truncated, .emptyBody]), service: .all)
            fault.status = dice.element([500, 502, 503, 504])
            add(
                fault, dice.duration(.seconds(60), safety - .seconds(600)),
                for: dice.duration(.seconds(90), .seconds(900)))
        }
    }

    private mutating func planReceivers() {
        for number in 0..<Self.receiverCount {
            var dice = Dice(seed: seed, purpose: "receiver \(number)")
            var spells: [ReceiverMood.Spell] = []
            for _ in 0..<dice.pick(0...4) {
                let from = dice.duration(.zero, safety - .seconds(60))
                let until = min(safety, from + dice.skewed(.seconds(20), .seconds(1500)))
                spells.append(ReceiverMood.Spell(from: from, until: until, mood: ReceiverMood.drawn(&dice)))
            }
            receivers.append(spells)
        }
    }

    private mutating func planMachine() {
        var dice = Dice(seed: seed, purpose: "machine")
        // A daemon that dies while its disk is full takes with it what only it knew; that is told in the documents and
        // is no part of the promise. So death keeps away from a full disk, and from a clock that is being set.
        var taken: [ClosedRange<Duration>] = []
        func place(_ length: Duration, margin: Duration) -> Duration? {
            for _ in 0..<8 {
                let at = dice.duration(.seconds(20), max(.seconds(21), safety - length - .seconds(30)))
                let span = (at - margin)...(at + length + margin)
                if taken.contains(where: { $0.overlaps(span) }) { continue }
                taken.append(span)
                return at
            }
            return nil
        }
        for _ in 0..<(dice.chance(0.4) ? dice.pick(1...2) : 0) {
            let length = dice.skewed(.seconds(15), .seconds(400))
            guard let at = place(length, margin: .seconds(60)) else { continue }
            strikes.append((at, .diskFull))
            strikes.append((at + length, .diskFree))
        }
        if dice.chance(0.25) {
            let step = dice.element([-3600, -90, -2, 2, 90, 3600].map(Duration.seconds))
            if let at = place(.zero, margin: .seconds(600)) { strikes.append((at, .wallStep(step))) }
        }
        for _ in 0..<dice.pick(0...3) {
            let away = dice.skewed(.zero, .seconds(600))
            guard let at = place(away, margin: .seconds(20)) else { continue }
            strikes.append((at, .crash(jobs: Int(dice.skewed(.zero, .milliseconds(400)).milliseconds), away: away)))
        }
        if dice.chance(0.4) {
            let away = dice.skewed(.zero, .seconds(300))
            if let at = place(away, margin: .seconds(20)) { strikes.append((at, .restart(away: away))) }
        }
        sortStrikes()
    }

    /// By time; of two at one time the one that was planned first.
    mutating func sortStrikes() {
        strikes = strikes.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
    }
}

/// How a receiver behaves for a while.
enum ReceiverMood: Sendable {
    case well
    /// An error status, sometimes with the seconds that it asks for.
    case status(Int, retryAfter: Int?)
    /// Takes the connection and never answers.
    case hangs
    /// Breaks the connection before it has read the message.
    case breaks
    /// Takes the message over and never says so.
    case mute
    case slow(Duration)
    /// Something on the way sends each message twice.
    case doubles
    /// One in three messages fails, in changing ways.
    case moody

    struct Spell: Sendable {
        var from: Duration
        var until: Duration
        var mood: ReceiverMood
    }

    static func drawn(_ dice: inout Dice) -> ReceiverMood {
        switch dice.pick(0...8) {
        case 0: .status(dice.element([500, 502, 503]), retryAfter: nil)
        case 1: .status(429, retryAfter: dice.pick(1...120))
        case 2: .status(503, retryAfter: dice.pick(1...60))
        case 3: .hangs
        case 4: .breaks
        case 5: .mute
        case 6: .slow(dice.duration(.seconds(1), .milliseconds(9500)))
        case 7: .doubles
        default: .moody
        }
    }
}

extension RunPlan {
    /// Each building by its own clock, as the simulated tenant lays them out.
    var hours: HoursTable {
        let zones = ["America/Los_Angeles", "Europe/Berlin", "Europe/London", "Asia/Tokyo", "America/New_York"]
        var table = HoursTable()
        for (place, zone) in zones.enumerated() {
            table.byBuilding["B\(place + 1)"] = BookableHours(timeZone: TimeZone(identifier: zone) ?? .gmt)
        }
        return table
    }
}
