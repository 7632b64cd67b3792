import Foundation
import HTTPTypes
import TenantSimulator
import Testing
import Timekeeping

@Suite struct TimelineTests {
    @Test func aPowerCutShowsWhenTheSessionTimesOut() throws {
        var rehearsal = try Rehearsal(
            scenario: scenario(.roomOff, at: .seconds(10)) {
                $0.room = "1"
                $0.sessionTimeout = DurationText(.seconds(90))
                $0.lasts = DurationText(.seconds(200))
            })
        let id = try rehearsal.roomID(1)
        var shown: [String] = []
        var records: [GroundTruthRecord] = []
        for wait in [99, 1, 109, 1] {
            records += rehearsal.wait(.seconds(wait))
            shown.append(try #require(try rehearsal.presences([id])[id]).availability)
        }
        #expect(shown == ["Available", "Offline", "Offline", "Available"])
        #expect(records.map(\.event) == ["presence_offline", "presence_online"])
        #expect(records[0].expected == .incident)
        #expect(records[0].account == id)
        #expect(
            String(decoding: records[0].line, as: UTF8.self)
                == #"{"at":"2026-03-02T08:00:10.000Z","event":"presence_offline","visible_at":"2026-03-02T08:01:40.000Z","#
                + #""expected":"incident","cause":1,"cause_kind":"room_off","account":"\#(id)","room":"Room 1","building":"B1"}"#
        )
    }

    @Test(arguments: [(4, GroundTruthRecord.Expectation.none), (12, .either), (60, .incident)])
    func shortBlipsAreNobodysBusiness(_ seconds: Int, _ expected: GroundTruthRecord.Expectation) throws {
        var rehearsal = try Rehearsal(
            scenario: scenario(.roomSignedOut) {
                $0.room = "2"
                $0.lasts = DurationText(.seconds(seconds))
            })
        #expect(rehearsal.wait(.zero).first?.expected == expected)
    }

    @Test func whatGraphNeverShowsIsOwedToNobody() throws {
        var plan = faulty(.status, .presence)
        var off = ScenarioEvent(.roomSignedOut, at: .seconds(5))
        off.room = "2"
        off.lasts = DurationText(.seconds(30))
        plan.events.append(off)
        var rehearsal = try Rehearsal(scenario: plan)
        let records = rehearsal.wait(.seconds(6))
        #expect(records.first { $0.event == "presence_offline" }?.expected == GroundTruthRecord.Expectation.none)
    }

    @Test func aPanelKeepsADeadRoomOnline() throws {
        var rehearsal = try Rehearsal(
            scenario: scenario(.roomOff) {
                $0.room = "B1/weak"
                $0.sessionTimeout = DurationText(.seconds(1))
                $0.deviceDelay = DurationText(.seconds(20))
            })
        let id = try rehearsal.roomID(5)
        let records = rehearsal.wait(.seconds(600))
        #expect(try rehearsal.presences([id])[id]?.availability == "Available")
        #expect(records.map(\.event) == ["device_offline"])
        #expect(records[0].expected == .incident)
        let devices = try rehearsal.get("/beta/teamwork/devices?$filter=currentUser/id%20eq%20'\(id)'").items
        let health = devices.map { "\($0["deviceType"]?.string ?? "") \($0["healthStatus"]?.string ?? "")" }
        #expect(health.contains("TeamsPanel Healthy"))
        #expect(health.count { $0.hasSuffix("Offline") } == 1)
    }

    @Test func deviceRecordsLagByTenToFifteenMinutes() throws {
        for seed in 1...5 as ClosedRange<UInt64> {
            var rehearsal = try Rehearsal(seed: seed, scenario: scenario(.roomOff) { $0.room = "3" })
            var seen: GroundTruthRecord?
            for _ in 0..<20 where seen == nil {
                seen = rehearsal.wait(.seconds(60)).first { $0.event == "device_offline" }
            }
            let record = try #require(seen)
            let lag = try #require(record.visibleAt).timeIntervalSince(record.at)
            #expect((600...900).contains(lag))
        }
    }

    @Test func aDarkBuildingTakesEveryRoomOfItAndNoOther() throws {
        var rehearsal = try Rehearsal(
            scenario: scenario(.buildingDark) {
                $0.building = "B2"
                $0.spread = DurationText(.seconds(60))
                $0.sessionTimeout = DurationText(.seconds(30))
                $0.lasts = DurationText(.seconds(300))
            })
        let records = rehearsal.wait(.seconds(91))
        let offline = records.filter { $0.event == "presence_offline" }
        #expect(offline.count == 10)
        #expect(Set(offline.map(\.cause)).count == 1)
        #expect(offline.allSatisfy { $0.building == "B2" && $0.expected == .incident })
        // Panels lost their power as well, so weak rooms fall with the others.
        #expect(Set(offline.map(\.visibleAt)).count > 5)
        _ = rehearsal.wait(.seconds(300))
        let state = try rehearsal.get("/_simulator/state").json
        #expect(state["presence"]?["Offline"] == nil)
    }

