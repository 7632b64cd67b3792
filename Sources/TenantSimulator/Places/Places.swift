// Places as Graph v1.0 lists them. The hierarchy is empty until an administrator switches buildings on: an empty 200 is a
// state of the tenant, not an error, and a monitor must live with it.

import HTTPTypes

extension SimulatedTenant {
    /// What one list call returns without `$top`.
    private static let defaultPlacePage = 100
    private static let defaultHierarchyPage = 1000

    func places(_ call: GraphCall) throws(GraphError) -> GraphReply {
        try call.require(.get)
        try call.require(Permissions.places)
        let query = try ODataQuery(call.query)
        guard call.segments.count > 1 else { throw .noSegment("places") }
        let first = call.segments[1]
        if first.lowercased().hasPrefix("microsoft.graph.") {
            guard call.segments.count == 2 else { throw .noSegment(call.segments[2]) }
            return try placeList(first, call: call, query: query)
        }
        guard let place = place(named: first) else {
            throw GraphError(404, "ResourceNotFound", "The place '\(first)' was not found.")
        }
        if call.segments.count == 4, call.segments[3].lowercased() == "rooms", case .list(let building) = place {
            let rooms = bookables.filter { buildingIndex($0) == building }
            return try page(of: rooms, size: Self.defaultPlacePage, call: call, query: query)
        }
        // A cast may follow the id.
        guard call.segments.count == 2 || (call.segments.count == 3 && call.segments[2].hasPrefix("microsoft.graph."))
        else { throw .noSegment(call.segments[2]) }
        let object = query.selected(render(place))
        return GraphReply(.object([call.context("places/$entity")] + (object.members ?? [])))
    }

    /// One thing that Places knows.
    private enum Place {
        case room(Int), mailbox(Int), building(Int), floor(Int), list(Int)
    }

    private var bookables: [Place] {
        fleet.rooms.indices.map(Place.room) + fleet.mailboxes.indices.map(Place.mailbox)
    }

    private func buildingIndex(_ place: Place) -> Int {
        switch place {
        case .room(let index): fleet.rooms[index].building
        case .mailbox(let index): fleet.mailboxes[index].building
        case .floor(let index): fleet.floors[index].building
        case .building(let index), .list(let index): index
        }
    }

    private func placeList(_ type: String, call: GraphCall, query: ODataQuery) throws(GraphError) -> GraphReply {
        let hierarchy = scenario.placesHierarchy
        switch type.lowercased() {
        case "microsoft.graph.room":
            return try page(of: bookables, size: Self.defaultPlacePage, call: call, query: query)
        case "microsoft.graph.roomlist":
            let lists = fleet.buildings.indices.map(Place.list)
            return try page(of: lists, size: Self.defaultPlacePage, call: call, query: query)
        case "microsoft.graph.building":
            let buildings = hierarchy ? fleet.buildings.indices.map(Place.building) : []
            return try page(of: buildings, size: Self.defaultHierarchyPage, call: call, query: query)
        case "microsoft.graph.floor":
            let floors = hierarchy ? fleet.floors.indices.map(Place.floor) : []
            return try page(of: floors, size: Self.defaultHierarchyPage, call: call, query: query)
        case "microsoft.graph.section", "microsoft.graph.desk", "microsoft.graph.workspace":
            return try page(of: [], size: Self.defaultHierarchyPage, call: call, query: query)
        default: throw .badRequest("The type '\(type)' is not derived from 'microsoft.graph.place'.")
        }
    }

    private func page(
        of places: [Place], size: Int, call: GraphCall, query: ODataQuery
    ) throws(GraphError) -> GraphReply {
        try .page(
            of: places.count, size: min(query.top ?? size, Self.defaultHierarchyPage), call: call, query: query,
            context: call.segments.dropFirst().joined(separator: "/"), count: query.count
        ) { render(places[$0]) }
    }

    private func place(named name: String) -> Place? {
        let lowered = name.lowercased()
        if let id = GUID(name) {
            return
                (bookables + fleet.buildings.indices.map(Place.building) + fleet.floors.indices.map(Place.floor)
                + fleet.buildings.indices.map(Place.list)).first {
                    let ids = self.ids($0)
                    return ids.id == id || ids.placeID == id
                }
        }
        return (bookables + fleet.buildings.indices.map(Place.list)).first { address($0)?.lowercased() == lowered }
    }

