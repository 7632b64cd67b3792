// What the simulator says really happened. The reader is tolerant on purpose: the simulator learns new kinds of events,
// and a demonstration that stopped at the first unknown word would have to be changed with each of them.

import FleetAPI
import Foundation

/// One line of the simulator's ground truth file.
struct GroundTruthRecord: Sendable, Hashable, Decodable {
    /// What a monitor with default settings owes for it.
    enum Expectation: Sendable, Hashable {
        case incident, none
        /// Both are right; so is every word that this version does not know.
        case either
    }

    var event: String
    /// When it happened in the tenant.
    var at: Date?
    /// When Graph shows it; `nil` for what Graph never shows.
    var visibleAt: Date?
    var expected: Expectation
    var account: String?
    var room: String?
    var building: String?
    var cause: Int
    var causeKind: String

    private enum CodingKeys: String, CodingKey {
        case event, at, expected, account, room, building, cause
        case visibleAt = "visible_at"
        case causeKind = "cause_kind"
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        event = try fields.decode(String.self, forKey: .event)
        at = try fields.decodeIfPresent(Timestamp.self, forKey: .at)?.date
        visibleAt = try fields.decodeIfPresent(Timestamp.self, forKey: .visibleAt)?.date
        expected =
            switch try fields.decodeIfPresent(String.self, forKey: .expected) {
            case "incident": .incident
            case "none", nil: .none
            default: .either
            }
        account = try fields.decodeIfPresent(String.self, forKey: .account)?.lowercased()
        room = try fields.decodeIfPresent(String.self, forKey: .room)
        building = try fields.decodeIfPresent(String.self, forKey: .building)
        cause = try fields.decodeIfPresent(Int.self, forKey: .cause) ?? 0
        causeKind = try fields.decodeIfPresent(String.self, forKey: .causeKind) ?? event
    }

    /// Whether the device record tells, and not presence.
    var isOfDevice: Bool { event.hasPrefix("device_") }
    /// Whether something that was gone is back.
    var isReturn: Bool { event.hasSuffix("_online") }
    /// Whether a room went dark for one of the two sources, whatever is owed for it.
    var isLoss: Bool {
        event == "presence_offline" || event == "device_offline" || (expected != .none && !isReturn)
    }
}

/// Reads what the simulator has added to its file since the last time.
struct GroundTruthTail {
    private let path: String
    private var offset: UInt64 = 0
    private var rest: [UInt8] = []
    /// Lines that are no ground truth; told in the summary, because each may hide an outage.
    private(set) var unreadable = 0

    /// A line that is longer than this is none of the simulator's.
    private static let maximumLine = 64 * 1024
    /// So much is taken at one time.
    private static let chunk = 1024 * 1024

    init(path: String) { self.path = path }

    /// The complete lines that were added.
    mutating func read() -> [GroundTruthRecord] {
        // The simulator makes the file when it starts; until then there is nothing to read.
        guard let file = FileHandle(forReadingAtPath: path) else { return [] }
        defer { try? file.close() }
        guard (try? file.seek(toOffset: offset)) != nil, let bytes = try? file.read(upToCount: Self.chunk) else {
            return []
        }
        offset += UInt64(bytes.count)
        rest += bytes
        var records: [GroundTruthRecord] = []
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            if let record = try? JSONDecoder().decode(GroundTruthRecord.self, from: Data(rest[..<end])) {
                records.append(record)
            } else {
                unreadable += 1
            }
            rest.removeSubrange(...end)
        }
        if rest.count > Self.maximumLine {
            unreadable += 1
            rest.removeAll()
        }
        return records
    }
}
