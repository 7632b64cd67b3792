// Windows on the nights that are 23 or 25 hours long, in zones that move by an hour, by half an hour, at two o'clock and
// at midnight. Every instant here was worked out by hand from the rules of the zone.

import FleetCore
import Foundation
import Testing

struct WeeklyScheduleTests {
    /// zone | days | from | to | asked at | the stretch that is open then
    static let stretches = """
        UTC                 | mon-sun | 02:00 | 03:30 | 2026-11-20T02:00:00Z | 2026-11-20T02:00:00Z/2026-11-20T03:30:00Z
        UTC                 | mon-sun | 02:00 | 03:30 | 2026-11-20T03:29:59Z | 2026-11-20T02:00:00Z/2026-11-20T03:30:00Z
        UTC                 | mon-sun | 02:00 | 03:30 | 2026-11-20T01:59:59Z | closed
        UTC                 | mon-sun | 02:00 | 03:30 | 2026-11-20T03:30:00Z | closed
        UTC                 | fri-fri | 22:00 | 06:00 | 2026-11-21T05:00:00Z | 2026-11-20T22:00:00Z/2026-11-21T06:00:00Z
        UTC                 | fri-fri | 22:00 | 06:00 | 2026-11-20T05:00:00Z | closed
        UTC                 | sat-sun | 00:00 | 24:00 | 2026-11-22T12:00:00Z | 2026-11-21T00:00:00Z/2026-11-23T00:00:00Z
        UTC                 | mon-sun | 00:00 | 24:00 | 2026-11-22T12:00:00Z | always
        UTC                 | mon-sat | 00:00 | 24:00 | 2026-11-20T12:00:00Z | 2026-11-16T00:00:00Z/2026-11-22T00:00:00Z
        Europe/Berlin       | mon-sun | 02:00 | 03:30 | 2026-11-20T01:00:00Z | 2026-11-20T01:00:00Z/2026-11-20T02:30:00Z
        Europe/Berlin       | mon-sun | 02:00 | 03:30 | 2026-03-29T00:59:59Z | closed
        Europe/Berlin       | mon-sun | 02:00 | 03:30 | 2026-03-29T01:00:00Z | 2026-03-29T01:00:00Z/2026-03-29T01:30:00Z
        Europe/Berlin       | mon-sun | 02:00 | 03:30 | 2026-03-29T01:30:00Z | closed
        Europe/Berlin       | mon-sun | 02:00 | 03:30 | 2026-10-25T00:00:00Z | 2026-10-25T00:00:00Z/2026-10-25T02:30:00Z
        Europe/Berlin       | mon-sun | 02:00 | 03:30 | 2026-10-25T01:15:00Z | 2026-10-25T00:00:00Z/2026-10-25T02:30:00Z
        Europe/Berlin       | mon-sun | 02:00 | 03:30 | 2026-10-25T02:29:59Z | 2026-10-25T00:00:00Z/2026-10-25T02:30:00Z
        Europe/Berlin       | mon-sun | 02:00 | 03:30 | 2026-10-25T02:30:00Z | closed
        Europe/Berlin       | mon-sun | 02:00 | 02:30 | 2026-10-25T00:10:00Z | 2026-10-25T00:00:00Z/2026-10-25T00:30:00Z
        Europe/Berlin       | mon-sun | 02:00 | 02:30 | 2026-10-25T00:45:00Z | closed
        Europe/Berlin       | mon-sun | 02:00 | 02:30 | 2026-10-25T01:10:00Z | 2026-10-25T01:00:00Z/2026-10-25T01:30:00Z
        Europe/Berlin       | mon-sun | 02:00 | 03:00 | 2026-03-29T01:00:00Z | closed
        Europe/Berlin       | sat-sat | 22:00 | 06:00 | 2026-10-25T03:00:00Z | 2026-10-24T20:00:00Z/2026-10-25T05:00:00Z
        Europe/Berlin       | sat-sat | 22:00 | 06:00 | 2026-03-29T03:00:00Z | 2026-03-28T21:00:00Z/2026-03-29T04:00:00Z
        Pacific/Auckland    | mon-sun | 02:00 | 03:30 | 2026-09-26T14:10:00Z | 2026-09-26T14:00:00Z/2026-09-26T14:30:00Z
        Pacific/Auckland    | mon-sun | 02:00 | 03:30 | 2026-04-04T13:30:00Z | 2026-04-04T13:00:00Z/2026-04-04T15:30:00Z
        Australia/Lord_Howe | mon-sun | 02:00 | 03:30 | 2026-10-03T15:30:00Z | 2026-10-03T15:30:00Z/2026-10-03T16:30:00Z
        Australia/Lord_Howe | mon-sun | 02:00 | 03:30 | 2026-10-03T15:29:59Z | closed
        Australia/Lord_Howe | mon-sun | 02:00 | 03:30 | 2026-04-04T15:00:00Z | closed
        Australia/Lord_Howe | mon-sun | 02:00 | 03:30 | 2026-04-04T15:30:00Z | 2026-04-04T15:30:00Z/2026-04-04T17:00:00Z
        Australia/Lord_Howe | mon-sun | 01:30 | 03:30 | 2026-04-04T15:10:00Z | 2026-04-04T14:30:00Z/2026-04-04T17:00:00Z
        Australia/Lord_Howe | mon-sun | 01:30 | 01:45 | 2026-04-04T14:50:00Z | closed
        Australia/Lord_Howe | mon-sun | 01:30 | 01:45 | 2026-04-04T15:10:00Z | 2026-04-04T15:00:00Z/2026-04-04T15:15:00Z
        Asia/Kolkata        | mon-sun | 02:00 | 03:30 | 2026-11-19T20:30:00Z | 2026-11-19T20:30:00Z/2026-11-19T22:00:00Z
        America/New_York    | sun-sun | 02:00 | 03:30 | 2026-03-08T07:10:00Z | 2026-03-08T07:00:00Z/2026-03-08T07:30:00Z
        America/New_York    | sun-sun | 00:30 | 01:30 | 2026-11-01T05:10:00Z | 2026-11-01T04:30:00Z/2026-11-01T05:30:00Z
        America/New_York    | sun-sun | 00:30 | 01:30 | 2026-11-01T06:10:00Z | 2026-11-01T06:00:00Z/2026-11-01T06:30:00Z
        """