    private func address(_ place: Place) -> String? {
        switch place {
        case .room(let index): fleet.rooms[index].emailAddress
        case .mailbox(let index): fleet.mailboxes[index].emailAddress
        case .list(let index): "\(fleet.buildings[index].name.lowercased())-rooms@\(fleet.domain)"
        case .building, .floor: nil
        }
    }

    /// `id` and `placeId`; for rooms older than the hierarchy they differ.
    private func ids(_ place: Place) -> (id: GUID, placeID: GUID) {
        switch place {
        case .room(let index):
            let placeID = fleet.rooms[index].placeID
            return (index % 9 == 3 ? GUID(seed: fleet.seed, kind: .place, index: 5_000_000 + index) : placeID, placeID)
        case .mailbox(let index): return (fleet.mailboxes[index].placeID, fleet.mailboxes[index].placeID)
        case .building(let index): return (fleet.buildings[index].placeID, fleet.buildings[index].placeID)
        case .floor(let index): return (fleet.floors[index].placeID, fleet.floors[index].placeID)
        case .list(let index):
            let id = GUID(seed: fleet.seed, kind: .place, index: 4_000_000 + index)
            return (id, id)
        }
    }

    private func render(_ place: Place) -> JSONValue {
        let building = fleet.buildings[buildingIndex(place)]
        let (id, placeID) = ids(place)
        let parent: GUID? =
            switch place {
            case .room(let index): fleet.floors[fleet.rooms[index].floor].placeID
            case .mailbox(let index): fleet.floors[fleet.mailboxes[index].floor].placeID
            case .floor: building.placeID
            case .building, .list: nil
            }
        func shared(_ type: String, name: String) -> [JSONValue.Member] {
            [
                .init("@odata.type", .string("#microsoft.graph.\(type)")), .init("id", .string(id.description)),
                .init("placeId", .string(placeID.description)), .init("displayName", .string(name)),
                .init("parentId", .text(scenario.placesHierarchy ? parent?.description : nil)),
                .init(
                    "address",
                    [
                        "street": "1 Example Street", "city": .string(building.city), "state": .null,
                        "postalCode": .null, "countryOrRegion": .string(building.countryCode),
                    ]),
                .init(
                    "geoCoordinates",
                    [
                        "latitude": .double(building.latitude), "longitude": .double(building.longitude),
                        "altitude": .null, "accuracy": .null, "altitudeAccuracy": .null,
                    ]),
                .init("phone", .null), .init("label", .null), .init("tags", []), .init("isWheelChairAccessible", true),
            ]
        }
        switch place {
        case .building:
            return .object(
                shared("building", name: building.name) + [
                    .init("wifiState", "Enabled"), .init("resourceLinks", []),
                ])
        case .floor(let index):
            let floor = fleet.floors[index]
            return .object(shared("floor", name: floor.name) + [.init("sortOrder", .int(floor.number))])
        case .list:
            return .object(
                shared("roomList", name: "\(building.name) rooms") + [.init("emailAddress", .text(address(place)))])
        case .room(let index):
            let room = fleet.rooms[index]
            return .object(
                shared("room", name: room.name)
                    + bookable(
                        name: room.name, address: room.emailAddress, capacity: room.capacity, floor: room.floor,
                        building: building, hasTeams: true))
        case .mailbox(let index):
            let mailbox = fleet.mailboxes[index]
            return .object(
                shared("room", name: mailbox.name)
                    + bookable(
                        name: mailbox.name, address: mailbox.emailAddress, capacity: 2, floor: mailbox.floor,
                        building: building, hasTeams: false))
        }
    }

    private func bookable(
        name: String, address: String, capacity: Int, floor: Int, building: Fleet.Building, hasTeams: Bool
    ) -> [JSONValue.Member] {
        [
            .init("emailAddress", .string(address)), .init("nickname", .string(name)),
            .init("capacity", .int(capacity)),
            .init("building", .string(building.name)), .init("floorNumber", .int(fleet.floors[floor].number)),
            .init("floorLabel", .string(fleet.floors[floor].name)), .init("bookingType", "Standard"),
            .init("audioDeviceName", .null), .init("videoDeviceName", .null), .init("displayDeviceName", .null),
            .init("teamsEnabledState", .string(hasTeams ? "Enabled" : "Disabled")),
        ]
    }
}
