// What people do in a run: they take incidents on, comment, close by hand, silence what they know of, plan work, and book
// rooms. Most of it follows soon on something that happened, because people answer to what they hear.

import TenantSimulator
import Timekeeping

extension RunPlan {
    /// What a silence or a window is about.
    enum Target: Sendable {
        case room(Int)
        case building(Int)
        case tenant
        case offlineRooms
    }

    /// Something that a person asks the daemon for. A number picks among what is open then.
    enum Deed: Sendable {
        case acknowledge(Int)
        case comment(Int)
        case resolve(Int)
        case silence(Target, Duration)
        case endSilence(Int)
        case window(Target, in: Duration, for: Duration)
        case cancelWindow(Int)
        case order(Order)
        /// Takes back what waits of a command.
        case withdraw(Int)
    }

    /// Whether the wall clock is set within the run; what ends by the wall clock ends at another time then.
    var setsClock: Bool {
        strikes.contains { if case .wallStep = $0.strike { true } else { false } }
    }

    mutating func planPeople() {
        var dice = Dice(seed: seed, purpose: "people")
        guard dice.chance(0.8) else { return }
        let outages = scenario.events.filter {
            $0.kind == .roomOff || $0.kind == .buildingDark || $0.kind == .roomFlaps
        }
        for _ in 0..<dice.pick(2...12) {
            let outage = outages.isEmpty || dice.chance(0.2) ? nil : dice.element(outages)
            let at =
                outage.map { $0.at.duration + dice.duration(.seconds(-60), .seconds(400)) }
                ?? dice.duration(.seconds(60), safety)
            guard at > .seconds(30), at < safety - .seconds(60) else { continue }
            let deed = deed(about: outage, &dice)
            strikes.append((at, .person(deed)))
        }
        sortStrikes()
    }

    private func deed(about outage: ScenarioEvent?, _ dice: inout Dice) -> Deed {
        let pick = dice.pick(0...40)
        let lasts = dice.skewed(.seconds(60), .seconds(1800))
        switch dice.pick(0...11) {
        case 0...3: return .acknowledge(pick)
        case 4: return .comment(pick)
        case 5: return .resolve(pick)
        case 6...8: return .silence(target(about: outage, &dice), lasts)
        case 9: return .endSilence(pick)
        case 10: return .window(target(about: outage, &dice), in: dice.duration(.zero, .seconds(300)), for: lasts)
        default: return .cancelWindow(pick)
        }
    }

    private func target(about outage: ScenarioEvent?, _ dice: inout Dice) -> Target {
        let wide: Target = dice.chance(0.5) ? .tenant : .offlineRooms
        let building = dice.pick(1...tenant.buildings)
        let room = dice.pick(1...tenant.rooms)
        if dice.chance(0.1) { return wide }
        if let text = outage?.building, let number = Int(text.dropFirst()) { return .building(number) }
        if let text = outage?.room, let number = Int(text), dice.chance(0.7) { return .room(number) }
        return dice.chance(0.4) ? .building(building) : .room(room)
    }

    /// Meetings around the times at which rooms fall, and calendars that cannot be read.
    mutating func planBookings() {
        var dice = Dice(seed: seed, purpose: "bookings")
        let outages = scenario.events.filter { $0.kind == .roomOff && $0.room != nil }
        for _ in 0..<dice.pick(0...6) {
            let outage = outages.isEmpty ? nil : dice.element(outages)
            let at = dice.duration(.seconds(1), max(.seconds(2), outage?.at.duration ?? safety / 2))
            var booked = ScenarioEvent(.roomBooked, at: at)
            booked.room = outage?.room ?? String(dice.pick(1...tenant.rooms))
            let starts = (outage?.at.duration ?? at) - at + dice.duration(.seconds(-900), .seconds(1800))
            booked.startsIn = DurationText(starts)
            booked.lasts = DurationText(dice.duration(.seconds(900), .seconds(5400)))
            scenario.events.append(booked)
        }
        if dice.chance(0.3) {
            var fault = GraphFault(dice.element([.status, .hang, .truncated, .html]), service: .calendars)
            fault.status = dice.element([429, 500, 503])
            if dice.chance(0.5) { fault.retryAfter = dice.pick(1...90) }
            fault.every = dice.pick(1...3)
            var one = ScenarioEvent(.graphFault, at: dice.duration(.seconds(30), safety - .seconds(60)))
            one.lasts = DurationText(min(dice.skewed(.seconds(30), .seconds(900)), safety - one.at.duration))
            one.fault = fault
            scenario.events.append(one)
        }
        if dice.chance(0.2) {
            var refusal = ScenarioEvent(.calendarError, at: dice.duration(.seconds(30), safety - .seconds(60)))
            refusal.room = String(dice.pick(1...tenant.rooms))
            refusal.lasts = DurationText(min(dice.skewed(.seconds(60), .seconds(1200)), safety - refusal.at.duration))
            scenario.events.append(refusal)
        }
    }

    /// Spells in which the road to Graph keeps answers back and hands out old ones again.
    mutating func planEchoes() {
        var dice = Dice(seed: seed, purpose: "echoes")
        guard dice.chance(0.5) else { return }
        for _ in 0..<dice.pick(1...3) {
            let from = dice.duration(.seconds(30), safety - .seconds(60))
            echoes.append(from..<min(safety, from + dice.skewed(.seconds(30), .seconds(900))))
        }
    }
}
