// One device as it is remembered: what the list and its health last said, which of its problems are suspected or
// confirmed, whose it is, and when it may be read again.

public import struct Foundation.Date
public import Timekeeping

/// A listed device and everything remembered of it.
public struct DeviceEntry: Sendable, Hashable {
    public var record: DeviceRecord
    /// What its health last said; `nil` when it was never read.
    public var report: DeviceHealthReport?
    /// When ``report`` was asked for.
    public var examined: Moment?
    public var firstListed: Date
    /// When the newest list that it was on was asked for.
    public var lastListed: Moment
    /// In how many complete lists in a row it has been missing.
    public var absences = 0
    /// Problems that its records speak of now: suspected after one read, confirmed after two.
    public internal(set) var parts: [DeviceProblem: DevicePart] = [:]
    public internal(set) var offers: [SoftwareKind: SoftwareOffer] = [:]
    /// The room that the device belongs to, by the account that was signed in for long.
    public internal(set) var home: AccountID?
    /// The account that is signed in, and since when without a change.
    var stay: Stay?
    /// When its health was last asked for, whatever came of it.
    var tried: Moment?
    /// Reads of its health that failed, in a row.
    public internal(set) var failures = 0
    /// The record's date when ``report`` was asked for.
    var examinedRecord: Date?
    /// What its history says since it last changed.
    var reading: String?
    /// When its records were last read.
    var heard: Moment?

    /// An account that is signed in since an instant.
    struct Stay: Sendable, Hashable, Codable {
        var account: AccountID
        var since: Date
    }

    public init(record: DeviceRecord, firstListed: Date, lastListed: Moment) {
        self.record = record
        self.firstListed = firstListed
        self.lastListed = lastListed
    }

    public var id: String { record.device.id }

    /// Whether its health could not be read several times in a row, so that it is asked ever more rarely.
    public var isQuarantined: Bool { failures >= DeviceRules.failuresToQuarantine }

    /// What is wrong with it as far as its records say, updates that are overdue included.
    public func problems(at now: Date) -> [DeviceFinding] {
        let found = parts.map { problem, part in
            DeviceFinding(
                problem: problem, sentence: part.sentence, since: part.since ?? part.firstBad,
                isConfirmed: part.state.phase.isWrong)
        }
        let updates = offers.filter { $0.value.isOverdue(at: now) }.map { kind, offer in
            DeviceFinding(
                problem: .software(kind), sentence: offer.sentence(of: kind, at: now), since: offer.firstSeen,
                isConfirmed: true)
        }
        return (found + updates).sorted { $0.problem < $1.problem }
    }

    /// What its records say in one text, for its history: what is wrong, else the word of the record.
    var historyText: String {
        if !parts.isEmpty { return parts.keys.sorted().map(\.text).joined(separator: "; ") }
        if case .unknown(let reason) = record.reading.health { return "unknown: \(reason.text)" }
        if let word = record.healthWord { return word.lowercased() }
        return "healthy"
    }

    /// Confirmed problems of one condition, in order.
    func confirmed(_ condition: Condition) -> [(problem: DeviceProblem, part: DevicePart)] {
        parts.filter { $0.key.condition == condition && $0.value.state.phase.isWrong }
            .map { (problem: $0.key, part: $0.value) }.sorted { $0.problem < $1.problem }
    }
}

/// One thing that is wrong with a device.
public struct DeviceFinding: Sendable, Hashable {
    public var problem: DeviceProblem
    /// `the microphone is not connected`.
    public var sentence: String
    public var since: Date?
    /// Whether two reads said so.
    public var isConfirmed: Bool
}

/// A problem that is suspected or confirmed.
public struct DevicePart: Sendable, Hashable {
    public var state: ConditionState
    /// What is wrong, as it was last said.
    public var sentence: String
    /// Since when, by Graph's date.
    public var since: Date?
    /// Since when the record, although it is read, does not mention the part any more.
    var silentSince: Moment?
    var voice = DeviceVoice.none

    /// When it was first seen.
    var firstBad: Date? {
        switch state {
        case .clear: nil
        case .pending(let streak): streak.first.wall
        case .firing(let outage), .recovering(let outage, _): outage.firstBad.wall
        }
    }

    /// Since when, as far as sharing a cause is concerned.
    var onset: Date { since ?? firstBad ?? .distantPast }
}

/// Which incident speaks for a confirmed problem.
enum DeviceVoice: Sendable, Hashable, Codable {
    /// None yet: it waits for what becomes of its siblings.
    case none
    /// That of the device and its condition.
    case own
    /// That of the devices with which it shares a cause.
    case cohort(DeviceCohort)
    /// Somebody closed the common incident by hand: nobody hears of it before it has ended once.
    case aside
}
