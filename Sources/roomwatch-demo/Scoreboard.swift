// The judge of the demonstration: what really happened goes in, what was told goes in, and out comes what was told, how
// fast, what was missed and what was false. Pure, so that it can be trusted: no clock, no files, no order of arrival.

import FleetAPI
import Foundation

/// Ground truth and notices of one run.
struct Scoreboard: Sendable {
    /// How soon a dark room must be told (Detection, room.offline): a sweep, the hold, a fast sweep, and the way to us.
    struct Deadlines: Sendable, Hashable {
        var sweep: Double = 5
        var hold: Double = 10
        var suspect: Double = 1
        var delivery: Double = 0.25
        /// What a machine that does other things may add.
        var tolerance: Double = 1
        /// The interval of device reads; a weak room needs two of them.
        var devices: Double = 60
        /// What the device reads themselves take, twice.
        var deviceReads: Double = 5
        /// Within which a room's own page is taken back once its building was told.
        var merge: Double = 5

        var presence: Double { sweep + hold + suspect + delivery + tolerance }
        var weak: Double { 2 * devices + deviceReads + delivery + tolerance }
    }

    /// A room that is dark for one source.
    struct Outage: Sendable, Hashable {
        var account: String
        var room: String
        var building: String
        var cause: Int
        var causeKind: String
        /// Only the device record shows it (a weak room).
        var isOfDevice: Bool
        var expected: GroundTruthRecord.Expectation
        var visibleAt: Date
        var endedAt: Date?

        /// Whether the outage was visible somewhere between the two instants.
        func overlaps(from: Date, to: Date) -> Bool {
            visibleAt <= to && (endedAt.map { $0 >= from } ?? true)
        }
    }

    /// What one run remembers at most; a demonstration that runs for weeks says that it stopped counting.
    static let maximumOutages = 100_000
    static let maximumNotices = 10_000

    let deadlines: Deadlines
    /// When the daemon began to watch: what was dark before is owed from here.
    var watchingSince: Date?
    private(set) var outages: [Outage] = []
    private(set) var notices: [Notice] = []
    private(set) var unkept = 0
    private var messages: Set<String> = []
    /// Ordinals in ``outages`` by account.
    private var outagesOf: [String: [Int]] = [:]
    /// Ordinals in ``notices`` by account.
    private var noticesOf: [String: [Int]] = [:]
    /// Ordinals in ``notices`` of incidents of places.
    private var placeNotices: [Int] = []
    /// Whether Graph itself was made to misbehave, which is what incidents of the whole tenant are about.
    private var firstFault: Date?
    private var open: [String: IncidentBody] = [:]

    init(deadlines: Deadlines = Deadlines()) { self.deadlines = deadlines }

    /// The incidents that are not resolved, oldest first.
    var openIncidents: [IncidentBody] { open.values.sorted { ($0.openedAt, $0.id) < ($1.openedAt, $1.id) } }

    mutating func take(_ record: GroundTruthRecord) {
        if record.event.hasPrefix("graph_fault") || record.event == "device_api" {
            firstFault = [firstFault, record.visibleAt].compactMap { $0 }.min()
        }
        // Records of whole buildings repeat what their rooms' records say one by one.
        guard let account = record.account, let visible = record.visibleAt else { return }
        if record.isReturn {
            for ordinal in outagesOf[account] ?? [] {
                let outage = outages[ordinal]
                guard outage.cause == record.cause, outage.isOfDevice == record.isOfDevice, outage.endedAt == nil
                else { continue }
                outages[ordinal].endedAt = visible
            }
        } else if record.isLoss {
            guard outages.count < Self.maximumOutages else { return unkept += 1 }
            outagesOf[account, default: []].append(outages.count)
            outages.append(
                Outage(
                    account: account, room: record.room ?? account, building: record.building ?? "",
                    cause: record.cause, causeKind: record.causeKind, isOfDevice: record.isOfDevice,
                    expected: record.expected, visibleAt: visible))
        }
    }

    /// - Returns: whether the notice is new; a repeated delivery is not.
    @discardableResult
    mutating func take(_ notice: Notice) -> Bool {
        guard !messages.contains(notice.message) else { return false }
        if notice.incident.revision >= open[notice.incident.id]?.revision ?? 0 {
            open[notice.incident.id] = notice.incident.status == "resolved" ? nil : notice.incident
        }
        guard notices.count < Self.maximumNotices else {
            unkept += 1
            return true
        }
        messages.insert(notice.message)
        if notice.isOfPlace { placeNotices.append(notices.count) }
        for account in notice.accounts { noticesOf[account, default: []].append(notices.count) }
        notices.append(notice)
        return true
    }

