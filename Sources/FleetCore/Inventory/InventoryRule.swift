// Who is watched (Detection). The rule sees what was read and what was known, and answers with
// the new list, or with the reason why the old one stays.

/// What the operator wants of the inventory (config `inventory`).
public struct InventoryScope: Sendable, Hashable {
    /// Account ids, user principal names or mail addresses; compared without case.
    public var include: Set<String>
    public var exclude: Set<String>

    public init(include: [String] = [], exclude: [String] = []) {
        self.include = Set(include.map { $0.lowercased() })
        self.exclude = Set(exclude.map { $0.lowercased() })
    }
}

/// What a refresh makes of the list of rooms.
public enum InventoryDecision: Sendable, Hashable {
    /// The new list, and the rooms that left it in this refresh.
    case replace(rooms: [KnownRoom], removed: [AccountID])
    /// The refresh would remove too many rooms at once; the old list stays (`inventory.shrunk`).
    case held(rooms: [KnownRoom], missing: Int, allowed: Int)
    /// The directory could not be read; the old list stays with its age.
    case unreadable
}

/// A room on the list, and in how many complete refreshes in a row it has been absent.
public struct KnownRoom: Sendable, Hashable {
    public var room: Room
    public var absences: Int

    public init(room: Room, absences: Int = 0) {
        self.room = room
        self.absences = absences
    }
}

public enum InventoryRule {
    /// Absent from this many complete refreshes in a row, a room leaves the list.
    public static let absencesToRemove = 2

    /// How many rooms one refresh may remove before it is held: max(5, 10 %).
    public static func removable(of count: Int) -> Int { max(5, count / 10) }

    /// Judges one refresh.
    ///
    /// - Parameters:
    ///   - reading: what was read; without accounts nothing is concluded.
    ///   - known: the list so far.
    public static func decide(
        _ reading: InventoryReading, known: [KnownRoom], scope: InventoryScope
    ) -> InventoryDecision {
        guard let accounts = reading.accounts else { return .unreadable }
        let knownByAccount = Dictionary(known.map { ($0.room.account, $0) }, uniquingKeysWith: { first, _ in first })
        let devices = devicesByAccount(reading.devices, known: known, isByType: reading.listsDevicesByType)
        let places = PlaceIndex(reading.places)

        var listed: [KnownRoom] = []
        var present: Set<AccountID> = []
        for account in accounts where !present.contains(account.id) && !scope.excludes(account) {
            let before = knownByAccount[account.id]?.room
            guard let reason = reason(for: account, devices: devices[account.id] ?? [], scope: scope, before: before)
            else { continue }
            present.insert(account.id)
            let place = places.place(of: account)
            listed.append(
                KnownRoom(
                    room: room(
                        account, reason: reason, devices: devices[account.id] ?? [], place: place, before: before)
                ))
        }

        let excluded = known.filter { scope.excludes($0.room) }.map(\.room.account)
        let absent = known.filter { !present.contains($0.room.account) && !scope.excludes($0.room) }
        let listedIDs = Set(accounts.map(\.id))
        if absent.count > removable(of: known.count) {
            let kept = absent.map { marked($0, by: listedIDs) }
            return .held(
                rooms: listed + kept, missing: absent.count, allowed: removable(of: known.count))
        }
        var removed = excluded
        for room in absent {
            var aged = marked(room, by: listedIDs)
            aged.absences += 1
            if aged.absences >= absencesToRemove { removed.append(aged.room.account) } else { listed.append(aged) }
        }
        return .replace(rooms: listed.sorted { $0.room.account < $1.room.account }, removed: removed.sorted())
    }

    private static func reason(
        for account: AccountRecord, devices: [RoomDevice], scope: InventoryScope, before: Room?
    ) -> MonitoringReason? {
        if scope.includes(account) { return .included }
        if account.roomLicence != nil { return .licence }
        if devices.contains(where: \.kind.isMain) { return .device }
        return nil
    }

    private static func room(
        _ account: AccountRecord, reason: MonitoringReason, devices: [RoomDevice], place: PlaceRecord?, before: Room?
    ) -> Room {
        var room = Room(
            account: account.id, name: place?.name ?? account.name,
            email: account.mail ?? account.userPrincipalName, reason: reason)
        room.building = place?.building ?? before?.building ?? account.officeLocation
        room.floor = place?.floor ?? before?.floor
        room.capacity = place?.capacity ?? before?.capacity
        room.licence = account.roomLicence
        room.devices = devices.sorted { $0.id < $1.id }
        if !account.isEnabled {
            room.accountState = .disabled
        } else if account.roomLicence == nil, before?.licence != nil || before?.accountState == .unlicensed {
            // It stays so until there is a licence again: the room that is watched for its device has lost it for good.
            room.accountState = .unlicensed
        }
        return room
    }

    /// An absent room keeps what was known of it; the directory has just said why it is absent.
    private static func marked(_ known: KnownRoom, by listed: Set<AccountID>) -> KnownRoom {
        var marked = known
        if !listed.contains(known.room.account) {
            marked.room.accountState = .deleted
        } else if known.room.licence != nil {
            // A room that was listed for its device alone never had a licence to lose.
            marked.room.accountState = .unlicensed
        }
        return marked
    }

    /// When the device list could not be read, each room keeps the devices that it was known to have; when only some kinds
    /// could, those of the kinds that are missing.
    private static func devicesByAccount(
        _ records: [DeviceRecord]?, known: [KnownRoom], isByType: Bool
    ) -> [AccountID: [RoomDevice]] {
        guard let records else {
            return Dictionary(known.map { ($0.room.account, $0.room.devices) }, uniquingKeysWith: { first, _ in first })
        }
        var found: [AccountID: [RoomDevice]] = [:]
        for record in records {
            guard let account = record.account else { continue }
            found[account, default: []].append(record.device)
        }
        guard isByType else { return found }
        let read = DeviceKind.read(in: records)
        for room in known.map(\.room) {
            let unread = room.devices.filter { !read.contains($0.kind) }
            if !unread.isEmpty { found[room.account, default: []] += unread }
        }
        return found
    }
}

extension InventoryScope {
    fileprivate func includes(_ account: AccountRecord) -> Bool { include.contains(anyOf: account.names) }
    fileprivate func excludes(_ account: AccountRecord) -> Bool { exclude.contains(anyOf: account.names) }
    fileprivate func excludes(_ room: Room) -> Bool {
        exclude.contains(room.account.text) || exclude.contains(room.email.lowercased())
    }
}

extension Set<String> {
    fileprivate func contains(anyOf names: [String]) -> Bool { !isEmpty && names.contains(where: contains) }
}

extension AccountRecord {
    fileprivate var names: [String] {
        [id.text, userPrincipalName.lowercased()] + [mail].compactMap { $0?.lowercased() }
    }
}

/// Places by address. A room's address is matched against mail, then the other addresses, then the UPN; they often
/// differ (Graph facts, Places).
private struct PlaceIndex {
    private var byAddress: [String: PlaceRecord] = [:]

    init(_ places: [PlaceRecord]?) {
        for place in places ?? [] where byAddress[place.email.lowercased()] == nil {
            byAddress[place.email.lowercased()] = place
        }
    }

    func place(of account: AccountRecord) -> PlaceRecord? {
        let addresses = [account.mail].compactMap(\.self) + account.otherAddresses + [account.userPrincipalName]
        return addresses.lazy.compactMap { byAddress[$0.lowercased()] }.first
    }
}
