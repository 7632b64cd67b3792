// Checks an answer against Microsoft's own metadata: names, JSON types, enum members, and null only where it is allowed.

import Foundation
import TenantSimulator
import Testing

struct GraphSchema: Decodable {
    struct Property: Decodable {
        let type: String
        let nullable: Bool?
        let collection: Bool?
    }

    struct Kind: Decodable {
        let base: String?
        let members: [String]?
        let properties: [String: Property]?
    }

    let types: [String: Kind]

    static func load() throws -> GraphSchema {
        let url = try #require(
            Bundle.module.url(forResource: "graph-schema", withExtension: "json", subdirectory: "Fixtures"))
        return try JSONDecoder().decode(GraphSchema.self, from: Data(contentsOf: url))
    }

    /// What is wrong with `value` as an instance of `type`; empty when nothing is.
    func complaints(_ value: JSONValue, as type: String, at path: String = "$") -> [String] {
        if type.hasPrefix("Edm.") {
            return isPrimitive(value, type) ? [] : ["\(path): \(value) is no \(type)"]
        }
        guard let kind = types[type] else { return ["\(path): type \(type) is not in the schema"] }
        if let members = kind.members {
            guard let word = value.string, members.contains(where: { $0.lowercased() == word.lowercased() }) else {
                return ["\(path): \(value) is no member of \(type)"]
            }
            return []
        }
        guard let fields = value.members else { return ["\(path): \(value) is no object"] }
        return fields.flatMap { field -> [String] in
            if field.name.hasPrefix("@odata.") { return [] }
            guard let property = property(field.name, of: type) else {
                return ["\(path).\(field.name): not a property of \(type)"]
            }
            return complaints(field.value, as: property, at: "\(path).\(field.name)")
        }
    }

    private func complaints(_ value: JSONValue, as property: Property, at path: String) -> [String] {
        if value == .null { return property.nullable == false ? ["\(path): null is not allowed"] : [] }
        guard property.collection == true else { return complaints(value, as: property.type, at: path) }
        guard let items = value.array else { return ["\(path): not an array"] }
        return items.enumerated().flatMap { complaints($1, as: property.type, at: "\(path)[\($0)]") }
    }

    private func property(_ name: String, of type: String) -> Property? {
        var next: String? = type
        while let current = next, let kind = types[current] {
            if let property = kind.properties?[name] { return property }
            next = kind.base
        }
        return nil
    }

    private func isPrimitive(_ value: JSONValue, _ type: String) -> Bool {
        switch type {
        case "Edm.Boolean": if case .bool = value { true } else { false }
        case "Edm.Int32", "Edm.Int64": value.int != nil
        case "Edm.Double", "Edm.Single": if case .double = value { true } else { value.int != nil }
        case "Edm.Guid": value.string.flatMap { GUID($0) } != nil
        case "Edm.DateTimeOffset":
            value.string?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z/) != nil
        case "Edm.Duration": value.string?.hasPrefix("P") ?? false
        case "Edm.TimeOfDay": value.string?.wholeMatch(of: /\d\d:\d\d:\d\d(\.\d{1,7})?/) != nil
        case "Edm.String": value.string != nil
        default: false
        }
    }
}
