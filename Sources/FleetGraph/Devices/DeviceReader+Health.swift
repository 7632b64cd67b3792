// Reads of one device: its record and connection while its room is in doubt, its health part by part in turn.

public import FleetCore
import GraphClient
import Timekeeping

import Foundation
import HTTPTypes

extension DeviceReader {
    /// How much is asked of one device.
    public enum Depth: Sendable, Hashable {
        /// The record; its connection only where the record's word says nothing. One request as a rule, of the part of
        /// the budget that others leave.
        case glance
        /// Always the record and the connection, which says since when: two requests.
        case thorough
    }

    /// Reads one device's health part by part, from the part of the budget that others leave.
    ///
    /// Parts that Graph leaves out, or sends in a form that nobody knows, are not in the report.
    public func report(of deviceID: String) async -> DeviceHealthReading {
        await healthRead(of: deviceID).reading
    }

    /// The same, with what it says of the call itself.
    public func healthRead(of deviceID: String) async -> DeviceHealthRead {
        let asked = time.now()
        switch await healthWire(of: deviceID, .low) {
        case .success(let wire):
            return DeviceHealthRead(
                capability: .available,
                reading: DeviceHealthReading(
                    device: deviceID, report: .value(DeviceHealthReport(wire)), asked: asked))
        case .failure(let failure):
            return DeviceHealthRead(
                capability: DeviceHealthCapability(failure.refusal),
                reading: DeviceHealthReading(
                    device: deviceID, report: .unknown(.failed(failure.kind)), asked: asked))
        }
    }

    /// Reads one device's record and its connection, for rooms whose presence another device can hold up.
    ///
    /// The health word of the record decides; the connection decides where the word says nothing.
    public func health(of deviceID: String, depth: Depth = .thorough) async -> DeviceReading {
        let asked = time.now()
        let device: DeviceWire
        let priority: GraphRequest.Priority = depth == .glance ? .low : .normal
        switch await object(DeviceWire.self, GraphPath("teamwork", "devices", deviceID), priority) {
        case .success(let found): device = found
        case .failure(let failure): return DeviceReading(health: .unknown(.failed(failure.kind)), asked: asked)
        }
        let record = DeviceReading(
            health: DeviceWords.health(device.healthStatus), asked: asked,
            modified: moment(device.lastModifiedDateTime, at: asked))
        if depth == .glance, record.signal != .unknown { return record }
        // The connection only adds to what the record said, so a failure here is no failure.
        guard let connection = (try? await healthWire(of: deviceID, priority).get())?.connection else { return record }
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

    private func healthWire(
        of deviceID: String, _ priority: GraphRequest.Priority
    ) async -> Result<DeviceHealthWire, ReadFailure> {
        await object(DeviceHealthWire.self, GraphPath("teamwork", "devices", deviceID, "health"), priority)
    }

    private func object<Wire: WireType>(
        _ type: Wire.Type, _ path: GraphPath, _ priority: GraphRequest.Priority
    ) async -> Result<Wire, ReadFailure> {
        var request = GraphRequest(.get, path, version: .beta, service: .teamwork)
        request.priority = priority
        do throws(GraphError) {
            let answer = try await client.send(request)
            guard let wrapped = try? JSONDecoder().decode(MaybeWrapped<Wire>.self, from: Data(answer.body)) else {
                return .failure(
                    ReadFailure(kind: FailureKind.malformed, refusal: .transient(FailureKind.malformed)))
            }
            return .success(wrapped.object)
        } catch {
            return .failure(
                ReadFailure(kind: FailureKind.word(error), refusal: DeviceRefusal(error, ofOneDevice: true)))
        }
    }

    private struct ReadFailure: Error {
        let kind: String
        let refusal: DeviceRefusal
    }
}
