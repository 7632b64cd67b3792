// The guards as a table that a person can read against the article Commands. A row names what is known of the room; what
// is not named is well: a device on the air, presence and calendar idle, the device silent, hours and budget open.

@testable import FleetCore
import Testing
import Timekeeping

struct GuardTableTests {
    /// action | what is known | verdict | because
    static let rows = """
        restart | -                                | go     | presence Available, no booking before 15:00
        restart | device idle                      | go     | presence Available, device idle, no booking before 15:00
        restart | no calendar, device idle         | go     | presence Available, device idle
        restart | no presence, device idle         | go     | device idle, no booking before 15:00
        restart | dark                             | go     | presence Offline, no booking before 15:00
        restart | no calendar                      | refuse | only presence Available shows that nobody needs the room; 2 of presence, device and calendar must: the device does not say what it does, the calendar is not known
        restart | no calendar, no presence         | refuse | nothing proves that nobody needs the room; 2 of presence, device and calendar must: presence is not known, the device does not say what it does, the calendar is not known
        restart | in use                           | refuse | presence says Busy/InACall
        restart | in use, device idle              | refuse | presence says Busy/InACall
        restart | device busy                      | refuse | the device says that it is busy
        restart | meeting                          | refuse | a meeting is running until 08:30
        restart | meeting soon                     | refuse | a meeting starts at 08:08, in 8 min; a restart may take 10 min
        restart | meeting soon, device idle        | refuse | a meeting starts at 08:08, in 8 min; a restart may take 10 min
        restart | meeting soon, patient            | wait 15| a meeting starts at 08:08
        restart | meeting ends, patient            | wait 3 | a meeting is running until 08:03
        restart | in use, patient                  | wait 1 | presence says Busy/InACall
        restart | no calendar, patient             | wait 1 | only presence Available shows that nobody needs the room; 2 of presence, device and calendar must: the device does not say what it does, the calendar is not known
        restart | no calendar, taken               | wait 1 | only presence Available shows that nobody needs the room; 2 of presence, device and calendar must: the device does not say what it does, the calendar is not known
        restart | doubt, taken                     | wait 1 | the record may not have heard
        restart | meeting, taken                   | refuse | a meeting is running until 08:30
        restart | gone, taken                      | refuse | its device record says offline; a command would wait there, run whenever the device returns, and cannot be taken back
        restart | doubt                            | refuse | the record may not have heard
        restart | closed                           | go     | presence Available, no booking before 15:00
        restart | budget                           | wait 1 | the building is full
        restart | hour                             | wait 30| the hour is full
        restart | budget, patient                  | wait 1 | the building is full
        restart | meeting, budget                  | refuse | a meeting is running until 08:30
        update  | -                                | go     | presence Available, no booking before 15:00, outside bookable hours
        update  | closed                           | refuse | bookable hours last until 19:00
        update  | closed, patient                  | wait 15| bookable hours last until 19:00
        update  | in use, closed                   | refuse | presence says Busy/InACall
        diagnose| in use, meeting                  | go     | 
        diagnose| no calendar, no presence, closed | go     | 
        diagnose| hour                             | wait 30| the hour is full
        diagnose| gone                             | refuse | its device record says offline; a command would wait there, run whenever the device returns, and cannot be taken back
        restart | no device                        | refuse | no device of the room is known, so there is nothing to ask
        restart | gone                             | refuse | its device record says offline; a command would wait there, run whenever the device returns, and cannot be taken back
        restart | running                          | refuse | a restart by ada is not over
        restart | running, patient                 | refuse | a restart by ada is not over
        restart | forced, in use, meeting          | go     | forced
        update  | forced, closed, budget           | go     | forced
        restart | forced, doubt, no calendar       | go     | forced
        restart | forced, gone                     | refuse | its device record says offline; a command would wait there, run whenever the device returns, and cannot be taken back
        restart | forced, running                  | refuse | a restart by ada is not over
        restart | forced, no device                | refuse | no device of the room is known, so there is nothing to ask
        """

    @Test(arguments: Table.rows(of: rows))
    func verdict(_ row: Table.Row) throws {
        let facts = try Self.facts(row.cells[0], row.cells[1])
        let verdict = facts.verdict(at: at(0))
        var word = verdict.word
        if case .wait(_, let notBefore) = verdict {
            word += " \(Int(at(0).elapsed(until: try #require(notBefore)).seconds / 60))"
        }
        #expect(word == row.cells[2])
        var because = verdict.because
        if case .wait = verdict { because.removeLast() }
        #expect(because.joined(separator: ", ") == row.cells[3])
    }

