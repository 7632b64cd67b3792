// The daemon is killed at every step and answers are lost: nothing is submitted twice, nothing is forgotten, and those
// that do not return are named and paged.

@testable import FleetCore
import Testing
import Timekeeping

struct KilledDaemonTests {
    /// Every chance of one restart's life, each with every manner of answer.
    @Test(arguments: [DeviceGraph.Manner.takes, .losesAnswer, .losesRequest, .throttles])
    func aDeathAtAnyStepOfOneRestartSendsItOnceAtMost(manner: DeviceGraph.Manner) throws {
        var seen: Set<Workshop.Death> = []
        for chance in 1...50 {
            var shop = Workshop([("B1", 1)])
            shop.graph.manner = { request in manner == .throttles && request > 1 ? .takes : manner }
            shop.dies = { $1 == chance }
            try shop.give(Workshop.order(rooms: [1]))
            shop.liveUntilAllIsOver(within: 1500)
            let death = try #require(shop.lastDeath)
            seen.insert(death)
            let what = "\(manner), \(death) at \(chance)"
            #expect((shop.graph.received["device-1-0"] ?? 0) <= 1, "\(what)")
            #expect(shop.town.fleet.commandBook.open.isEmpty, "\(what)")
            #expect(shop.town.pages(.roomOffline).isEmpty, "\(what)")
            let end = try #require(shop.operation(of: 1))
            let reached = shop.graph.received["device-1-0"] == 1
            // One that died between the commit and the request, or whose request was lost, is unknown and no more.
            #expect(end.state.word == (reached ? "succeeded" : "unknown"), "\(what)")
            #expect(shop.steps(of: 1).count { $0 == "submitting" } <= shop.graph.requests + 1, "\(what)")
        }
        #expect(seen == Set(Workshop.Death.allCases))
    }

    @Test func twoHundredRestartsAreSentOnceEachAndEachIsAccountedFor() throws {
        var rules = CommandRules()
        rules.perHour = 500
        rules.perBuilding = 10
        var shop = Workshop((1...10).map { ("B\($0)", 20) }, rules: rules)
        var random = SeededGenerator(seed: 11)
        let fates = (0..<400).map { _ in Int.random(in: 0..<10, using: &random) }
        shop.graph.manner = { request in
            switch fates[request % fates.count] {
            case 0: .losesAnswer
            case 1: .throttles
            default: .takes
            }
        }
        let lost: Set<Int> = [7, 77, 177]
        shop.graph.away = { lost.contains($0) ? nil : 90 }
        // It dies at every 97th chance, whatever it is doing.
        shop.dies = { $1 % 97 == 0 }
        let command = try shop.give(Workshop.order(matching: "tenant=contoso"))
        shop.liveUntilAllIsOver(within: 2400)
        #expect(shop.deaths > 20)
        #expect(shop.graph.received.values.allSatisfy { $0 == 1 })
        let operations = shop.operations
        #expect(operations.count == 200)
        #expect(operations.allSatisfy { $0.command == command.id })
        #expect(shop.town.fleet.commandBook.open.isEmpty)
        let reached = Set(shop.graph.received.keys)
        var ends: [String: Int] = [:]
        for operation in operations {
            ends["\(operation.state.word)\(reached.contains(operation.device) ? "" : ", not reached")", default: 0] += 1
        }
        // Those that never return may never be seen to end; a death before the request leaves one that nobody can tell of.
        #expect(Set(ends.keys).isSubset(of: ["succeeded", "unknown", "unknown, not reached"]), "\(ends)")
        #expect((ends["succeeded"] ?? 0) > 150, "\(ends)")
        let missing = Set(operations.filter { $0.homecoming.text == "missing" }.map(\.room))
        #expect(missing == Set(lost.filter { reached.contains("device-\($0)-0") }.map(account)))
        let paged = shop.town.pages(.roomOffline)
        #expect(Set(paged.flatMap { $0.incident.rooms.map(\.id) }) == missing)
        #expect(paged.allSatisfy { $0.incident.cause == .didNotReturn && $0.incident.tried.count == 1 })
        #expect(shop.town.placeIncidents.isEmpty)
    }
}
