// What really happened, written beside what Graph showed. Tests and benchmarks compare a monitor with this file, so each
// record also says what a monitor with default settings owes the person on call.

public import struct Foundation.Date

/// One line of the ground truth file.
public struct GroundTruthRecord: Sendable {
    /// What a monitor with default settings should make of it.
    public enum Expectation: String, Sendable {
        case incident, none
        /// The outage shows about as long as the detection hold: both are right.
        case either
    }

    /// When it happened in the tenant (power cut, sign-out, begin of the fault).
    public var at: Date
    public var event: String
    /// When Graph shows it; `nil` for what Graph never shows.
    public var visibleAt: Date?
    public var account: String?
    public var room: String?
    public var building: String?
    /// The cause's number: records of one cause share it.
    public var cause: Int
    public var causeKind: String
    public var expected: Expectation
    public var detail: String?

    /// The record as one line of JSON without the line end.
    public var line: [UInt8] {
        var members: [JSONValue.Member] = [
            .init("at", .string(Timestamps.text(at, fractionDigits: 3))),
            .init("event", .string(event)),
            .init("visible_at", visibleAt.map { .string(Timestamps.text($0, fractionDigits: 3)) } ?? .null),
            .init("expected", .string(expected.rawValue)),
            .init("cause", .int(cause)),
            .init("cause_kind", .string(causeKind)),
        ]
        for (name, value) in [("account", account), ("room", room), ("building", building), ("detail", detail)] {
            if let value { members.append(.init(name, .string(value))) }
        }
        return JSONValue.object(members).bytes
    }
}