    @Test(arguments: Table.rows(of: stretches))
    func stretch(_ row: Table.Row) throws {
        let (schedule, zone) = try Self.schedule(row)
        let asked = try Date(row.cells[4], strategy: .iso8601)
        let stretch = schedule.stretch(containing: asked, timeZone: zone)
        #expect(Self.text(stretch) == row.cells[5])
        #expect(schedule.isOpen(at: asked, timeZone: zone) == (stretch != nil))
        #expect(stretch?.contains(asked) != false)
    }

    /// zone | days | from | to | asked at | the next stretch
    static let nexts = """
        UTC           | mon-sun | 02:00 | 03:30 | 2026-11-20T01:00:00Z | 2026-11-20T02:00:00Z/2026-11-20T03:30:00Z
        UTC           | mon-sun | 02:00 | 03:30 | 2026-11-20T02:00:00Z | 2026-11-21T02:00:00Z/2026-11-21T03:30:00Z
        UTC           | mon-mon | 02:00 | 03:30 | 2026-11-20T02:00:00Z | 2026-11-23T02:00:00Z/2026-11-23T03:30:00Z
        UTC           | mon-mon | 22:00 | 06:00 | 2026-11-24T01:00:00Z | 2026-11-30T22:00:00Z/2026-12-01T06:00:00Z
        UTC           | mon-sun | 00:00 | 24:00 | 2026-11-24T01:00:00Z | closed
        UTC           | mon-sun | 09:00 | 09:00 | 2026-11-24T01:00:00Z | closed
        Europe/Berlin | mon-sun | 02:00 | 03:30 | 2026-03-28T12:00:00Z | 2026-03-29T01:00:00Z/2026-03-29T01:30:00Z
        Europe/Berlin | mon-sun | 02:00 | 02:30 | 2026-03-28T12:00:00Z | 2026-03-30T00:00:00Z/2026-03-30T00:30:00Z
        Europe/Berlin | sun-sun | 02:00 | 02:30 | 2026-03-28T12:00:00Z | 2026-04-05T00:00:00Z/2026-04-05T00:30:00Z
        Europe/Berlin | mon-sun | 02:00 | 02:30 | 2026-10-25T00:00:00Z | 2026-10-25T01:00:00Z/2026-10-25T01:30:00Z
        """

