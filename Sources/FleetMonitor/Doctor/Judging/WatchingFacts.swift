// Who watches the watcher: the dead man's switch outside, the synthetic room inside.

import FleetAPI
import FleetCore
import Timekeeping

/// How Roomwatch is watched.
public struct WatchingFacts: Sendable {
    /// How often the dead man's switch is called; `nil` when none is configured.
    public var heartbeat: Duration?
    public var lastBeat: Heartbeat.Outcome?
    /// How the newest round of the synthetic room ended; `nil` before the first.
    public var synthetic: SyntheticRoom.Outcome?

    public init(heartbeat: Duration?, lastBeat: Heartbeat.Outcome?, synthetic: SyntheticRoom.Outcome?) {
        self.heartbeat = heartbeat
        self.lastBeat = lastBeat
        self.synthetic = synthetic
    }

    public func judged(at now: Moment) -> [CheckBody] { [deadMan(at: now), rehearsal(at: now)] }

    private func deadMan(at now: Moment) -> CheckBody {
        let id = "watching.heartbeat"
        guard let heartbeat else {
            return CheckBody(
                id, area: .watching, .notice,
                "No dead man's switch is configured: if this machine dies, nobody is told.",
                remedy:
                    "Make a check at a service elsewhere (healthchecks.io, Dead Man's Snitch, an Alertmanager), put its "
                    + "URL into a file and name it with `heartbeat.url_file`.")
        }
        guard let lastBeat else {
            return CheckBody(id, area: .watching, .ok, "The dead man's switch is called every \(heartbeat.inWords).")
        }
        let age = lastBeat.at.elapsed(until: now)
        if let trouble = lastBeat.trouble {
            return CheckBody(
                id, area: .watching, .problem,
                "The dead man's switch did not hear of us \(age.inWords) ago: \(trouble).",
                remedy: "See network and the sentence; whoever waits for it raises the alarm meanwhile.")
        }
        return CheckBody(
            id, area: .watching, .ok,
            "The dead man's switch heard of us \(age.inWords) ago, and is called every "
                + "\(heartbeat.inWords).", checkedAt: Timestamp(lastBeat.at.wall))
    }

    private func rehearsal(at now: Moment) -> CheckBody {
        let id = "watching.synthetic"
        guard let synthetic else {
            return CheckBody(
                id, area: .watching, .ok,
                "The synthetic room, whose page goes the way of every page, fails for the first time a minute after the "
                    + "start.")
        }
        let age = synthetic.at.elapsed(until: now).inWords
        if let trouble = synthetic.trouble {
            return CheckBody(
                id, area: .watching, .problem,
                "The synthetic room did not get through \(age) ago: \(trouble). Pages may "
                    + "be lost.",
                remedy: "Look at the daemon's log and at store and service; restart roomwatchd, and "
                    + "report it.")
        }
        return CheckBody(
            id, area: .watching, .ok, "The synthetic room's page and its resolve got through \(age) ago.",
            checkedAt: Timestamp(synthetic.at.wall))
    }
}
