// What presence said of a room, as stored, with the verdict that detection would pass on it. The words are judged where
// Graph's words are always judged, so that a picture of the past and the state machine never disagree.

import FleetAPI
import FleetCore
import FleetGraph
import FleetStore

extension RoomExplanation.Stretch {
    init(_ run: StoredRun) {
        let signal =
            switch PresenceWords.meaning(ofText: run.reading) {
            case .online?, .inUse?: "good"
            case .offline?: "bad"
            case nil: "unknown"
            }
        self.init(from: Timestamp(run.first), to: Timestamp(run.last), reading: run.reading, signal: signal)
    }
}
