// Every field of a device and of its health, one after the other, in every form that it should not have. A field of a wrong
// form must be worth exactly as much as none, so both are read and compared.

import FleetCore
import FleetGraph
import Foundation
import Testing

@Suite("Ragged device objects")
struct RaggedDeviceTests {
    /// Where a value stands in an object; numbers are places in arrays.
    enum Step: Hashable {
        case key(String)
        case place(Int)
    }

    static let device =
        #"{"id":"a","deviceType":"TeamsRoom","healthStatus":"Critical","activityState":"Busy","companyAssetTag":"A-17","#
        + #""lastModifiedDateTime":"2026-11-30T23:00:00Z","hardwareDetail":{"manufacturer":"Acme","model":"Bar 20","#
        + #""serialNumber":"SN-1"},"currentUser":{"id":"3f6c1d7e-0000-4000-8abc-000000000001","#
        + #""userIdentityType":"aadUser"}}"#

    static func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    static func text(_ object: Any) throws -> String {
        String(decoding: try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys]), as: UTF8.self)
    }

    /// The way to every value in `value`, outermost first.
    static func paths(_ value: Any) -> [[Step]] {
        var found: [[Step]] = []
        if let object = value as? [String: Any] {
            for (key, inner) in object.sorted(by: { $0.key < $1.key }) {
                found += [[.key(key)]] + paths(inner).map { [.key(key)] + $0 }
            }
        } else if let array = value as? [Any] {
            for (place, inner) in array.enumerated() {
                found += [[.place(place)]] + paths(inner).map { [.place(place)] + $0 }
            }
        }
        return found
    }

    /// `value` with another one at `path`, or with none.
    static func replacing(_ value: Any, at path: ArraySlice<Step>, with other: Any?) -> Any? {
        guard let step = path.first else { return other }
        switch step {
        case .key(let key):
            guard var object = value as? [String: Any], let inner = object[key] else { return value }
            object[key] = replacing(inner, at: path.dropFirst(), with: other)
            return object
        case .place(let place):
            guard var array = value as? [Any], array.indices.contains(place) else { return value }
            if let inner = replacing(array[place], at: path.dropFirst(), with: other) {
                array[place] = inner
            } else {
                array.remove(at: place)
            }
            return array
        }
    }

    static func value(_ value: Any, at path: ArraySlice<Step>) -> Any? {
        guard let step = path.first else { return value }
        return switch step {
        case .key(let key): (value as? [String: Any])?[key].flatMap { Self.value($0, at: path.dropFirst()) }
        case .place(let place):
            (value as? [Any]).flatMap {
                $0.indices.contains(place) ? Self.value($0[place], at: path.dropFirst()) : nil
            }
        }
    }

    /// Values of another form than `value`.
    static func wrong(_ value: Any) -> [Any] {
        let all: [Any] = [
            NSNull(), 7, -1.5e300, true, "\u{0}", [Any](), [[[Any]()]], ["a": ["b": 1]],
        ]
        return all.filter { other in
            switch value {
            case is [String: Any]: !(other is [String: Any])
            case is [Any]: !(other is [Any])
            case is String: !(other is String) || (other as? String) == "\u{0}"
            // The two booleans and the numbers cannot be told apart in Foundation's tree.
            default: !(other is NSNumber)
            }
        }
    }

    @Test("a health record with a field of a wrong form is the record without it")
    func health() async throws {
        let whole = try Self.object(DeviceHealthTests.whole)
        var looked = 0
        for path in Self.paths(whole) {
            let without = try #require(Self.replacing(whole, at: path[...], with: nil))
            let expected = try await DeviceHealthTests.report(try Self.text(without))
            for wrong in Self.wrong(try #require(Self.value(whole, at: path[...]))) {
                let ragged = try #require(Self.replacing(whole, at: path[...], with: wrong))
                let report = try await DeviceHealthTests.report(try Self.text(ragged))
                #expect(report == expected, "\(path): \(wrong)")
                looked += 1
            }
        }
        #expect(looked > 400)
    }

    @Test("a device record with a field of a wrong form is the record without it")
    func records() async throws {
        let whole = try Self.object(Self.device)
        var looked = 0
        for path in Self.paths(whole) where path != [.key("id")] {
            let without = try #require(Self.replacing(whole, at: path[...], with: nil))
            let expected = try await Self.record(without)
            for wrong in Self.wrong(try #require(Self.value(whole, at: path[...]))) {
                let ragged = try #require(Self.replacing(whole, at: path[...], with: wrong))
                var record = try await Self.record(ragged)
                // The one place where null is a statement: nobody is signed in.
                if path == [.key("currentUser")], wrong is NSNull {
                    #expect(record.isSignedIn == false)
                    record.isSignedIn = nil
                }
                #expect(record == expected, "\(path): \(wrong)")
                looked += 1
            }
        }
        #expect(looked > 80)
    }

    private static func record(_ object: Any) async throws -> DeviceRecord {
        let page = try text(["value": [object]])
        let rig = try Rig { _ in Rig.json(page) }
        return try #require(await DeviceReaderTests.reader(rig).list().devices?.first)
    }

    @Test("trees of chance are read within the bounds", arguments: 0..<8 as Range<UInt64>)
    func chance(_ seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let whole = try Self.object(DeviceHealthTests.whole)
        let paths = Self.paths(whole)
        for _ in 0..<60 {
            var tree: Any = whole
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                guard let path = paths.randomElement(using: &generator), Self.value(tree, at: path[...]) != nil else {
                    continue
                }
                // A part of the record in the place of another one.
                let other = paths.randomElement(using: &generator).flatMap { Self.value(whole, at: $0[...]) }
                tree = Self.replacing(tree, at: path[...], with: other) ?? tree
            }
            let report = try await DeviceHealthTests.report(try Self.text(tree))
            #expect(report.peripherals.count <= 5 + 16 && report.software.count <= 6)
            let names =
                report.peripherals.compactMap(\.name)
                + report.software.flatMap { [$0.current, $0.available] }
                .compactMap { $0 }
            #expect(names.allSatisfy { !$0.isEmpty && $0.unicodeScalars.count <= 256 })
        }
    }
}
