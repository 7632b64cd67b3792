// Lays out a tenant of any size from a seed. The mix is by position, not by chance, so that even a tenant of twenty rooms
// holds one of everything a monitor must tell apart.

extension Fleet {
    private struct Site {
        let city: String
        let country: String
        let timeZone: String
        let latitude: Double
        let longitude: Double
    }

    private static let sites = [
        Site(city: "Seattle", country: "US", timeZone: "America/Los_Angeles", latitude: 47.61, longitude: -122.33),
        Site(city: "Berlin", country: "DE", timeZone: "Europe/Berlin", latitude: 52.52, longitude: 13.40),
        Site(city: "London", country: "GB", timeZone: "Europe/London", latitude: 51.51, longitude: -0.13),
        Site(city: "Tokyo", country: "JP", timeZone: "Asia/Tokyo", latitude: 35.68, longitude: 139.69),
        Site(city: "New York", country: "US", timeZone: "America/New_York", latitude: 40.71, longitude: -74.01),
        Site(city: "Mumbai", country: "IN", timeZone: "Asia/Kolkata", latitude: 19.08, longitude: 72.88),
        Site(city: "Sydney", country: "AU", timeZone: "Australia/Sydney", latitude: -33.87, longitude: 151.21),
        Site(city: "Sao Paulo", country: "BR", timeZone: "America/Sao_Paulo", latitude: -23.55, longitude: -46.63),
    ]

    private static let models: [(DeviceType, String, String)] = [
        (.teamsRoom, "Lenovo", "ThinkSmart Core"), (.teamsRoom, "Crestron", "UC-ENGINE"),
        (.collaborationBar, "Poly", "Studio X50"), (.teamsRoom, "HP", "Elite Slice"),
        (.collaborationBar, "Logitech", "Rally Bar"), (.collaborationBar, "Yealink", "MeetingBar A30"),
        (.teamsRoom, "Dell", "OptiPlex 7080"), (.surfaceHub, "Microsoft", "Surface Hub 2S"),
    ]

    /// The tenant of `rooms` rooms in `buildings` buildings; the same arguments give the same tenant.
    ///
    /// - Parameter raggedDevices: devices beside those of the rooms, with records that are as odd as they come.
    static func planned(
        rooms count: Int, buildings buildingCount: Int, seed: UInt64, raggedDevices: Int = 0
    ) -> Fleet {
        var fleet = Fleet(seed: seed)
        let buildingTotal = max(1, min(buildingCount, max(1, count)))
        for index in 0..<buildingTotal { fleet.addBuilding(index, roomsEach: max(1, count / buildingTotal)) }
        var basicLeft = SKU.maximumBasic
        for index in 0..<count {
            fleet.addRoom(index, building: index * buildingTotal / count, basicLeft: &basicLeft)
        }
        fleet.addDecoys(roomCount: count)
        fleet.addRaggedDevices(raggedDevices)
        return fleet
    }

    private mutating func addBuilding(_ index: Int, roomsEach: Int) {
        let site = Self.sites[index % Self.sites.count]
        let floorCount = max(1, min(6, (roomsEach + 3) / 4))
        let building = Building(
            name: "B\(index + 1)", city: site.city, countryCode: site.country, timeZone: site.timeZone,
            latitude: site.latitude, longitude: site.longitude, floors: floorCount,
            firstFloor: floors.count, placeID: GUID(seed: seed, kind: .place, index: 1_000_000 + index))
        buildings.append(building)
        for number in 1...floorCount {
            floors.append(
                Floor(
                    building: index, number: number,
                    placeID: GUID(seed: seed, kind: .place, index: 2_000_000 + index * 8 + number)))
        }
    }

    private func floorIndex(building: Int, ordinal: Int) -> Int {
        buildings[building].firstFloor + ordinal % buildings[building].floors
    }

