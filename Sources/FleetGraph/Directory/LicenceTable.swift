// Which products make an account a Teams Room. Some ids are not published, so a part number alone is enough where the
// tenant lists what it bought.

import FleetCore

/// A Teams Rooms product.
public struct RoomLicence: Sendable, Hashable {
    /// The part number; compared without case.
    public var partNumber: String
    /// The SKU's GUID in lower case; `nil` where it is only known by name.
    public var skuID: String?

    public init(_ partNumber: String, skuID: String? = nil) {
        self.partNumber = partNumber
        self.skuID = skuID?.lowercased()
    }
}

/// The Teams Rooms products (Graph facts, Licences), most valuable first; replaceable by configuration.
public struct LicenceTable: Sendable, Hashable {
    public var licences: [RoomLicence]
    /// Part numbers of everything else that the tenant bought, by SKU id; empty where its products cannot be read.
    var bought: [String: String] = [:]

    public init(_ licences: [RoomLicence]) { self.licences = licences }

    /// Shared Devices (MCOCAP) is not among them: panels and desk phones are no rooms.
    public static let standard = LicenceTable([
        RoomLicence("Microsoft_Teams_Rooms_Pro", skuID: "4cde982a-ede4-4409-9ae6-b003453c8ea6"),
        RoomLicence(
            "Microsoft_Teams_Rooms_Pro_without_Audio_Conferencing", skuID: "21943e3a-2429-4f83-84c1-02735cd49e78"),
        RoomLicence("Microsoft_Teams_Rooms_Pro_FAC", skuID: "c25e2b36-e161-4946-bef2-69239729f690"),
        RoomLicence("Microsoft_Teams_Rooms_Pro_GCC"),
        RoomLicence("Microsoft_Teams_Rooms_Basic", skuID: "6af4b3d6-14bb-4a2a-960c-6c902aad34f3"),
        RoomLicence(
            "Microsoft_Teams_Rooms_Basic_without_Audio_Conferencing", skuID: "50509a35-f0bd-4c5e-89ac-22f0e16a00f8"),
        RoomLicence("Microsoft_Teams_Rooms_Basic_FAC", skuID: "a4e376bd-c61e-4618-9901-3fc0cb1b88bb"),
        RoomLicence("MEETING_ROOM", skuID: "6070a4c8-34c6-4937-8dfb-39bbc6397a60"),
        RoomLicence("MEETING_ROOM_NOAUDIOCONF"),
        RoomLicence("MTR_PREM", skuID: "4fb214cb-a430-4a91-9c91-4976763aa78f"),
    ])

    /// The table with the ids of what the tenant bought: entries by name get theirs, and further products of the
    /// Teams Rooms family join.
    func merging(_ bought: [SubscribedSkuWire]) -> LicenceTable {
        var merged = self
        for sku in bought {
            guard let id = BoundedText.id(sku.skuId)?.lowercased(), ObjectID.isGUID(id),
                let part = BoundedText.clean(sku.skuPartNumber, limit: BoundedText.name),
                !merged.licences.contains(where: { $0.skuID == id })
            else { continue }
            let isNamed = licences.contains { $0.partNumber.lowercased() == part.lowercased() }
            guard isNamed || part.lowercased().hasPrefix("microsoft_teams_rooms_") else {
                if merged.bought.count < Self.mostBought { merged.bought[id] = part }
                continue
            }
            merged.licences.append(RoomLicence(part, skuID: id))
        }
        return merged
    }

    /// Products remembered of one tenant.
    private static let mostBought = 1_000

    var skuIDs: [String] { licences.compactMap(\.skuID).filter(ObjectID.isGUID) }

    /// The part number of the first Teams Rooms product among `skuIDs`.
    func licence(among skuIDs: [String]) -> String? {
        let held = Set(skuIDs.map { $0.lowercased() })
        return licences.first { $0.skuID.map(held.contains) ?? false }?.partNumber
    }

    /// What a product is, as far as anybody here knows.
    func held(_ skuID: String) -> HeldLicence {
        let id = skuID.lowercased()
        if let room = licences.first(where: { $0.skuID == id }) {
            let isBasic = room.partNumber.lowercased().hasPrefix("microsoft_teams_rooms_basic")
            return HeldLicence(isBasic ? .basicRoom : .room, name: room.partNumber)
        }
        if let known = Self.others[id] { return HeldLicence(known.isShared ? .sharedDevices : .user, name: known.name) }
        if let part = bought[id] {
            return HeldLicence(part.lowercased().hasPrefix("mcocap") ? .sharedDevices : .user, name: part)
        }
        return HeldLicence(.unrecognised, name: BoundedText.id(skuID) ?? "unreadable")
    }

    /// Well-known products that make no room, for tenants whose products cannot be read.
    private static let others: [String: (name: String, isShared: Bool)] = [
        "295a8eb0-f78d-45c7-8b5b-1eed5ed02dff": ("MCOCAP", true),
        "6fd2c87f-b296-42f0-b197-1e91e994b900": ("ENTERPRISEPACK", false),
        "c7df2760-2c81-4ef7-b578-5b5392b571df": ("ENTERPRISEPREMIUM", false),
        "05e9a617-0261-4cee-bb44-138d3ef5d965": ("SPE_E3", false),
        "06ebc4ee-1bb5-47dd-8120-11324bc54e06": ("SPE_E5", false),
        "18181a46-0d4e-45cd-891e-60aabd171b4e": ("STANDARDPACK", false),
    ]
}
