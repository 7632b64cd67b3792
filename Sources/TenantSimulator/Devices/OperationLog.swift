// The server's own account of what was asked of devices. A monitor's record says what it believes; this one says what
// reached the tenant, so that a rehearsal can prove that nothing was submitted twice and nothing was forgotten.

public import struct Foundation.Date
import HTTPTypes
import Timekeeping

/// One command that reached the simulated tenant, as it was answered.
public struct Submission: Sendable, Equatable {
    public enum Outcome: String, Sendable, CaseIterable {
        /// Taken by the back end, whether or not the answer said so.
        case accepted
        /// Refused with 409, because an operation of the device was queued or running.
        case duplicate
        /// Refused for any other reason, or lost before it was carried out.
        case refused
    }

    /// Counts all submissions from 1.
    public var number: Int
    public var at: Date
    /// The device's id as it stood in the path.
    public var device: String
    /// The device's room, where it has one.
    public var room: String?
    public var command: DeviceCommand
    public var outcome: Outcome
    /// The status the client was sent; `nil` when it was sent none.
    public var status: Int?
    /// The operation that an accepted submission became.
    public var operation: String?
    public var clientRequestID: String
    /// How many submissions of the same command to the same device were accepted before.
    public var acceptedBefore: Int
}

/// Every submission since the start.
struct OperationLog: Sendable {
    /// Submissions kept; the oldest go first, and ``total`` counts them all the same.
    static let maximumEntries = 100_000

    private(set) var entries: [Submission] = []
    private(set) var total = 0
    private var accepted: [String: Int] = [:]

    mutating func add(_ submission: Submission) {
        var submission = submission
        total += 1
        submission.number = total
        let key = "\(submission.device) \(submission.command.rawValue)"
        submission.acceptedBefore = accepted[key, default: 0]
        if submission.outcome == .accepted { accepted[key, default: 0] += 1 }
        if entries.count >= Self.maximumEntries { entries.removeFirst(Self.maximumEntries / 10) }
        entries.append(submission)
    }

    func count(_ outcome: Submission.Outcome) -> Int { entries.count { $0.outcome == outcome } }
}

extension SimulatedTenant {
    /// Every command that reached the tenant, oldest first; the last 100,000 of them.
    public var submissions: [Submission] { operationLog.entries }

    /// Writes down what became of a call that submits a command; others are left alone.
    mutating func log(_ response: SimulatedResponse, to call: GraphCall, _ exchange: Exchange) {
        guard let (name, command) = call.submission else { return }
        let device = GUID(name).flatMap { fleet.deviceByID[$0] }
        let isHeard = response.delivery != .reset && response.delivery != .hang
        operationLog.add(
            Submission(
                number: 0, at: exchange.now.wall,
                device: device.map { fleet.devices[$0].id.description } ?? name.lowercased(),
                room: device.flatMap { fleet.room(of: $0) }.map { fleet.rooms[$0].name }, command: command,
                outcome: carriedOut != nil ? .accepted : response.status == 409 ? .duplicate : .refused,
                status: isHeard ? response.status : nil, operation: carriedOut?.description,
                clientRequestID: exchange.clientRequestID, acceptedBefore: 0))
        carriedOut = nil
    }

    /// `GET /_simulator/operations`: submissions and operations, optionally of one device only.
    func operationsReport(device name: String?) -> JSONValue {
        let chosen = name.map { fleet.device(named: $0) }
        let id = chosen.map { $0.map { fleet.devices[$0].id.description } ?? "" }
        let submissions = operationLog.entries.filter { id == nil || $0.device == id }
        let devices = timeline.operations.byDevice.keys.sorted().filter { chosen == nil || chosen == .some($0) }
        return [
            "accepted": .int(operationLog.count(.accepted)), "duplicate": .int(operationLog.count(.duplicate)),
            "refused": .int(operationLog.count(.refused)), "total": .int(operationLog.total),
            "submissions": .array(submissions.map(Self.written)),
            "operations": .array(
                devices.flatMap { timeline.operations.byDevice[$0] ?? [] }.map { operation in
                    var record = operationRecord(operation).members ?? []
                    record.insert(.init("device", .string(fleet.devices[operation.device].id.description)), at: 1)
                    record.insert(
                        .init("room", .text(fleet.room(of: operation.device).map { fleet.rooms[$0].name })), at: 2)
                    return .object(record)
                }),
        ]
    }

    private static func written(_ submission: Submission) -> JSONValue {
        [
            "number": .int(submission.number), "at": .string(Timestamps.text(submission.at, fractionDigits: 3)),
            "device": .string(submission.device), "room": .text(submission.room),
            "command": .string(submission.command.rawValue), "outcome": .string(submission.outcome.rawValue),
            "status": submission.status.map { .int($0) } ?? .null, "operation": .text(submission.operation),
            "client_request_id": .string(submission.clientRequestID),
            "accepted_before": .int(submission.acceptedBefore),
        ]
    }
}
