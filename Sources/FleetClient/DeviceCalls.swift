// Devices and commands as typed calls.

public import FleetAPI
import HTTPTypes

extension RoomwatchClient {
    // MARK: Devices

    public func devices(
        _ query: DevicesQuery = DevicesQuery()
    ) async throws(ClientError) -> ClientAnswer<DeviceList> {
        try await ask(
            .get,
            "devices"
                + Self.query([
                    ("tenant", query.tenant), ("building", query.building), ("floor", query.floor),
                    ("model", query.model), ("kind", Self.list(query.kinds)), ("problem", Self.list(query.problems)),
                    ("text", query.text), ("cursor", query.cursor), ("limit", String(query.limit)),
                ]))
    }

    /// - Parameter id: Graph's id of the device.
    public func device(_ id: String) async throws(ClientError) -> ClientAnswer<DeviceDetail> {
        try await ask(.get, "devices/\(Self.segment(id))")
    }

    // MARK: Commands

    /// What a command would do now; nothing is sent.
    public func preview(_ command: CommandRequest) async throws(ClientError) -> ClientAnswer<CommandPreviewContent> {
        try await ask(.post, "commands/preview", command)
    }

    /// Asks for it. After ``ClientError/unheard(_:)`` it may have been taken: look at ``commands(cursor:limit:)``.
    public func request(_ command: CommandRequest) async throws(ClientError) -> ClientAnswer<CommandContent> {
        try await ask(.post, "commands", command)
    }

    public func commands(
        cursor: String? = nil, limit: Int = OperationsQuery.defaultLimit
    ) async throws(ClientError) -> ClientAnswer<CommandList> {
        try await ask(.get, "commands" + Self.query([("cursor", cursor), ("limit", String(limit))]))
    }

    public func command(_ id: String) async throws(ClientError) -> ClientAnswer<CommandContent> {
        try await ask(.get, "commands/\(Self.segment(id))")
    }

    /// Takes back what has not left.
    public func withdraw(command id: String) async throws(ClientError) -> ClientAnswer<CommandContent> {
        try await ask(.delete, "commands/\(Self.segment(id))")
    }

    // MARK: Operations

    public func operations(
        _ query: OperationsQuery = OperationsQuery()
    ) async throws(ClientError) -> ClientAnswer<OperationList> {
        try await ask(
            .get,
            "operations"
                + Self.query([
                    ("tenant", query.tenant), ("command", query.command), ("room", query.room),
                    ("device", query.device), ("state", Self.list(query.states)),
                    ("open", query.isOpen ? "true" : nil), ("cursor", query.cursor), ("limit", String(query.limit)),
                ]))
    }

    public func operation(_ id: String) async throws(ClientError) -> ClientAnswer<OperationDetail> {
        try await ask(.get, "operations/\(Self.segment(id))")
    }

    /// - Parameter id: account id, mail address or a name that only one room has.
    public func room(_ id: String) async throws(ClientError) -> ClientAnswer<RoomContent> {
        try await ask(.get, "rooms/\(Self.segment(id))")
    }

    private static func list(_ words: [String]) -> String? { words.isEmpty ? nil : words.joined(separator: ",") }
}
