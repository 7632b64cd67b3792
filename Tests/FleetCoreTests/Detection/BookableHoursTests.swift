// Local hours are where calendars bite: nights that are 23 or 25 hours long, hours past midnight, days off.

import FleetCore
import Foundation
import Testing

struct BookableHoursTests {
    /// zone | days | from | to | instant in UTC | bookable
    static let cases = """
        UTC              | mon-fri | 07:00 | 19:00 | 2026-11-20T07:00:00Z | yes
        UTC              | mon-fri | 07:00 | 19:00 | 2026-11-20T06:59:59Z | no
        UTC              | mon-fri | 07:00 | 19:00 | 2026-11-20T18:59:59Z | yes
        UTC              | mon-fri | 07:00 | 19:00 | 2026-11-20T19:00:00Z | no
        UTC              | mon-fri | 07:00 | 19:00 | 2026-11-21T12:00:00Z | no
        UTC              | sat     | 07:00 | 19:00 | 2026-11-21T12:00:00Z | yes
        UTC              | mon-fri | 00:00 | 24:00 | 2026-11-20T23:59:59Z | yes
        UTC              | mon-fri | 00:00 | 24:00 | 2026-11-21T00:00:00Z | no
        UTC              | mon-fri | 09:00 | 09:00 | 2026-11-20T09:00:00Z | no
        Asia/Kolkata     | mon-fri | 07:00 | 19:00 | 2026-11-20T01:30:00Z | yes
        Asia/Kolkata     | mon-fri | 07:00 | 19:00 | 2026-11-20T01:29:59Z | no
        Pacific/Auckland | mon-fri | 07:00 | 19:00 | 2026-11-22T18:00:00Z | yes
        Europe/Berlin    | mon-fri | 07:00 | 19:00 | 2026-11-20T06:00:00Z | yes
        Europe/Berlin    | mon-fri | 07:00 | 19:00 | 2026-07-20T05:00:00Z | yes
        Europe/Berlin    | mon-fri | 07:00 | 19:00 | 2026-07-20T17:00:00Z | no
        America/New_York | mon-fri | 07:00 | 19:00 | 2026-07-20T11:00:00Z | yes
        America/New_York | mon-fri | 07:00 | 19:00 | 2026-11-20T11:30:00Z | no
        UTC              | fri     | 22:00 | 06:00 | 2026-11-20T21:59:59Z | no
        UTC              | fri     | 22:00 | 06:00 | 2026-11-20T22:00:00Z | yes
        UTC              | fri     | 22:00 | 06:00 | 2026-11-21T05:59:59Z | yes
        UTC              | fri     | 22:00 | 06:00 | 2026-11-21T06:00:00Z | no
        UTC              | fri     | 22:00 | 06:00 | 2026-11-20T05:00:00Z | no
        Europe/Berlin    | sat     | 22:00 | 06:00 | 2026-03-29T00:59:59Z | yes
        Europe/Berlin    | sat     | 22:00 | 06:00 | 2026-03-29T03:59:59Z | yes
        Europe/Berlin    | sat     | 22:00 | 06:00 | 2026-03-29T04:00:00Z | no
        Europe/Berlin    | sat     | 22:00 | 06:00 | 2026-10-25T00:30:00Z | yes
        Europe/Berlin    | sat     | 22:00 | 06:00 | 2026-10-25T01:30:00Z | yes
        Europe/Berlin    | sat     | 22:00 | 06:00 | 2026-10-25T04:59:59Z | yes
        Europe/Berlin    | sat     | 22:00 | 06:00 | 2026-10-25T05:00:00Z | no
        Europe/Berlin    | sun     | 02:00 | 03:00 | 2026-03-29T01:00:00Z | no
        Europe/Berlin    | sun     | 02:00 | 03:00 | 2026-10-25T00:30:00Z | yes
        Europe/Berlin    | sun     | 02:00 | 03:00 | 2026-10-25T01:30:00Z | yes
        America/New_York | sat     | 22:00 | 06:00 | 2026-03-08T09:59:59Z | yes
        America/New_York | sat     | 22:00 | 06:00 | 2026-03-08T10:00:00Z | no
        America/New_York | sat     | 22:00 | 06:00 | 2026-11-01T10:59:59Z | yes
        America/New_York | sat     | 22:00 | 06:00 | 2026-11-01T11:00:00Z | no
        """

    @Test(arguments: Table.rows(of: cases))
    func hours(_ row: Table.Row) throws {
        let hours = try Self.hours(row)
        let instant = try Date(row.cells[4], strategy: .iso8601)
        #expect(hours.contains(instant) == (row.cells[5] == "yes"))
    }

    /// A day off is a day of the building: the hours that began on it are off, those that began the evening before not.
    @Test func holidaysBelongToTheBuildingsOwnDay() throws {
        var hours = try Self.hours(Table.Row(cells: ["Asia/Tokyo", "mon-sun", "22:00", "06:00"]))
        hours.holidays = ["2026-01-01"]
        // Tokyo is nine hours ahead: 14:00 UTC on 31 December is 23:00 there.
        #expect(try hours.contains(Date("2025-12-31T14:00:00Z", strategy: .iso8601)))
        #expect(try hours.contains(Date("2025-12-31T19:00:00Z", strategy: .iso8601)), "04:00, began on the 31st")
        #expect(try !hours.contains(Date("2026-01-01T14:00:00Z", strategy: .iso8601)), "23:00 on the holiday")
        #expect(try !hours.contains(Date("2026-01-01T19:00:00Z", strategy: .iso8601)), "04:00, began on the holiday")
        #expect(try hours.contains(Date("2026-01-02T14:00:00Z", strategy: .iso8601)))
    }

    @Test func aBuildingWithoutHoursOfItsOwnHasTheDefault() throws {
        let night = try Self.hours(Table.Row(cells: ["UTC", "mon-sun", "00:00", "24:00"]))
        let table = HoursTable(byBuilding: ["B2": night])
        let midnight = try Date("2026-11-20T00:30:00Z", strategy: .iso8601)
        #expect(table.isBookable(building: "B2", at: midnight))
        #expect(!table.isBookable(building: "B3", at: midnight))
        #expect(!table.isBookable(building: nil, at: midnight))
    }

    private static func hours(_ row: Table.Row) throws -> BookableHours {
        let names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
        let ends = row.cells[1].split(separator: "-").compactMap { name in names.firstIndex { $0 == name } }
        let first = try #require(ends.first)
        let last = try #require(ends.last)
        let length = (last - first + 7) % 7
        let days = (0...length).compactMap { BookableHours.Weekday(rawValue: (first + $0) % 7 + 1) }
        return BookableHours(
            days: Set(days), fromMinute: try minute(row.cells[2]), toMinute: try minute(row.cells[3]),
            timeZone: try #require(TimeZone(identifier: row.cells[0])))
    }

    private static func minute(_ text: String) throws -> Int {
        let parts = text.split(separator: ":").compactMap { Int($0) }
        return try #require(parts.first) * 60 + (try #require(parts.last))
    }
}
