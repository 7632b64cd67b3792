// The door of the module: one value that is a whole Microsoft 365 tenant. It has no clock, no socket and no chance of its
// own, so a rehearsal repeats byte for byte when seed, requests and moments do.

import Foundation
import HTTPTypes
public import Timekeeping

/// How large the simulated tenant is.
public struct TenantPlan: Sendable {
    public var rooms: Int
    public var buildings: Int
    public var seed: UInt64

    public init(rooms: Int = 200, buildings: Int = 5, seed: UInt64 = 1) {
        self.rooms = rooms
        self.buildings = buildings
        self.seed = seed
    }
}

/// A simulated Microsoft 365 tenant: token endpoint, Microsoft Graph and what happens in the buildings.
///
/// Answers follow Microsoft's documents of August 2026. Not thread-safe by itself: the shell guards it.
public struct SimulatedTenant: Sendable {
    let fleet: Fleet
    let scenario: Scenario
    let start: Moment
    var timeline: Timeline
    var tokenEndpoint: TokenEndpoint
    var throttle: ThrottleGate
    /// Requests by service, refused ones included.
    var requestCounts: [String: Int] = [:]
    var operationLog = OperationLog()
    /// The operation that the call under way has become.
    var carriedOut: GUID?
    private var requestNumber = 0

    private static let maximumRaggedDevices = 100_000

    /// - Parameters:
    ///   - start: the moment scenario time zero stands for.
    /// - Throws: ``ScenarioError`` when an event names a room or building that does not exist.
    public init(
        plan: TenantPlan, identity: TenantIdentity, scenario: Scenario = .quiet, start: Moment
    ) throws(ScenarioError) {
        guard plan.rooms > 0, plan.buildings > 0 else {
            throw ScenarioError("a tenant needs at least one room and one building")
        }
        guard (0...Self.maximumRaggedDevices).contains(scenario.raggedDevices) else {
            throw ScenarioError("ragged_devices must be from 0 to \(Self.maximumRaggedDevices)")
        }
        fleet = Fleet.planned(
            rooms: plan.rooms, buildings: plan.buildings, seed: plan.seed, raggedDevices: scenario.raggedDevices)
        try scenario.validated(for: fleet)
        self.scenario = scenario
        self.start = start
        timeline = Timeline(fleet: fleet, scenario: scenario, start: start)
        tokenEndpoint = TokenEndpoint(
            identity: identity, grant: scenario.token, consent: scenario.consent, seed: plan.seed)
        throttle = ThrottleGate(scale: scenario.limitsScale)
    }

    /// When the next thing happens by itself; the shell calls ``advance(to:)`` then so that ground truth is written in
    /// time.
    public var nextChange: Moment? {
        timeline.agenda.next.map { start.advanced(by: $0) }
    }

    /// Plays everything that has happened by `now` and hands over the ground truth written since the last call.
    public mutating func advance(to now: Moment) -> [GroundTruthRecord] {
        timeline.advance(to: start.elapsed(until: now))
        return timeline.takeRecords()
    }

    /// Answers one request at `now`.
    public mutating func respond(to request: SimulatedRequest, at now: Moment) -> SimulatedResponse {
        timeline.advance(to: start.elapsed(until: now))
        requestNumber += 1
        let exchange = Exchange(
            request: request, now: now, elapsed: start.elapsed(until: now),
            requestID: GUID(seed: fleet.seed, kind: .request, index: requestNumber).description)
        let (path, query) = exchange.splitTarget
        let segments = path.split(separator: "/", omittingEmptySubsequences: true)
        var decoded: [String] = []
        for segment in segments {
            guard let text = PercentCoding.decoded(segment) else {
                return exchange.finish(.badRequest("The path is not correctly percent-encoded."))
            }
            decoded.append(text)
        }
        if decoded.first == "_simulator", request.viaLoopback {
            return administer(Array(decoded.dropFirst()), exchange)
        }
        if decoded.count == 4, Array(decoded[1...]) == ["oauth2", "v2.0", "token"] {
            return answerToken(tenant: decoded[0], exchange)
        }
        if decoded.last == "adminconsent", decoded.count == 2 || (decoded.count == 3 && decoded[1] == "v2.0") {
            return answerConsent(tenant: decoded[0], query: query, exchange)
        }
        if decoded == Self.identityPath, request.viaLoopback { return answerIdentity(query: query, exchange) }
        guard let version = decoded.first, version == "v1.0" || version == "beta" else {
            return exchange.finish(.badRequest("Invalid version: \(decoded.first ?? "")"))
        }
        return answerGraph(
            GraphCall(
                method: request.method, version: version, segments: Array(decoded.dropFirst()), path: String(path),
                query: query, headerFields: request.headerFields, body: request.body, origin: request.origin,
                elapsed: exchange.elapsed, wall: now.wall),
            exchange)
    }

    /// The tenant, client and secret that open this tenant.
    public var identity: TenantIdentity { tokenEndpoint.identity }
}

/// One request under way, with what every answer to it carries.
struct Exchange {
    let request: SimulatedRequest
    let now: Moment
    let elapsed: Duration
    let requestID: String

    var splitTarget: (path: Substring, query: Substring) {
        let target = request.target[...]
        guard let mark = target.firstIndex(of: "?") else { return (target, "") }
        return (target[..<mark], target[target.index(after: mark)...])
    }

    var clientRequestID: String {
        HTTPField.Name("client-request-id").flatMap { request.headerFields[$0] } ?? requestID
    }

    /// Unix seconds.
    var unixTime: Int { Int(now.wall.timeIntervalSince1970.rounded(.down)) }

    func finish(_ error: GraphError) -> SimulatedResponse {
        let date = String(Timestamps.text(now.wall).dropLast())
        var headerFields = error.headerFields
        mark(&headerFields)
        return SimulatedResponse(
            status: error.status, headerFields: headerFields,
            body: error.body(date: date, requestID: requestID, clientRequestID: clientRequestID).bytes)
    }

    func finish(_ reply: GraphReply) -> SimulatedResponse {
        var headerFields = reply.headerFields
        let body = reply.body.bytes
        mark(&headerFields, hasBody: !body.isEmpty)
        return SimulatedResponse(status: reply.status, headerFields: headerFields, body: body)
    }

    private func mark(_ headerFields: inout HTTPFields, hasBody: Bool = true) {
        if headerFields[.contentType] == nil, hasBody {
            headerFields[.contentType] =
                "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
        }
        headerFields[.cacheControl] = "no-cache"
        for (name, value) in [
            ("request-id", requestID), ("client-request-id", clientRequestID),
            ("x-ms-ags-diagnostic", #"{"ServerInfo":{"DataCenter":"Simulated","Slice":"E","Ring":"0"}}"#),
        ] {
            if let name = HTTPField.Name(name) { headerFields[name] = value }
        }
    }
}
