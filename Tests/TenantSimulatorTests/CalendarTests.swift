// getSchedule as the documents describe it, asked the way a client asks.

import Foundation
import HTTPTypes
import TenantSimulator
import Testing
import Timekeeping

extension Rehearsal {
    static let anchor = "/v1.0/users/room1@contoso.com/calendar/getSchedule"

    mutating func schedules(
        _ addresses: [String], from: String = "2026-03-02T00:00:00", until: String = "2026-03-09T00:00:00",
        zone: String = "UTC", interval: Int? = nil, prefer: String? = "UTC", anchor: String = Rehearsal.anchor
    ) -> SimulatedResponse {
        var body: [JSONValue.Member] = [
            .init("schedules", .array(addresses.map(JSONValue.string))),
            .init("startTime", ["dateTime": .string(from), "timeZone": .string(zone)]),
            .init("endTime", ["dateTime": .string(until), "timeZone": .string(zone)]),
        ]
        if let interval { body.append(.init("availabilityViewInterval", .int(interval))) }
        var headers: HTTPFields = [:]
        if let prefer, let name = HTTPField.Name("Prefer") { headers[name] = "outlook.timezone=\"\(prefer)\"" }
        return send(.post, anchor, body: JSONValue.object(body).bytes, headers: headers)
    }
}

private func rooms(_ range: ClosedRange<Int>) -> [String] { range.map { "room\($0)@contoso.com" } }

