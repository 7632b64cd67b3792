// The inventory is read whole or not at all: a room never disappears because a request failed.

import FleetCore
import FleetGraph
import GraphClient
import HTTPTypes
import Testing

@Suite("Reading the inventory")
struct InventoryReaderTests {
    static let pro = "4cde982a-ede4-4409-9ae6-b003453c8ea6"
    static let gcc = "11111111-2222-3333-4444-555555555555"

    static func id(_ number: Int) -> String { PresencePages.account(number).text }

    static func user(_ number: Int, sku: String? = pro, more: String = "") -> String {
        #"{"id":"\#(id(number).uppercased())","displayName":"Room \#(number)","userPrincipalName":"room\#(number)@contoso.com","#
            + #""mail":"r\#(number)@contoso.com","proxyAddresses":["SMTP:r\#(number)@contoso.com","smtp:alias\#(number)@contoso.com","X500:/o=x",5],"#
            + #""assignedLicenses":[\#(sku.map { #"{"skuId":"\#($0)"}"# } ?? "")]\#(more)}"#
    }

    static let device =
        #"{"id":"d1","deviceType":"TeamsRoom","healthStatus":"Healthy","lastModifiedDateTime":"2026-11-30T23:00:00Z","currentUser":{"id":"\#(id(7))"}}"#

