// Pages, scripts and wall screens ask for the whole fleet again and again. It is worked out from one copy of the Ledger's
// state, on a thread of its own and at most twice a second, so that a hundred people who look cost the sweeps nothing.

import FleetAPI
import FleetCore
import Foundation
import Timekeeping

/// The fleet as people see it, kept for half a second.
actor FleetView {
    /// How old a picture may be that is handed out.
    static let freshness: Duration = .milliseconds(500)

    private let ledger: Ledger
    private let time: any TimeSource
    private let executor: any SerialExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    private var picture: FleetPicture?
    private var orders: [TenantName: RoomOrder] = [:]
    private var devices: (at: Moment, listed: [ListedDevice])?

    init(ledger: Ledger, time: any TimeSource, executor: any SerialExecutor) {
        self.ledger = ledger
        self.time = time
        self.executor = executor
    }

    func now() async -> FleetPicture {
        let now = time.now()
        if let picture, picture.at.elapsed(until: now) < Self.freshness { return picture }
        let fleets = await ledger.fleets
        let sweeps = await ledger.sweeps
        for (tenant, fleet) in fleets where orders[tenant]?.rooms != fleet.rooms {
            orders[tenant] = RoomOrder(fleet.rooms)
        }
        let fresh = FleetPicture(fleets: fleets, orders: orders, sweeps: sweeps, at: now)
        picture = fresh
        return fresh
    }

    /// Every device, by tenant, building, floor, room and id.
    func devices() async -> [ListedDevice] {
        let now = time.now()
        if let devices, devices.at.elapsed(until: now) < Self.freshness { return devices.listed }
        let keyed = await ledger.fleets.values.flatMap { $0.listedDevices(at: now) }.map { ($0.place.words, $0) }
        let listed = keyed.sorted { $0.0.lexicographicallyPrecedes($1.0) }.map(\.1)
        devices = (now, listed)
        return listed
    }
}

/// Rooms in the order of every list. Sorting 20,000 names takes longer than all the rest of a picture, and who is on the
/// list changes seldom.
struct RoomOrder: Sendable {
    /// What was sorted; comparing it with an unchanged list costs one look at its address.
    let rooms: [Room]
    let slots: [Int]

    init(_ rooms: [Room]) {
        self.rooms = rooms
        let keys = rooms.map { RoomBody.Place($0).words }
        slots = rooms.indices.sorted { keys[$0].lexicographicallyPrecedes(keys[$1]) }
    }
}

/// Every room and every count at one instant.
struct FleetPicture: Sendable {
    var at: Moment
    /// By tenant, building, floor and name; rooms of no known place come last.
    var rooms: [RoomBody] = []
    var tenants: [FleetBody.Tenant] = []

    init(
        fleets: [TenantName: TenantFleet], orders: [TenantName: RoomOrder],
        sweeps: [TenantName: Ledger.SweepRecord], at now: Moment
    ) {
        at = now
        for (tenant, fleet) in fleets.sorted(by: { $0.key < $1.key }) {
            let bodies = (orders[tenant]?.slots ?? []).map { fleet.body(ofRoomAt: $0, at: now) }
            rooms += bodies
            tenants.append(Self.summary(of: fleet, named: tenant, rooms: bodies, sweep: sweeps[tenant]))
        }
    }

