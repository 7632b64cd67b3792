// The tenant as it was bought and built: what exists, never how it is doing. The timeline changes states; this stays.

/// Buildings, rooms, accounts and devices of the simulated tenant, fixed at start by size and seed.
struct Fleet: Sendable {
    struct Building: Sendable {
        let name: String
        let city: String
        let countryCode: String
        let timeZone: String
        let latitude: Double
        let longitude: Double
        let floors: Int
        /// Index of its lowest floor; the others follow.
        let firstFloor: Int
        let placeID: GUID
    }

    struct Floor: Sendable {
        let building: Int
        let number: Int
        let placeID: GUID
        var name: String { "Floor \(number)" }
    }

    /// What an account stands for. Only `room` accounts are Teams Rooms; the others are there to be left alone.
    enum AccountKind: Sendable, Equatable {
        case room(Int)
        case person
        /// A shared desk phone's account.
        case phone
        /// A bookable mailbox without any Teams device; sign-in is blocked, as Exchange creates them.
        case mailboxOnly(Int)
    }

    struct Account: Sendable {
        let id: GUID
        /// The id as Graph writes it, kept because every answer needs it.
        let idText: String
        let kind: AccountKind
        let displayName: String
        let userPrincipalName: String
        let mail: String
        /// A second address; for some rooms Places knows only this one.
        let alias: String?
        let sku: SKU?
    }

    struct Room: Sendable {
        let name: String
        let number: Int
        let building: Int
        let floor: Int
        let capacity: Int
        let account: Int
        let placeID: GUID
        let emailAddress: String
        /// The Teams Rooms system; companions follow in ``Fleet/devices``.
        let mainDevice: Int
        /// A panel signed in with the same account, which keeps its presence alive.
        let panel: Int?
        /// A touch console on the same account; it keeps nothing alive.
        let console: Int?
        var isWeak: Bool { panel != nil }
    }

    struct BookableMailbox: Sendable {
        let name: String
        let building: Int
        let floor: Int
        let account: Int
        let placeID: GUID
        let emailAddress: String
    }

    enum DeviceType: String, Sendable {
        case teamsRoom = "TeamsRoom"
        case collaborationBar = "CollaborationBar"
        case surfaceHub = "SurfaceHub"
        case teamsPanel = "TeamsPanel"
        case touchConsole = "TouchConsole"
        case ipPhone = "IpPhone"
        case sip = "Sip"
        case teamsDisplay = "TeamsDisplay"
        case lowCostPhone = "LowCostPhone"
        case unknown = "Unknown"
    }

    struct Device: Sendable {
        let id: GUID
        let type: DeviceType
        let manufacturer: String
        let model: String
        let serialNumber: String
        let macAddress: String
        /// The account signed in; `nil` when nobody is.
        let account: Int?
        let building: Int
        /// What is odd about its records; `nil` for a tidy device.
        var ragged: Raggedness?
    }

    let seed: UInt64
    let domain = "contoso.com"
    let tenantName = "Contoso"
    var buildings: [Building] = []
    var floors: [Floor] = []
    var accounts: [Account] = []
    var rooms: [Room] = []
    var mailboxes: [BookableMailbox] = []
    var devices: [Device] = []
    /// Accounts by object id.
    private(set) var accountByID: [GUID: Int] = [:]
    /// Accounts by lower-cased user principal name, mail address and alias.
    private(set) var accountByAddress: [String: Int] = [:]
    private(set) var deviceByID: [GUID: Int] = [:]

    init(seed: UInt64) {
        self.seed = seed
    }

    mutating func add(_ account: Account) -> Int {
        let index = accounts.count
        accounts.append(account)
        accountByID[account.id] = index
        for address in [account.userPrincipalName, account.mail, account.alias].compactMap({ $0 }) {
            accountByAddress[address.lowercased()] = index
        }
        return index
    }

    mutating func add(_ device: Device) -> Int {
        let index = devices.count
        devices.append(device)
        deviceByID[device.id] = index
        return index
    }

    /// The account named by object id or user principal name, as paths of Graph name one.
    func account(named name: String) -> Int? {
        if let id = GUID(name) { return accountByID[id] }
        return accountByAddress[name.lowercased()]
    }

    /// The room a scenario or an operator means: its number, its name, an address, an account id, `B2/3` for the third
    /// room of a building, or `B2/weak` for the first room there whose panel shares the account.
    func room(named name: String) -> Int? {
        if let slash = name.firstIndex(of: "/"), let building = building(named: String(name[..<slash])) {
            let members = rooms.indices.filter { rooms[$0].building == building }
            let which = name[name.index(after: slash)...]
            if which == "weak" { return members.first { rooms[$0].isWeak } }
            return Int(which).flatMap { members.indices.contains($0 - 1) ? members[$0 - 1] : nil }
        }
        if let number = Int(name) { return rooms.indices.contains(number - 1) ? number - 1 : nil }
        if let account = account(named: name), case .room(let room) = accounts[account].kind { return room }
        return rooms.firstIndex { $0.name.lowercased() == name.lowercased() }
    }

    func building(named name: String) -> Int? {
        buildings.firstIndex { $0.name.lowercased() == name.lowercased() }
    }
}