    /// A tenant with rooms 1 and 2 licensed, 7 signed in on a device, 3 unlicensed, 4 disabled, 9 deleted.
    static func tenant(_ asked: Rig.Asked) -> Rig.Reply {
        let target = asked.target
        if target.hasPrefix("/v1.0/$batch") {
            return Rig.batch(asked.body) { url in
                if url.contains(id(3)) { return (200, user(3, sku: nil)) }
                if url.contains(id(4)) { return (200, user(4, sku: nil, more: #","accountEnabled":false"#)) }
                if url.contains(id(7)) { return (200, user(7, sku: nil)) }
                if url.contains("mail eq 'lobby@contoso.com'") { return (200, #"{"value":[\#(user(8, sku: nil))]}"#) }
                if url.contains("mail eq") { return (200, #"{"value":[]}"#) }
                return (404, #"{"error":{"code":"Request_ResourceNotFound","message":""}}"#)
            }
        }
        if target.hasPrefix("/v1.0/subscribedSkus") {
            return Rig.json(
                #"{"value":[{"skuId":"\#(gcc)","skuPartNumber":"microsoft_teams_rooms_pro_gcc"},{"skuId":5},{"skuId":"\#(id(5))","skuPartNumber":"ENTERPRISEPACK"}]}"#
            )
        }
        if target.hasPrefix("/v1.0/users?") {
            if target.contains("skiptoken") {
                return Rig.json(#"{"value":[\#(user(2, sku: gcc)),{"displayName":"no id"}]}"#)
            }
            return Rig.json(#"{"value":[\#(user(1))],"@odata.nextLink":"http://graph.test/v1.0/users?$skiptoken=2"}"#)
        }
        if target.hasPrefix("/beta/teamwork/devices") { return Rig.json(#"{"value":[\#(device)]}"#) }
        if target.hasPrefix("/v1.0/places/") { return Rig.json(#"{"value":[]}"#) }
        return Rig.error(404)
    }

    static func read(
        _ rig: Rig, known: [Int] = [], include: Set<String> = [], sources: InventorySources = InventorySources()
    ) async -> InventoryReading {
        let devices = DeviceReader(client: rig.client, time: rig.time)
        return await InventoryReader(client: rig.client, devices: devices, time: rig.time)
            .read(known: known.map(PresencePages.account), include: include, sources: sources)
    }

    @Test("licensed, signed in, known and included accounts, each once")
    func accounts() async throws {
        let rig = try Rig(jumps: true) { Self.tenant($0) }
        let include: Set = ["lobby@contoso.com", "ghost@contoso.com", "R1@contoso.com", Self.id(2)]
        let reading = await Self.read(rig, known: [1, 3, 4, 9], include: include)
        let accounts = try #require(reading.accounts)
        #expect(accounts.map(\.id) == [1, 2, 7, 3, 4, 8].map(PresencePages.account))
        #expect(
            accounts.map(\.roomLicence) == [
                "Microsoft_Teams_Rooms_Pro", "microsoft_teams_rooms_pro_gcc", nil, nil, nil, nil,
            ])
        #expect(accounts.map(\.isEnabled) == [true, true, true, true, false, true])
        #expect(accounts[0].otherAddresses == ["alias1@contoso.com"])
        #expect(accounts[0].mail == "r1@contoso.com" && accounts[0].name == "Room 1")
        #expect(reading.devices?.map(\.device.id) == ["d1"])
        #expect(reading.places == [])
        #expect(reading.remarks.contains { $0.contains("ghost@contoso.com") })
        #expect(reading.remarks.contains { $0.contains("1 account(s) carry no usable id") })
        #expect(reading.remarks.count == 2)
    }

    @Test("the filter names every product, unquoted, as an advanced query")
    func filter() async throws {
        let rig = try Rig(jumps: true) { Self.tenant($0) }
        _ = await Self.read(rig)
        let asked = try #require(rig.asked.first { $0.target.hasPrefix("/v1.0/users?") })
        #expect(asked.target.contains("assignedLicenses/any(l:l/skuId eq \(Self.pro)) or assignedLicenses/any("))
        #expect(asked.target.contains(Self.gcc) && asked.target.contains("$top=999&$count=true"))
        #expect(asked.fields.contains { $0.name.rawName == "ConsistencyLevel" && $0.value == "eventual" })
        #expect(asked.target.utf8.count < 2000)
    }

    @Test(
        "when one part of the directory fails there is no list of accounts",
        arguments: [
            ("/v1.0/users?$skiptoken", 500), ("/v1.0/users?$select", 403), ("/v1.0/$batch", 503),
        ])
    func partial(_ failing: String, _ status: Int) async throws {
        let rig = try Rig(jumps: true) { $0.target.hasPrefix(failing) ? Rig.error(status) : Self.tenant($0) }
        let reading = await Self.read(rig, known: [3])
        #expect(reading.accounts == nil)
        #expect(reading.remarks.contains { $0.contains("could not be read") })
        #expect(reading.devices?.count == 1)
    }

    @Test("one known account that cannot be read spoils the list, a deleted one is absent")
    func knownFails() async throws {
        let rig = try Rig(jumps: true) { asked in
            guard asked.target.hasPrefix("/v1.0/$batch") else { return Self.tenant(asked) }
            return Rig.batch(asked.body) { url in
                url.contains(Self.id(3)) ? (403, #"{"error":{"code":"Forbidden","message":""}}"#) : (200, Self.user(7))
            }
        }
        #expect(await Self.read(rig, known: [3]).accounts == nil)
        let other = try Rig(jumps: true) { Self.tenant($0) }
        #expect(await Self.read(other, known: [9]).accounts?.map(\.id) == [1, 2, 7].map(PresencePages.account))
    }

    @Test("without the permission for products the built-in table is used, with a remark")
    func productsForbidden() async throws {
        let rig = try Rig(jumps: true) {
            $0.target.hasPrefix("/v1.0/subscribedSkus") ? Rig.error(403) : Self.tenant($0)
        }
        let reading = await Self.read(rig)
        #expect(reading.accounts?.first?.roomLicence == "Microsoft_Teams_Rooms_Pro")
        #expect(reading.remarks.contains { $0.contains("LicenseAssignment.Read.All") })
    }

    @Test("a service that refuses the joined filter is asked product by product")
    func plainFilters() async throws {
        let rig = try Rig(jumps: true) {
            $0.target.contains(" or assignedLicenses") ? Rig.error(400, "Request_UnsupportedQuery") : Self.tenant($0)
        }
        #expect(await Self.read(rig).accounts?.count == 3)
    }

    @Test("what is switched off is not asked for")
    func switches() async throws {
        let rig = try Rig(jumps: true) { Self.tenant($0) }
        let off = InventorySources(licences: false, devices: false, places: false)
        let reading = await Self.read(rig, known: [3], sources: off)
        #expect(reading.accounts?.map(\.id) == [PresencePages.account(3)])
        #expect(reading.devices == nil && reading.places == nil && reading.remarks.isEmpty)
        #expect(rig.asked.map(\.target) == ["/v1.0/$batch"])
    }

    @Test("ids are bounded whole, names are cut and stripped")
    func bounds() async throws {
        let rig = try Rig(jumps: true) { asked in
            guard asked.target.hasPrefix("/v1.0/users?") else { return Self.tenant(asked) }
            let long = String(repeating: "n", count: 400)
            return Rig.json(
                #"{"value":[{"id":"\#(long)"},{"id":"\#(Self.id(1))","displayName":"A\u0007\u202e\n\#(long)"}]}"#)
        }
        let reading = await Self.read(rig, sources: InventorySources(devices: false, places: false))
        #expect(reading.accounts?.count == 1)
        #expect(reading.accounts?.first?.name == "A" + String(repeating: "n", count: 255))
    }
}

@Suite("Reading places")
struct PlacesTests {
    static func read(_ answers: @escaping @Sendable (String) -> Rig.Reply) async throws -> InventoryReading {
        let rig = try Rig(jumps: true) { asked in
            answers(String(asked.target.dropFirst("/v1.0/places/microsoft.graph.".count).prefix { $0 != "?" }))
        }
        let devices = DeviceReader(client: rig.client, time: rig.time)
        return await InventoryReader(client: rig.client, devices: devices, time: rig.time).read(
            known: [], include: [], sources: InventorySources(licences: false, devices: false))
    }

    static func room(_ name: String, _ fields: String) -> String {
        #"{"displayName":"\#(name)","emailAddress":"\#(name)@contoso.com",\#(fields)}"#
    }

    @Test("floor and building come from above, by place id or id, past cycles and orphans")
    func hierarchy() async throws {
        let rooms = [
            Self.room("a", #""parentId":"F-PLACE","building":"own","floorNumber":2,"capacity":8"#),
            Self.room("b", #""parentId":"s1","floorLabel":"own floor","capacity":"12""#),
            Self.room("c", #""parentId":"nowhere","building":"own","floorNumber":3,"floorLabel":null,"capacity":0"#),
            Self.room("d", #""parentId":"x1","building":"own""#), #"{"displayName":"no address"}"#,
        ]
        let reading = try await Self.read { type in
            switch type {
            case "room": Rig.json(#"{"value":[\#(rooms.joined(separator: ","))]}"#)
            case "building": Rig.json(#"{"value":[{"id":"b-id","placeId":"b-place","displayName":"HQ"}]}"#)
            case "floor":
                Rig.json(
                    #"{"value":[{"id":"f-id","placeId":"f-place","displayName":"Floor 2","parentId":"b-id"},{"id":"x1","parentId":"x2","displayName":"X"}]}"#
                )
            case "section":
                Rig.json(#"{"value":[{"id":"s1","parentId":"f-id"},{"id":"x2","parentId":"x1"}]}"#)
            default: Rig.error(404)
            }
        }
        #expect(
            reading.places == [
                PlaceRecord(email: "a@contoso.com", name: "a", building: "HQ", floor: "Floor 2", capacity: 8),
                PlaceRecord(email: "b@contoso.com", name: "b", building: "HQ", floor: "Floor 2", capacity: 12),
                PlaceRecord(email: "c@contoso.com", name: "c", building: "own", floor: "3"),
                PlaceRecord(email: "d@contoso.com", name: "d", building: "own", floor: "X"),
            ])
        #expect(reading.remarks.isEmpty)
    }

    @Test("without the hierarchy a room's own words stand")
    func noHierarchy() async throws {
        let rooms = Rig.json(#"{"value":[\#(Self.room("a", #""building":"B2","floorLabel":"3rd","floorNumber":3"#))]}"#)
        for other in [Rig.json(#"{"value":[]}"#), Rig.error(403)] {
            let reading = try await Self.read { $0 == "room" ? rooms : other }
            #expect(reading.places == [PlaceRecord(email: "a@contoso.com", name: "a", building: "B2", floor: "3rd")])
        }
    }

    @Test("without the permission places are unread and the permission is named")
    func forbidden() async throws {
        let reading = try await Self.read { _ in Rig.error(403) }
        #expect(reading.places == nil)
        #expect(
            reading.remarks == ["Places are not read: grant the application permission Place.Read.All to use them."])
    }
}
