// A tenant with a hand-held clock: every test asks through the same door a client uses and turns the time itself.

import Foundation
import HTTPTypes
import TenantSimulator
import Testing
import Timekeeping

struct Rehearsal {
    var tenant: SimulatedTenant
    var now: Moment
    var authorization: String?

    /// Monday, so that working days are working days.
    static let start = Moment(wall: Date(timeIntervalSince1970: 1_772_438_400), steady: .zero)
    static let identity = TenantIdentity(clientSecret: "s3cret+&~")

    init(
        rooms: Int = 40, buildings: Int = 4, seed: UInt64 = 1, scenario: Scenario = .quiet,
        identity: TenantIdentity = Rehearsal.identity, signedIn: Bool = true
    ) throws {
        now = Self.start
        tenant = try SimulatedTenant(
            plan: TenantPlan(rooms: rooms, buildings: buildings, seed: seed), identity: identity, scenario: scenario,
            start: Self.start)
        if signedIn {
            let answer = try token()
            authorization = "Bearer " + (try #require(try answer.json["access_token"]?.string))
        }
    }

    mutating func wait(_ duration: Duration) -> [GroundTruthRecord] {
        now = now.advanced(by: duration)
        return tenant.advance(to: now)
    }

    mutating func send(
        _ method: HTTPRequest.Method, _ target: String, body: [UInt8] = [], headers: HTTPFields = [:]
    ) -> SimulatedResponse {
        var headers = headers
        headers[.authorization] = authorization
        return tenant.respond(
            to: SimulatedRequest(method, target, headerFields: headers, body: body, origin: "https://graph.test"),
            at: now)
    }

    mutating func get(_ target: String) -> SimulatedResponse { send(.get, target) }

    mutating func post(_ target: String, _ body: JSONValue) -> SimulatedResponse {
        send(.post, target, body: body.bytes)
    }

    static func form(_ fields: [String: String]) -> [UInt8] {
        let plain = CharacterSet.alphanumerics
        let items = fields.sorted { $0.key < $1.key }.map { name, value in
            "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: plain) ?? "")"
        }
        return Array(items.joined(separator: "&").utf8)
    }

    mutating func token(
        _ changes: [String: String?] = [:], tenant name: String = Rehearsal.identity.tenantID
    ) throws -> SimulatedResponse {
        var fields = [
            "client_id": Self.identity.clientID, "client_secret": Self.identity.clientSecret,
            "grant_type": "client_credentials", "scope": "https://graph.microsoft.com/.default",
        ]
        for (key, value) in changes { fields[key] = value }
        return send(.post, "/\(name)/oauth2/v2.0/token", body: Self.form(fields))
    }

    mutating func presences(_ ids: [String]) throws -> [String: (availability: String, sequence: String)] {
        let answer = post("/v1.0/communications/getPresencesByUserId", ["ids": .array(ids.map(JSONValue.string))])
        var result: [String: (String, String)] = [:]
        for item in try answer.json["value"]?.array ?? [] {
            result[try #require(item["id"]?.string)] =
                (try #require(item["availability"]?.string), try #require(item["sequenceNumber"]?.string))
        }
        return result
    }

    mutating func roomID(_ number: Int) throws -> String {
        try #require(try get("/v1.0/users/person1@contoso.com").status == 200 ? search("Room \(number)") : nil)
    }

    private mutating func search(_ name: String) throws -> String? {
        let filter = "displayName%20eq%20'\(name.split(separator: " ").joined(separator: "%20"))'"
        return try get("/v1.0/users?$filter=\(filter)").json["value"]?.array?.first?["id"]?.string
    }
}

extension SimulatedResponse {
    var json: JSONValue {
        get throws { try JSONValue(reading: body) }
    }

    var items: [JSONValue] {
        get throws { try json["value"]?.array ?? [] }
    }

    var errorCode: String? { (try? json)?["error"]?["code"]?.string }
}

func scenario(_ event: ScenarioEvent.Kind, at: Duration = .zero, _ change: (inout ScenarioEvent) -> Void) -> Scenario {
    var scenario = Scenario.quiet
    var event = ScenarioEvent(event, at: at)
    change(&event)
    scenario.events = [event]
    return scenario
}

func faulty(
    _ kind: GraphFault.Kind, _ service: GraphFault.Service = .all, _ change: (inout GraphFault) -> Void = { _ in }
)
    -> Scenario
{
    scenario(.graphFault, at: .seconds(1)) { event in
        var fault = GraphFault(kind, service: service)
        change(&fault)
        event.fault = fault
        event.lasts = DurationText(.seconds(60))
    }
}