    /// Seconds from the instant Graph showed it until we were told: of a call since the room went dark, of a resolve
    /// since it was back.
    func latency(of notice: Notice) -> Double? {
        guard notice.isOfDarkness else { return nil }
        let candidates = notice.accounts.flatMap { outagesOf[$0] ?? [] }.map { outages[$0] }
        if notice.isCall {
            let begins = candidates.filter { isCause($0, of: notice) }.map(\.visibleAt)
            // A room's latest outage, a place's first room.
            let begin = notice.isOfPlace ? begins.min() : begins.max()
            return begin.map { notice.receivedAt.timeIntervalSince($0) }
        }
        guard notice.type == .incidentResolved else { return nil }
        let ends = candidates.compactMap(\.endedAt).filter { $0 <= notice.receivedAt }
        return ends.max().map { notice.receivedAt.timeIntervalSince($0) }
    }

    func isCause(_ outage: Outage, of notice: Notice) -> Bool {
        outage.expected != .none
            && outage.overlaps(from: notice.incident.firstBadAt.date, to: notice.receivedAt)
    }
}

// MARK: Judgement

extension Scoreboard {
    /// What became of one outage that an incident is owed for.
    enum Verdict: Sendable, Hashable {
        case told(after: Double)
        /// An incident that speaks for the room was open already, its own of an earlier outage or its place's, so nobody
        /// is called again.
        case covered
        case missed(lateBy: Double?)
        /// The run ended before the deadline.
        case unjudged
    }

    /// What became of an owed outage, as things stood at `end`.
    func verdict(on outage: Outage, at end: Date) -> Verdict {
        let theirs = notices(for: outage)
        let from = max(outage.visibleAt, watchingSince ?? outage.visibleAt)
        let deadline = from.addingTimeInterval(outage.isOfDevice ? deadlines.weak : deadlines.presence)
        let call = theirs.filter { $0.isCall && $0.receivedAt >= outage.visibleAt }.map(\.receivedAt).min()
        if let call, call <= deadline { return .told(after: call.timeIntervalSince(outage.visibleAt)) }
        var last: [String: IncidentBody] = [:]
        for notice in theirs where notice.receivedAt < outage.visibleAt {
            if notice.incident.revision >= last[notice.incident.id]?.revision ?? 0 {
                last[notice.incident.id] = notice.incident
            }
        }
        if last.values.contains(where: { $0.status != "resolved" }) { return .covered }
        if deadline > end { return .unjudged }
        return .missed(lateBy: call.map { $0.timeIntervalSince(deadline) })
    }

    /// Everything that was said of the room, by its own incidents and by those of its place.
    func notices(for outage: Outage) -> [Notice] {
        let own = noticesOf[outage.account] ?? []
        let places = placeNotices.filter { notices[$0].speaks(forBuilding: outage.building) }
        return Set(own + places).sorted().map { notices[$0] }.filter(\.isOfDarkness)
    }

    /// The outages of the room that one of its incidents is about.
    func outages(of account: String) -> [Outage] { (outagesOf[account] ?? []).map { outages[$0] } }

    /// Whether nothing that happened justifies the call.
    func isFalse(_ notice: Notice) -> Bool {
        guard notice.isCall else { return false }
        guard !notice.accounts.isEmpty else {
            return firstFault.map { $0 > notice.receivedAt } ?? true
        }
        return !notice.accounts.contains { account in
            (outagesOf[account] ?? []).contains { isCause(outages[$0], of: notice) }
        }
    }

    /// The score as things stood at `end`.
    func summary(at end: Date) -> Summary {
        var summary = Summary(deadlines: deadlines)
        summary.opened = notices.count { $0.type == .incidentOpened }
        summary.reopened = notices.count { $0.type == .incidentReopened }
        summary.resolved = notices.count { $0.type == .incidentResolved }
        summary.unkept = unkept
        summary.buildings = darkBuildings(at: end)
        summary.falseCalls = notices.filter(isFalse) + summary.buildings.flatMap(\.excess)
        for outage in outages where outage.expected == .incident {
            summary.owed += 1
            switch verdict(on: outage, at: end) {
            case .told(let seconds):
                if outage.isOfDevice {
                    summary.weakLatencies.append(seconds)
                } else {
                    summary.latencies.append(seconds)
                }
            case .covered: summary.covered += 1
            case .unjudged where outage.isOfDevice: summary.unjudgedWeak += 1
            case .unjudged: summary.unjudged += 1
            case .missed(let lateBy): summary.missed.append(Summary.Missed(outage: outage, lateBy: lateBy))
            }
        }
        summary.latencies.sort()
        summary.weakLatencies.sort()
        return summary
    }
}
