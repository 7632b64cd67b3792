// What an operator asks the simulator itself. These paths stand outside Graph's namespace and answer on loopback only: they
// let anybody who reaches them change the tenant.

import Foundation
import HTTPTypes
public import Timekeeping

extension SimulatedTenant {
    /// How many rooms are listed by name; a whole tenant in the dark is a number, not a list.
    private static let maximumListed = 1000

    mutating func administer(_ path: [String], _ exchange: Exchange) -> SimulatedResponse {
        switch (exchange.request.method, path) {
        case (.get, ["state"]): return plain(200, state(exchange))
        case (.get, ["operations"]):
            let query = exchange.splitTarget.query
            let device = query.hasPrefix("device=") ? PercentCoding.decoded(query.dropFirst(7)) : nil
            return plain(200, operationsReport(device: device))
        case (.post, ["events"]):
            do {
                return plain(202, ["accepted": .int(try inject(exchange.request.body, at: exchange.elapsed))])
            } catch let error as ScenarioError {
                return plain(400, ["error": .string(error.description)])
            } catch {
                return plain(400, ["error": .string("not a scenario event: \(error)")])
            }
        default:
            return plain(
                404,
                [
                    "error":
                        "the simulator answers GET /_simulator/state, GET /_simulator/operations and POST /_simulator/events"
                ])
        }
    }

    /// Adds events to what is to come; their times count from `now`.
    ///
    /// - Throws: `DecodingError` or ``ScenarioError``; then nothing was added.
    private mutating func inject(_ body: [UInt8], at now: Duration) throws -> Int {
        struct Batch: Decodable {
            let events: [ScenarioEvent]
        }
        let decoder = JSONDecoder()
        let data = Data(body)
        let isBatch = (try? JSONValue(reading: body))?["events"] != nil
        let events =
            isBatch
            ? try decoder.decode(Batch.self, from: data).events : [try decoder.decode(ScenarioEvent.self, from: data)]
        try add(events, at: now)
        return events.count
    }

    /// Adds events to what is to come; their times count from `elapsed` after the start.
    mutating func add(_ events: [ScenarioEvent], at elapsed: Duration) throws(ScenarioError) {
        for (index, event) in events.enumerated() {
            if let complaint = event.complaint(for: fleet) {
                throw ScenarioError("event \(index + 1) (\(event.kind.rawValue)): \(complaint)")
            }
        }
        for event in events { timeline.plan(event, from: elapsed) }
        timeline.advance(to: elapsed)
    }

    /// Adds events to what is to come; their times count from `now`.
    ///
    /// - Throws: ``ScenarioError`` when an event names nothing in this tenant; then nothing was added.
    public mutating func inject(_ events: [ScenarioEvent], at now: Moment) throws(ScenarioError) {
        try add(events, at: start.elapsed(until: now))
    }

    private func state(_ exchange: Exchange) -> JSONValue {
        var counts: [String: Int] = [:]
        var notAvailable: [JSONValue] = []
        for room in fleet.rooms {
            let words = timeline.presence.words[room.account]
            counts[words.availability, default: 0] += 1
            if words == .offline || words == .unknown, notAvailable.count < Self.maximumListed {
                notAvailable.append([
                    "room": .string(room.name), "account": .string(fleet.accounts[room.account].idText),
                    "building": .string(fleet.buildings[room.building].name),
                    "availability": .string(words.availability),
                ])
            }
        }
        let devicesOffline = timeline.devices.count { $0.offline > 0 }
        return [
            "time": .string(Timestamps.text(exchange.now.wall, fractionDigits: 3)), "scenario": .string(scenario.name),
            "seed": .string(String(fleet.seed)), "rooms": .int(fleet.rooms.count), "presence": Self.object(counts),
            "not_available": .array(notAvailable), "devices_offline": .int(devicesOffline),
            "device_api": .string(timeline.deviceAPI.mode.rawValue),
            "device_commands": .string(timeline.deviceCommands.mode.rawValue),
            "operations_open": .int(timeline.operations.openCount),
            "buildings": .array(
                fleet.buildings.map { ["name": .string($0.name), "time_zone": .string($0.timeZone)] }),
            "faults": .array(
                timeline.faults.map {
                    [
                        "service": .string($0.fault.service.rawValue), "kind": .string($0.fault.kind.rawValue),
                        "hits": .int($0.hits),
                    ]
                }),
            "operation_faults": .array(
                timeline.operationFaults.map {
                    ["kind": .string($0.fault.kind.rawValue), "devices": .int($0.devices.count)]
                }),
            "requests": Self.object(requestCounts), "tokens_issued": .int(tokenEndpoint.issued),
            "throttled": Self.object(throttle.refusals),
            "before_retry_after": Self.object(throttle.violations),
            "before_retry_after_total": .int(throttle.violations.values.reduce(0, +)),
        ]
    }

    private static func object(_ counts: [String: Int]) -> JSONValue {
        .object(counts.sorted { $0.key < $1.key }.map { .init($0.key, .int($0.value)) })
    }

    private func plain(_ status: Int, _ body: JSONValue) -> SimulatedResponse {
        SimulatedResponse(
            status: status, headerFields: [.contentType: "application/json; charset=utf-8"], body: body.bytes)
    }
}
