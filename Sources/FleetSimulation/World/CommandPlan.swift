// What people ask of devices in a run, and how that goes wrong. A request that was carried out and never answered is the
// case that everything else is for: whoever sends it again restarts a room twice.

import TenantSimulator
import Timekeeping

extension RunPlan {
    /// A command over rooms.
    struct Order: Sendable {
        /// The API's word.
        var action: String
        var target: Target
        var isForced: Bool
        /// How long rooms may wait for their turn.
        var wait: Duration
    }

    mutating func planCommands() {
        var dice = Dice(seed: seed, purpose: "commands")
        guard dice.chance(0.7) else { return }
        scenario.token.roles.append("TeamworkDevice.ReadWrite.All")
        for building in 1...tenant.buildings {
            var offer = ScenarioEvent(.updateAvailable, at: .seconds(1))
            offer.building = "B\(building)"
            scenario.events.append(offer)
        }
        planOperationFaults(&dice)
        planOrders(&dice)
    }

    private mutating func planOperationFaults(_ dice: inout Dice) {
        let kinds: [OperationFault.Kind] = [
            .answerLost, .answerLost, .answerDropped, .answerDropped, .answerHangs, .slow, .notCarriedOut, .fails,
            .neverReturns, .neverReturns, .reportsEarly, .hangsQueued, .hangsRunning, .listFails,
        ]
        for _ in 0..<dice.pick(0...5) {
            var fault = OperationFault(dice.element(kinds))
            fault.status = dice.element([429, 500, 503, 504])
            if dice.chance(0.5) { fault.retryAfter = dice.pick(1...90) }
            fault.delay = DurationText(dice.duration(.seconds(2), .seconds(25)))
            // Some are back in time, some only after they were called missing.
            fault.away = DurationText(dice.duration(.seconds(240), .seconds(1500)))
            var event = ScenarioEvent(.operationFault, at: dice.duration(.seconds(30), safety / 2))
            event.lasts = DurationText(min(dice.duration(.seconds(120), safety), safety - event.at.duration))
            event.building = "B\(dice.pick(1...tenant.buildings))"
            event.device = "all"
            event.probability = dice.element([0.2, 0.5, 1])
            event.operation = fault
            scenario.events.append(event)
        }
        if dice.chance(0.2) {
            var gone = ScenarioEvent(
                dice.element([.deviceCommands, .deviceAPI]), at: dice.duration(.seconds(60), safety - .seconds(120)))
            gone.deviceAPI = dice.element([.retired, .metered, .forbidden])
            gone.lasts = DurationText(min(dice.skewed(.seconds(60), .seconds(1800)), safety - gone.at.duration))
            scenario.events.append(gone)
        }
        if dice.chance(0.3) {
            var foreign = ScenarioEvent(.operationStarted, at: dice.duration(.seconds(60), safety - .seconds(700)))
            foreign.room = String(dice.pick(1...tenant.rooms))
            scenario.events.append(foreign)
        }
    }

    private mutating func planOrders(_ dice: inout Dice) {
        var added: [(at: Duration, strike: Strike)] = []
        for _ in 0..<dice.pick(1...4) {
            let target: Target =
                dice.chance(0.2)
                ? .tenant
                : dice.chance(0.5) ? .building(dice.pick(1...tenant.buildings)) : .room(dice.pick(1...tenant.rooms))
            let order = Order(
                action: dice.element(["restart", "restart", "update_software", "run_diagnostics"]), target: target,
                isForced: dice.chance(0.3), wait: dice.duration(.seconds(60), .seconds(1500)))
            let at = dice.duration(.seconds(120), safety - .seconds(300))
            added.append((at, .person(.order(order))))
            // The daemon dies while requests are on their way, more often than chance alone would have it.
            if dice.chance(0.5) {
                let jobs = Int(dice.skewed(.zero, .milliseconds(600)).milliseconds)
                added.append(
                    (
                        at + dice.duration(.zero, .seconds(20)),
                        .crash(jobs: jobs, away: dice.duration(.zero, .seconds(90)))
                    ))
            }
            if dice.chance(0.2) {
                added.append((at + dice.duration(.seconds(5), .seconds(200)), .person(.withdraw(dice.pick(0...40)))))
            }
        }
        strikes += added.filter { one in
            guard case .crash(_, let away) = one.strike else { return true }
            return keepsAway(from: one.at...(one.at + away))
        }
        sortStrikes()
    }

    /// Whether no death, no full disk and no clock that is being set is near.
    private func keepsAway(from span: ClosedRange<Duration>) -> Bool {
        var fullSince: Duration?
        for (at, strike) in strikes {
            let taken: ClosedRange<Duration>
            switch strike {
            case .crash(_, let away), .restart(let away):
                taken = (at - .seconds(40))...(at + away + .seconds(80))
            case .wallStep: taken = (at - .seconds(600))...(at + .seconds(600))
            case .diskFull:
                fullSince = at
                continue
            case .diskFree: taken = ((fullSince ?? at) - .seconds(60))...(at + .seconds(60))
            case .person: continue
            }
            if taken.overlaps(span) { return false }
        }
        return true
    }
}
