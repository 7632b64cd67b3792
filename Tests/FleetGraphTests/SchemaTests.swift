// Every field that is read, against the official metadata: a misspelt name would decode to nothing for ever.

import FleetCore
import Foundation
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
}
