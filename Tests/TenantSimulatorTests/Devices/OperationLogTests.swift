import Foundation
import HTTPTypes
import TenantSimulator
import Testing
import Timekeeping

@Suite struct OperationLogTests {
    @Test func everySubmissionIsWrittenDownWithItsEnd() throws {
        var rehearsal = try Rehearsal(scenario: .timed)
        let device = try rehearsal.device(room: 1)
        _ = rehearsal.pass(10)
        let name = try #require(HTTPField.Name("client-request-id"))
        let answer = rehearsal.send(
            .post, "/beta/teamwork/devices/\(device.uppercased())/restart", headers: [name: "mine"])
        _ = rehearsal.pass(1)
        _ = rehearsal.command("restart", device)
        _ = rehearsal.command("updateSoftware", device)
        _ = rehearsal.get("/beta/teamwork/devices/\(device)/operations")
        let log = rehearsal.tenant.submissions
        #expect(log.map(\.outcome) == [.accepted, .duplicate, .refused])
        #expect(log.map(\.status) == [202, 409, 400])
        #expect(log.map(\.command) == [.restart, .restart, .updateSoftware])
        #expect(log.map(\.number) == [1, 2, 3])
        #expect(log.allSatisfy { $0.device == device && $0.room == "Room 1" })
        #expect(log[0].clientRequestID == "mine")
        #expect(log[1].at.timeIntervalSince(log[0].at) == 1)
        #expect(answer.headerFields[.location]?.hasSuffix(log[0].operation ?? "none") == true)
    }

    @Test func repetitionsAreCounted() throws {
        var rehearsal = try Rehearsal(scenario: .timed)
        let device = try rehearsal.device(room: 1)
        for _ in 0..<3 {
            #expect(rehearsal.command("restart", device).status == 202)
            _ = rehearsal.pass(300)
        }
        #expect(rehearsal.command("runDiagnostics", device).status == 202)
        #expect(rehearsal.tenant.submissions.map(\.acceptedBefore) == [0, 1, 2, 0])
    }

    @Test func refusalsBeforeTheServiceAreWrittenDownToo() throws {
        var rehearsal = try Rehearsal(scenario: faulty(.status, .devices).commanding)
        let device = try rehearsal.device(room: 1)
        _ = rehearsal.pass(2)
        #expect(rehearsal.command("restart", device).status == 503)
        rehearsal.authorization = nil
        #expect(rehearsal.command("restart", device).status == 401)
        #expect(rehearsal.command("restart", "nonsense").status == 401)
        #expect(rehearsal.tenant.submissions.map(\.status) == [503, 401, 401])
        #expect(rehearsal.tenant.submissions.allSatisfy { $0.outcome == .refused })
    }

    @Test func theLogIsReadOnLoopbackOnly() throws {
        var rehearsal = try Rehearsal(scenario: .timed)
        let device = try rehearsal.device(room: 1)
        let other = try rehearsal.device(room: 2)
        for one in [device, device, other] { _ = rehearsal.command("restart", one) }
        let report = try rehearsal.get("/_simulator/operations").json
        #expect(report["accepted"] == 2)
        #expect(report["duplicate"] == 1)
        #expect(report["refused"] == 0)
        #expect(report["total"] == 3)
        #expect(report["submissions"]?.array?.map { $0["outcome"] } == ["accepted", "duplicate", "accepted"])
        #expect(Set(report["operations"]?.array?.compactMap { $0["room"]?.string } ?? []) == ["Room 1", "Room 2"])
        let mine = try rehearsal.get("/_simulator/operations?device=\(other)").json
        #expect(mine["submissions"]?.array?.count == 1)
        #expect(mine["operations"]?.array?.count == 1)
        #expect(try rehearsal.get("/_simulator/state").json["operations_open"] == 2)
        var outside = SimulatedRequest(.get, "/_simulator/operations")
        outside.viaLoopback = false
        #expect(rehearsal.tenant.respond(to: outside, at: rehearsal.now).status == 400)
    }
}
