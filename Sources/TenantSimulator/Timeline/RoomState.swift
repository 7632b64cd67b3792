// The state of one room behind its two faces: what its account's presence shows and what its device records show. Causes
// are counted, not flagged, because a room may be switched off inside a building that is dark as well.

import struct Foundation.Date

/// What the account is doing while it is connected.
enum RoomActivity: Sendable {
    case idle, call, meeting, presenting
}

/// Why and how far a room is down at the moment.
struct RoomState: Sendable {
    /// Causes that took every session of the account and whose time-out has passed.
    var lostSessions = 0
    var unknown = 0
    var activity = RoomActivity.idle
    /// Losses of power or network that are going on.
    var outages = 0
    /// Rounds of background activity so far; part of the seed of the next.
    var round = 0
}

/// Whether the directory still knows an account and lets it sign in.
struct AccountState: Sendable {
    var disabled = 0
    var deleted = false
    /// Causes that took its licence, with the error of a failed assignment where it is one.
    var licenceLosses: [Int: String?] = [:]
    /// When its password ends, or ended, where it does at all.
    var passwordEnds: Date?
    /// When somebody set its password last, where a scenario says so.
    var passwordSet: Date?
}

/// What the admin centre's back end believes about a device; it learns minutes late.
struct DeviceState: Sendable {
    /// Causes that hold the device off the air now; the back end may not know yet.
    var dark = 0
    /// Causes the record already shows.
    var offline = 0
    /// Parts and log-ins that were ever in trouble; the others are as they were delivered.
    var parts: [DevicePart: PartState] = [:]
    /// Software that is not as it was delivered.
    var software: [SoftwareType: SoftwareState] = [:]
    /// Who is signed in instead of the device's own account.
    var user: DeviceUser?
    /// The status that the device's health answers instead of a report.
    var healthStatus: Int?
    var lastModified: Date
    var connectionSince: Date
}

/// A running or finished loss of one room.
struct Outage: Sendable {
    let cause: Int
    let causeKind: String
    /// `nil` for a device that stands in no room.
    let room: Int?
    /// Which devices lost power; empty for a sign-out.
    let devices: [Int]
    /// Whether no session of the account is left once it has timed out.
    var takesPresence: Bool
    let began: Duration
    let ends: Duration?
    var sessionTimeout: Duration?
    let deviceDelay: Duration?
    /// How long a monitor knows better than to call it an outage, because it was ordered.
    var excused: Duration?
    var ended = false
    var presenceVisible = false
    var deviceVisible = false
}
