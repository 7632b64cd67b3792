// Which rooms a window is about, when it is open for them, and what it excuses.

import FleetCore
import Foundation
import Testing
import Timekeeping

struct MaintenanceWindowTests {
    static let tenant = TenantName("contoso")
    static let berlin = TimeZone(identifier: "Europe/Berlin") ?? .gmt

    static func room(kinds: [DeviceKind] = [.teamsRoom], building: String? = "B2", floor: String? = "3") -> Room {
        Room(
            account: AccountID("ROOM-1"), name: "Room 1", email: "Room1@contoso.com", building: building, floor: floor,
            reason: .licence,
            devices: kinds.enumerated().map { RoomDevice(id: "d\($0)", kind: $1) })
    }

    static func instant(_ text: String) throws -> Date { try Date(text, strategy: .iso8601) }

    @Test func nightlyIsForTeamsRoomsOnWindowsAndExpectsThemBack() throws {
        let nightly = MaintenanceWindow.nightly
        #expect(nightly.covers(Self.room(), of: Self.tenant))
        #expect(nightly.covers(Self.room(kinds: [.panel, .teamsRoom]), of: Self.tenant))
        #expect(!nightly.covers(Self.room(kinds: [.collaborationBar, .panel]), of: Self.tenant))
        #expect(!nightly.covers(Self.room(kinds: []), of: Self.tenant), "what cannot be told apart is not hidden")
        // 02:00 to 03:30 in Berlin's winter is 01:00Z to 02:30Z, in each building's own zone.
        #expect(try !nightly.isOpen(at: Self.instant("2026-11-20T00:59:59Z"), timeZone: Self.berlin))
        #expect(try nightly.isOpen(at: Self.instant("2026-11-20T01:00:00Z"), timeZone: Self.berlin))
        #expect(try !nightly.isOpen(at: Self.instant("2026-11-20T02:30:00Z"), timeZone: Self.berlin))
        #expect(try nightly.isOpen(at: Self.instant("2026-11-20T02:30:00Z"), timeZone: .gmt))
        // It excuses absences and does not hide everything.
        #expect(
            try nightly.suppression(
                of: Self.room(), of: Self.tenant, at: Self.instant("2026-11-20T01:30:00Z"), timeZone: Self.berlin)
                == nil)
        var off = nightly
        off.isEnabled = false
        #expect(!off.covers(Self.room(), of: Self.tenant))
        #expect(try !off.isOpen(at: Self.instant("2026-11-20T01:30:00Z"), timeZone: Self.berlin))
    }

    /// first bad, Berlin's clock | asked at | verdict
    static let nights = """
        01:59:59 | 02:10:00 | none
        02:00:00 | 02:19:59 | within
        02:00:00 | 02:20:00 | overdue
        03:00:00 | 03:05:00 | within
        03:25:00 | 03:44:59 | within
        03:25:00 | 03:45:00 | overdue
        03:29:59 | 03:40:00 | within
        03:30:00 | 03:31:00 | none
        """

    @Test(arguments: Table.rows(of: nights))
    func anOutageInsideTheWindowIsExcusedForItsAllowance(_ row: Table.Row) throws {
        func moment(_ clock: String) throws -> Moment {
            let wall = try Self.instant("2026-11-20T\(clock)+01:00")
            return at(wall.timeIntervalSince(at(0).wall))
        }
        let firstBad = try moment(row.cells[0])
        let absence = MaintenanceWindow.nightly.expectedAbsence(ofOutageSince: firstBad, timeZone: Self.berlin)
        let now = try moment(row.cells[1])
        switch absence?.verdict(outageSince: firstBad, at: now) {
        case nil: #expect(row.cells[2] == "none")
        case .within: #expect(row.cells[2] == "within")
        case .overdue(let overdue):
            #expect(row.cells[2] == "overdue")
            #expect(overdue.source == .window("nightly"))
            #expect(overdue.since == firstBad.advanced(by: .seconds(1_200)))
        case .unrelated: Issue.record("an outage inside the window is related to it")
        }
    }

    @Test func aWindowWithoutAllowanceIsQuietWhileItIsOpen() throws {
        let window = MaintenanceWindow(
            name: "cleaning",
            schedule: .weekly(
                try WeeklyScheduleTests.schedule(days: "fri-fri", from: "22:00", to: "06:00"), timeZone: nil),
            match: PlaceMatch(buildings: ["B2"]))
        let night = try Self.instant("2026-11-21T04:00:00Z")
        #expect(
            window.suppression(of: Self.room(), of: Self.tenant, at: night, timeZone: Self.berlin)
                == .maintenance(window: "cleaning", until: try Self.instant("2026-11-21T05:00:00Z"), reason: nil))
        #expect(
            window.suppression(of: Self.room(building: "B3"), of: Self.tenant, at: night, timeZone: Self.berlin) == nil)
        #expect(
            window.suppression(
                of: Self.room(), of: Self.tenant, at: night.addingTimeInterval(3_600), timeZone: Self.berlin)
                == nil)
        #expect(window.expectedAbsence(ofOutageSince: at(0), timeZone: .gmt) == nil)
        #expect(
            window.next(after: night, timeZone: Self.berlin)?.start == (try Self.instant("2026-11-27T21:00:00Z")))
        // A zone of its own counts before the building's.
        var own = window
        own.schedule = .weekly(
            try WeeklyScheduleTests.schedule(days: "fri-fri", from: "22:00", to: "06:00"),
            timeZone: TimeZone(identifier: "Asia/Tokyo"))
        #expect(!own.isOpen(at: night, timeZone: Self.berlin))
    }

    @Test func aPlannedIntervalIsTheSameEverywhere() throws {
        let planned = try PlannedInterval(
            id: UniqueID(stored: "01JPLAN"), startsAt: at(0).wall, endsAt: at(3_600).wall, author: "desk",
            reason: "rewiring")
        let window = MaintenanceWindow(name: "rewiring", schedule: .once(planned))
        for zone in [TimeZone.gmt, Self.berlin] {
            #expect(!window.isOpen(at: at(-1).wall, timeZone: zone))
            #expect(window.isOpen(at: at(0).wall, timeZone: zone))
            #expect(window.isOpen(at: at(3_599).wall, timeZone: zone))
            #expect(!window.isOpen(at: at(3_600).wall, timeZone: zone))
            #expect(window.next(after: at(-60).wall, timeZone: zone) == planned.stretch)
            #expect(window.next(after: at(0).wall, timeZone: zone) == nil)
            #expect(window.interval(containing: at(1).wall, timeZone: zone) == planned.stretch)
        }
        #expect(
            window.suppression(of: Self.room(), of: Self.tenant, at: at(1).wall, timeZone: .gmt)
                == .maintenance(window: "rewiring (01JPLAN)", until: at(3_600).wall, reason: "rewiring"))
        let stored = try JSONEncoder().encode([window, .nightly])
        #expect(try JSONDecoder().decode([MaintenanceWindow].self, from: stored) == [window, .nightly])
    }

    @Test func aPlanNeedsAnEndAnAuthorAndAReason() {
        func plan(_ end: Double, _ author: String, _ reason: String) throws {
            _ = try PlannedInterval(
                id: UniqueID(stored: "01"), startsAt: at(0).wall, endsAt: at(end).wall, author: author, reason: reason)
        }
        #expect(throws: PlannedInterval.Invalid.endsBeforeItStarts) { try plan(0, "desk", "work") }
        #expect(throws: PlannedInterval.Invalid.tooLong) { try plan(31 * 86_400 + 1, "desk", "work") }
        #expect(throws: PlannedInterval.Invalid.noAuthor) { try plan(60, " ", "work") }
        #expect(throws: PlannedInterval.Invalid.noReason) { try plan(60, "desk", "") }
    }

    @Test func placesAreExactAndUnknownPlacesAreInNone() {
        let room = Self.room()
        #expect(PlaceMatch().covers(room, of: Self.tenant))
        #expect(PlaceMatch(tenants: [TenantName("contoso")]).covers(room, of: Self.tenant))
        #expect(!PlaceMatch(tenants: [TenantName("fabrikam")]).covers(room, of: Self.tenant))
        #expect(PlaceMatch(buildings: ["B2"], floors: ["3", "4"]).covers(room, of: Self.tenant))
        #expect(!PlaceMatch(buildings: ["B2"], floors: ["4"]).covers(room, of: Self.tenant))
        #expect(!PlaceMatch(buildings: ["B2"]).covers(Self.room(building: nil), of: Self.tenant))
        #expect(!PlaceMatch(floors: ["3"]).covers(Self.room(floor: nil), of: Self.tenant))
        #expect(PlaceMatch(rooms: ["room-1"]).covers(room, of: Self.tenant))
        #expect(PlaceMatch(rooms: ["room1@contoso.com"]).covers(room, of: Self.tenant))
        #expect(!PlaceMatch(rooms: ["room2@contoso.com"]).covers(room, of: Self.tenant))
    }
}

