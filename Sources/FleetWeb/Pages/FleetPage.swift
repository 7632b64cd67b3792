// The start page, for the wall and for whoever was just woken: what is wrong first, then every building, the troubled
// ones drawn room by room and the others as one card each.

import FleetAPI
import Foundation
import Timekeeping

extension PageRoutes {
    /// Rooms that a page draws at most. A larger fleet shows those that are not well; a building's own page draws all.
    static let mostTiles = 3_000
    /// Incidents on the start page.
    static let shownIncidents = 20

    func fleetPage(
        _ session: Session, building only: (tenant: String, name: String)?
    ) async throws(Refusal) -> String {
        let fleet = try await intents.fleet(for: session.asker)
        let open = try await worstIncidents(for: session.asker)
        let devices = only == nil ? try await DevicesStrip(intents, for: session.asker) : nil
        let running = only == nil ? try await runningCommands(for: session.asker) : []
        let total = fleet.tenants.reduce(0) { $0 + $1.counts.rooms }
        var query = RoomsQuery(limit: .max)
        query.tenant = only?.tenant
        query.building = only?.name
        if only == nil, total > Self.mostTiles { query.states = FleetBody.Counts.troubledStates }
        let rooms = try await intents.rooms(query, for: session.asker).rooms
        var tiles = Tiles(rooms, limit: only == nil ? Self.mostTiles : .max)
        let now = now
        let shown = fleet.tenants.filter { only == nil || $0.name == only?.tenant }
        let tenants = shown.map { tenant in
            let buildings = tenant.buildings.filter { only == nil || $0.name == only?.name }.map { building in
                BuildingModel(building, of: tenant.name, drawing: &tiles, isAlone: only != nil)
            }
            return TenantModel(tenant, buildings: buildings, at: now)
        }
        let openTotal = fleet.tenants.reduce(0) { $0 + $1.open.critical + $1.open.error + $1.open.warning }
        let incidents = max(openTotal, open.count)
        var counts = FleetBody.Counts()
        for tenant in shown { counts.add(tenant.counts) }
        let model = FleetModel(
            figures: FigureModel.all(counts), tenants: tenants, incidents: open.map { IncidentRow($0, at: now) },
            hasIncidents: !open.isEmpty, incidentsTotal: incidents, hasMore: incidents > open.count,
            devices: devices?.sentence ?? "", hasDevices: devices?.hasAny ?? false, running: running,
            hasRunning: !running.isEmpty)
        let title = "\(incidents > 0 ? "(\(incidents)) " : "")\(only?.name ?? "Fleet")"
        return templates.page("fleet", model, title: title, at: "/", for: session)
    }

    /// The critical ones first: with many open, what matters most must not be on the next page.
    private func worstIncidents(for asker: Asker) async throws(Refusal) -> [IncidentBody] {
        var found: [IncidentBody] = []
        for severity in ["critical", "error", "warning"] where found.count < Self.shownIncidents {
            found += try await intents.incidents(
                IncidentsQuery(
                    statuses: ["open", "acknowledged"], severities: [severity],
                    limit: Self.shownIncidents - found.count), for: asker
            ).incidents
        }
        return found
    }

    static func segment(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}

extension FleetBody.Counts {
    /// The words of every state in which somebody may want to look.
    static let troubledStates = ["pending", "down", "recovering", "unseen", "unknown"]

    fileprivate mutating func add(_ other: Self) {
        rooms += other.rooms
        up += other.up
        pending += other.pending
        down += other.down
        recovering += other.recovering
        unseen += other.unseen
        unknown += other.unknown
    }
}

/// The rooms of a page by their place, with a bound on how many are drawn.
struct Tiles {
    private struct Place: Hashable {
        var tenant: String
        var building: String?
        var floor: String?
    }

    private let rooms: [Place: [RoomBody]]
    private var left: Int

    init(_ rooms: [RoomBody], limit: Int) {
        self.rooms = Dictionary(grouping: rooms) {
            Place(tenant: $0.tenant, building: $0.building, floor: $0.floor)
        }
        left = limit
    }

    mutating func of(tenant: String, building: String?, floor: String?) -> [TileModel] {
        let found = rooms[Place(tenant: tenant, building: building, floor: floor)] ?? []
        let drawn = found.prefix(left)
        left -= drawn.count
        return drawn.map(TileModel.init)
    }
}

struct FleetModel {
    var figures: [FigureModel]
    var tenants: [TenantModel]
    var incidents: [IncidentRow]
    var hasIncidents: Bool
    var incidentsTotal: Int
    /// Whether more are open than are listed here.
    var hasMore: Bool
    /// How the devices are, in a sentence.
    var devices = ""
    var hasDevices = false
    /// Commands that are being carried out.
    var running: [CommandRow] = []
    var hasRunning = false
}

/// The devices in a sentence: how many there are, how many are not well, and how many wait for software.
struct DevicesStrip {
    var sentence: String
    var hasAny: Bool

