// What a matcher is held against: one trouble of one room in words. A label that is absent is the empty string, as in
// Alertmanager, so building="" finds the rooms whose building nobody has recorded.

/// The labels of one room under one condition, or of a trouble that concerns no room.
public struct Labels: Sendable, Hashable {
    public var tenant: TenantName
    public var building: String?
    public var floor: String?
    public var room: RoomTexts?
    /// Models of all devices of the room; empty when none is known.
    public var models: [String]
    /// Kinds of all devices of the room.
    public var kinds: Set<DeviceKind> = []
    /// How the room stands; only where rooms are selected.
    public var state: RoomState?
    /// `nil` where a room is selected and no trouble.
    public var condition: Condition?
    public var severity: Severity?

    /// The three ways in which people name a room.
    public struct RoomTexts: Sendable, Hashable {
        public var account: AccountID
        /// Mail address, else user principal name.
        public var email: String
        /// Display name.
        public var name: String

        public init(account: AccountID, email: String, name: String) {
            self.account = account
            self.email = email
            self.name = name
        }
    }

    public init(
        tenant: TenantName, building: String? = nil, floor: String? = nil, room: RoomTexts? = nil,
        models: [String] = [], condition: Condition? = nil, severity: Severity? = nil
    ) {
        self.tenant = tenant
        self.building = building
        self.floor = floor
        self.room = room
        self.models = models
        self.condition = condition
        self.severity = severity
    }

    /// The labels of a watched room under a condition.
    public init(_ room: Room, of tenant: TenantName, condition: Condition, severity: Severity) {
        self.init(
            tenant: tenant, building: room.building, floor: room.floor,
            room: RoomTexts(account: room.account, email: room.email, name: room.name),
            models: room.devices.compactMap(\.model), condition: condition, severity: severity)
        kinds = Set(room.devices.map(\.kind))
    }

    /// The labels by which a watched room is selected.
    public init(selecting room: Room, of tenant: TenantName, state: RoomState) {
        self.init(
            tenant: tenant, building: room.building, floor: room.floor,
            room: RoomTexts(account: room.account, email: room.email, name: room.name),
            models: room.devices.compactMap(\.model))
        kinds = Set(room.devices.map(\.kind))
        self.state = state
    }

    /// The labels of an incident: one set for each of its rooms, and one without a room when it concerns none.
    ///
    /// - Parameter room: looks up what is known of a room now, for its devices; places and names come from the incident.
    public static func of(_ incident: Incident, room: (AccountID) -> Room?) -> [Labels] {
        let shared = Labels(tenant: incident.tenant, condition: incident.condition, severity: incident.severity)
        guard !incident.rooms.isEmpty else { return [shared] }
        return incident.rooms.map { reference in
            var labels = shared
            labels.building = reference.building
            labels.floor = reference.floor
            labels.room = RoomTexts(account: reference.id, email: reference.email, name: reference.name)
            let devices = room(reference.id)?.devices ?? []
            labels.models = devices.compactMap(\.model)
            labels.kinds = Set(devices.map(\.kind))
            return labels
        }
    }
}

extension Labels {
    /// One text of a label.
    struct Text: Sendable, Hashable {
        var text: String
        /// Account ids and mail addresses compare without case; names do not.
        var ignoresCase = false
    }

    /// Every text of a label, at least one: an absent label is the empty string.
    func texts(of label: Label) -> [Text] {
        switch label {
        case .tenant: [Text(text: tenant.text)]
        case .building: [Text(text: building ?? "")]
        case .floor: [Text(text: floor ?? "")]
        case .condition: [Text(text: condition?.rawValue ?? "")]
        case .severity: [Text(text: severity?.rawValue ?? "")]
        case .model: models.isEmpty ? [Text(text: "")] : models.map { Text(text: $0) }
        case .kind: kinds.isEmpty ? [Text(text: "")] : kinds.map { Text(text: $0.rawValue) }
        case .state: state?.words.map { Text(text: $0) } ?? [Text(text: "")]
        case .room:
            if let room {
                [
                    Text(text: room.account.text, ignoresCase: true), Text(text: room.email, ignoresCase: true),
                    Text(text: room.name),
                ]
            } else {
                [Text(text: "")]
            }
        }
    }
}
