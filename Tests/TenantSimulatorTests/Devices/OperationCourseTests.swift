import Foundation
import TenantSimulator
import Testing
import Timekeeping

@Suite struct OperationCourseTests {
    @Test func aRestartTakesTheRoomAwayAndBringsItBack() throws {
        var rehearsal = try Rehearsal(scenario: .timed)
        let device = try rehearsal.device(room: 1)
        let answer = rehearsal.command("restart", device)
        var seen: [String] = []
        // Before it begins, while it counts down, gone but not timed out, timed out, in the record, back, all told.
        for wait in [1, 3, 5, 7, 20, 90, 60] {
            _ = rehearsal.pass(wait)
            let health = try rehearsal.record(device)["healthStatus"]?.string ?? ""
            let status = try rehearsal.status(of: answer)
            seen.append("\(status) \(try rehearsal.availability(room: 1) ?? "") \(health)")
        }
        #expect(
            seen == [
                "queued Available Healthy", "inprogress Available Healthy", "inprogress Available Healthy",
                "inprogress Offline Healthy", "inprogress Offline Offline", "inprogress Available Offline",
                "successful Available Healthy",
            ])
    }

    @Test func drawnTimesLieWhereTheyShould() throws {
        var aways: Set<Int> = []
        for seed in 1...6 as ClosedRange<UInt64> {
            var plan = Scenario.quiet.commanding
            plan.operations.sessionTimeout = DurationText(.zero)
            var rehearsal = try Rehearsal(seed: seed, scenario: plan)
            _ = rehearsal.command("restart", try rehearsal.device(room: 1))
            let records = rehearsal.pass(600)
            let gone = try #require(records.first { $0.event == "presence_offline" }?.visibleAt)
            let back = try #require(records.first { $0.event == "presence_online" }?.visibleAt)
            let done = try #require(records.first { $0.event == "operation_succeeded" }?.visibleAt)
            #expect((4...20).contains(gone.timeIntervalSince(Rehearsal.start.wall)))
            #expect((90...240).contains(back.timeIntervalSince(gone)))
            #expect(done > back)
            aways.insert(Int(back.timeIntervalSince(gone) * 1000))
        }
        #expect(aways.count == 6)
    }

    @Test func aPanelHidesTheRestartOfItsRoom() throws {
        var rehearsal = try Rehearsal(scenario: .timed)
        let device = try rehearsal.device(room: 5)
        _ = rehearsal.command("restart", device)
        let records = rehearsal.pass(60)
        #expect(try rehearsal.availability(room: 5) == "Available")
        #expect(try rehearsal.record(device)["healthStatus"] == "Offline")
        #expect(!records.contains { $0.event == "presence_offline" })
    }

    @Test func whenThePanelRestartsBehindADeadRoomTheAccountGoes() throws {
        var rehearsal = try Rehearsal(
            scenario: .timed.with(.roomOff) {
                $0.room = "5"
                $0.lasts = DurationText(.seconds(60))
            })
        let panel = try rehearsal.device("panel", room: 5)
        #expect(rehearsal.command("restart", panel).status == 202)
        _ = rehearsal.pass(30)
        #expect(try rehearsal.availability(room: 5) == "Offline")
        // The room system is back before its panel.
        _ = rehearsal.pass(31)
        #expect(try rehearsal.availability(room: 5) == "Available")
        _ = rehearsal.pass(600)
        #expect(try rehearsal.availability(room: 5) == "Available")
    }

    @Test func aConsoleRestartsWithoutTheRoom() throws {
        var rehearsal = try Rehearsal(scenario: .timed)
        let console = try rehearsal.device("console", room: 2)
        let answer = rehearsal.command("restart", console)
        _ = rehearsal.pass(60)
        #expect(try rehearsal.availability(room: 2) == "Available")
        #expect(try rehearsal.record(console)["healthStatus"] == "Offline")
        _ = rehearsal.pass(120)
        #expect(["successful", "succeeded"].contains(try rehearsal.status(of: answer)))
    }

    @Test func anUpdateInstallsWhatIsOfferedAndMayRestartTwice() throws {
        var plan = Scenario.timed.with(.updateAvailable) {
            $0.room = "1"
            $0.version = "5.3.0.1"
        }
        plan.operations.restarts = 2
        plan.operations.sessionTimeout = DurationText(.zero)
        var rehearsal = try Rehearsal(scenario: plan)
        let device = try rehearsal.device(room: 1)
        #expect(try rehearsal.record(device)["healthStatus"] == "NonUrgent")
        #expect(rehearsal.command("updateSoftware", device, ["softwareType": "teamsClient"]).status == 202)
        func software() throws -> JSONValue? {
            try rehearsal.health(device)["softwareUpdateHealth"]?["teamsClientSoftwareUpdateStatus"]
        }
        _ = rehearsal.pass(170)
        let before: JSONValue = [
            "softwareFreshness": "UpdateAvailable", "currentVersion": "5.2.115.0", "availableVersion": "5.3.0.1",
        ]
        #expect(try software() == before)
        let records = rehearsal.pass(600)
        #expect(records.count { $0.event == "presence_offline" } == 2)
        #expect(records.last?.event == "device_online" || records.contains { $0.event == "operation_succeeded" })
        let after: JSONValue = [
            "softwareFreshness": "Latest", "currentVersion": "5.3.0.1", "availableVersion": .null,
        ]
        #expect(try software() == after)
        #expect(try rehearsal.record(device)["healthStatus"] == "Healthy")
        let configuration = try rehearsal.get("/beta/teamwork/devices/\(device)/configuration").json["value"]
        #expect(configuration?["softwareVersions"]?["teamsClientSoftwareVersion"] == "5.3.0.1")
    }

    @Test func anUpdateToAVersionThatNobodyOffersFails() throws {
        var rehearsal = try Rehearsal(scenario: .timed)
        let device = try rehearsal.device(room: 1)
        let body: JSONValue = ["softwareType": "teamsClient", "softwareVersion": "9.9"]
        let answer = rehearsal.command("updateSoftware", device, body)
        _ = rehearsal.pass(60)
        #expect(try rehearsal.status(of: answer) == "failed")
        #expect(try rehearsal.operation(of: answer)["error"]?["code"] == "SoftwareVersionNotAvailable")
        // Without an offer there is nothing to do, and nothing is restarted for it.
        let second = rehearsal.command("updateSoftware", device, ["softwareType": "teamsClient"])
        let records = rehearsal.pass(60)
        #expect(["successful", "succeeded"].contains(try rehearsal.status(of: second)))
        #expect(!records.contains { $0.event == "presence_offline" })
    }

    @Test func diagnosticsTakeAMinuteAndNothingElse() throws {
        var rehearsal = try Rehearsal(scenario: .timed)
        let answer = rehearsal.command("runDiagnostics", try rehearsal.device(room: 1))
        _ = rehearsal.pass(40)
        #expect(try rehearsal.status(of: answer) == "inprogress")
        let records = rehearsal.pass(60)
        #expect(["successful", "succeeded"].contains(try rehearsal.status(of: answer)))
        #expect(records.map(\.event) == ["operation_succeeded"])
    }

    @Test func aCommandToADeviceOffTheAirWaitsForIt() throws {
        var rehearsal = try Rehearsal(
            scenario: .timed.with(.roomOff) {
                $0.room = "1"
                $0.lasts = DurationText(.seconds(4 * 3600))
                $0.sessionTimeout = DurationText(.zero)
            })
        let device = try rehearsal.device(room: 1)
        _ = rehearsal.pass(60)
        let answer = rehearsal.command("restart", device)
        #expect(answer.status == 202)
        _ = rehearsal.pass(4 * 3600 - 70)
        try rehearsal.signInAgain()
        #expect(try rehearsal.status(of: answer) == "queued")
        #expect(rehearsal.command("restart", device).status == 409)
        _ = rehearsal.pass(60)
        // The room was back, and the old command has taken it down again.
        #expect(try rehearsal.status(of: answer) == "inprogress")
        #expect(try rehearsal.availability(room: 1) == "Offline")
        _ = rehearsal.pass(200)
        #expect(try rehearsal.availability(room: 1) == "Available")
        #expect(["successful", "succeeded"].contains(try rehearsal.status(of: answer)))
    }

    @Test func aPowerCutInTheMiddleOnlyDelaysIt() throws {
        var rehearsal = try Rehearsal(
            scenario: .timed.with(.roomOff, at: .seconds(20)) {
                $0.room = "1"
                $0.lasts = DurationText(.seconds(1000))
            })
        let answer = rehearsal.command("restart", try rehearsal.device(room: 1))
        _ = rehearsal.pass(900)
        #expect(try rehearsal.status(of: answer) == "inprogress")
        _ = rehearsal.pass(200)
        #expect(["successful", "succeeded"].contains(try rehearsal.status(of: answer)))
        #expect(try rehearsal.availability(room: 1) == "Available")
    }

    @Test func theGroundTruthForgivesWhatWasOrderedAndNothingMore() throws {
        var rehearsal = try Rehearsal(scenario: .timed)
        _ = rehearsal.command("restart", try rehearsal.device(room: 1))
        let ordered = rehearsal.pass(60).first { $0.event == "presence_offline" }
        #expect(ordered?.expected == GroundTruthRecord.Expectation.none)
        #expect(ordered?.causeKind == "restart")
        rehearsal = try Rehearsal(scenario: .timed.with(.neverReturns))
        _ = rehearsal.command("restart", try rehearsal.device(room: 1))
        #expect(rehearsal.pass(60).first { $0.event == "presence_offline" }?.expected == .incident)
        rehearsal = try Rehearsal(scenario: .timed.with(.operationStarted) { $0.room = "1" })
        #expect(rehearsal.pass(60).first { $0.event == "presence_offline" }?.expected == .incident)
    }
}
