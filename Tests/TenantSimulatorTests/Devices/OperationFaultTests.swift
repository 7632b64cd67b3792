import HTTPTypes
import TenantSimulator
import Testing
import Timekeeping

@Suite struct OperationFaultTests {
    func submitted(_ scenario: Scenario) throws -> (Rehearsal, SimulatedResponse) {
        var rehearsal = try Rehearsal(scenario: scenario)
        let device = try rehearsal.device(room: 1)
        let answer = rehearsal.command("restart", device)
        return (rehearsal, answer)
    }

    @Test(arguments: [(OperationFault.Kind.hangsQueued, "queued"), (.hangsRunning, "inprogress")])
    func anOperationMayHangForEver(_ kind: OperationFault.Kind, _ word: String) throws {
        var (rehearsal, answer) = try submitted(.timed.with(kind))
        for _ in 0..<3 {
            let records = rehearsal.pass(86_400)
            try rehearsal.signInAgain()
            #expect(try rehearsal.status(of: answer) == word)
            #expect(!records.contains { $0.event == "presence_offline" })
        }
        #expect(rehearsal.command("restart", try rehearsal.device(room: 1)).status == 409)
    }

    @Test func anOperationMayFailWithAReason() throws {
        var (rehearsal, answer) = try submitted(
            .timed.with(.fails) {
                $0.code = "DeviceUnreachable"
                $0.message = "No answer."
            })
        let records = rehearsal.pass(120)
        #expect(try rehearsal.status(of: answer) == "failed")
        #expect(
            try rehearsal.operation(of: answer)["error"] == ["code": "DeviceUnreachable", "message": "No answer."])
        #expect(!records.contains { $0.event == "presence_offline" })
    }

    @Test(arguments: [
        (OperationFault.Kind.answerLost, 504 as Int?, SimulatedResponse.Delivery.complete),
        (.answerDropped, nil, .reset),
        (.answerHangs, nil, .hang),
    ])
    func aCommandIsCarriedOutThoughItsAnswerIsLost(
        _ kind: OperationFault.Kind, _ status: Int?, _ delivery: SimulatedResponse.Delivery
    ) throws {
        var (rehearsal, answer) = try submitted(.timed.with(kind))
        let device = try rehearsal.device(room: 1)
        #expect(answer.delivery == delivery)
        #expect(answer.headerFields[.location] == nil || delivery != .complete)
        if let status { #expect(answer.status == status) }
        let listed = try rehearsal.get("/beta/teamwork/devices/\(device)/operations").items
        #expect(listed.count == 1)
        let entry = try #require(rehearsal.tenant.submissions.first)
        #expect(entry.outcome == .accepted)
        #expect(entry.status == status)
        #expect(entry.operation == listed[0]["id"]?.string)
        #expect(rehearsal.pass(60).contains { $0.event == "presence_offline" })
    }

    @Test func whatWasNotCarriedOutDoesNothing() throws {
        var (rehearsal, answer) = try submitted(
            .timed.with(.notCarriedOut) {
                $0.retryAfter = 7
                $0.times = 1
            })
        let device = try rehearsal.device(room: 1)
        #expect(answer.status == 503)
        #expect(answer.headerFields[.retryAfter] == "7")
        // What comes too early after that is counted, as after any refusal that names a time.
        #expect(rehearsal.pass(1).map(\.event) == ["operation_fault_begin"])
        _ = rehearsal.get("/beta/teamwork/devices?$top=1")
        #expect(try rehearsal.get("/_simulator/state").json["before_retry_after"]?["devices"] == 1)
        #expect(try rehearsal.get("/beta/teamwork/devices/\(device)/operations").items.isEmpty)
        #expect(rehearsal.pass(300).isEmpty)
        #expect(rehearsal.command("restart", device).status == 202)
        #expect(rehearsal.tenant.submissions.map(\.outcome) == [.refused, .accepted])
    }

    @Test func aSlowAnswerComesAfterTheDeed() throws {
        var (rehearsal, answer) = try submitted(.timed.with(.slow) { $0.delay = DurationText(.seconds(50)) })
        #expect(answer.status == 202)
        #expect(answer.delay == .seconds(50))
        _ = rehearsal.pass(20)
        #expect(try rehearsal.availability(room: 1) == "Offline")
    }

    @Test func aDeviceMayNeverReturnOrMuchLater() throws {
        var (rehearsal, answer) = try submitted(.timed.with(.neverReturns))
        _ = rehearsal.pass(3000)
        #expect(try rehearsal.availability(room: 1) == "Offline")
        #expect(try rehearsal.status(of: answer) == "inprogress")
        #expect(try rehearsal.record(rehearsal.device(room: 1))["healthStatus"] == "Offline")
        (rehearsal, answer) = try submitted(.timed.with(.neverReturns) { $0.away = DurationText(.seconds(2400)) })
        _ = rehearsal.pass(2000)
        #expect(try rehearsal.availability(room: 1) == "Offline")
        _ = rehearsal.pass(500)
        #expect(try rehearsal.availability(room: 1) == "Available")
        #expect(try rehearsal.status(of: answer) == "successful")
    }

    @Test func successMayBeReportedBeforeTheDeviceHasGone() throws {
        var (rehearsal, answer) = try submitted(.timed.with(.reportsEarly).with(.neverReturns))
        _ = rehearsal.pass(3)
        #expect(try rehearsal.status(of: answer) == "successful")
        #expect(try rehearsal.availability(room: 1) == "Available")
        _ = rehearsal.pass(3000)
        #expect(try rehearsal.status(of: answer) == "successful")
        #expect(try rehearsal.availability(room: 1) == "Offline")
    }

    @Test func theListOfOperationsMayFailForAWhile() throws {
        var plan = Scenario.timed.with(.listFails) { $0.status = 500 }
        plan.events[0].lasts = DurationText(.seconds(100))
        var (rehearsal, answer) = try submitted(plan)
        let device = try rehearsal.device(room: 1)
        let path = "/beta/teamwork/devices/\(device)/operations"
        #expect(answer.status == 202)
        #expect(rehearsal.get(path).status == 500)
        #expect(rehearsal.get("/beta\(answer.headerFields[.location] ?? "")").status == 500)
        #expect(rehearsal.get("/beta/teamwork/devices/\(try rehearsal.device(room: 2))/operations").status == 200)
        _ = rehearsal.pass(101)
        #expect(try rehearsal.get(path).items.count == 1)
    }

    @Test func aProbabilityHitsItsShareOfAttemptsAndIsRepeatable() throws {
        func refusals(seed: UInt64) throws -> [Int] {
            var plan = Scenario.timed.with(.notCarriedOut, room: nil)
            plan.events[0].probability = 0.3
            var rehearsal = try Rehearsal(rooms: 100, seed: seed, scenario: plan)
            let devices = try (1...100).map { room in
                _ = rehearsal.pass(2)
                return try rehearsal.device(room: room)
            }
            _ = rehearsal.pass(60)
            return devices.indices.filter { index in
                if index % 20 == 0 { _ = rehearsal.pass(5) }
                return rehearsal.command("restart", devices[index]).status == 503
            }
        }
        let hit = try refusals(seed: 1)
        #expect((15...45).contains(hit.count))
        #expect(try refusals(seed: 1) == hit)
        #expect(try refusals(seed: 2) != hit)
    }

    @Test func aConflictDoesNotUseAFaultUp() throws {
        var rehearsal = try Rehearsal(
            scenario: .timed.with(.operationStarted) {
                $0.room = "1"
                $0.action = .runDiagnostics
            }.with(.fails) { $0.times = 1 })
        let device = try rehearsal.device(room: 1)
        #expect(rehearsal.command("restart", device).status == 409)
        _ = rehearsal.pass(100)
        let answer = rehearsal.command("restart", device)
        _ = rehearsal.pass(100)
        #expect(try rehearsal.status(of: answer) == "failed")
    }

    @Test func aFaultKeepsToItsCommandAndItsTime() throws {
        var plan = Scenario.timed.with(.notCarriedOut)
        plan.events[0].action = .restart
        plan.events[0].lasts = DurationText(.seconds(50))
        var rehearsal = try Rehearsal(scenario: plan)
        let device = try rehearsal.device(room: 1)
        #expect(rehearsal.command("restart", device).status == 503)
        #expect(rehearsal.command("runDiagnostics", device).status == 202)
        _ = rehearsal.pass(100)
        #expect(rehearsal.command("restart", device).status == 202)
    }

    @Test func othersGiveAndCancelCommandsInTheAdminCentre() throws {
        var rehearsal = try Rehearsal(
            scenario: .timed.with(.hangsQueued).with(.operationStarted, at: .seconds(1)) {
                $0.room = "2"
                $0.action = .runDiagnostics
            }.with(.operationCancelled, at: .seconds(500)) { $0.room = "1" })
        let first = try rehearsal.device(room: 1)
        let second = try rehearsal.device(room: 2)
        let answer = rehearsal.command("restart", first)
        _ = rehearsal.pass(2)
        #expect(rehearsal.command("restart", second).status == 409)
        let foreign = try rehearsal.get("/beta/teamwork/devices/\(second)/operations").items
        #expect(foreign.first?["operationType"] == "DeviceDiagnostics")
        #expect(foreign.first?["createdBy"]?["user"]?["displayName"] == "Administrator")
        _ = rehearsal.pass(500)
        #expect(try rehearsal.status(of: answer) == "cancelled")
        #expect(try rehearsal.operation(of: answer)["startedDateTime"] == .null)
        _ = rehearsal.pass(500)
        #expect(try rehearsal.availability(room: 1) == "Available")
        #expect(rehearsal.command("restart", first).status == 202)
    }
}
