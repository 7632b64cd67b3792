// Every number of device health, with the defaults that the article Detection promises (Detection, Devices).

import Timekeeping

/// The numbers of device health.
public enum DeviceRules {
    /// A problem is believed after two reads this far apart, and its end after one.
    public static let problem = ConditionRule(badCount: 2, badHold: .seconds(60), goodCount: 1, goodHold: .zero)
    /// A list of which no record is younger than this says nothing of health (Graph facts, Devices).
    public static let staleAfter: Duration = .seconds(24 * 3600)
    /// What a well read record leaves out for so long is not there any more.
    public static let silentAfter: Duration = .seconds(24 * 3600)
    /// For so long what was found stays as it is after the device API is gone.
    public static let frozenAfterRetirement: Duration = .seconds(24 * 3600)
    /// Absent from this many complete lists in a row, a device is gone.
    public static let absencesToRemove = 2
    /// An update that is offered for this long without being taken is told.
    public static let updateOverdue: Duration = .seconds(14 * 24 * 3600)
    /// A room's account that is signed in for this long belongs to the device; so does another room's account that takes
    /// its place for as long, because then the device was moved.
    public static let settledAfter: Duration = .seconds(24 * 3600)
    /// Records lag behind presence: for so long after a room came back they are not believed to say anything new.
    public static let recordLag: Duration = .seconds(10 * 60)

    /// Devices that lose the same thing within ``commonWindow`` share a cause from this many on.
    public static let commonCount = 5
    /// So many of them must be confirmed before the common incident opens.
    public static let commonConfirmed = 2
    public static let commonWindow: Duration = .seconds(30 * 60)
    /// A confirmed problem waits at most so long for what becomes of its siblings.
    public static let commonPatience: Duration = .seconds(5 * 60)

    /// Health of a device that is in doubt is read again after this (Graph facts, Limits: at most every 60 s).
    public static let doubtInterval: Duration = .seconds(60)
    /// Health of a device with a confirmed problem, or with a word that says of one.
    public static let troubleInterval: Duration = .seconds(5 * 60)
    /// Health of a device whose record moved although it says healthy: records also move because a device reports.
    public static let movedInterval: Duration = .seconds(15 * 60)
    /// Health of everything else that belongs to a room.
    public static let roundInterval: Duration = .seconds(3600)
    /// A device whose health cannot be read is asked twice as late each time, up to this.
    public static let longestRetry: Duration = .seconds(6 * 3600)
    /// From this many failures in a row on a device counts as one whose health cannot be read.
    public static let failuresToQuarantine = 3

    /// Devices that are remembered of one tenant; ten times as many as the largest has rooms.
    public static let capacity = 200_000
}
