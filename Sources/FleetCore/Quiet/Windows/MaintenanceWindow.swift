// Planned quiet: hours in which rooms may be down without anybody being told. Recurring windows come from the
// configuration, one-time windows from people through the API; the same questions are asked of both, so they are one
// type with two kinds of schedule.

public import struct Foundation.Date
public import struct Foundation.TimeZone
public import Timekeeping

/// A planned interval for some rooms.
public struct MaintenanceWindow: Sendable, Hashable, Codable {
    /// Unique among the windows of the configuration; quoted as the rule of a suppression.
    public var name: String
    public var isEnabled: Bool
    public var schedule: Schedule
    public var match: PlaceMatch
    /// Only rooms with a main device of these kinds; `nil` means every room. A room whose devices are not known is not
    /// covered by a window for certain kinds: what cannot be told apart is not hidden.
    public var deviceKinds: Set<DeviceKind>?
    /// With it the window expects short absences: an outage that begins inside is excused for this long and no longer.
    /// Without it everything is quiet while the window is open.
    public var returnWithin: Duration?

    public enum Schedule: Sendable, Hashable, Codable {
        /// By the clock of `timeZone`, or of each building where it is `nil`.
        case weekly(WeeklySchedule, timeZone: TimeZone?)
        case once(PlannedInterval)
    }

    public init(
        name: String, isEnabled: Bool = true, schedule: Schedule, match: PlaceMatch = PlaceMatch(),
        deviceKinds: Set<DeviceKind>? = nil, returnWithin: Duration? = nil
    ) {
        self.name = name
        self.isEnabled = isEnabled
        self.schedule = schedule
        self.match = match
        self.deviceKinds = deviceKinds
        self.returnWithin = returnWithin
    }

    /// The window that is shipped switched on (Detection, Expected outages): Teams Rooms on Windows restart themselves each night.
    public static let nightly = MaintenanceWindow(
        name: nightlyName, schedule: .weekly(WeeklySchedule(fromMinute: 120, toMinute: 210), timeZone: nil),
        deviceKinds: [.teamsRoom], returnWithin: .seconds(20 * 60))
    public static let nightlyName = "nightly"

    /// Whether the window is about a room, whatever the time.
    public func covers(_ room: Room, of tenant: TenantName) -> Bool {
        guard isEnabled, match.covers(room, of: tenant) else { return false }
        guard let deviceKinds else { return true }
        return room.devices.contains { $0.kind.isMain && deviceKinds.contains($0.kind) }
    }

    /// Whether the window is open.
    ///
    /// - Parameter building: the zone of the building asked about; used where the window has none of its own.
    public func isOpen(at instant: Date, timeZone building: TimeZone) -> Bool {
        guard isEnabled else { return false }
        switch schedule {
        case .weekly(let weekly, let own): return weekly.isOpen(at: instant, timeZone: own ?? building)
        case .once(let planned): return planned.stretch.contains(instant)
        }
    }

    /// When the window that is open at an instant began and ends; `nil` when it is closed then.
    public func interval(containing instant: Date, timeZone building: TimeZone) -> Stretch? {
        guard isEnabled else { return nil }
        switch schedule {
        case .weekly(let weekly, let own): return weekly.stretch(containing: instant, timeZone: own ?? building)
        case .once(let planned): return planned.stretch.contains(instant) ? planned.stretch : nil
        }
    }

    /// The next time the window opens after an instant.
    public func next(after instant: Date, timeZone building: TimeZone) -> Stretch? {
        guard isEnabled else { return nil }
        switch schedule {
        case .weekly(let weekly, let own): return weekly.next(after: instant, timeZone: own ?? building)
        case .once(let planned): return planned.startsAt > instant ? planned.stretch : nil
        }
    }

    /// The suppression of a room while the window is open; `nil` when it is closed, does not cover the room, or only
    /// expects absences (then ``expectedAbsence(ofOutageSince:timeZone:)`` decides).
    public func suppression(of room: Room, of tenant: TenantName, at now: Date, timeZone: TimeZone) -> Suppression? {
        guard returnWithin == nil, covers(room, of: tenant),
            let stretch = interval(containing: now, timeZone: timeZone)
        else { return nil }
        return .maintenance(window: ruleName, until: stretch.end, reason: plannedReason)
    }

    /// The absence that the window expects of an outage which began inside it.
    ///
    /// The allowance runs from the first bad reading and may pass the end of the window: a restart at 03:25 still has its
    /// twenty minutes.
    public func expectedAbsence(ofOutageSince firstBad: Moment, timeZone: TimeZone) -> ExpectedAbsence? {
        guard let returnWithin, isOpen(at: firstBad.wall, timeZone: timeZone) else { return nil }
        return ExpectedAbsence(
            from: firstBad, allowance: returnWithin, reason: plannedReason ?? "restart in the window \(name)",
            source: .window(ruleName))
    }

    /// How records name the window: by its name, which the configuration keeps unique, and with its id where a person chose
    /// the name.
    public var ruleName: String {
        if case .once(let planned) = schedule { "\(name) (\(planned.id))" } else { name }
    }

    private var plannedReason: String? {
        if case .once(let planned) = schedule { planned.reason } else { nil }
    }
}
