// Rooms, windows, the times of routes and their escalations: what the file says, as detection and telling take it.

import FleetCore
import Foundation
import Testing

@testable import FleetConfiguration

private func instant(_ text: String) throws -> Date { try Date(text, strategy: .iso8601) }

@Suite struct SiteTests {
    @Test func roomsAreReadInTheirOrder() throws {
        let read = try Sample.minimal(
            adding: """
                buildings: { B2: { time_zone: Europe/Berlin, contact: "Front desk, 4711" }, B3: { time_zone: UTC } }
                rooms:
                  - match: { building: B2, floor: ["3", "4"], room: Room17@Contoso.com, tenant: contoso }
                    vip: true
                    contact: Executive support
                  - { match: { building: B2 }, out_of_service: { reason: rebuilt } }
                """)
        #expect(
            read.site
                == SiteRules(
                    hours: read.hours, contacts: ["B2": "Front desk, 4711"],
                    rooms: [
                        RoomRule(
                            match: PlaceMatch(
                                tenants: [TenantName("contoso")], buildings: ["B2"], floors: ["3", "4"],
                                rooms: ["room17@contoso.com"]), isVIP: true, contact: "Executive support"),
                        RoomRule(
                            match: PlaceMatch(buildings: ["B2"]),
                            outOfService: RoomRule.OutOfService(reason: "rebuilt", until: nil)),
                    ], windows: [.nightly]))
        #expect(read.notices.isEmpty)
    }

    /// How long a room stays out of service.
    struct Until: Sendable, CustomTestStringConvertible {
        var match: String
        var written: String
        var means: String
        var testDescription: String { "\(match) until \(written)" }
    }

    static let untils = [
        Until(match: "{ building: B2 }", written: "2026-12-31", means: "2026-12-31T23:00:00Z"),
        Until(match: "{ building: B2 }", written: "2026-07-31", means: "2026-07-31T22:00:00Z"),
        Until(match: "{ building: B2 }", written: "2026-12-31T18:00:00Z", means: "2026-12-31T18:00:00Z"),
        Until(match: "{ building: B2 }", written: "2026-12-31T18:00:00+05:30", means: "2026-12-31T12:30:00Z"),
        Until(match: "{ building: B2 }", written: "2026-12-31T18:00:00-01:00", means: "2026-12-31T19:00:00Z"),
        Until(match: "{ building: [B2, NYC] }", written: "2026-12-31", means: "2027-01-01T05:00:00Z"),
        Until(match: "{ room: a@contoso.com }", written: "2028-02-28", means: "2028-02-29T00:00:00Z"),
        // At midnight of 6 September 2026 the clocks of Chile go from 00:00 to 01:00.
        Until(match: "{ building: SCL }", written: "2026-09-05", means: "2026-09-06T04:00:00Z"),
    ]

    @Test(arguments: untils)
    func aDayEndsByTheClockOfTheBuilding(_ until: Until) throws {
        let read = try Sample.minimal(
            adding: """
                buildings: { B2: { time_zone: Europe/Berlin }, NYC: { time_zone: America/New_York }, SCL: { time_zone: America/Santiago } }
                rooms: [{ match: \(until.match), out_of_service: { reason: rebuilt, until: \(until.written) } }]
                """)
        #expect(try read.rooms[0].outOfService?.until == instant(until.means))
    }

    @Test func withoutABuildingADayEndsByTheClockOfTheDefaultHours() throws {
        let read = try Sample.minimal(
            adding: """
                hours: { default: { time_zone: Asia/Tokyo } }
                rooms: [{ match: {}, out_of_service: { reason: rebuilt, until: 2026-12-31 } }]
                """)
        #expect(try read.rooms[0].outOfService?.until == instant("2026-12-31T15:00:00Z"))
    }

    @Test func windowsAreReadInFullAndTheShippedOneStandsBesideThem() throws {
        let read = try Sample.minimal(
            adding: """
                maintenance:
                  - { name: patch, days: [sun], from: 23:00, to: 04:00, time_zone: Europe/Berlin, return_within: 30m }
                  - { name: bars, from: 01:00, to: 24:00, match: { building: B2 }, device_types: [collaboration_bar, surface_hub], enabled: false }
                """)
        let berlin = try #require(TimeZone(identifier: "Europe/Berlin"))
        #expect(
            read.maintenance == [
                MaintenanceWindow(
                    name: "patch",
                    schedule: .weekly(
                        WeeklySchedule(days: [.sunday], fromMinute: 1380, toMinute: 240), timeZone: berlin),
                    returnWithin: .seconds(1800)),
                MaintenanceWindow(
                    name: "bars", isEnabled: false,
                    schedule: .weekly(WeeklySchedule(fromMinute: 60, toMinute: 1440), timeZone: nil),
                    match: PlaceMatch(buildings: ["B2"]), deviceKinds: [.collaborationBar, .surfaceHub]),
                .nightly,
            ])
        #expect(read.notices.isEmpty)
    }

    @Test func theShippedWindowIsSwitchedOffByOneKey() throws {
        let read = try Sample.minimal(adding: "maintenance: [{ name: nightly, enabled: false }]")
        var off = MaintenanceWindow.nightly
        off.isEnabled = false
        #expect(read.maintenance == [off])
    }

    @Test func anEntryReplacesThePartsOfTheShippedWindowThatItNames() throws {
        let read = try Sample.minimal(adding: "maintenance: [{ name: nightly, from: \"01:00\" }]")
        var earlier = MaintenanceWindow.nightly
        earlier.schedule = .weekly(WeeklySchedule(fromMinute: 60, toMinute: 210), timeZone: nil)
        #expect(read.maintenance == [earlier])
        let all = try Sample.minimal(
            adding: "maintenance: [{ name: nightly, device_types: surface_hub, return_within: 45m, days: mon }]")
        #expect(
            all.maintenance == [
                MaintenanceWindow(
                    name: "nightly",
                    schedule: .weekly(
                        WeeklySchedule(days: [.monday], fromMinute: 120, toMinute: 210), timeZone: nil),
                    deviceKinds: [.surfaceHub], returnWithin: .seconds(2700))
            ])
    }
}