    private mutating func addRoom(_ index: Int, building: Int, basicLeft: inout Int) {
        let number = index + 1
        var draws = SeededDraws(seed: seed, purpose: .room, index: index)
        let local = "room\(number)"
        let alias = index % 15 == 9 ? "\(local).\(buildings[building].name.lowercased())@\(domain)" : nil
        let unlicensed = index % 40 == 33
        let account = add(
            Account(
                index: index, seed: seed, kind: .room(index), displayName: "Room \(number)",
                userPrincipalName: index % 12 == 5 ? "\(local)@contoso.onmicrosoft.com" : "\(local)@\(domain)",
                mail: "\(local)@\(domain)", alias: alias,
                sku: unlicensed ? nil : Self.roomSKU(index, basicLeft: &basicLeft)))
        var (type, manufacturer, model) = Self.models[draws.pick(0...Self.models.count - 1)]
        // Without a licence only a Teams Rooms system tells that this account is a room.
        if unlicensed || index == 0 { (type, manufacturer, model) = Self.models[0] }
        let main = addDevice(type, manufacturer, model, account: account, building: building)
        var panel: Int?
        if index % 10 == 4 {
            panel = addDevice(.teamsPanel, "Crestron", "TSS-770", account: account, building: building)
        }
        var console: Int?
        if index % 3 == 1 {
            console = addDevice(.touchConsole, "Yealink", "CTP18", account: account, building: building)
        }
        rooms.append(
            Room(
                name: "Room \(number)", number: number, building: building,
                floor: floorIndex(building: building, ordinal: index), capacity: [4, 6, 8, 12, 20][draws.pick(0...4)],
                account: account, placeID: GUID(seed: seed, kind: .place, index: index),
                emailAddress: alias ?? "\(local)@\(domain)", mainDevice: main, panel: panel, console: console))
    }

    private static func roomSKU(_ index: Int, basicLeft: inout Int) -> SKU {
        switch index % 20 {
        case 7: return .standard
        case 13: return .proWithoutAudio
        case 11 where basicLeft > 0:
            basicLeft -= 1
            return .basic
        default: return .pro
        }
    }

    private mutating func addDevice(
        _ type: DeviceType, _ manufacturer: String, _ model: String, account: Int?, building: Int
    ) -> Int {
        let index = devices.count
        var draws = SeededDraws(seed: seed, purpose: .mac, index: index)
        // 02 marks a locally administered address: it can belong to no real device.
        let mac = (0..<5).map { _ in
            let octet = String(draws.pick(0...255), radix: 16, uppercase: true)
            return octet.count == 1 ? "0" + octet : octet
        }
        return add(
            Device(
                id: GUID(seed: seed, kind: .device, index: index), type: type, manufacturer: manufacturer, model: model,
                serialNumber: "SN-\(100_000 + index)", macAddress: (["02"] + mac).joined(separator: "-"),
                account: account, building: building))
    }

    private mutating func addDecoys(roomCount: Int) {
        for index in 0..<min(2000, max(5, roomCount / 10)) {
            let local = "person\(index + 1)"
            let account = add(
                Account(
                    index: 10_000_000 + index, seed: seed, kind: .person, displayName: "Person \(index + 1)",
                    userPrincipalName: "\(local)@\(domain)", mail: "\(local)@\(domain)", alias: nil, sku: .enterprise))
            if index % 3 == 0 {
                _ = addDevice(.ipPhone, "Yealink", "MP56", account: account, building: index % buildings.count)
            }
        }
        for index in 0..<min(200, max(2, roomCount / 40)) {
            let local = "phone\(index + 1)"
            let account = add(
                Account(
                    index: 20_000_000 + index, seed: seed, kind: .phone, displayName: "Lobby phone \(index + 1)",
                    userPrincipalName: "\(local)@\(domain)", mail: "\(local)@\(domain)", alias: nil,
                    sku: .sharedDevices))
            _ = addDevice(.ipPhone, "Poly", "CCX 400", account: account, building: index % buildings.count)
        }
        _ = addDevice(.sip, "Poly", "VVX 250", account: nil, building: 0)
        for index in 0..<max(1, roomCount / 20) {
            let local = "focus\(index + 1)"
            let account = add(
                Account(
                    index: 30_000_000 + index, seed: seed, kind: .mailboxOnly(index), displayName: "Focus \(index + 1)",
                    userPrincipalName: "\(local)@\(domain)", mail: "\(local)@\(domain)", alias: nil, sku: nil))
            let building = index % buildings.count
            mailboxes.append(
                BookableMailbox(
                    name: "Focus \(index + 1)", building: building,
                    floor: floorIndex(building: building, ordinal: index), account: account,
                    placeID: GUID(seed: seed, kind: .place, index: 3_000_000 + index),
                    emailAddress: "\(local)@\(domain)"))
        }
    }
}

extension Fleet.Account {
    fileprivate init(
        index: Int, seed: UInt64, kind: Fleet.AccountKind, displayName: String, userPrincipalName: String, mail: String,
        alias: String?, sku: SKU?
    ) {
        let id = GUID(seed: seed, kind: .person, index: index)
        self.init(
            id: id, idText: id.description, kind: kind, displayName: displayName, userPrincipalName: userPrincipalName,
            mail: mail, alias: alias, sku: sku)
    }
}