@Suite struct CalendarTests {
    @Test func answersKeepToTheMetadata() throws {
        let schema = try GraphSchema.load()
        var rehearsal = try Rehearsal()
        let answer = rehearsal.schedules(rooms(1...18) + ["focus1@contoso.com", "nosuch@contoso.com"])
        #expect(answer.status == 200)
        let items = try answer.items
        #expect(items.count == 20)
        let complaints = items.flatMap { schema.complaints($0, as: "microsoft.graph.scheduleInformation") }
        #expect(Set(complaints) == [])
        let shows = items.compactMap { $0["scheduleItems"]?.array }.flatMap(\.self).filter { $0["subject"] != nil }
        #expect(!shows.isEmpty)
        #expect(
            try answer.json["@odata.context"]?.string?.hasSuffix("Collection(microsoft.graph.scheduleInformation)")
                == true)
    }

    @Test(arguments: [GraphFault.Kind.nulls, .unknownEnums])
    func distortedAnswersStayWithinTheTypes(_ fault: GraphFault.Kind) throws {
        let schema = try GraphSchema.load()
        var rehearsal = try Rehearsal(scenario: faulty(fault, .calendars))
        _ = rehearsal.wait(.seconds(2))
        let items = try rehearsal.schedules(rooms(1...20)).items
        #expect(items.count == 20)
        if fault == .nulls {
            #expect(items.allSatisfy { schema.complaints($0, as: "microsoft.graph.scheduleInformation").isEmpty })
            #expect(items.allSatisfy { $0["scheduleId"] == .null })
        } else {
            #expect(
                items.contains {
                    $0["scheduleItems"]?.array?.contains { $0["status"]?.string == "SomethingNew" } == true
                })
        }
    }

    @Test(arguments: Permissions.defaultRoles + ["Calendars.ReadBasic", "Calendars.Read", "Calendars.ReadWrite"])
    func onlyCalendarRolesOpenCalendars(_ role: String) throws {
        var scenario = Scenario.quiet
        scenario.token.roles = [role]
        var rehearsal = try Rehearsal(scenario: scenario)
        let answer = rehearsal.schedules(["room2@contoso.com"])
        if role.hasPrefix("Calendars.") {
            #expect(answer.status == 200)
        } else {
            #expect(answer.status == 403 && answer.errorCode == "ErrorAccessDenied")
        }
    }

    @Test func twentyAreTheMost() throws {
        var rehearsal = try Rehearsal()
        #expect(rehearsal.schedules(rooms(1...20)).status == 200)
        let answer = rehearsal.schedules(rooms(1...21))
        #expect(answer.status == 400 && answer.errorCode == "ErrorMailboxDataArrayTooBig")
    }

    @Test func malformedQuestionsAreRefused() throws {
        var rehearsal = try Rehearsal()
        #expect(rehearsal.schedules([]).status == 400)
        #expect(rehearsal.schedules(["room"]).status == 400)
        #expect(rehearsal.schedules(rooms(1...1), from: "soon").status == 400)
        #expect(rehearsal.schedules(rooms(1...1), from: "2026-02-30T00:00:00").status == 400)
        #expect(rehearsal.schedules(rooms(1...1), zone: "Middle Earth Standard Time").status == 400)
        #expect(rehearsal.schedules(rooms(1...1), prefer: "Middle Earth Standard Time").status == 400)
        #expect(rehearsal.schedules(rooms(1...1), interval: 4).status == 400)
        #expect(rehearsal.schedules(rooms(1...1), interval: 1441).status == 400)
        #expect(rehearsal.send(.post, Rehearsal.anchor, body: Array("[]".utf8)).status == 400)
        #expect(rehearsal.get(Rehearsal.anchor).status == 405)
    }

    @Test(arguments: ["nobody@contoso.com", "phone1@contoso.com", "00000000-0000-4000-8000-000000000001"])
    func theMailboxThatAsksMustExist(_ anchor: String) throws {
        var rehearsal = try Rehearsal()
        let answer = rehearsal.schedules(["room2@contoso.com"], anchor: "/v1.0/users/\(anchor)/calendar/getSchedule")
        #expect(answer.status == 404 && answer.errorCode == "ErrorInvalidUser")
    }

    @Test func anyMailboxMayAskAndPathsTakeAnyCase() throws {
        var rehearsal = try Rehearsal()
        let id = try rehearsal.roomID(3)
        for anchor in [id, "person1@contoso.com"] {
            let path = "/v1.0/users/\(anchor)/Calendar/microsoft.graph.getSchedule"
            #expect(try rehearsal.schedules(["room2@contoso.com"], anchor: path).items.count == 1)
        }
    }

    @Test(arguments: [
        ("nosuch@contoso.com", "2026-03-02T00:00:00", "2026-03-03T00:00:00", "ErrorMailRecipientNotFound"),
        ("phone1@contoso.com", "2026-03-02T00:00:00", "2026-03-03T00:00:00", "ErrorMailRecipientNotFound"),
        ("room2@contoso.com", "2026-03-03T00:00:00", "2026-03-02T00:00:00", "ErrorInvalidTimeInterval"),
        ("room2@contoso.com", "2026-03-02T00:00:00", "2026-05-03T00:00:00", "ErrorTimeIntervalTooBig"),
    ])
    func troubleOfOneScheduleIsAnErrorInsideA200(_ ask: (String, String, String, String)) throws {
        var rehearsal = try Rehearsal()
        let answer = rehearsal.schedules([ask.0, "room3@contoso.com"], from: ask.1, until: ask.2)
        #expect(answer.status == 200)
        let items = try answer.items
        #expect(items[0]["error"]?["responseCode"]?.string == ask.3)
        #expect(items[0]["scheduleId"]?.string == ask.0)
        #expect((items[1]["error"] == nil) == ask.3.hasPrefix("ErrorMail"))
    }

    @Test func theViewAndTheItemsTellTheSame() throws {
        var rehearsal = try Rehearsal()
        for item in try rehearsal.schedules(rooms(1...20), interval: 15).items {
            let view = Array(try #require(item["availabilityView"]?.string))
            #expect(view.count == 7 * 96)
            var expected = [Int](repeating: 0, count: view.count)
            for entry in try #require(item["scheduleItems"]?.array) {
                let weight = ["tentative": 1, "busy": 2, "oof": 3][entry["status"]?.string ?? ""] ?? 0
                let span = try ["start", "end"].map { name -> Int in
                    let text = try #require(entry[name]?["dateTime"]?.string)
                    #expect(text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:00\.0{7}/) != nil)
                    let date = try #require(ISO8601DateFormatter().date(from: text.prefix(19) + "Z"))
                    return Int(date.timeIntervalSince(Rehearsal.start.wall) + 8 * 3600) / 900
                }
                for step in span[0]..<span[1] { expected[step] = max(expected[step], weight) }
            }
            #expect(view.map { Int(String($0)) } == expected)
        }
    }

    @Test func everyRoomIsUsedInItsOwnWorkingHours() throws {
        var rehearsal = try Rehearsal()
        var backToBack = 0
        var recurring = 0
        var words: Set<String> = []
        for item in try rehearsal.schedules(rooms(1...20), prefer: "W. Europe Standard Time").items {
            let zone = try #require(item["workingHours"]?["timeZone"]?["name"]?.string)
            let local = try rehearsal.schedules([try #require(item["scheduleId"]?.string)], prefer: zone).items[0]
            let entries = try #require(local["scheduleItems"]?.array)
            #expect(entries.count > 10, "a week")
            let starts = entries.compactMap { $0["start"]?["dateTime"]?.string }
            let ends = entries.compactMap { $0["end"]?["dateTime"]?.string }
            #expect(
                starts.allSatisfy { $0.dropFirst(11) >= "08:00" }
                    && ends.allSatisfy { $0.dropFirst(11) <= "18:00:00.0000001" })
            #expect(starts.allSatisfy { !$0.hasPrefix("2026-03-07") && !$0.hasPrefix("2026-03-08") })
            #expect(zip(starts.dropFirst(), ends).allSatisfy { $0 >= $1 }, "a room holds one meeting at a time")
            backToBack += zip(starts.dropFirst(), ends).count { $0 == $1 }
            if Set(starts.map { $0.dropFirst(11) }).contains(where: { time in starts.count { $0.hasSuffix(time) } >= 5 }
            ) {
                recurring += 1
            }
            words.formUnion(entries.compactMap { $0["status"]?.string })
        }
        #expect(backToBack > 20 && recurring >= 5)
        #expect(words == ["busy", "tentative", "oof", "free"])
    }

    @Test func nineStaysNineWhenTheClocksChange() throws {
        // Rooms of the second building stand in Berlin, which changed on 29 March 2026.
        var rehearsal = try Rehearsal()
        let room = ["room11@contoso.com"]
        func times(_ zone: String) throws -> Set<Substring> {
            let items = try rehearsal.schedules(
                room, from: "2026-03-16T00:00:00", until: "2026-04-11T00:00:00", prefer: zone
            ).items
            let starts = items[0]["scheduleItems"]?.array?.compactMap { $0["start"]?["dateTime"]?.string } ?? []
            return Set(starts.map { $0.dropFirst(11).prefix(5) })
        }
        #expect(try times("W. Europe Standard Time").allSatisfy { $0 >= "08:00" && $0 < "18:00" })
        #expect(try times("UTC").contains { $0 < "07:00" })
    }

    @Test func theSameSeedGivesTheSameWeekAndOverlappingWindowsAgree() throws {
        var one = try Rehearsal(seed: 7)
        var two = try Rehearsal(seed: 7)
        var other = try Rehearsal(seed: 8)
        let ask = rooms(1...5)
        let whole = try one.schedules(ask).items
        #expect(try two.schedules(ask).items == whole)
        #expect(try other.schedules(ask).items != whole)
        let day = try one.schedules(ask, from: "2026-03-04T00:00:00", until: "2026-03-05T00:00:00").items
        for (part, all) in zip(day, whole) {
            let entries = try #require(part["scheduleItems"]?.array)
            let week = try #require(all["scheduleItems"]?.array)
            #expect(!entries.isEmpty && entries.allSatisfy(week.contains))
        }
    }

    @Test func aBookingOnDemandShowsWhenItWasMade() throws {
        var rehearsal = try Rehearsal(
            scenario: scenario(.roomBooked, at: .seconds(60)) {
                $0.room = "3"
                $0.startsIn = DurationText(.seconds(720))
                $0.lasts = DurationText(.seconds(1800))
            })
        func booked() throws -> Bool {
            let items = try rehearsal.schedules(["room3@contoso.com"], prefer: nil).items
            return items[0]["scheduleItems"]?.array?.contains {
                $0["start"]?["dateTime"]?.string == "2026-03-02T08:13:00.0000000"
                    && $0["end"]?["dateTime"]?.string == "2026-03-02T08:43:00.0000000"
            } ?? false
        }
        #expect(try !booked())
        let records = rehearsal.wait(.seconds(61))
        #expect(try booked())
        #expect(records.map(\.event) == ["room_booked"] && records[0].expected == .none)
        #expect(records[0].detail == "2026-03-02T08:13:00Z to 2026-03-02T08:43:00Z")
    }

    @Test func eventsArriveByHand() throws {
        var rehearsal = try Rehearsal()
        let body = #"{"kind":"room_booked","room":"B2/3","starts_in":"12m","for":"30m"}"#
        #expect(rehearsal.send(.post, "/_simulator/events", body: Array(body.utf8)).status == 202)
        let broken = #"{"kind":"calendar_error","room":4,"code":"ErrorMailboxLogonFailed","for":"1m"}"#
        #expect(rehearsal.send(.post, "/_simulator/events", body: Array(broken.utf8)).status == 202)
        func code() throws -> String? {
            try rehearsal.schedules(["room4@contoso.com"]).items[0]["error"]?["responseCode"]?.string
        }
        #expect(try code() == "ErrorMailboxLogonFailed")
        #expect(rehearsal.wait(.seconds(61)).map(\.event).contains("calendar_known"))
        #expect(try code() == nil)
        #expect(rehearsal.send(.post, "/_simulator/events", body: Array(#"{"kind":"room_booked"}"#.utf8)).status == 400)
    }

    @Test func aCalendarWithTooManyEntriesSaysSo() throws {
        var crowd = Scenario.quiet
        crowd.events = (0..<1001).map { index in
            var event = ScenarioEvent(.roomBooked)
            event.room = "3"
            event.startsIn = DurationText(.seconds(60 * index))
            event.lasts = DurationText(.seconds(60))
            return event
        }
        var rehearsal = try Rehearsal(scenario: crowd)
        _ = rehearsal.wait(.seconds(1))
        let items = try rehearsal.schedules(["room3@contoso.com", "room4@contoso.com"]).items
        #expect(items[0]["error"]?["responseCode"]?.string == "5006" && items[1]["error"] == nil)
        let hour = try rehearsal.schedules(
            ["room3@contoso.com"], from: "2026-03-02T08:00:00", until: "2026-03-02T09:00:00"
        ).items
        #expect(hour[0]["scheduleItems"]?.array?.count ?? 0 >= 60)
    }

    @Test func limitsAreCountedByMailbox() throws {
        var tight = Scenario.quiet
        tight.limitsScale = 0.0005
        var rehearsal = try Rehearsal(scenario: tight)
        for _ in 0..<5 { #expect(rehearsal.schedules(["room2@contoso.com"]).status == 200) }
        let refused = rehearsal.schedules(["room2@contoso.com"])
        #expect(refused.status == 429 && refused.errorCode == "ApplicationThrottled")
        #expect(refused.headerFields[.retryAfter] == "600")
        let other = "/v1.0/users/room2@contoso.com/calendar/getSchedule"
        #expect(rehearsal.schedules(["room2@contoso.com"], anchor: other).status == 200)
        _ = rehearsal.wait(.seconds(601))
        #expect(rehearsal.schedules(["room2@contoso.com"]).status == 200)
    }

    @Test func fourCallsOnBehalfOfOneMailboxAtATime() throws {
        var rehearsal = try Rehearsal(scenario: faulty(.slow, .calendars) { $0.delay = DurationText(.seconds(3)) })
        _ = rehearsal.wait(.seconds(2))
        for _ in 0..<4 { #expect(rehearsal.schedules(["room2@contoso.com"]).delay == .seconds(3)) }
        #expect(rehearsal.schedules(["room2@contoso.com"]).errorCode == "ApplicationThrottled")
        let other = "/v1.0/users/room2@contoso.com/calendar/getSchedule"
        #expect(rehearsal.schedules(["room2@contoso.com"], anchor: other).status == 200)
        _ = rehearsal.wait(.seconds(3))
        #expect(rehearsal.schedules(["room2@contoso.com"]).status == 200)
    }

    @Test func faultsOfCalendarsTouchCalendarsOnly() throws {
        var rehearsal = try Rehearsal(scenario: faulty(.status, .calendars) { $0.retryAfter = 20 })
        _ = rehearsal.wait(.seconds(2))
        let answer = rehearsal.schedules(["room2@contoso.com"])
        #expect(answer.status == 503 && answer.headerFields[.retryAfter] == "20")
        #expect(rehearsal.get("/v1.0/users?$top=1").status == 200)
        let batch: JSONValue = [
            "requests": [
                [
                    "id": "1", "method": "POST", "url": "/users/room1@contoso.com/calendar/getSchedule",
                    "headers": ["Content-Type": "application/json"], "body": ["schedules": ["room2@contoso.com"]],
                ]
            ]
        ]
        let items = try rehearsal.post("/v1.0/$batch", batch).json["responses"]?.array
        #expect(items?.first?["status"]?.int == 503)
    }
}