@Suite struct RouteTimesTests {
    /// The minimal configuration with a second receiver, and a route before its last one.
    private func read(_ route: String, more: String = "") throws -> Configuration {
        try Sample.parse(
            Sample.minimal.replacing(
                "routes:\n",
                with: """
                      - { name: boss, pagerduty: { routing_key_file: k }, escalate: true }
                    \(more)
                    routes:
                      - \(route)

                    """))
    }

    @Test func aRouteHasTimesInAZoneOfItsOwn() throws {
        let read = try read(
            """
            match: {}
                receivers: [boss]
                active: [{ days: mon-fri, from: "18:00", to: "07:00" }, { days: sat-sun, time_zone: Asia/Tokyo }]
                mute: [{ from: "12:00", to: "13:00" }]
            """, more: "hours: { default: { time_zone: Europe/Berlin } }")
        let berlin = try #require(TimeZone(identifier: "Europe/Berlin"))
        let tokyo = try #require(TimeZone(identifier: "Asia/Tokyo"))
        let workdays: Set<BookableHours.Weekday> = [.monday, .tuesday, .wednesday, .thursday, .friday]
        #expect(
            read.routes[0].times
                == ActiveTimes(
                    active: [
                        ZonedSchedule(
                            WeeklySchedule(days: workdays, fromMinute: 1080, toMinute: 420), timeZone: berlin),
                        ZonedSchedule(
                            WeeklySchedule(days: [.saturday, .sunday], fromMinute: 0, toMinute: 1440), timeZone: tokyo),
                    ], mute: [ZonedSchedule(WeeklySchedule(fromMinute: 720, toMinute: 780), timeZone: berlin)]))
        #expect(read.routes[1].times == nil && read.routes[1].escalations.isEmpty)
        #expect(read.notices.isEmpty, "a route with times hides no other: \(read.notices)")
    }

    @Test func withoutAnyZoneTheTimesAreUTC() throws {
        let read = try read("{ match: {}, receivers: [boss], mute: [{ days: sun }] }")
        #expect(read.routes[0].times?.mute.first?.timeZone.secondsFromGMT() == 0)
        #expect(read.routes[0].times?.active.isEmpty == true)
    }

    @Test func whoIsToldLaterIsReached() throws {
        let read = try read(
            "{ match: { severity: error }, receivers: oncall, escalate: [{ after: 15m, receivers: boss }, { after: 1h, receivers: [boss, oncall] }] }"
        )
        let (boss, oncall) = (ReceiverName("boss"), ReceiverName("oncall"))
        #expect(
            read.routes[0].escalations == [
                Route.Escalation(after: .seconds(900), receivers: [boss]),
                Route.Escalation(after: .seconds(3600), receivers: [boss, oncall]),
            ])
        #expect(read.notices.isEmpty, "\(read.notices)")
        let profile = try #require(read.routing.receivers[boss])
        #expect(profile.ownsAcknowledgement && profile.escalates && profile.isReminded)
    }

    @Test func anEscalationOfWarningsIsADeadEnd() throws {
        let read = try read(
            "{ match: { severity: warning }, receivers: oncall, escalate: [{ after: 15m, receivers: boss }] }")
        #expect(
            read.notices.map(\.description) == [
                "roomwatch.yaml:11: receivers[1].name: no route and no fallback leads to `boss`",
                "roomwatch.yaml:14: routes[0]: never escalates: nobody is asked to acknowledge a warning",
            ])
    }

    @Test func aRouteThatIsAlwaysMuteIsADeadEnd() throws {
        let read = try read(
            "{ match: {}, receivers: boss, active: [{ days: mon-fri }], mute: [{ days: mon-wed }, { days: thu-sun }] }")
        #expect(
            read.notices.map(\.description) == [
                "roomwatch.yaml:11: receivers[1].name: no route and no fallback leads to `boss`",
                "roomwatch.yaml:14: routes[0]: never used: `mute` covers all of its times",
            ])
    }

    @Test func aSeverityThatSomebodyHearsOnlyAtTimesStillReachesSomebody() throws {
        let read = try Sample.parse(
            Sample.minimal.replacing(
                "routes:\n  - match: {}\n    receivers: [oncall]",
                with: """
                    routes:
                      - { match: { severity: critical }, receivers: [oncall], active: [{ days: mon-fri }] }
                      - { match: {}, receivers: [], escalate: [{ after: 1m, receivers: [oncall] }] }
                    """))
        #expect(
            read.notices.map(\.description) == [
                "roomwatch.yaml:13: routes[1]: incidents of severity warning reach nobody"
            ]
        )
    }

    @Test func routesTakeEveryConditionThereIs() throws {
        let names = Condition.allCases.map(\.rawValue).joined(separator: ", ")
        let read = try read("{ match: { condition: [\(names)] }, receivers: [boss] }")
        #expect(read.routes[0].match.conditions == Set(Condition.allCases))
    }
}
