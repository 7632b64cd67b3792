// The devices: those with a problem first, then all of them, page by page; one device with its past; and how many run
// which version of Teams.

import FleetAPI
import Foundation

extension PageRoutes {
    /// Devices on one page of the list.
    static let devicesPerPage = 100
    /// Operations of a room or device that a page lists.
    static let shownOperations = 10

    func devicesPage(_ request: PageRequest, _ session: Session) async throws(Refusal) -> String {
        var query = DevicesQuery(limit: Self.devicesPerPage)
        query.text = request.filled("q")
        query.building = request.filled("building")
        query.model = request.filled("model")
        let problem = request.filled("problem")
        query.problems = problem.map { [$0] } ?? []
        query.cursor = request.filled("cursor")
        let list = try await intents.devices(query, for: session.asker)
        // Whoever asks for nothing in particular sees what is wrong before what is well.
        var troubled: DeviceList?
        if problem == nil, query.cursor == nil {
            query.problems = [DeviceProblemBody.any]
            troubled = try await intents.devices(query, for: session.asker)
        }
        let now = now
        let kept = [("q", query.text), ("building", query.building), ("model", query.model), ("problem", problem)]
            .compactMap { name, value in value.map { (name, $0) } }
        func address(_ more: [(String, String)]) -> String {
            "/devices?" + (kept + more).map { "\($0)=\(Self.segment($1))" }.joined(separator: "&")
        }
        let next = list.nextCursor.map { address([("cursor", $0)]) }
        let choices =
            [("", "with or without"), (DeviceProblemBody.any, "any problem")]
            + DeviceProblemBody.conditions.map { ($0, PageWords.condition($0)) }
        let model = DevicesModel(
            text: query.text ?? "", building: query.building ?? "", model: query.model ?? "",
            problems: choices.map {
                RoomsModel.Choice(word: $0.0, text: $0.1, isChosen: $0.0 == problem ?? "")
            },
            troubled: (troubled?.devices ?? []).map { DeviceRow($0, at: now) },
            hasTroubled: troubled.map { !$0.devices.isEmpty } ?? false, troubledTotal: troubled?.devicesTotal ?? 0,
            hasMoreTroubled: troubled?.nextCursor != nil, allTroubled: address([("problem", DeviceProblemBody.any)]),
            rows: list.devices.map { DeviceRow($0, at: now) }, hasRows: !list.devices.isEmpty,
            total: PageWords.count(list.devicesTotal, "device"), next: next ?? "", hasNext: next != nil,
            mayAct: session.asker.role >= .operator)
        return templates.page("devices", model, title: "Devices", at: "/devices", for: session)
    }

    func devicePage(_ id: String, _ session: Session) async throws(Refusal) -> String {
        let detail = try await intents.device(id, for: session.asker)
        let one = detail.device
        let now = now
        let row = DeviceRow(one, at: now)
        let facts = [
            Fact(name: "Kind", value: row.kind), Fact(name: "Health", value: row.health),
            Fact(name: "Activity", value: row.activity), Fact(name: "Place", value: row.place),
            Fact(name: "Serial number", value: one.serialNumber ?? ""),
            Fact(name: "Asset tag", value: one.assetTag ?? ""), Fact(name: "In Graph", value: one.id),
            Fact(name: "Listed", value: one.listedAt.map { Instant($0, at: now).words } ?? "never"),
            Fact(name: "Health read", value: one.examinedAt.map { Instant($0, at: now).words } ?? "never"),
        ].filter { !$0.value.isEmpty }
        let model = DeviceModel(
            device: row, facts: facts, software: one.software.map(SoftwareRow.init), hasSoftware: !one.software.isEmpty,
            history: detail.history.reversed().map {
                DeviceModel.StretchRow(
                    from: Instant($0.firstAt, at: now).clock, to: $0.lastAt.map { Instant($0, at: now).clock } ?? "now",
                    reading: $0.reading)
            }, hasHistory: !detail.history.isEmpty,
            operations: detail.operations.map { OperationRow($0, at: now) }, hasOperations: !detail.operations.isEmpty)
        return templates.page(
            "device", model, title: one.room?.name ?? row.name, at: "/devices", for: session)
    }
}

extension PageWords {
    /// What a condition of devices says, for people.
    static func condition(_ word: String) -> String {
        switch word {
        case "device.offline": "offline"
        case "device.peripheral": "a peripheral is missing"
        case "device.login": "not signed in"
        case "device.software": "software is behind"
        case "device.hardware": "hardware"
        case "device.unexpected_user": "somebody else is signed in"
        default: word
        }
    }
}

struct DevicesModel {
    var text: String
    var building: String
    var model: String
    var problems: [RoomsModel.Choice]
    var troubled: [DeviceRow]
    var hasTroubled: Bool
    var troubledTotal: Int
    var hasMoreTroubled: Bool
    var allTroubled: String
    var rows: [DeviceRow]
    var hasRows: Bool
    var total: String
    var next: String
    var hasNext: Bool
    var mayAct: Bool
}

struct DeviceModel {
    var device: DeviceRow
    var facts: [Fact]
    var software: [SoftwareRow]
    var hasSoftware: Bool
    var history: [StretchRow]
    var hasHistory: Bool
    var operations: [OperationRow]
    var hasOperations: Bool

    struct StretchRow {
        var from: String
        var to: String
        var reading: String
    }
}