    init(_ intents: any Intents, for asker: Asker) async throws(Refusal) {
        func count(_ problems: [String]) async throws(Refusal) -> Int {
            try await intents.devices(DevicesQuery(problems: problems, limit: 1), for: asker).devicesTotal
        }
        let total = try await count([])
        hasAny = total > 0
        guard hasAny else {
            sentence = ""
            return
        }
        let troubled = try await count([DeviceProblemBody.any])
        let behind = try await count(["device.software"])
        sentence = PageWords.count(total, "device")
        sentence += troubled == 0 ? ", none with a problem" : ", \(troubled) with a problem"
        if behind > 0 { sentence += ", \(behind) with software that is behind" }
    }
}

/// One number to be read from across the room.
struct FigureModel {
    var state: String
    var count: Int
    var isNone: Bool

    /// Of the rare states only those that occur.
    static func all(_ counts: FleetBody.Counts) -> [FigureModel] {
        let always = [("down", counts.down), ("pending", counts.pending), ("unseen", counts.unseen), ("up", counts.up)]
        let rare = [("recovering", counts.recovering), ("unknown", counts.unknown)].filter { $0.1 > 0 }
        return (always.dropLast() + rare + always.suffix(1)).map {
            FigureModel(state: $0.0, count: $0.1, isNone: $0.1 == 0)
        }
    }
}

struct TenantModel {
    /// Beyond this age of the newest complete sweep the page says that it may be wrong.
    static let freshness: Int64 = 60_000

    var name: String
    var counts: CountsModel
    var isBlind: Bool
    var failure: String
    var hasFailure: Bool
    /// When every room was asked last; empty before the first time.
    var swept: String
    var sweptAge: String
    var isSwept: Bool
    var isStale: Bool
    /// The troubled ones first.
    var buildings: [BuildingModel]

    init(_ tenant: FleetBody.Tenant, buildings: [BuildingModel], at now: Timestamp) {
        name = tenant.name
        counts = CountsModel(tenant.counts)
        isBlind = tenant.blind
        failure = tenant.sweepFailure ?? ""
        hasFailure = tenant.sweepFailure != nil
        let instant = tenant.sweptAt.map { Instant($0, at: now) }
        swept = instant?.exact ?? ""
        sweptAge = instant?.age ?? ""
        isSwept = instant != nil
        isStale = tenant.sweptAt.map { now.milliseconds - $0.milliseconds > Self.freshness } ?? true
        self.buildings = buildings.filter(\.isTroubled) + buildings.filter { !$0.isTroubled }
    }
}

struct BuildingModel {
    /// Finds it again in the page of a moment later.
    var key: String
    var name: String
    var address: String
    var hasAddress: Bool
    var counts: CountsModel
    var floors: [FloorModel]
    var isTroubled: Bool

    init(
        _ building: FleetBody.Building, of tenant: String, drawing tiles: inout Tiles, isAlone: Bool
    ) {
        let path = "\(PageRoutes.segment(tenant))/\(PageRoutes.segment(building.name ?? ""))"
        key = "building-\(path)"
        name = building.name ?? "no building known"
        address = "/buildings/\(path)"
        hasAddress = building.name != nil && !isAlone
        counts = CountsModel(building.counts)
        isTroubled = isAlone || building.counts.up < building.counts.rooms
        let address = building.name == nil ? "" : address
        floors = building.floors.map { floor in
            let drawn = tiles.of(tenant: tenant, building: building.name, floor: floor.name)
            let more = max(0, floor.counts.rooms - drawn.count)
            return FloorModel(
                name: floor.name ?? "no floor known", tiles: drawn, more: more, hasMore: more > 0, address: address,
                hasAddress: !address.isEmpty)
        }
    }
}

struct FloorModel {
    var name: String
    var tiles: [TileModel]
    /// Rooms that have no tile here because the fleet is large.
    var more: Int
    var hasMore: Bool
    /// Where all of them are drawn.
    var address: String
    var hasAddress: Bool
}

struct TileModel {
    var id: String
    var name: String
    var state: String
    /// Says the state without colour.
    var sign: String

    init(_ room: RoomBody) {
        id = room.id
        name = room.name
        state = room.state
        sign = Self.sign(of: room.state)
    }

    static func sign(of state: String) -> String {
        switch state {
        case "up": "·"
        case "down": "✕"
        case "pending": "?"
        case "recovering": "↻"
        case "unseen": "◌"
        default: "–"
        }
    }
}
