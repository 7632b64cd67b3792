// What the demonstration proves in the end, as a table and as an exit code.

import FleetAPI
import Foundation

/// The score of a run.
struct Summary: Sendable {
    struct Missed: Sendable {
        var outage: Scoreboard.Outage
        /// Seconds past the deadline; `nil` when nobody was told at all.
        var lateBy: Double?
    }

    var deadlines: Scoreboard.Deadlines
    /// Outages for which the ground truth expects an incident.
    var owed = 0
    var opened = 0
    var reopened = 0
    var resolved = 0
    /// Seconds from visible in Graph to webhook received, ascending.
    var latencies: [Double] = []
    /// The same for rooms whose device record alone shows the outage.
    var weakLatencies: [Double] = []
    /// Outages of a room whose incident was still open.
    var covered = 0
    /// Outages whose deadline lay beyond the end.
    var unjudged = 0
    var unjudgedWeak = 0
    var missed: [Missed] = []
    var falseCalls: [Notice] = []
    /// Buildings that went dark as a whole.
    var buildings: [DarkBuilding] = []
    /// Records and notices beyond what one run remembers.
    var unkept = 0
    /// Lines of ground truth that could not be read.
    var unreadable = 0
    /// Webhooks that were refused: wrong signature, stale, or not the contract's JSON.
    var refused = 0

    init(deadlines: Scoreboard.Deadlines) { self.deadlines = deadlines }

    /// Whether nothing was missed and nothing was false.
    var isClean: Bool { missed.isEmpty && falseCalls.isEmpty && buildings.allSatisfy(\.isClean) }

    /// The nearest-rank percentile of ascending values.
    static func percentile(_ share: Double, of values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let rank = Int((share * Double(values.count)).rounded(.up))
        return values[min(max(rank, 1), values.count) - 1]
    }

    /// The table, one line each.
    var lines: [String] {
        var lines = ["Summary"]
        func row(_ name: String, _ value: String, _ note: String = "") {
            let head = "  \(name.padded(to: 12)) \(value.padded(to: 7))"
            lines.append(note.isEmpty ? head.trimmingTrailingSpaces : "\(head) \(note)")
        }
        func seconds(_ value: Double?) -> String { value.map { "\($0.tenths) s" } ?? "-" }
        let told = latencies.count + weakLatencies.count
        row("outages owed", "\(owed)", "\(told) told in time" + (covered > 0 ? ", \(covered) in an open incident" : ""))
        for building in buildings { row("building", "", building.text) }
        row("opened", "\(opened)", reopened > 0 ? "and \(reopened) reopened" : "")
        row("resolved", "\(resolved)")
        row("latency p50", seconds(Self.percentile(0.5, of: latencies)), "from visible in Graph to webhook received")
        row("latency p99", seconds(Self.percentile(0.99, of: latencies)), "of \(latencies.count)")
        if !weakLatencies.isEmpty {
            row("weak p50", seconds(Self.percentile(0.5, of: weakLatencies)), "rooms whose device record alone tells")
        }
        let missedBuildings = buildings.filter { if case .missed = $0.verdict { true } else { false } }
        row(
            "missed", "\(missed.count + missedBuildings.count)",
            "deadline \(deadlines.presence.brief) s after Graph showed it:")
        row(
            "", "",
            "sweep \(deadlines.sweep.brief), hold \(deadlines.hold.brief), suspect \(deadlines.suspect.brief), "
                + "delivery \(deadlines.delivery.brief), tolerance \(deadlines.tolerance.brief)")
        row("false", "\(falseCalls.count)")
        if unjudged + unjudgedWeak > 0 {
            row("not judged", "\(unjudged + unjudgedWeak)", "the run ended before their deadline")
        }
        if unjudgedWeak > 0 {
            let reads = "two device reads \(deadlines.devices.brief) s apart"
            row("", "", "\(unjudgedWeak) weak: \(reads), deadline \(deadlines.weak.brief) s")
        }
        if told + covered + missed.count == 0 { lines.append("  Nothing could be judged: let it run longer.") }
        if refused > 0 { row("refused", "\(refused)", "webhooks with a bad signature or body") }
        if unreadable > 0 { row("unreadable", "\(unreadable)", "lines of ground truth") }
        if unkept > 0 { row("not kept", "\(unkept)", "records beyond what one run remembers") }
        for building in missedBuildings {
            lines.append("  MISSED \(building.text), dark since \(building.firstDarkAt.timeOfDay)")
        }
        for room in buildings.flatMap(\.unmerged) {
            lines.append("  WRONG  \(room.printable): its building was told, and its own page still stands")
        }
        for one in missed {
            let what = one.outage.isOfDevice ? "device record" : "presence"
            let fate = one.lateBy.map { "told \($0.tenths) s too late" } ?? "nobody was told"
            lines.append(
                "  MISSED \(one.outage.room) (\(one.outage.building)): \(one.outage.causeKind), \(what) dark since "
                    + "\(one.outage.visibleAt.timeOfDay), \(fate)")
        }
        for one in falseCalls {
            lines.append(
                "  FALSE  \(one.subject.printable): \(one.type) \(one.incident.condition.printable) at "
                    + "\(one.receivedAt.timeOfDay): \(one.incident.summary.printable)")
        }
        return lines
    }
}
