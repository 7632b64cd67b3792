// The far end of commands: Microsoft's device service as far as operations go, which keeps a log of its own of every
// request that arrived, whatever the daemon heard of it.

import FleetCore
import FleetGraph
import FleetSimulation
import Foundation
import GraphClient
import HTTPExchange
import HTTPTypes
import Logging
import Synchronization
import Timekeeping

final class DeviceDesk: HTTPTransport {
    /// What goes wrong with one request.
    enum Fault: Sendable, Equatable {
        /// Answered with a status, and nothing is done.
        case status(Int, retryAfter: Int? = nil)
        /// The connection was never made.
        case unreachable
        /// Nothing is done, and no answer says so.
        case lost
        /// It is done, and no answer says so.
        case applyAndLose
        /// It is done, and the answer takes this long.
        case slow(Duration)
        /// It is done twice by the service itself, as a gateway that repeats a request does.
        case twice
        /// Neither done nor answered until the caller gives up.
        case hang
    }

    struct Arrival: Sendable, Equatable {
        var device: String
        var call: String
        /// Since the beginning of the test.
        var at: Duration
    }

    private struct Operation {
        var id: String
        var type: String
        var created: Moment
        /// When it is done; `nil` for never.
        var done: Moment?
    }

    private struct State {
        var arrivals: [Arrival] = []
        var looks = 0
        var operations: [String: [Operation]] = [:]
        var last = 0
        var submitFault: @Sendable (Arrival) -> Fault? = { _ in nil }
        var lookFault: Fault?
        var takes: Duration? = .seconds(40)
        var roles: [String]? = ["TeamworkDevice.ReadWrite.All"]
    }

    /// How long a caller waits for an answer, as the daemon's transport does.
    static let patience: Duration = .seconds(30)

    private let time: ManualTime
    private let state = Mutex(State())

    init(time: ManualTime) { self.time = time }

    /// Every command that arrived, oldest first.
    var arrivals: [Arrival] { state.withLock { $0.arrivals } }
    /// How often operations were listed.
    var looks: Int { state.withLock { $0.looks } }
    /// Operations that the service has, over all devices.
    var operations: Int { state.withLock { $0.operations.values.map(\.count).reduce(0, +) } }

    /// What goes wrong with commands.
    func failSubmissions(_ fault: @escaping @Sendable (Arrival) -> Fault?) { state.withLock { $0.submitFault = fault } }
    /// What goes wrong with every list of operations.
    func failLooks(_ fault: Fault?) { state.withLock { $0.lookFault = fault } }
    /// How long an operation takes; `nil` for ever.
    func take(_ duration: Duration?) { state.withLock { $0.takes = duration } }
    /// What tokens carry from now on; `nil` for tokens that cannot be read.
    func grant(_ roles: [String]?) { state.withLock { $0.roles = roles } }

    /// Somebody else restarts a device.
    func occupy(_ device: String) { _ = apply("restart", to: device) }

    func commander(log: Logger, executor: any TaskExecutor) throws -> (DeviceCommander, TokenSource) {
        let endpoints = try GraphEndpoints(
            login: "http://login.test", graph: "http://graph.test", scope: "graph/.default")
        let random = RandomSource(SeededGenerator(seed: 1))
        let tokens = TokenSource(
            endpoints: endpoints, tenant: "contoso.example", clientID: "app",
            credential: .clientSecret(Secret("secret")), transport: self, time: time, random: random, logger: log,
            executor: executor)
        let client = GraphClient(
            endpoints: endpoints, tokens: tokens, transport: self, time: time, random: random, logger: log,
            userAgent: "test")
        return (DeviceCommander(client: client, time: time), tokens)
    }

    func send(_ call: HTTPCall) async throws(HTTPTransportError) -> HTTPAnswer {
        if call.url.hasPrefix("http://login.test") { return token() }
        let path = call.url.split(separator: "?")[0].split(separator: "/").map(String.init)
        guard let place = path.firstIndex(of: "devices"), path.count == place + 3 else {
            return HTTPAnswer(status: 404)
        }
        let (device, what) = (path[place + 1], path[place + 2])
        return what == "operations" ? try await list(device) : try await submit(what, to: device)
    }