    private static func summary(
        of fleet: TenantFleet, named tenant: TenantName, rooms: [RoomBody], sweep: Ledger.SweepRecord?
    ) -> FleetBody.Tenant {
        var counts = FleetBody.Counts()
        var buildings: [FleetBody.Building] = []
        for room in rooms {
            counts.count(room.state)
            if buildings.last?.name != room.building || buildings.isEmpty {
                buildings.append(FleetBody.Building(name: room.building, counts: .init(), floors: []))
            }
            let building = buildings.count - 1
            buildings[building].counts.count(room.state)
            if buildings[building].floors.last?.name != room.floor || buildings[building].floors.isEmpty {
                buildings[building].floors.append(FleetBody.Floor(name: room.floor, counts: .init()))
            }
            buildings[building].floors[buildings[building].floors.count - 1].counts.count(room.state)
        }
        var open: [Severity: Int] = [:]
        for incident in fleet.book.allOpen { open[incident.severity, default: 0] += 1 }
        return FleetBody.Tenant(
            name: tenant.text, counts: counts, weak: fleet.rooms.count(where: \.isWeak), blind: fleet.isBlind,
            sweptAt: sweep?.lastComplete.map { Timestamp($0.wall) }, sweepFailure: sweep?.failure,
            open: FleetBody.Open(
                critical: open[.critical] ?? 0, error: open[.error] ?? 0, warning: open[.warning] ?? 0),
            buildings: buildings)
    }
}

extension TenantFleet {
    fileprivate func body(ofRoomAt slot: Int, at now: Moment) -> RoomBody {
        let room = rooms[slot]
        let track = tracks[slot]
        var body = RoomBody(
            id: room.account.text, tenant: tenant.text, name: room.name, email: room.email, building: room.building,
            floor: room.floor, capacity: room.capacity, model: room.mainDevice?.model,
            state: state(of: track, at: now).rawValue, observability: room.isWeak ? "weak" : "strong",
            reading: track.presence.reading?.text, askedAt: track.presence.newestAsked.map { Timestamp($0.wall) },
            lastGoodAt: track.presence.lastGood.map { Timestamp($0.wall) },
            incident: openIncident(ofRoomAt: slot)?.id.text)
        if track.phase.isWrong, let outage = track.outage { body.firstBadAt = Timestamp(outage.firstBad.wall) }
        if let agenda = agendas[room.account], let booking = agenda.current(at: now) ?? agenda.next(after: now) {
            body.meeting = IncidentBody.Meeting(
                startsAt: Timestamp(booking.startsAt), endsAt: Timestamp(booking.endsAt))
        }
        if let findings = accountFindings[room.account] {
            body.account = findings.map { AccountFindingBody($0, at: now.wall) }
        }
        return body
    }
}

extension RoomBody {
    /// Where a room stands in every list; the id makes it unique.
    struct Place: Codable {
        var tenant: String
        var building: String?
        var floor: String?
        var name: String
        var id: String

        func precedes(_ other: Place) -> Bool { words.lexicographicallyPrecedes(other.words) }

        /// Rooms of no known building or floor follow those that have one, and Room 13 follows Room 2.
        var words: [String] {
            [
                tenant, building == nil ? "1" : "0", (building ?? "").countable, floor == nil ? "1" : "0",
                (floor ?? "").countable, name.countable, id,
            ]
        }
    }

    var place: Place {
        Place(tenant: tenant, building: building, floor: floor, name: name, id: id)
    }
}

extension RoomBody.Place {
    /// Rooms of one tenant are sorted among themselves.
    init(_ room: Room) {
        self.init(tenant: "", building: room.building, floor: room.floor, name: room.name, id: room.account.text)
    }
}

extension String {
    /// The text with its numbers at one width, so that they are compared as numbers.
    fileprivate var countable: String {
        guard utf8.contains(where: { (0x30...0x39).contains($0) }) else { return self }
        var text = ""
        var digits = ""
        for character in self {
            if character.isASCII, character.isNumber {
                digits.append(character)
                continue
            }
            text += digits.padded
            digits = ""
            text.append(character)
        }
        return text + digits.padded
    }

    private var padded: String { isEmpty ? "" : String(repeating: "0", count: max(0, 12 - utf8.count)) + self }
}

extension AccountFindingBody {
    init(_ finding: AccountFinding, at now: Date) {
        self.init(
            finding: finding.word, sentence: finding.sentence(at: now), remedy: finding.remedy,
            at: finding.at.map { Timestamp($0) }, observedAt: Timestamp(finding.saidAt))
    }
}
