// Reads the Teams device records as long as they exist: the whole list every few minutes, single devices while their
// rooms are in doubt.

public import FleetCore
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

    private let client: GraphClient
    private let time: any TimeSource
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
    public func list() async -> DeviceListing {
        let asked = time.now()
        do throws(GraphError) {
            let wires = try await read(type: nil)
            return listing(wires, asked: asked, remarks: [])
        } catch {
            if case .server(let status, _) = error.reason, status == 500 { return await listByType(asked: asked) }
            return failed(error)
        }
    }

    /// How much is asked of one device.
    public enum Depth: Sendable, Hashable {
        /// The record; its connection only where the record's word says nothing. One request as a rule, of the part of
        /// the budget that others leave.
        case glance
        /// Always the record and the connection, which says since when: two requests.
        case thorough
    }

    /// Reads one device's record and its connection, for rooms whose presence another device can hold up.
    ///
    /// The health word of the record decides; the connection decides where the word says nothing.
    public func health(of deviceID: String, depth: Depth = .thorough) async -> DeviceReading {
        let asked = time.now()
        let device: DeviceWire
        switch await object(DeviceWire.self, GraphPath("teamwork", "devices", deviceID), depth: depth) {
        case .success(let found): device = found
        case .failure(let failure):
            return DeviceReading(health: .unknown(.failed(failure.kind)), asked: asked)
        }
        let record = DeviceReading(
            health: DeviceWords.health(device.healthStatus), asked: asked,
            modified: moment(device.lastModifiedDateTime, at: asked))
        if depth == .glance, record.signal != .unknown { return record }
        // The connection only adds to what the record said, so a failure here is no failure.
        let health = await object(
            DeviceHealthWire.self, GraphPath("teamwork", "devices", deviceID, "health"), depth: depth)
        guard let connection = (try? health.get())?.connection else { return record }
        return Self.combined(
            record,
            with: DeviceReading(
                health: DeviceWords.connection(connection.connectionStatus), asked: asked,
                modified: moment(connection.lastModifiedDateTime, at: asked)))
    }

    /// The record's verdict with the connection's words and date beside it, where the two agree.
    private static func combined(_ record: DeviceReading, with connection: DeviceReading) -> DeviceReading {
        switch (record.health, connection.health) {
        case (.unknown, .value): return connection
        case (.value(let word), .value(let link)) where word.isOffline == link.isOffline:
            var both = record
            both.health = .value(DeviceHealth(isOffline: word.isOffline, text: "\(word.text)/\(link.text)"))
            // The connection's date says since when; the record's also moves for other reasons.
            both.modified = connection.modified ?? record.modified
            return both
        default: return record
        }
    }

    private func listByType(asked: Moment) async -> DeviceListing {
        var wires: [DeviceWire] = []
        var remarks = ["The whole device list fails with 500; it is read type by type."]
        for type in DeviceWords.mainTypes + DeviceWords.companionTypes {
            do throws(GraphError) {
                wires += try await read(type: type)
            } catch {
                // Without every kind of room system the list would make rooms vanish.
                if DeviceWords.mainTypes.contains(type) { return failed(error) }
                remarks.append("Devices of the type \(type) could not be read: \(error)")
            }
        }
        return listing(wires, asked: asked, remarks: remarks)
    }

    private func failed(_ error: GraphError) -> DeviceListing {
        let capability = DeviceCapability(error)
        let detail = if case .transient = capability { ["\(error)"] } else { [String]() }
        return DeviceListing(capability: capability, devices: nil, remarks: [capability.text] + detail)
    }

    private func listing(_ wires: [DeviceWire], asked: Moment, remarks: [String]) -> DeviceListing {
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
        else { return DeviceListing(capability: .available, devices: devices, remarks: remarks) }
        for index in devices.indices { devices[index].reading.health = .unknown(.saidUnknown(text: "stale")) }
        return DeviceListing(capability: .stale, devices: devices, remarks: remarks + [DeviceCapability.stale.text])
    }

    private func record(_ wire: DeviceWire, id: String, asked: Moment) -> DeviceRecord {
        DeviceRecord(
            device: RoomDevice(
                id: id, kind: DeviceWords.kind(wire.deviceType),
                manufacturer: BoundedText.clean(wire.hardwareDetail?.manufacturer, limit: BoundedText.name),
                model: BoundedText.clean(wire.hardwareDetail?.model, limit: BoundedText.name)),
            account: BoundedText.id(wire.currentUser?.id).map { AccountID($0) },
            reading: DeviceReading(
                health: DeviceWords.health(wire.healthStatus), asked: asked,
                modified: moment(wire.lastModifiedDateTime, at: asked)))
    }

    /// The date of a record, on both clocks.
    private func moment(_ timestamp: GraphTimestamp?, at now: Moment) -> Moment? {
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

    private func object<Wire: WireType>(
        _ type: Wire.Type, _ path: GraphPath, depth: Depth
    ) async -> Result<Wire, ReadFailure> {
        var request = GraphRequest(.get, path, version: .beta, service: .teamwork)
        if depth == .glance { request.priority = .low }
        do throws(GraphError) {
            let answer = try await client.send(request)
            guard let wrapped = try? JSONDecoder().decode(MaybeWrapped<Wire>.self, from: Data(answer.body)) else {
                return .failure(ReadFailure(kind: FailureKind.malformed))
            }
            return .success(wrapped.object)
        } catch {
            return .failure(ReadFailure(kind: FailureKind.word(error)))
        }
    }

    private struct ReadFailure: Error {
        let kind: String
    }
}