    @Test func overlappingCausesEndTogether() throws {
        var plan = Scenario.quiet
        for (kind, at, lasts) in [(ScenarioEvent.Kind.roomSignedOut, 0, 100), (.roomOff, 10, 200)] {
            var event = ScenarioEvent(kind, at: .seconds(at))
            event.room = "1"
            event.lasts = DurationText(.seconds(lasts))
            event.sessionTimeout = DurationText(.zero)
            plan.events.append(event)
        }
        var rehearsal = try Rehearsal(scenario: plan)
        let id = try rehearsal.roomID(1)
        for (wait, expected) in [(50, "Offline"), (100, "Offline"), (59, "Offline"), (2, "Available")] {
            _ = rehearsal.wait(.seconds(wait))
            #expect(try rehearsal.presences([id])[id]?.availability == expected)
        }
    }

    @Test func theBusyMinuteHoldsWhatItPromises() throws {
        var rehearsal = try Rehearsal(rooms: 200, buildings: 5, scenario: .busy(rooms: 200, buildings: 5))
        let records = rehearsal.wait(.seconds(60))
        let owed = records.filter { $0.expected == .incident }
        #expect(owed.filter { $0.event == "presence_offline" }.count >= 4)
        #expect(Set(owed.compactMap(\.building)).count >= 3)
        #expect(owed.contains { $0.event == "device_offline" })
        #expect(records.contains { $0.event == "presence_offline" && $0.expected == .none })
        let dark = owed.filter { $0.causeKind == "building_dark" && $0.event == "presence_offline" }
        #expect(dark.count == 40 && Set(dark.compactMap(\.building)) == ["B4"])
        #expect(!owed.contains { $0.building == "B4" && $0.causeKind != "building_dark" })
        _ = rehearsal.wait(.seconds(1800))
        let state = try rehearsal.get("/_simulator/state").json
        #expect(state["presence"]?["Offline"] == nil)
        #expect((state["presence"]?["Busy"]?.int ?? 0) > 10)
    }

    @Test func eventsCanBeInjectedOnLoopbackOnly() throws {
        var rehearsal = try Rehearsal()
        _ = rehearsal.wait(.seconds(100))
        let body = Array(#"{"kind":"room_signed_out","room":3,"for":"1m"}"#.utf8)
        var outside = SimulatedRequest(.post, "/_simulator/events", body: body)
        outside.viaLoopback = false
        #expect(rehearsal.tenant.respond(to: outside, at: rehearsal.now).status == 400)
        #expect(rehearsal.wait(.zero).isEmpty)
        let answer = rehearsal.send(.post, "/_simulator/events", body: body)
        #expect(answer.status == 202)
        #expect(rehearsal.wait(.zero).map(\.event) == ["presence_offline"])
        for bad in [#"{"kind":"room_off","room":999}"#, #"{"kind":"room_off","rom":3}"#, #"{"kind":"nap"}"#, "{"] {
            #expect(rehearsal.send(.post, "/_simulator/events", body: Array(bad.utf8)).status == 400)
        }
    }

    @Test func sameSeedSameBytes() throws {
        func transcript(seed: UInt64) throws -> [UInt8] {
            var rehearsal = try Rehearsal(rooms: 60, seed: seed, scenario: .busy(rooms: 60, buildings: 4))
            var bytes: [UInt8] = []
            let ids = try rehearsal.get("/v1.0/users?$top=999").items.compactMap { $0["id"] }
            for _ in 0..<40 {
                for record in rehearsal.wait(.seconds(17)) { bytes += record.line }
                bytes += rehearsal.post("/v1.0/communications/getPresencesByUserId", ["ids": .array(ids)]).body
                bytes += rehearsal.get("/beta/teamwork/devices?$top=50").body
                bytes += rehearsal.get("/v1.0/nothing").body
            }
            return bytes
        }
        #expect(try transcript(seed: 7) == transcript(seed: 7))
        #expect(try transcript(seed: 7) != transcript(seed: 8))
    }

    @Test func generatedOutagesComeFromTheSeed() throws {
        var plan = Scenario.quiet
        plan.outagesPerHour = 30
        plan.generatedHours = 2
        var rehearsal = try Rehearsal(scenario: plan)
        let records = rehearsal.wait(.seconds(3 * 3600))
        #expect(records.count { $0.event == "presence_offline" } > 30)
    }

    @Test func scenarioFilesAreReadStrictly() throws {
        let text = #"""
            {"name":"x","token":{"expires_in":60,"roles":["Place.Read.All"]},"devices":"metered","places_hierarchy":false,
             "events":[{"at":"5s","kind":"graph_fault","for":"10s","fault":{"kind":"status","status":429,"retry_after":7}},
                       {"kind":"room_off","room":"Room 2","session_timeout":"500ms"}]}
            """#
        let decoder = JSONDecoder()
        let read = try decoder.decode(Scenario.self, from: Data(text.utf8))
        #expect(read.token.expiresIn == 60)
        #expect(read.devices == .metered)
        #expect(read.events.map(\.at.duration) == [.seconds(5), .zero])
        #expect(read.events[0].fault?.retryAfter == 7)
        for bad in [#"{"nam":"x"}"#, #"{"events":[{"kind":"room_off","fr":"1s"}]}"#, #"{"detection_hold":"10"}"#] {
            #expect(throws: DecodingError.self) { try decoder.decode(Scenario.self, from: Data(bad.utf8)) }
        }
        var missing = Scenario.quiet
        missing.events = [ScenarioEvent(.roomOff)]
        #expect(throws: ScenarioError.self) { try Rehearsal(scenario: missing) }
    }
}
