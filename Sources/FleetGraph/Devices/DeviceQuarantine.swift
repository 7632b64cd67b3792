// One device that the service cannot map breaks the list of all, for weeks if need be (Graph facts, Devices). Its type is
// set aside for an hour, so that the search for it is paid for once and not at every read, and a type that was set aside
// for a failure of the moment is not away for long.

public import Timekeeping

/// What a read of the device list learned about types that break it; the next read wants to be told.
public struct DeviceQuarantine: Sendable, Hashable {
    /// How long the whole list is not asked for, nor the types that fail alone.
    public static let duration: Duration = .seconds(3600)

    /// Types, as the documents spell them, that fail alone too.
    public internal(set) var types: Set<String>
    /// The whole list is tried again from then on.
    public internal(set) var until: Moment

    func holds(at now: Moment) -> Bool { now.steady < until.steady }
}
