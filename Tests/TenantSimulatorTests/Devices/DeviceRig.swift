// What tests about devices and commands share: a tenant whose application may give commands, and short ways to the records.

import Foundation
import HTTPTypes
import TenantSimulator
import Testing
import Timekeeping

extension Scenario {
    /// The given scenario with a token that may give commands.
    var commanding: Scenario {
        var scenario = self
        scenario.token.roles = Permissions.defaultRoles + ["TeamworkDevice.ReadWrite.All"]
        return scenario
    }

    /// Commands that go by the clock instead of by chance: a restart begins after 2 s, is gone at 5 s and back at 125 s.
    static var timed: Scenario {
        var scenario = Scenario.quiet.commanding
        scenario.operations.queue = DurationText(.seconds(2))
        scenario.operations.countdown = DurationText(.seconds(3))
        scenario.operations.away = DurationText(.seconds(120))
        scenario.operations.install = DurationText(.seconds(180))
        scenario.operations.sessionTimeout = DurationText(.seconds(10))
        scenario.operations.deviceDelay = DurationText(.seconds(30))
        return scenario
    }

    func with(_ kind: ScenarioEvent.Kind, at: Duration = .zero, _ change: (inout ScenarioEvent) -> Void) -> Scenario {
        var scenario = self
        var event = ScenarioEvent(kind, at: at)
        change(&event)
        scenario.events.append(event)
        return scenario
    }

    /// A fault of commands to the main device of a room, for good.
    func with(
        _ fault: OperationFault.Kind, room: String? = "1", _ change: (inout OperationFault) -> Void = { _ in }
    ) -> Scenario {
        with(.operationFault) { event in
            var fault = OperationFault(fault)
            change(&fault)
            event.room = room
            event.operation = fault
        }
    }
}

extension Rehearsal {
    /// The device of the room, by the words of a scenario: main, panel or console.
    mutating func device(_ type: String = "main", room: Int) throws -> String {
        let id = try roomID(room)
        let devices = try get("/beta/teamwork/devices?$filter=currentUser/id%20eq%20'\(id)'").items
        let found = devices.first { device in
            switch device["deviceType"]?.string {
            case "TeamsPanel": type == "panel"
            case "TouchConsole": type == "console"
            default: type == "main"
            }
        }
        return try #require(found?["id"]?.string)
    }

    mutating func command(_ command: String, _ device: String, _ body: JSONValue? = nil) -> SimulatedResponse {
        send(.post, "/beta/teamwork/devices/\(device)/\(command)", body: body?.bytes ?? [])
    }

    /// The operation that the answer's Location leads to.
    mutating func operation(of answer: SimulatedResponse) throws -> JSONValue {
        let location = try #require(answer.headerFields[.location])
        let json = try get("/beta\(location)").json
        return json["value"] ?? json
    }

    /// Its status in lower case, because devices spell it in several ways.
    mutating func status(of answer: SimulatedResponse) throws -> String {
        try #require(try operation(of: answer)["status"]?.string).lowercased()
    }

    mutating func record(_ device: String) throws -> JSONValue { try get("/beta/teamwork/devices/\(device)").json }

    mutating func health(_ device: String) throws -> JSONValue {
        let json = try get("/beta/teamwork/devices/\(device)/health").json
        return json["value"] ?? json
    }

    mutating func availability(room: Int) throws -> String? {
        let id = try roomID(room)
        return try presences([id])[id]?.availability
    }

    /// Takes a new token, as a client does whose old one has ended.
    mutating func signInAgain() throws {
        authorization = "Bearer " + (try #require(try token().json["access_token"]?.string))
    }

    mutating func pass(_ seconds: Int) -> [GroundTruthRecord] { wait(.seconds(seconds)) }
}
