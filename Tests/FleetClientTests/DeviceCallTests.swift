// Calls about devices and commands, through the daemon's own server and back.

import CurlHTTP
import FleetAPI
import FleetClient
import Testing

@Suite struct DeviceCallTests {
    @Test(.timeLimit(.minutes(1))) func devicesAreAskedForAndComeBack() async throws {
        let intents = EchoIntents()
        try await ClientTests.serving(intents) { path in
            let (client, transport) = ClientTests.client(path)
            let list = try await client.devices(
                DevicesQuery(
                    tenant: "contoso", building: "B 2", floor: "3", model: "Räum+Kit", kinds: ["panel", "phone"],
                    problems: ["any"], text: "17&x", cursor: "X", limit: 7))
            #expect(list.content.devices == [EchoIntents.device] && list.content.devicesTotal == 1)
            let detail = try await client.device("DEV/1").content
            #expect(detail.device == EchoIntents.device)
            #expect(try await client.operations(OperationsQuery(room: "1", isOpen: true)).content.operations.count == 1)
            _ = try await client.operations(
                OperationsQuery(
                    tenant: "contoso", command: "c", device: "d", states: ["failed", "unknown"], cursor: "Y", limit: 5))
            #expect(try await client.operation("01J").content.steps.map(\.state) == ["waiting", "accepted"])
            await transport.shutdown()
        }
        #expect(
            intents.asked == [
                #"devices contoso B 2 3 Räum+Kit ["panel", "phone"] ["any"] 17&x X 7"#, "device DEV/1",
                "operations - - 1 - [] true - 100",
                #"operations contoso c - d ["failed", "unknown"] false Y 5"#, "operation 01J",
            ])
    }

    @Test(.timeLimit(.minutes(1))) func aCommandIsPlannedAskedForFollowedAndTakenBack() async throws {
        let intents = EchoIntents()
        try await ClientTests.serving(intents) { path in
            let (client, transport) = ClientTests.client(path)
            let request = CommandRequest(
                action: "update_software", software: "firmware", version: "1.2", matchers: [#"building="B2""#],
                reason: "night", waitSeconds: 3_600)
            #expect(try await client.preview(request).content.preview.goes == 1)
            let taken = try await client.request(request).content.command
            #expect(taken == EchoIntents.command)
            #expect(try await client.command(taken.id).content.command == EchoIntents.command)
            #expect(try await client.commands(cursor: "X", limit: 3).content.commands == [EchoIntents.command])
            #expect(try await client.withdraw(command: taken.id).content.command == EchoIntents.command)
            do throws(ClientError) {
                _ = try await client.request(
                    CommandRequest(action: "restart", rooms: ["1"], reason: "x", force: true))
                Issue.record("the socket is no admin")
            } catch {
                guard case .refused(let problem) = error else { throw error }
                #expect(problem.status == 403 && problem.remedy.contains("admin"))
            }
            await transport.shutdown()
        }
        let words = #"update_software firmware 1.2 - ["building=\"B2\""] night 3600"#
        #expect(intents.asked == ["preview \(words)", "request \(words)", "command c1", "commands X 3", "withdraw c1"])
    }
}

extension EchoIntents {
    private static let place = DeviceBody.RoomReference(id: "1", name: "Room 17", building: "B2", floor: "3")
    static let device = DeviceBody(
        id: "DEV/1", tenant: "contoso", kind: "panel", room: place, health: "healthy", activity: "idle")
    static let command = CommandBody(
        id: "c1", tenant: "contoso", action: "restart", software: nil, version: nil, author: "anna", reason: nil,
        forced: false, selection: "Room 17", requestedAt: at,
        progress: CommandProgress(
            operations: 1, waiting: 1, running: 0, succeeded: 0, failed: 0, unknown: 0, withdrawn: 0, missing: 0,
            estimatedEnd: at))
    private static let operation = OperationBody(
        id: "o1", command: "c1", tenant: "contoso", action: "restart", room: place, device: "DEV/1", state: "waiting",
        detail: nil, graphID: nil, homecoming: "not_awaited", awaitedUntil: nil, author: "anna", requestedAt: at,
        submittedAt: nil, settledAt: nil)

    private func said(_ texts: String?...) -> String { texts.map { $0 ?? "-" }.joined(separator: " ") }

    func devices(_ query: DevicesQuery, for asker: Asker) async throws(Refusal) -> DeviceList {
        let place = said(query.tenant, query.building, query.floor, query.model)
        note("devices \(place) \(query.kinds) \(query.problems) \(said(query.text, query.cursor)) \(query.limit)")
        return DeviceList(devices: [Self.device], devicesTotal: 1, nextCursor: nil)
    }
    func device(_ id: String, for asker: Asker) async throws(Refusal) -> DeviceDetail {
        note("device \(id)")
        return DeviceDetail(device: Self.device, history: [], operations: [Self.operation])
    }
    private func words(_ command: CommandRequest) -> String {
        let matchers = "\(command.rooms ?? command.matchers ?? [])"
        return said(
            command.action, command.software, command.version, command.rooms?.first, matchers, command.reason,
            command.waitSeconds.map(String.init))
    }
    func preview(_ command: CommandRequest, for asker: Asker) async throws(Refusal) -> CommandPreview {
        note("preview \(words(command))")
        return CommandPreview(
            action: command.action,
            rooms: [.init(room: Self.place, device: nil, model: nil, verdict: "go", because: ["idle"])], goes: 1,
            waits: 0, refused: 0, estimateSeconds: 60)
    }
    func request(_ command: CommandRequest, for asker: Asker) async throws(Refusal) -> CommandBody {
        note("request \(words(command))")
        return Self.command
    }
    func commands(cursor: String?, limit: Int, for asker: Asker) async throws(Refusal) -> CommandList {
        note("commands \(cursor ?? "-") \(limit)")
        return CommandList(commands: [Self.command], nextCursor: nil)
    }
    func command(_ id: String, for asker: Asker) async throws(Refusal) -> CommandBody {
        note("command \(id)")
        return Self.command
    }
    func withdraw(command id: String, for asker: Asker) async throws(Refusal) -> CommandBody {
        note("withdraw \(id)")
        return Self.command
    }
    func operations(_ query: OperationsQuery, for asker: Asker) async throws(Refusal) -> OperationList {
        let whose = said(query.tenant, query.command, query.room, query.device)
        note("operations \(whose) \(query.states) \(query.isOpen) \(query.cursor ?? "-") \(query.limit)")
        return OperationList(operations: [Self.operation], nextCursor: nil)
    }
    func operation(_ id: String, for asker: Asker) async throws(Refusal) -> OperationDetail {
        note("operation \(id)")
        return OperationDetail(
            operation: Self.operation,
            steps: [
                .init(at: Self.at, state: "waiting", detail: nil), .init(at: Self.at, state: "accepted", detail: nil),
            ])
    }
}
