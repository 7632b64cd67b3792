// Every field that is read, against the official metadata: a misspelt name would decode to nothing for ever.

import FleetCore
import Foundation
import GraphClient
import Testing

@testable import FleetGraph

@Suite("Field names and the official schema")
struct SchemaTests {
    struct Schema: Decodable {
        struct Entry: Decodable {
            var base: String?
            var properties: [String]
        }
        struct Action: Decodable { var parameters: [String] }
        var types: [String: Entry]
        var enums: [String: [String]]
        var getPresencesByUserId: Action
        var getSchedule: Action
        var updateSoftware: Action

        /// The type's own and inherited properties.
        func properties(of type: String) -> Set<String> {
            guard let entry = types[type] else { return [] }
            return Set(entry.properties).union(entry.base.map { properties(of: $0) } ?? [])
        }
    }

    static func schema() throws -> Schema {
        let url = try #require(Bundle.module.url(forResource: "Fixtures/graph-schema", withExtension: "json"))
        return try JSONDecoder().decode(Schema.self, from: Data(contentsOf: url))
    }

    static let wires: [any WireType.Type] = [
        UserWire.self, AssignedLicenseWire.self, SubscribedSkuWire.self, DeviceWire.self, HardwareWire.self,
        DeviceUserWire.self, DeviceHealthWire.self, ConnectionWire.self, RoomWire.self, PlaceWire.self,
        ScheduleWire.self, ScheduleItemWire.self, ZonedTimeWire.self, FreeBusyErrorWire.self,
        ServiceHealthIssueWire.self, LicenseAssignmentStateWire.self, SignInWire.self, SignInStatusWire.self,
        LoginStatusWire.self, PeripheralsHealthWire.self, PeripheralHealthWire.self, PeripheralWire.self,
        HardwareHealthWire.self, SoftwareUpdateHealthWire.self, SoftwareUpdateStatusWire.self,
        DeviceOperationWire.self, OperationErrorWire.self,
    ]

    @Test("every field exists in its type", arguments: 0..<wires.count)
    func fields(_ index: Int) throws {
        func names<Wire: WireType>(_ wire: Wire.Type) -> [String] { Wire.CodingKeys.allCases.map(\.stringValue) }
        let wire = Self.wires[index]
        let known = try Self.schema().properties(of: wire.schemaName)
        #expect(!known.isEmpty)
        for name in names(wire) { #expect(known.contains(name), "\(wire.schemaName).\(name)") }
    }

    @Test("the fields of the presence page and its request exist")
    func presence() throws {
        let schema = try Self.schema()
        let known = schema.properties(of: "presence")
        #expect(known.isSuperset(of: ["id", "availability", "activity", "sequenceNumber"]))
        #expect(schema.getPresencesByUserId.parameters == ["ids"])
    }

    @Test("every free/busy word has its meaning, and the question its parameters")
    func schedules() throws {
        let schema = try Self.schema()
        let words = try #require(schema.enums["freeBusyStatus"])
        let silent = words.filter { if case .unknown = ScheduleJudgement.status($0) { true } else { false } }
        #expect(silent == ["unknown"])
        let request = GraphRequest.schedules(
            ["a@contoso.com"], anchor: AccountID("x"), window: ScheduleWindow(at: .distantPast, horizon: .seconds(60)),
            haste: .round)
        let body = try JSONSerialization.jsonObject(with: Data(request.body ?? [])) as? [String: Any]
        // OData actions in Exchange take parameter names in any case; Microsoft's samples use both.
        #expect(
            Set((body ?? [:]).keys.map { $0.lowercased() })
                == Set(schema.getSchedule.parameters.map { $0.lowercased() }))
    }

    @Test("every member of the enums has its meaning")
    func enums() throws {
        let schema = try Self.schema()
        let others = try #require(schema.enums["teamworkDeviceType"]).filter { DeviceWords.kind($0) == .other }
        #expect(others == ["unknown", "unknownFutureValue"])
        let asked = Set((DeviceWords.mainTypes + DeviceWords.companionTypes).map { $0.lowercased() })
        #expect(asked.isSubset(of: Set((schema.enums["teamworkDeviceType"] ?? []).map { $0.lowercased() })))
        for (name, judge) in [
            ("teamworkDeviceHealthStatus", DeviceWords.health), ("teamworkConnectionStatus", DeviceWords.connection),
        ] {
            let words = try #require(schema.enums[name])
            let silent = words.filter { if case .unknown = judge($0) { true } else { false } }
            #expect(silent == ["unknown", "unknownFutureValue"])
        }
    }

    @Test("every word of a device's record, its health and its operations has its meaning")
    func deviceEnums() throws {
        let schema = try Self.schema()
        func words(_ name: String, without isSilent: (String) -> Bool) throws -> [String] {
            try #require(schema.enums[name]).filter { !isSilent($0) }
        }
        #expect(
            try words("teamworkDeviceActivityState") { DeviceWords.activity($0) == .unknown }
                == ["busy", "idle", "unavailable"])
        #expect(
            try words("teamworkConnectionStatus") { DeviceHealthWords.state($0) == .unknown }
                == ["connected", "disconnected"])
        #expect(
            try words("teamworkSoftwareFreshness") { DeviceHealthWords.freshness($0) == .unknown }
                == ["latest", "updateAvailable"])
        #expect(
            try words("teamworkDeviceOperationType") { DeviceOperationWords.kind($0) == .other }
                == ["deviceRestart", "deviceDiagnostics", "softwareUpdate"])
        #expect(
            try words("teamworkUserIdentityType") { !DeviceWords.isOfDirectory($0) }
                == ["aadUser", "onPremiseAadUser", "unknownFutureValue"])
        #expect(
            Set(SoftwareKind.allCases.map(DeviceHealthWords.softwareType)).union(["unknownFutureValue"])
                == Set(schema.enums["teamworkSoftwareType"] ?? []))
    }

    @Test("an update names its parameters as the metadata does")
    func updateSoftware() throws {
        let request = try #require(
            DeviceCommander.request(.updateSoftware(.teamsClient, version: "1"), device: "a"))
        let body = try JSONSerialization.jsonObject(with: Data(request.body ?? [])) as? [String: Any]
        #expect(Set((body ?? [:]).keys) == Set(try Self.schema().updateSoftware.parameters))
        #expect(!request.isIdempotent)
    }
}
