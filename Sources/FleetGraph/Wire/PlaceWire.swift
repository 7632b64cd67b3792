// Rooms and the places above them as Graph sends them (Graph facts, Places).

import GraphClient

/// `room`.
struct RoomWire: WireType {
    static let schemaName = "room"

    enum CodingKeys: String, CodingKey, CaseIterable {
        case id, placeId, parentId, displayName, emailAddress, building, floorLabel, floorNumber, capacity
    }

    let id: String?
    let placeId: String?
    let parentId: String?
    let displayName: String?
    let emailAddress: String?
    let building: String?
    let floorLabel: String?
    let floorNumber: LenientNumber?
    let capacity: LenientNumber?

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        id = fields.lenient(.id)
        placeId = fields.lenient(.placeId)
        parentId = fields.lenient(.parentId)
        displayName = fields.lenient(.displayName)
        emailAddress = fields.lenient(.emailAddress)
        building = fields.lenient(.building)
        floorLabel = fields.lenient(.floorLabel)
        floorNumber = fields.lenient(.floorNumber)
        capacity = fields.lenient(.capacity)
    }

    /// The value of `$select` that asks for exactly these fields.
    static let selection = CodingKeys.allCases.map(\.rawValue).joined(separator: ",")
}

/// `place`, as far as buildings, floors and sections share it.
struct PlaceWire: WireType {
    static let schemaName = "place"

    enum CodingKeys: String, CodingKey, CaseIterable {
        case id, placeId, parentId, displayName
    }

    let id: String?
    let placeId: String?
    let parentId: String?
    let displayName: String?

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        id = fields.lenient(.id)
        placeId = fields.lenient(.placeId)
        parentId = fields.lenient(.parentId)
        displayName = fields.lenient(.displayName)
    }
}
