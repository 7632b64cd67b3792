// Reads the Teams device records as long as they exist: the whole list every few minutes, single devices while their
// rooms are in doubt.

import FleetCore
public import GraphClient
public import Timekeeping

import Foundation
import HTTPExchange
import HTTPTypes

/// Reads device records of one tenant. It remembers nothing: how often to ask is the caller's decision.
public struct DeviceReader: Sendable {
    /// A list of which no record is younger than this is no evidence (Graph facts, Devices).
    public static let staleAfter: Duration = .seconds(24 * 3600)
    /// The largest page the service takes.
    static let pageSize = 50
    /// 250,000 devices.
    static let mostPages = 5_000

    let client: GraphClient
    let time: any TimeSource
    private let patience: GraphRequest.Patience

    /// - Parameter patience: how long lists may wait for a closed or failing service.
    public init(
        client: GraphClient, time: any TimeSource, patience: GraphRequest.Patience = .wait(upTo: .seconds(60))
    ) {
        self.client = client
        self.time = time
        self.patience = patience
    }

    /// Reads all devices; when the service fails on the whole list, type by type.
    ///
    /// - Parameter quarantine: what the read before learned; while it holds, the whole list is not asked for.
    public func list(_ quarantine: DeviceQuarantine? = nil) async -> DeviceListing {
        let asked = time.now()
        if let quarantine, quarantine.holds(at: asked) {
            return await listByType(quarantine, isProven: true, asked: asked)
        }
        do throws(GraphError) {
            return listing(try await read(type: nil), asked: asked)
        } catch {
            guard Self.isPoisoned(error) else { return failed(error) }
            let new = DeviceQuarantine(types: [], until: asked.advanced(by: DeviceQuarantine.duration))
            return await listByType(new, isProven: false, asked: asked)
        }
    }

    private func listByType(
        _ known: DeviceQuarantine, isProven: Bool, asked: Moment
    ) async -> DeviceListing {
        var quarantine = known
        var wires: [DeviceWire] = []
        var failures: [String] = []
        for type in DeviceWords.mainTypes + DeviceWords.companionTypes where !known.types.contains(type) {
            do throws(GraphError) {
                wires += try await read(type: type)
            } catch {
                // Without every kind of room system the list would make rooms vanish.
                if DeviceWords.mainTypes.contains(type) {
                    // A 500 here too is no poison but a service that is down, so the whole list is due next time.
                    return failed(error, quarantine: isProven && !Self.isPoisoned(error) ? known : nil)
                }
                if Self.isPoisoned(error) { quarantine.types.insert(type) }
                failures.append("Devices of the type \(type) could not be read: \(error)")
            }
        }
        return listing(
            wires, asked: asked, remarks: [Self.remark(quarantine)] + failures, quarantine: quarantine)
    }

    /// Says which type breaks the list, as far as that was found.
    private static func remark(_ quarantine: DeviceQuarantine) -> String {
        let until = quarantine.until.wall.ISO8601Format()
        guard !quarantine.types.isEmpty else {
            return
                "The whole device list fails with 500, and no type that is asked for alone does: one device of another "
                + "type, such as an analog SIP telephone, breaks it. It is read type by type until \(until)."
        }
        let types = quarantine.types.sorted().joined(separator: ", ")
        return
            "The whole device list fails with 500 because of devices of the type \(types): they are left out, the others "
            + "are read type by type until \(until)."
    }

    /// Graph's client has tried a 500 several times by now.
    private static func isPoisoned(_ error: GraphError) -> Bool {
        if case .server(status: 500, _) = error.reason { true } else { false }
    }

    private func failed(_ error: GraphError, quarantine: DeviceQuarantine? = nil) -> DeviceListing {
        let capability = DeviceCapability(error)
        let detail = if case .transient = capability { ["\(error)"] } else { [String]() }
        return DeviceListing(
            capability: capability, devices: nil, remarks: [capability.text] + detail, quarantine: quarantine)
    }

    private func listing(
        _ wires: [DeviceWire], asked: Moment, remarks: [String] = [], quarantine: DeviceQuarantine? = nil
    ) -> DeviceListing {
        var remarks = remarks
        var seen: Set<String> = []
        var devices: [DeviceRecord] = []
        for wire in wires {
            guard let id = BoundedText.id(wire.id), seen.insert(id.lowercased()).inserted else { continue }
            devices.append(record(wire, id: id, asked: asked))
        }
        let withoutID = wires.count { BoundedText.id($0.id) == nil }
        if withoutID > 0 { remarks.append("\(withoutID) device record(s) carry no usable id and were left out.") }
        let dates = devices.compactMap(\.reading.modified)
        guard let newest = dates.map(\.wall).max(),
            asked.wall.timeIntervalSince(newest) > Self.staleAfter.seconds
        else {
            return DeviceListing(
                capability: .available, devices: devices, remarks: remarks, quarantine: quarantine)
        }
        for index in devices.indices { devices[index].reading.health = .unknown(.saidUnknown(text: "stale")) }
        return DeviceListing(
            capability: .stale, devices: devices, remarks: remarks + [DeviceCapability.stale.text],
            quarantine: quarantine)
    }

    private func record(_ wire: DeviceWire, id: String, asked: Moment) -> DeviceRecord {
        let user = wire.currentUser
        // Ids of other kinds of users are telephone numbers and addresses of people.
        let account = DeviceWords.isOfDirectory(user?.userIdentityType) ? BoundedText.id(user?.id) : nil
        return DeviceRecord(
            device: RoomDevice(
                id: id, kind: DeviceWords.kind(wire.deviceType),
                manufacturer: BoundedText.clean(wire.hardwareDetail?.manufacturer, limit: BoundedText.name),
                model: BoundedText.clean(wire.hardwareDetail?.model, limit: BoundedText.name)),
            account: account.map { AccountID($0) }, isSignedIn: wire.isSignedIn,
            reading: DeviceReading(
                health: DeviceWords.health(wire.healthStatus), asked: asked,
                modified: moment(wire.lastModifiedDateTime, at: asked)),
            healthWord: BoundedText.clean(wire.healthStatus, limit: BoundedText.word),
            activity: DeviceWords.activity(wire.activityState),
            serialNumber: BoundedText.clean(wire.hardwareDetail?.serialNumber, limit: BoundedText.name),
            assetTag: BoundedText.clean(wire.companyAssetTag, limit: BoundedText.name))
    }

    /// The date of a record, on both clocks.
    func moment(_ timestamp: GraphTimestamp?, at now: Moment) -> Moment? {
        timestamp?.date.map { Moment(restoring: $0, at: now) }
    }

    private func read(type: String?) async throws(GraphError) -> [DeviceWire] {
        try await client.list(
            list(top: Self.pageSize, type: type), of: DeviceWire.self, limits: PageLimits(pages: Self.mostPages)
        ).items
    }

    private func list(top: Int, type: String?) -> GraphRequest {
        var path = GraphPath("teamwork", "devices")
        if let type { path = path.query("$filter", "deviceType eq \(GraphPath.literal(type))") }
        var request = GraphRequest(.get, path.query("$top", "\(top)"), version: .beta, service: .teamwork)
        request.patience = patience
        return request
    }
}