    private func token() -> HTTPAnswer {
        let roles = state.withLock { $0.roles }
        var token = "opaque"
        if let roles {
            let claims = (try? JSONSerialization.data(withJSONObject: ["roles": roles])) ?? Data()
            let text = claims.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
                .replacing("=", with: "")
            token = "e30.\(text).x"
        }
        return json(200, #"{"access_token":"\#(token)","token_type":"Bearer","expires_in":3600}"#)
    }

    private func list(_ device: String) async throws(HTTPTransportError) -> HTTPAnswer {
        let fault = state.withLock { state in
            state.looks += 1
            return state.lookFault
        }
        if let answer = try await answer(to: fault) { return answer }
        let now = time.now()
        let rows = state.withLock { $0.operations[device] ?? [] }.map { one in
            let isDone = one.done.map { $0.steady <= now.steady } ?? false
            let status =
                isDone ? "successful" : one.created.elapsed(until: now) < .seconds(10) ? "queued" : "inProgress"
            return #"{"id":"\#(one.id)","operationType":"\#(one.type)","status":"\#(status)","#
                + #""createdDateTime":"\#(one.created.wall.ISO8601Format())"}"#
        }
        return json(200, #"{"value":[\#(rows.reversed().joined(separator: ","))]}"#)
    }

    private func submit(_ call: String, to device: String) async throws(HTTPTransportError) -> HTTPAnswer {
        let arrival = Arrival(device: device, call: call, at: time.elapsed)
        let fault = state.withLock { state in
            state.arrivals.append(arrival)
            return state.submitFault(arrival)
        }
        switch fault {
        case .applyAndLose:
            _ = apply(call, to: device)
            throw lost(.brokenConnection)
        case .twice:
            let answer = apply(call, to: device)
            _ = apply(call, to: device)
            return answer
        case .slow:
            let answer = apply(call, to: device)
            _ = try await self.answer(to: fault)
            return answer
        case nil, .status, .unreachable, .lost, .hang:
            if let answer = try await answer(to: fault) { return answer }
            return apply(call, to: device)
        }
    }

    /// What a fault that does nothing makes of the answer.
    private func answer(to fault: Fault?) async throws(HTTPTransportError) -> HTTPAnswer? {
        switch fault {
        case nil, .twice: return nil
        case .status(let status, let retryAfter):
            var header = HTTPFields()
            if let retryAfter { header[.retryAfter] = "\(retryAfter)" }
            return HTTPAnswer(status: status, headerFields: header)
        case .unreachable: throw lost(.connectRefused)
        case .lost, .applyAndLose: throw lost(.brokenConnection)
        case .slow(let duration): try await wait(duration)
        case .hang: try await wait(Self.patience * 2)
        }
        return nil
    }

    private func wait(_ duration: Duration) async throws(HTTPTransportError) {
        do {
            try await time.sleep(for: min(duration, Self.patience))
        } catch {
            throw lost(.cancelled)
        }
        if duration > Self.patience { throw lost(.totalTimedOut) }
    }

    private func lost(_ kind: HTTPTransportError.Kind) -> HTTPTransportError {
        HTTPTransportError(kind, host: "graph.test", detail: "as the test says")
    }

    private func apply(_ call: String, to device: String) -> HTTPAnswer {
        let types = [
            "restart": "deviceRestart", "updateSoftware": "softwareUpdate", "runDiagnostics": "deviceDiagnostics",
        ]
        let now = time.now()
        let id = state.withLock { state in
            state.last += 1
            let id = "operation-\(state.last)"
            state.operations[device, default: []].append(
                Operation(
                    id: id, type: types[call] ?? call, created: now, done: state.takes.map { now.advanced(by: $0) }))
            return id
        }
        var header = HTTPFields()
        header[.location] = "/beta/teamwork/devices/\(device)/operations/\(id)"
        return HTTPAnswer(status: 202, headerFields: header)
    }

    private func json(_ status: Int, _ text: String) -> HTTPAnswer {
        HTTPAnswer(status: status, headerFields: [.contentType: "application/json"], body: Array(text.utf8))
    }
}
