// Where everything that happens comes together: the judge, the grid, the figures, and who is told about each event when
// nobody draws.

import FleetAPI
import Foundation

/// What the picture of one instant is drawn from.
struct Scene: Sendable {
    /// A notice with what was measured when it came.
    struct Line: Sendable {
        var notice: Notice
        var latency: Double?
    }

    var plan: DemoPlan
    var now: Date
    var startedAt: Date
    var grid: RoomGrid
    var open: [IncidentBody]
    /// Newest first.
    var latest: [Line]
    var figures: Figures
    var isWatching: Bool
    var summary: Summary
    /// Where the pages are and how to get in; `nil` before the daemon listens.
    var pages: String?

    var elapsed: Double { max(0, now.timeIntervalSince(startedAt)) }
}

/// What was asked for.
struct DemoPlan: Sendable, Hashable {
    var rooms: Int
    var buildings: Int
    var seed: UInt64
    /// `nil` runs until somebody stops it.
    var seconds: Int?
    static let scenario = "busy"
}

/// The state of the run.
actor Stage {
    /// Notices that the screen may show.
    private static let shownNotices = 50

    private let plan: DemoPlan
    /// Takes a line for each event; `nil` when a picture is drawn instead.
    private let tell: (@Sendable (String) -> Void)?
    private var scoreboard: Scoreboard
    private var grid: RoomGrid
    private var figures = Figures()
    private var pages: String?
    private var latest: [Scene.Line] = []
    private var startedAt: Date
    private var refused = 0
    private var truth: GroundTruthTail?

    init(plan: DemoPlan, startedAt: Date, tell: (@Sendable (String) -> Void)?) {
        self.plan = plan
        self.tell = tell
        self.startedAt = startedAt
        scoreboard = Scoreboard()
        grid = RoomGrid(rooms: plan.rooms, buildings: plan.buildings)
    }

    /// The tenant lives from now on, and writes what happens to the file `truth`.
    func begin(at now: Date, truth path: String) {
        startedAt = now
        truth = GroundTruthTail(path: path)
    }

    func note(_ text: String, at now: Date) { say(text, at: now) }

    func show(pages text: String) { pages = text }

    /// The daemon has attempted its first sweep.
    func watching(since now: Date) {
        scoreboard.watchingSince = now
        say("roomwatchd is ready: it watches", at: now)
    }

    /// Takes what the simulator has written since the last time.
    func readTruth() {
        for record in truth?.read() ?? [] {
            scoreboard.take(record)
            grid.take(record)
            let building = (record.building ?? "").printable
            let place = record.room.map { " \($0.printable) (\(building))" } ?? " \(building)"
            let owed = record.expected == .incident ? ", an incident is owed" : ""
            say(
                "truth  \(record.event.printable.padded(to: 18))\(place) by \(record.causeKind.printable)\(owed)",
                at: record.visibleAt ?? record.at)
        }
    }

    func take(_ notice: Notice) {
        guard scoreboard.take(notice) else { return }
        grid.take(notice)
        let latency = scoreboard.latency(of: notice)
        latest.insert(Scene.Line(notice: notice, latency: latency), at: 0)
        if latest.count > Self.shownNotices { latest.removeLast() }
        let since = notice.isCall ? "after Graph showed it" : "after Graph showed it back"
        let measured = latency.map { ", \($0.tenths) s \(since)" } ?? ""
        let incident = notice.incident
        say(
            "notice \(notice.type.rawValue.printable.padded(to: 18)) \(notice.subject.printable) "
                + "\(incident.severity.printable) \(incident.cause.printable)\(measured): \(incident.summary.printable)",
            at: notice.receivedAt)
    }

    func refuse(_ reason: String, at now: Date) {
        refused += 1
        say("a webhook was refused: \(reason.printable)", at: now)
    }

    func take(_ figures: Figures) { self.figures = figures }

    var lastFigures: Figures { figures }

    func summary(at end: Date) -> Summary {
        var summary = scoreboard.summary(at: end)
        summary.refused = refused
        summary.unreadable = truth?.unreadable ?? 0
        return summary
    }

    func scene(at now: Date) -> Scene {
        Scene(
            plan: plan, now: now, startedAt: startedAt, grid: grid, open: scoreboard.openIncidents, latest: latest,
            figures: figures, isWatching: scoreboard.watchingSince != nil, summary: summary(at: now), pages: pages)
    }

    private func say(_ text: String, at instant: Date?) {
        let now = instant ?? startedAt
        let elapsed = max(0, now.timeIntervalSince(startedAt)).tenths.leftPadded(to: 6)
        tell?("\(now.timeOfDay) \(elapsed) s  \(text)")
    }
}
