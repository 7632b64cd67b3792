// The line that is read with the first coffee: which rooms, where, and what is left to do.

import FleetCore
import Foundation
import Testing
import Timekeeping

struct OvernightReportTests {
    private func incident(
        _ number: Int, _ building: String?, opened second: Double, resolved: Bool = true
    ) -> Incident {
        var incident = Incident(
            id: UniqueID(stored: "\(number)"),
            key: DedupKey(tenant: Watch.tenant, condition: .roomOffline, subject: .room(account(number))),
            condition: .roomOffline, tenant: Watch.tenant, severity: .warning,
            scope: Incident.Scope(kind: .room, id: "\(number)", name: "Room \(number)"),
            rooms: [
                Incident.RoomReference(
                    id: account(number), name: "Room \(number)", email: "", building: building, floor: nil)
            ], cause: .unknown, summary: "", firstBadAt: at(second).wall, lastGoodAt: nil, openedAt: at(second).wall,
            evidence: [])
        if resolved {
            incident.status = .resolved
            incident.resolution = .recovered
        }
        return incident
    }

    @Test func roomsAreNamedByBuilding() {
        let incidents = [
            incident(3, "B2", opened: 300), incident(1, "B1", opened: 200, resolved: false),
            incident(1, "B1", opened: 250), incident(2, "B1", opened: 100), incident(9, nil, opened: 120),
            incident(4, "B1", opened: 5), incident(5, "B1", opened: 1_000),
        ]
        let report = OvernightReport(incidents, from: at(50).wall, until: at(900).wall)
        #expect(
            report.line
                == "B1: 2 rooms (Room 2, Room 1), 1 still open; B2: 1 room (Room 3); without a building: 1 room (Room 9)"
        )
    }

    @Test func aQuietNightIsSaidToo() {
        #expect(OvernightReport([], from: at(0).wall, until: at(1).wall).line == "no room failed overnight")
    }

    @Test func manyRoomsAreCounted() {
        let incidents = (1...8).map { incident($0, "B1", opened: Double($0)) }
        let line = OvernightReport(incidents, from: at(0).wall, until: at(99).wall).line
        #expect(line == "B1: 8 rooms (Room 1, Room 2, Room 3, Room 4, Room 5 and 3 more)")
    }

    @Test func whatMergedIntoALargerTroubleIsNotCountedTwice() {
        var merged = incident(1, "B1", opened: 1)
        merged.resolution = .merged
        #expect(OvernightReport([merged], from: at(0).wall, until: at(99).wall).buildings.isEmpty)
    }

    @Test func theNightBeginsWhenTheHoursEnd() throws {
        let hours = BookableHours()
        // Monday, 23 November 2026, 07:00 UTC; the hours before ended on Friday at 19:00.
        let monday = try Date("2026-11-23T07:00:00Z", strategy: .iso8601)
        #expect(hours.begin(at: monday))
        #expect(!hours.begin(at: monday.addingTimeInterval(60)))
        let friday = try Date("2026-11-20T18:45:00Z", strategy: .iso8601)
        #expect(hours.lastEnd(before: monday) == friday)
    }
}