struct ActiveTimesTests {
    /// active | mute | asked at | active then | next active
    static let cases = """
        -                     | -                     | 2026-11-20T08:00:00Z | yes | 2026-11-20T08:00:00Z
        mon-fri 07:00 19:00   | -                     | 2026-11-20T08:00:00Z | yes | 2026-11-20T08:00:00Z
        mon-fri 07:00 19:00   | -                     | 2026-11-20T19:00:00Z | no  | 2026-11-23T07:00:00Z
        -                     | sat-sun 00:00 24:00   | 2026-11-21T08:00:00Z | no  | 2026-11-23T00:00:00Z
        mon-sun 07:00 19:00   | mon-sun 06:00 09:00   | 2026-11-20T08:00:00Z | no  | 2026-11-20T09:00:00Z
        mon-fri 07:00 19:00   | mon-mon 00:00 24:00   | 2026-11-21T08:00:00Z | no  | 2026-11-24T07:00:00Z
        -                     | mon-sun 00:00 24:00   | 2026-11-21T08:00:00Z | no  | never
        sat-sat 07:00 08:00   | sat-sat 00:00 24:00   | 2026-11-21T08:00:00Z | no  | never
        """

    @Test(arguments: Table.rows(of: cases))
    func times(_ row: Table.Row) throws {
        func zoned(_ cell: String) throws -> [ZonedSchedule] {
            let parts = cell.split(separator: " ").map(String.init)
            guard parts.count == 3 else { return [] }
            return [
                ZonedSchedule(
                    try WeeklyScheduleTests.schedule(days: parts[0], from: parts[1], to: parts[2]), timeZone: .gmt)
            ]
        }
        let times = ActiveTimes(active: try zoned(row.cells[0]), mute: try zoned(row.cells[1]))
        let asked = try Date(row.cells[2], strategy: .iso8601)
        #expect(times.isActive(at: asked) == (row.cells[3] == "yes"))
        #expect((times.nextActive(from: asked)?.formatted(.iso8601) ?? "never") == row.cells[4])
    }

    /// Two mutes that hand over to each other leave no gap at which somebody is woken.
    @Test func mutesThatMeetAreOne() throws {
        let times = ActiveTimes(mute: [
            ZonedSchedule(
                try WeeklyScheduleTests.schedule(days: "fri-fri", from: "18:00", to: "24:00"), timeZone: .gmt),
            ZonedSchedule(
                try WeeklyScheduleTests.schedule(days: "sat-sun", from: "00:00", to: "24:00"), timeZone: .gmt),
        ])
        #expect(
            try times.nextActive(from: Date("2026-11-20T20:00:00Z", strategy: .iso8601))
                == Date("2026-11-23T00:00:00Z", strategy: .iso8601))
    }
}
