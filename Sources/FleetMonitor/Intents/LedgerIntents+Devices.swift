// Devices for people: what stands in which room, what runs on it, and what was done to it.

public import FleetAPI
import FleetCore
import FleetStore
import Foundation
import Timekeeping

extension LedgerIntents {
    public func devices(_ query: DevicesQuery, for asker: Asker) async throws(Refusal) -> DeviceList {
        if let bound = asker.tenant, let tenant = query.tenant, tenant != bound {
            throw Refusal(.forbidden, "the token is bound to tenant \(bound)", remedy: "leave the filter out")
        }
        let after = try query.cursor.map { cursor throws(Refusal) in try Self.place(ofCursor: cursor) }
        let matching = await view.devices().filter { device in
            asker.mayTouch(tenant: device.body.tenant) && query.matches(device)
        }
        let rest = matching.drop { device in after.map { !$0.precedes(device.place) } ?? false }
        let page = rest.prefix(query.limit)
        return DeviceList(
            devices: page.map(\.body), devicesTotal: matching.count,
            nextCursor: page.count < rest.count ? page.last.flatMap { Self.cursor(after: $0.place) } : nil)
    }

    public func device(_ id: String, for asker: Asker) async throws(Refusal) -> DeviceDetail {
        let wanted = id.lowercased()
        let found = await view.devices().first { device in
            asker.mayTouch(tenant: device.body.tenant) && device.body.id.lowercased() == wanted
        }
        guard let found else {
            throw Refusal(.notFound, "there is no device \(id)", remedy: "list them with roomctl devices")
        }
        let (tenant, device) = (TenantName(found.body.tenant), found.body.id)
        let query = OperationQuery(tenant: tenant, device: device, limit: DeviceDetail.maximumOperations)
        let page = try await asking { () async throws(StoreError) in try await archive.operations(query) }
        let runs = try await asking { () async throws(StoreError) in
            try await archive.deviceRuns(tenant: tenant, device: device, limit: DeviceDetail.maximumStretches)
        }
        return DeviceDetail(
            device: found.body,
            history: runs.map { run in
                DeviceDetail.Stretch(
                    reading: run.reading, firstAt: Timestamp(run.first), lastAt: run.last.map { Timestamp($0) })
            }, operations: await bodies(of: page.operations, commands: page.commands))
    }
}

/// A device as lists show it, with what it is sorted and searched by.
struct ListedDevice: Sendable {
    var body: DeviceBody
    var place: RoomBody.Place
    /// Mail address of the room.
    var email: String

    init(_ entry: DeviceEntry, of fleet: TenantFleet, operation: UniqueID?, at now: Moment) {
        let (record, room) = (entry.record, fleet.room(ofDevice: entry))
        body = DeviceBody(
            id: entry.id, tenant: fleet.tenant.text, kind: record.device.kind.rawValue,
            manufacturer: record.device.manufacturer, model: record.device.model, serialNumber: record.serialNumber,
            assetTag: record.assetTag, room: room.map { DeviceBody.RoomReference($0.account, $0) },
            health: record.healthText, activity: record.activity.rawValue,
            problems: entry.problems(at: now.wall).map { found in
                DeviceProblemBody(
                    condition: found.problem.condition.rawValue, sentence: found.sentence,
                    since: found.since.map { Timestamp($0) },
                    incident: fleet.openIncident(of: found.problem, device: entry.id)?.id.text)
            }, software: (entry.report?.software ?? []).map { SoftwareBody($0) },
            modifiedAt: record.reading.modified.map { Timestamp($0.wall) }, listedAt: Timestamp(entry.lastListed.wall),
            examinedAt: entry.examined.map { Timestamp($0.wall) }, operation: operation?.text)
        place = RoomBody.Place(
            tenant: fleet.tenant.text, building: room?.building, floor: room?.floor, name: room?.name ?? "",
            id: entry.id)
        email = room?.email ?? ""
    }
}

extension DeviceRecord {
    /// Its health in the words of the contract; a word that is not among them as Graph wrote it.
    fileprivate var healthText: String {
        guard case .value = reading.health, let word = healthWord else { return "unknown" }
        switch word.lowercased() {
        case "nonurgent": return "non_urgent"
        case "healthy", "critical", "offline", "unknown": return word.lowercased()
        default: return word
        }
    }
}

extension SoftwareBody {
    fileprivate init(_ report: SoftwareReport) {
        self.init(
            software: report.kind.rawValue, freshness: report.freshness.rawValue, current: report.current,
            available: report.available)
    }
}

extension DevicesQuery {
    fileprivate func matches(_ device: ListedDevice) -> Bool {
        let body = device.body
        guard tenant.map({ $0 == body.tenant }) ?? true, building.map({ $0 == body.room?.building }) ?? true,
            floor.map({ $0 == body.room?.floor }) ?? true, model.map({ $0 == body.model }) ?? true,
            kinds.isEmpty || kinds.contains(body.kind)
        else { return false }
        if !problems.isEmpty {
            let conditions = body.problems.map(\.condition)
            guard conditions.contains(where: { problems.contains($0) || problems.contains(DeviceProblemBody.any) })
            else { return false }
        }
        guard let text = text?.lowercased() else { return true }
        return [body.room?.name, device.email, body.model, body.serialNumber, body.assetTag].contains { one in
            one?.lowercased().contains(text) ?? false
        }
    }
}

extension TenantFleet {
    /// Every device on the list, in no particular order.
    func listedDevices(at now: Moment) -> [ListedDevice] {
        var underWay: [String: UniqueID] = [:]
        for one in commandBook.open where !one.state.isSettled { underWay[one.device.lowercased()] = one.id }
        return devices.all.map { entry in
            ListedDevice(entry, of: self, operation: underWay[entry.id.lowercased()], at: now)
        }
    }
}
