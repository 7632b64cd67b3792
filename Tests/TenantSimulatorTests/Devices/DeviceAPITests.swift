import TenantSimulator
import Testing
import Timekeeping

@Suite struct DeviceAPITests {
    static let endings: [(Scenario.DeviceAPI, Int?, Int)] = [
        (.retired, nil, 400), (.retired, 404, 404), (.retired, 405, 405), (.retired, 410, 410), (.retired, 501, 501),
        (.metered, nil, 402), (.forbidden, nil, 403),
    ]

    @Test(arguments: endings)
    func theAPILeavesInMidRunAndComesBack(_ mode: Scenario.DeviceAPI, _ retired: Int?, _ status: Int) throws {
        var rehearsal = try Rehearsal(
            scenario: Scenario.timed.with(.deviceAPI, at: .seconds(60)) {
                $0.deviceAPI = mode
                $0.status = retired
                $0.lasts = DurationText(.seconds(100))
            })
        let device = try rehearsal.device(room: 1)
        let paths = ["?$top=1", "/\(device)", "/\(device)/health", "/\(device)/operations"]
        for (wait, expected) in [(1, 200), (60, status), (100, 200)] {
            _ = rehearsal.pass(wait)
            for path in paths { #expect(rehearsal.get("/beta/teamwork/devices\(path)").status == expected) }
            let answer = rehearsal.command("runDiagnostics", device)
            #expect(answer.status == (expected == 200 ? 202 : expected))
            #expect(try rehearsal.availability(room: 1) == "Available")
        }
        #expect(rehearsal.tenant.submissions.map(\.outcome) == [.accepted, .refused, .accepted])
    }

    @Test(arguments: endings)
    func commandsLeaveAlone(_ mode: Scenario.DeviceAPI, _ retired: Int?, _ status: Int) throws {
        var rehearsal = try Rehearsal(
            scenario: Scenario.timed.with(.deviceCommands, at: .seconds(60)) {
                $0.deviceAPI = mode
                $0.status = retired
                $0.lasts = DurationText(.seconds(100))
            })
        let device = try rehearsal.device(room: 1)
        for (wait, expected) in [(61, status), (100, 202)] {
            _ = rehearsal.pass(wait)
            let answer = rehearsal.command("restart", device)
            #expect(answer.status == expected)
            if expected == 400 {
                #expect(try answer.json["error"]?["message"]?.string?.contains("segment 'restart'") == true)
            }
            for path in ["", "/\(device)/health", "/\(device)/operations"] {
                #expect(rehearsal.get("/beta/teamwork/devices\(path)").status == 200)
            }
        }
    }

    @Test func theUnfilteredListIsPoisonedForAWhileOnly() throws {
        var rehearsal = try Rehearsal(
            scenario: Scenario.timed.with(.deviceAPI) {
                $0.deviceAPI = .poisoned
                $0.lasts = DurationText(.seconds(100))
            })
        let device = try rehearsal.device(room: 1)
        #expect(rehearsal.get("/beta/teamwork/devices").status == 500)
        #expect(rehearsal.get("/beta/teamwork/devices?$filter=deviceType%20eq%20'TeamsRoom'").status == 200)
        #expect(rehearsal.command("restart", device).status == 202)
        _ = rehearsal.pass(101)
        #expect(rehearsal.get("/beta/teamwork/devices").status == 200)
    }

    @Test func aLaterChangeOutlivesTheEndOfAnEarlierOne() throws {
        var rehearsal = try Rehearsal(
            scenario: Scenario.timed.with(.deviceAPI) {
                $0.deviceAPI = .metered
                $0.lasts = DurationText(.seconds(100))
            }.with(.deviceAPI, at: .seconds(50)) { $0.deviceAPI = .forbidden })
        for (wait, status) in [(1, 402), (50, 403), (100, 403)] {
            _ = rehearsal.pass(wait)
            #expect(rehearsal.get("/beta/teamwork/devices").status == status)
        }
    }

    @Test func nonsenseIsRefusedBeforeItBegins() throws {
        for event in [
            scenario(.deviceCommands) { _ in }, scenario(.deviceCommands) { $0.deviceAPI = .poisoned },
            scenario(.deviceAPI) {
                $0.deviceAPI = .retired
                $0.status = 418
            },
            scenario(.healthUnreadable) {
                $0.room = "1"
                $0.status = 200
            },
            scenario(.userChanged) {
                $0.room = "1"
                $0.user = "nobody@contoso.com"
            },
            scenario(.operationFault) { $0.room = "1" },
        ] {
            #expect(throws: ScenarioError.self) { try Rehearsal(scenario: event) }
        }
    }
}
