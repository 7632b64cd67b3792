// What Microsoft posts, and every way in which it cannot be read.

import FleetCore
import Foundation
import GraphClient
import Testing

@testable import FleetGraph

@Suite("Reading service health")
struct ServiceHealthReaderTests {
    /// The list as Microsoft's samples show it.
    private func issue(
        _ id: String = "TM123456", _ change: [String: String] = [:]
    ) -> String {
        var fields = [
            "startDateTime": #""2026-11-20T07:30:00Z""#, "endDateTime": "null",
            "lastModifiedDateTime": #""2026-11-20T07:55:00.1234567Z""#, "title": #""Users can't sign in""#,
            "id": "\"\(id)\"", "impactDescription": #""Users can't""#, "classification": #""incident""#,
            "origin": #""microsoft""#, "status": #""serviceDegradation""#, "service": #""Microsoft Teams""#,
            "feature": #""Calls""#, "featureGroup": "null", "isResolved": "false", "details": "[]", "posts": "[]",
        ]
        fields.merge(change) { $1 }
        return "{" + fields.map { #""\#($0.key)":\#($0.value)"# }.joined(separator: ",") + "}"
    }

    private func read(_ items: String...) async throws -> [ServiceIssue] {
        let body = #"{"@odata.context":"x","value":[\#(items.joined(separator: ","))]}"#
        let rig = try Rig { _ in Rig.json(body) }
        let read = await ServiceHealthReader(client: rig.client, time: rig.time).read()
        #expect(read.capability == .available)
        guard case .value(let issues) = read.reading.issues else {
            Issue.record("not known: \(read)")
            return []
        }
        return issues
    }

    @Test("an open incident of Teams comes with its number, title and beginning")
    func open() async throws {
        let issues = try await read(issue())
        #expect(issues.map(\.id) == ["TM123456"] && issues[0].title == "Users can't sign in")
        #expect(issues[0].kind == .incident && issues[0].status == "serviceDegradation")
        #expect(issues[0].startedAt == Date(timeIntervalSince1970: 1_795_159_800))
    }

    @Test("one request asks for open issues of Teams")
    func request() async throws {
        let rig = try Rig { _ in Rig.json(#"{"value":[]}"#) }
        let read = await ServiceHealthReader(client: rig.client, time: rig.time).read()
        #expect(read.reading.issues == .value([]))
        #expect(
            rig.asked.map(\.target) == [
                "/v1.0/admin/serviceAnnouncement/issues"
                    + "?$filter=service eq 'Microsoft Teams' and isResolved eq false"
            ])
    }

    @Test(
        "what is over, of another service or without a number does not count, whatever the filter let through",
        arguments: [
            ["isResolved": "true"], ["status": #""ServiceRestored""#], ["status": #""falsePositive""#],
            ["service": #""Exchange Online""#], ["service": "null"], ["id": "null"], ["id": #""""#],
        ])
    func closed(_ change: [String: String]) async throws {
        #expect(try await read(issue("TM1", change)).isEmpty)
    }

    @Test("every word of Microsoft's has its meaning, in any case; a new one stands for an open issue")
    func words() async throws {
        let words = try #require(try SchemaTests.schema().enums["serviceHealthStatus"])
        let open = [
            "investigating", "restoringService", "verifyingService", "serviceDegradation", "serviceInterruption",
            "extendedRecovery", "confirmed", "reported", "unknownFutureValue",
        ]
        #expect(Set(words).isSuperset(of: open))
        for word in words + ["SomethingNew"] {
            let issues = try await read(issue("TM1", ["status": "\"\(word.uppercased())\""]))
            #expect(issues.count == (open.contains(word) || word == "SomethingNew" ? 1 : 0), "\(word)")
        }
    }

    @Test("an advisory is none of the incidents, and odd fields cost themselves alone")
    func odd() async throws {
        let issues = try await read(
            issue("TM1", ["classification": #""Advisory""#, "startDateTime": #""soon""#, "title": "7"]), "17",
            issue("TM2", ["isResolved": #""no""#]))
        #expect(Set(issues.map(\.id)) == ["TM1", "TM2"])
        let advisory = try #require(issues.first { $0.id == "TM1" })
        #expect(advisory.kind == .advisory && advisory.startedAt == nil && advisory.title == "without a title")
    }

    @Test("newest first, each number once")
    func order() async throws {
        let issues = try await read(
            issue("TM1"), issue("TM2", ["startDateTime": #""2026-11-20T07:40:00Z""#]), issue("TM1"))
        #expect(issues.map(\.id) == ["TM2", "TM1"])
    }

    @Test(
        "what an error means",
        arguments: [
            (403, ServiceHealthCapability.notGranted), (404, .notOffered), (400, .notOffered), (410, .notOffered),
            (501, .notOffered), (402, .notOffered), (429, .transient("throttled")), (503, .transient("http_503")),
        ])
    func errors(_ status: Int, _ capability: ServiceHealthCapability) async throws {
        let rig = try Rig { _ in Rig.error(status) }
        let read = await ServiceHealthReader(client: rig.client, time: rig.time).read()
        #expect(read.capability == capability)
        guard case .unknown = read.reading.issues else {
            Issue.record("an error tells nothing of issues")
            return
        }
    }

    @Test("a token without the role is reason enough to ask nobody; one that cannot be read is none")
    func roles() async throws {
        func token(_ roles: String) -> String {
            let payload = Data(#"{"roles":[\#(roles)]}"#.utf8).base64EncodedString()
            return "e30." + payload.replacing("=", with: "").replacing("+", with: "-").replacing("/", with: "_") + ".x"
        }
        let without = try Rig(token: token(#""Presence.Read.All""#)) { _ in Rig.json(#"{"value":[]}"#) }
        let read = await ServiceHealthReader(client: without.client, time: without.time).read()
        #expect(read.capability == .notGranted && without.asked.isEmpty)
        #expect(read.capability.text.contains("ServiceHealth.Read.All"))
        let with = try Rig(token: token(#""servicehealth.read.all""#)) { _ in Rig.json(#"{"value":[]}"#) }
        #expect(await ServiceHealthReader(client: with.client, time: with.time).read().capability == .available)
    }
}