    static func facts(_ action: String, _ known: String) throws -> GuardFacts {
        let actions: [String: DeviceAction] = [
            "restart": .restart, "update": .updateSoftware(.teamsClient, version: nil), "diagnose": .runDiagnostics,
        ]
        var facts = GuardFacts(action: try #require(actions[action]))
        facts.presence = .idle("presence Available")
        facts.calendar = .idle("no booking before 15:00")
        let words = known.split(separator: ",").map { String($0.drop { $0 == " " }) }
        for word in words {
            switch word {
            case "-": break
            case "forced": facts.isForced = true
            case "patient": facts.isPatient = true
            case "taken": facts.isTaken = true
            case "no device": facts.hasDevice = false
            case "gone": facts.disconnection = "its device record says offline"
            case "running": facts.running = "a restart by ada is not over"
            case "dark": facts.presence = .idle("presence Offline")
            case "in use": facts.presence = .busy("presence says Busy/InACall", until: nil)
            case "no presence": facts.presence = .unknown("presence is not known")
            case "device idle": facts.activity = .idle("device idle")
            case "device busy": facts.activity = .busy("the device says that it is busy", until: nil)
            case "no calendar": facts.calendar = .unknown("the calendar is not known")
            case "meeting": facts.calendar = .busy("a meeting is running until 08:30", until: at(1800))
            case "meeting ends": facts.calendar = .busy("a meeting is running until 08:03", until: at(180))
            case "meeting soon":
                facts.calendar = .busy("a meeting starts at 08:08", until: at(3600))
                facts.meetingBegins = at(480)
            case "doubt": facts.doubt = "the record may not have heard"
            case "closed": facts.updateTime = .closed("bookable hours last until 19:00")
            case "budget": facts.budget = .init(why: "the building is full", nextPlace: nil)
            case "hour": facts.budget = .init(why: "the hour is full", nextPlace: at(1800))
            default: throw Table.Unreadable(cell: word)
            }
        }
        return facts
    }
}

struct CommandBudgetTests {
    private var rules: CommandRules {
        var rules = CommandRules()
        rules.perHour = 4
        rules.perBuilding = 2
        return rules
    }

    @Test func aBuildingHasSoManyRoomsAwayAtOnce() {
        var budget = CommandBudget(rules: rules, left: [], away: ["B1": 1], at: at(0))
        #expect(budget.refusal(of: .restart, in: "B1", at: at(0)) == nil)
        budget.take(.restart, in: "B1", at: at(0))
        #expect(
            budget.refusal(of: .restart, in: "B1", at: at(0))?.why
                == "of B1 at most 2 may be away at once; it goes when one is back")
        #expect(budget.refusal(of: .restart, in: "B2", at: at(0)) == nil)
        #expect(budget.refusal(of: .runDiagnostics, in: "B1", at: at(0)) == nil, "diagnostics take nobody away")
        budget.take(.restart, in: nil, at: at(0))
        budget.take(.restart, in: nil, at: at(0))
        #expect(budget.refusal(of: .restart, in: nil, at: at(0)) != nil, "rooms without a building share one")
    }

    @Test func anHourHasSoManyCommandsAndSaysWhenTheNextIsFree() {
        let left = [at(-3601), at(-3000), at(-2000), at(-1000)]
        var budget = CommandBudget(rules: rules, left: left, away: [:], at: at(0))
        #expect(budget.refusal(of: .runDiagnostics, in: "B1", at: at(0)) == nil, "the oldest left before the hour")
        budget.take(.runDiagnostics, in: "B1", at: at(0))
        let refusal = budget.refusal(of: .runDiagnostics, in: "B1", at: at(0))
        #expect(refusal?.nextPlace == at(600))
        #expect(refusal?.why == "the budget of 4 commands an hour is used up")
        // A forced one is taken without being asked; the place is free later by one.
        budget.take(.restart, in: "B1", at: at(0))
        #expect(budget.refusal(of: .restart, in: "B2", at: at(0))?.nextPlace == at(1600))
    }

    @Test func theEstimateFollowsTheTighterOfBothBudgets() {
        let budget = CommandBudget(rules: rules, left: [], away: [:], at: at(0))
        let restart = DeviceAction.restart.usualTime
        #expect(budget.estimate(.restart, waiting: [:], at: at(0)) == .zero)
        #expect(budget.estimate(.restart, waiting: ["B1": 1], at: at(0)) == restart)
        #expect(budget.estimate(.restart, waiting: ["B1": 4], at: at(0)) == restart * 2, "two and two")
        #expect(budget.estimate(.restart, waiting: ["B1": 1, "B2": 1, "B3": 2], at: at(0)) == restart)
        #expect(budget.estimate(.runDiagnostics, waiting: ["B1": 5], at: at(0)) == .seconds(3600 + 120))
        #expect(budget.estimate(.runDiagnostics, waiting: ["B1": 9], at: at(0)) == .seconds(2 * 3600 + 120))
        let used = CommandBudget(rules: rules, left: [at(-3000), at(-10), at(-9), at(-8)], away: [:], at: at(0))
        #expect(used.estimate(.runDiagnostics, waiting: ["B1": 1], at: at(0)) == .seconds(600 + 120))
    }
}