    @Test(arguments: Table.rows(of: nexts))
    func next(_ row: Table.Row) throws {
        let (schedule, zone) = try Self.schedule(row)
        let asked = try Date(row.cells[4], strategy: .iso8601)
        #expect(Self.text(schedule.next(after: asked, timeZone: zone)) == row.cells[5])
    }

    /// Two ways to read a wall clock, the calendar's and ours, agree at any instant; and a stretch is open inside,
    /// closed just outside.
    @Test func readingsAgreeWithTheCalendar() throws {
        var dice = SeededGenerator(seed: 11)
        let zones = try [
            "Europe/Berlin", "Australia/Lord_Howe", "America/New_York", "Pacific/Auckland", "Asia/Kolkata",
            "America/Santiago",
            "Africa/Casablanca", "Asia/Kathmandu", "Pacific/Apia", "America/St_Johns",
        ].map { try #require(TimeZone(identifier: $0)) }
        var open = 0
        for _ in 0..<3_000 {
            let zone = zones.randomElement(using: &dice) ?? .gmt
            let days = BookableHours.Weekday.allCases.filter { _ in Bool.random(using: &dice) }
            let from = Int.random(in: 0..<48, using: &dice) * 30
            let to = Int.random(in: 0...48, using: &dice) * 30
            let schedule = WeeklySchedule(days: Set(days), fromMinute: from, toMinute: to)
            let oracle = BookableHours(days: Set(days), fromMinute: from, toMinute: to, timeZone: zone)
            // 2024 to 2027, half of it in the nights around some change of a clock.
            var instant = Date(timeIntervalSince1970: 1_704_067_200 + Double.random(in: 0..<1.2e8, using: &dice))
            if Bool.random(using: &dice), let change = zone.nextDaylightSavingTimeTransition(after: instant) {
                instant = change.addingTimeInterval(Double(Int.random(in: -20_000..<20_000, using: &dice)))
            }
            let isOpen = schedule.isOpen(at: instant, timeZone: zone)
            #expect(isOpen == oracle.contains(instant), "\(zone.identifier) \(days) \(from)-\(to) at \(instant)")
            guard let stretch = schedule.stretch(containing: instant, timeZone: zone), stretch.end < .distantFuture
            else {
                continue
            }
            open += 1
            #expect(stretch.contains(instant))
            #expect(!oracle.contains(stretch.start - 1) && oracle.contains(stretch.start))
            #expect(oracle.contains(stretch.end - 1) && !oracle.contains(stretch.end))
            for _ in 0..<5 {
                let inside = Double.random(in: 0..<stretch.end.timeIntervalSince(stretch.start), using: &dice)
                #expect(oracle.contains(stretch.start + inside))
            }
            let next = try #require(schedule.next(after: instant, timeZone: zone))
            #expect(next.start >= stretch.end)
            #expect(!oracle.contains(next.start - 1) && oracle.contains(next.start))
            for _ in 0..<5 {
                let between = Double.random(in: 0..<max(1, next.start.timeIntervalSince(stretch.end)), using: &dice)
                #expect(!oracle.contains(stretch.end + between))
            }
        }
        #expect(open > 300)
    }

    static func schedule(_ row: Table.Row) throws -> (WeeklySchedule, TimeZone) {
        let zone = try #require(TimeZone(identifier: row.cells[0]))
        return (try schedule(days: row.cells[1], from: row.cells[2], to: row.cells[3]), zone)
    }

    static func schedule(days: String, from: String, to: String) throws -> WeeklySchedule {
        let names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
        let ends = days.split(separator: "-").compactMap { name in names.firstIndex { $0 == name } }
        let first = try #require(ends.first)
        let last = try #require(ends.last)
        let all = (0...((last - first + 7) % 7)).compactMap { BookableHours.Weekday(rawValue: (first + $0) % 7 + 1) }
        func minute(_ text: String) throws -> Int {
            let parts = text.split(separator: ":").compactMap { Int($0) }
            return try #require(parts.first) * 60 + (try #require(parts.last))
        }
        return WeeklySchedule(days: Set(all), fromMinute: try minute(from), toMinute: try minute(to))
    }

    static func text(_ stretch: Stretch?) -> String {
        guard let stretch else { return "closed" }
        if stretch.start == .distantPast, stretch.end == .distantFuture { return "always" }
        return stretch.start.formatted(.iso8601) + "/" + stretch.end.formatted(.iso8601)
    }
}
