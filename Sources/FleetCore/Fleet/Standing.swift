// What stands between a room that is down and a page about it: when it fell as far as sharing a cause is concerned, and
// which incident speaks for it.

public import Timekeeping

/// Where a room stands in correlation.
public struct Standing: Sendable, Hashable {
    /// When the room fell, or was released: the end of a window or of a blindness, the beginning of bookable hours, the
    /// end of the incident that spoke for it. `nil` while the room is up.
    public var onset: Moment?
    public var voice: Voice = .none
    /// Released by the clock together with others, who then share one page for each building.
    var isReleasedTogether = false
    /// Why nobody is told of the present outage, as it was last written down.
    var excuse: Suppression?
    /// For how long nobody had looked when the room was found down.
    var gap: Duration?
    /// What the windows say of the present outage; calendar arithmetic that is done once for each of them.
    var planned: Planned?

    /// The planned absence within which an outage began, if any.
    struct Planned: Sendable, Hashable {
        var firstBad: Moment
        var absence: ExpectedAbsence?
    }

    /// Which incident speaks for a room that is down.
    public enum Voice: Sendable, Hashable {
        /// None: the room is up or only suspected, or what becomes of it is not decided yet.
        case none
        /// Its own `room.offline`.
        case own
        /// The incident of a place; after that is over, nobody until the room is released.
        case place(Place)
    }

    public init() {}
}
