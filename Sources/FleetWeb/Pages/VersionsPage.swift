// Which model runs which version of the Teams client. Facilities and IT plan updates with it, so it counts every device;
// because it reads all of them it is drawn once and not at every event.

import FleetAPI
import Foundation

extension PageRoutes {
    /// Pages of the list that are read at most: 20,000 devices.
    static let mostDevicePages = 20

    func versionsPage(_ session: Session) async throws(Refusal) -> String {
        var devices: [DeviceBody] = []
        var query = DevicesQuery(limit: DevicesQuery.maximumLimit)
        for _ in 0..<Self.mostDevicePages {
            let list = try await intents.devices(query, for: session.asker)
            devices += list.devices
            guard let next = list.nextCursor else { break }
            query.cursor = next
        }
        return templates.page(
            "versions", VersionsModel(devices), title: "Versions", at: "/devices", for: session)
    }
}

struct VersionsModel {
    /// Versions that have a column; the others are counted together.
    static let columns = 6
    static let others = "older or rarer"
    static let unknown = "not known"

    /// The newest first.
    var versions: [String]
    var rows: [Row]
    var hasRows: Bool
    var total: String

    struct Row {
        var model: String
        var kind: String
        var devices: Int
        /// How many are up to date.
        var freshness: CountsModel
        /// In the order of the columns.
        var cells: [Cell]
    }

    struct Cell {
        var count: Int
        var isNone: Bool
    }

    private struct Model: Hashable {
        var name: String
        var kind: String
    }

    init(_ devices: [DeviceBody]) {
        func client(_ device: DeviceBody) -> SoftwareBody? { device.software.first { $0.software == "teams_client" } }
        var counts: [String: Int] = [:]
        for version in devices.compactMap({ client($0)?.current }) { counts[version, default: 0] += 1 }
        // The commonest get a column each; among them the newest stands first.
        let common = counts.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(Self.columns).map(\.key)
        let columns = common.sorted { Self.isNewer($0, than: $1) }
        let hasOthers = counts.count > columns.count
        let hasUnknown = devices.contains { client($0)?.current == nil }
        versions = columns + (hasOthers ? [Self.others] : []) + (hasUnknown ? [Self.unknown] : [])
        let titles = versions
        let models = Dictionary(grouping: devices) { device in
            Model(
                name: [device.manufacturer, device.model].compactMap(\.self).joined(separator: " "),
                kind: device.kind.replacing("_", with: " "))
        }
        rows = models.sorted { ($1.value.count, $0.key.name, $0.key.kind) < ($0.value.count, $1.key.name, $1.key.kind) }
            .map { model, devices in
                var found: [String: Int] = [:]
                var fresh: [String: Int] = [:]
                for device in devices {
                    let software = client(device)
                    let version = software?.current ?? Self.unknown
                    let isListed = columns.contains(version) || version == Self.unknown
                    found[isListed ? version : Self.others, default: 0] += 1
                    fresh[software?.freshness ?? "unknown", default: 0] += 1
                }
                let latest = fresh["latest"] ?? 0
                let behind = fresh["update_available"] ?? 0
                return Row(
                    model: model.name.isEmpty ? "no model known" : model.name, kind: model.kind, devices: devices.count,
                    freshness: CountsModel(
                        [
                            ("latest", latest), ("behind", behind), ("unknown", devices.count - latest - behind),
                        ], of: devices.count, none: "no devices"),
                    cells: titles.map { Cell(count: found[$0] ?? 0, isNone: found[$0] == nil) })
            }
        hasRows = !devices.isEmpty
        total = PageWords.count(devices.count, "device")
    }

    /// By the numbers between the dots.
    static func isNewer(_ a: String, than b: String) -> Bool {
        func parts(_ text: String) -> [Int] { text.split(separator: ".").map { Int($0) ?? 0 } }
        let (left, right) = (parts(a), parts(b))
        for place in 0..<max(left.count, right.count) {
            let (one, other) = (place < left.count ? left[place] : 0, place < right.count ? right[place] : 0)
            if one != other { return one > other }
        }
        return a > b
    }
}
