// How a room stands in one word, as lists, metrics and selections say it.

public import Timekeeping

/// The state of a room as far as it is known.
public enum RoomState: String, Sendable, Hashable, Codable, CaseIterable {
    case up
    case pending
    case down
    case recovering
    case unseen
    /// Before the first usable answer.
    case unknown

    /// The words by which a selection finds it; people say offline where lists say down.
    var words: [String] { self == .down ? [rawValue, "offline"] : [rawValue] }
}

extension TenantFleet {
    /// How a room stands. What is known to be wrong stays so while the room is unseen; whether it is still well is not
    /// known then.
    public func state(of track: RoomTrack, at now: Moment) -> RoomState {
        switch track.phase {
        case .firing: return .down
        case .recovering: return .recovering
        case .pending, .clear:
            if track.presence.lastUsable == nil { return .unknown }
            if track.presence.isUnseen(at: now, watchedSince: watchedSince, rules: rules) { return .unseen }
            return track.phase == .pending ? .pending : .up
        }
    }
}
