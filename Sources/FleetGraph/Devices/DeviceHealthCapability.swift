// Health is a call of its own: the list may go on while it is refused or gone, and then devices are still named, and rooms
// are still watched by presence.

public import FleetCore

/// Whether the health records of devices can be read in this tenant.
public enum DeviceHealthCapability: Sendable, Hashable {
    case available
    /// 401 or 403: the application lacks this permission.
    case notGranted(role: String)
    /// 402: Microsoft wants the calls paid for.
    case metered
    /// The call no longer exists.
    case retired
    /// Graph does not know the device that was asked for. Of one device it says nothing about the call; of all of them it
    /// is another way of being gone.
    case noRecord
    /// It did not answer this time; the word is the kind of failure.
    case transient(String)

    init(_ refusal: DeviceRefusal) {
        switch refusal {
        case .notGranted: self = .notGranted(role: DeviceCapability.role)
        case .metered: self = .metered
        case .retired: self = .retired
        case .unknownDevice: self = .noRecord
        case .transient(let kind): self = .transient(kind)
        }
    }

    /// What several reads say together; `nil` when there were none. One that succeeded proves that the call is there, and one
    /// that failed for a reason that stays explains the others.
    public static func together(_ all: some Sequence<DeviceHealthCapability>) -> DeviceHealthCapability? {
        all.min { $0.rank < $1.rank }
    }

    private var rank: Int {
        switch self {
        case .available: 0
        case .notGranted, .metered, .retired: 1
        case .transient: 2
        case .noRecord: 3
        }
    }

    /// Whether health is out of reach for a reason that is known and stays: no incident, only a line in the log.
    public var isGone: Bool {
        switch self {
        case .notGranted, .metered, .retired: true
        case .available, .noRecord, .transient: false
        }
    }

    /// One line for the operator.
    public var text: String {
        switch self {
        case .available: "The health of Teams devices is read part by part."
        case .notGranted(let role):
            "The health of Teams devices is not read: grant the application permission \(role) to use it."
        case .metered:
            "The health of Teams devices is not read: Microsoft wants billing set up for it (402)."
        case .retired:
            "The health of Teams devices is not read: Microsoft has retired the call; faults of cameras, microphones and "
                + "displays are not seen, rooms are watched by presence."
        case .noRecord:
            "Graph has no health record of the devices that were asked for (404); it is tried again."
        case .transient(let kind):
            "The health of Teams devices could not be read this time (\(FailureText.words(kind))); it is tried again, presence goes on."
        }
    }
}

/// What one read of one device's health brought.
public struct DeviceHealthRead: Sendable, Hashable {
    public var capability: DeviceHealthCapability
    public var reading: DeviceHealthReading
}
