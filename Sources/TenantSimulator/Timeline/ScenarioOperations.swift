// The times of commands as a scenario sets them. Drawn times are right for a long rehearsal; somebody who waits at a screen,
// or writes a test, wants to know them beforehand.

extension Scenario {
    /// How commands to devices go, where a scenario wants other times than those drawn from the seed.
    public struct Operations: Sendable, Codable {
        /// From the submission until the device begins. Default: 1 to 5 seconds.
        public var queue: DurationText?
        /// From the begin of a restart until the device is gone. Default: 3 to 15 seconds.
        public var countdown: DurationText?
        /// How long a restart keeps the device off the air. Default: 90 to 240 seconds.
        public var away: DurationText?
        /// How long an update takes before its first restart. Default: 1 to 4 minutes.
        public var install: DurationText?
        /// How often an update restarts the device: default once or twice.
        public var restarts: Int?
        /// As of `room_off`, for the absences that commands cause.
        public var sessionTimeout: DurationText?
        /// As of `room_off`, for the absences that commands cause.
        public var deviceDelay: DurationText?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case queue, countdown, away, install, restarts
            case sessionTimeout = "session_timeout"
            case deviceDelay = "device_delay"
        }

        public init() {}

        public init(from decoder: any Decoder) throws {
            let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
            queue = try container.decodeIfPresent(DurationText.self, forKey: .queue)
            countdown = try container.decodeIfPresent(DurationText.self, forKey: .countdown)
            away = try container.decodeIfPresent(DurationText.self, forKey: .away)
            install = try container.decodeIfPresent(DurationText.self, forKey: .install)
            restarts = try container.decodeIfPresent(Int.self, forKey: .restarts)
            sessionTimeout = try container.decodeIfPresent(DurationText.self, forKey: .sessionTimeout)
            deviceDelay = try container.decodeIfPresent(DurationText.self, forKey: .deviceDelay)
        }
    }
}
