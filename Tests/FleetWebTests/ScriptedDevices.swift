// What the scripted side of the API says of devices and commands.

import FleetAPI

extension ScriptedIntents {
    static let place = DeviceBody.RoomReference(id: "1", name: "Room 17", building: "B2", floor: "3")
    static let device = DeviceBody(
        id: "dev-1", tenant: "contoso", kind: "teams_room", manufacturer: "Contoso", model: "Room Kit",
        serialNumber: "S-1", assetTag: "A-1", room: place, health: "critical", activity: "idle",
        problems: [
            DeviceProblemBody(
                condition: "device.peripheral", sentence: "the microphone is not connected", since: at,
                incident: incident.id)
        ],
        software: [
            SoftwareBody(
                software: "teams_client", freshness: "update_available", current: "4.19.70", available: "4.20.10"),
            SoftwareBody(software: "firmware", freshness: "latest", current: "1.2"),
        ], modifiedAt: at, listedAt: at, examinedAt: at, operation: operation.id)
    static let command = CommandBody(
        id: "01ARZ3NDEKTSV4RRFFQ69G5FC0", tenant: "contoso", action: "restart", software: nil, version: nil,
        author: "anna", reason: "stuck", forced: false, selection: "building=\"B2\"", requestedAt: at,
        progress: CommandProgress(
            operations: 12, waiting: 4, running: 2, succeeded: 3, failed: 1, unknown: 1, withdrawn: 1, missing: 1,
            estimatedEnd: at))
    static let operation = OperationBody(
        id: "01ARZ3NDEKTSV4RRFFQ69G5FP0", command: "01ARZ3NDEKTSV4RRFFQ69G5FC0", tenant: "contoso", action: "restart",
        room: place, device: "dev-1", state: "accepted", detail: "queued", graphID: "g-1", homecoming: "awaited",
        awaitedUntil: at, author: "anna", requestedAt: at, submittedAt: at, settledAt: nil)
    static let plan = CommandPreview(
        action: "restart",
        rooms: [
            .init(room: place, device: "dev-1", model: "Room Kit", verdict: "go", because: ["idle"]),
            .init(
                room: .init(id: "2", name: "Room 18", building: "B2", floor: "3"), device: "dev-2", model: "Room Kit",
                verdict: "wait", because: ["a meeting runs until 09:00"]),
            .init(
                room: .init(id: "3", name: "Room 19"), device: nil, model: nil, verdict: "refuse",
                because: ["the room has no device"]),
        ], goes: 1, waits: 1, refused: 1, estimateSeconds: 600)

    func devices(_ query: DevicesQuery, for asker: Asker) async throws(Refusal) -> DeviceList {
        let filters = [query.tenant, query.building, query.floor, query.model, query.text, query.cursor]
            .map { $0 ?? "-" }.joined(separator: " ")
        try note("devices \(query.kinds) \(query.problems) \(filters) \(query.limit)", asker)
        return DeviceList(devices: listedDevices ?? [Self.device], devicesTotal: 1, nextCursor: nil)
    }

    func device(_ id: String, for asker: Asker) async throws(Refusal) -> DeviceDetail {
        try note("device \(id)", asker)
        return DeviceDetail(
            device: Self.device,
            history: [
                .init(reading: "healthy", firstAt: Self.at, lastAt: Self.at),
                .init(reading: "peripheral: microphone", firstAt: Self.at, lastAt: nil),
            ], operations: [Self.operation])
    }

    private static func words(_ command: CommandRequest) -> String {
        let what = [command.software, command.version, command.reason].map { $0 ?? "-" }.joined(separator: " ")
        let whom = command.rooms ?? command.matchers ?? []
        return "\(command.action) \(what) \(whom) \(command.force ?? false) \(command.waitSeconds ?? 0)"
    }

    func preview(_ command: CommandRequest, for asker: Asker) async throws(Refusal) -> CommandPreview {
        try note("plan of \(Self.words(command))", asker)
        return Self.plan
    }

    func request(_ command: CommandRequest, for asker: Asker) async throws(Refusal) -> CommandBody {
        try note("request \(Self.words(command))", asker)
        return Self.command
    }

    func commands(cursor: String?, limit: Int, for asker: Asker) async throws(Refusal) -> CommandList {
        try note("commands \(cursor ?? "-") \(limit)", asker)
        return CommandList(commands: [Self.command], nextCursor: nil)
    }

    func command(_ id: String, for asker: Asker) async throws(Refusal) -> CommandBody {
        try note("command \(id)", asker)
        return Self.command
    }

    func withdraw(command id: String, for asker: Asker) async throws(Refusal) -> CommandBody {
        try note("withdraw \(id)", asker)
        return Self.command
    }

    func operations(_ query: OperationsQuery, for asker: Asker) async throws(Refusal) -> OperationList {
        let filters = [query.tenant, query.command, query.room, query.device, query.cursor].map { $0 ?? "-" }
            .joined(separator: " ")
        try note("operations \(query.states) \(query.isOpen) \(filters) \(query.limit)", asker)
        return OperationList(operations: [Self.operation], nextCursor: nil)
    }

    func operation(_ id: String, for asker: Asker) async throws(Refusal) -> OperationDetail {
        try note("operation \(id)", asker)
        return OperationDetail(
            operation: Self.operation,
            steps: [
                .init(at: Self.at, state: "waiting", detail: "a meeting runs"),
                .init(at: Self.at, state: "accepted", detail: nil),
            ])
    }
}
