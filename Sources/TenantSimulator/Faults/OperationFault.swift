// The ways a command to a device goes wrong. They are apart from the faults of Graph because they strike behind the answer:
// what a client hears and what a device does are two things here, and a monitor must survive every pair of them.

/// A misbehaviour of commands to some devices, for a while.
public struct OperationFault: Sendable, Codable {
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// The operation is accepted and stays queued for ever.
        case hangsQueued = "hangs_queued"
        /// The operation begins and never ends; the device stays where it is.
        case hangsRunning = "hangs_running"
        /// The operation ends as failed, with `code` and `message`; the device stays where it is.
        case fails
        /// The device does not come back from its restart, or only after `away`.
        case neverReturns = "never_returns"
        /// The operation is reported done before the device has gone.
        case reportsEarly = "reports_early"
        /// Carried out, but a gateway answers 504.
        case answerLost = "answer_lost"
        /// Carried out, but the connection is reset instead of an answer.
        case answerDropped = "answer_dropped"
        /// Carried out, but no answer ever comes; the connection stays open.
        case answerHangs = "answer_hangs"
        /// Answered `status`, and nothing is done.
        case notCarriedOut = "not_carried_out"
        /// Carried out at once, answered after `delay`.
        case slow
        /// The list of the device's operations, and each of them, answers `status`.
        case listFails = "list_fails"
    }

    public var kind: Kind
    /// `not_carried_out` and `list_fails`: default 503.
    public var status: Int = 503
    /// `not_carried_out` and `list_fails`: seconds.
    public var retryAfter: Int?
    public var code: String = "DeviceCommandFailed"
    public var message: String = "The device reported that the command failed."
    /// `slow`: default 20 seconds.
    public var delay = DurationText(.seconds(20))
    /// `never_returns`: how long the device stays away after all.
    public var away: DurationText?
    /// How often each device is hit; without it, always.
    public var times: Int?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case kind, status, code, message, delay, away, times
        case retryAfter = "retry_after"
    }

    public init(_ kind: Kind) {
        self.kind = kind
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        kind = try container.decode(Kind.self, forKey: .kind)
        status = try container.decodeIfPresent(Int.self, forKey: .status) ?? status
        retryAfter = try container.decodeIfPresent(Int.self, forKey: .retryAfter)
        code = try container.decodeIfPresent(String.self, forKey: .code) ?? code
        message = try container.decodeIfPresent(String.self, forKey: .message) ?? message
        delay = try container.decodeIfPresent(DurationText.self, forKey: .delay) ?? delay
        away = try container.decodeIfPresent(DurationText.self, forKey: .away)
        times = try container.decodeIfPresent(Int.self, forKey: .times)
    }
}

/// A fault of commands that is in force.
struct ActiveOperationFault: Sendable {
    let cause: Int
    let fault: OperationFault
    let devices: Set<Int>
    /// The commands it concerns; `nil` for all.
    let action: DeviceCommand?
    /// The share of attempts that it hits.
    let probability: Double
    private var attempts: [Int: Int] = [:]
    private var hits: [Int: Int] = [:]

    init(cause: Int, fault: OperationFault, devices: Set<Int>, action: DeviceCommand?, probability: Double) {
        self.cause = cause
        self.fault = fault
        self.devices = devices
        self.action = action
        self.probability = probability
    }

    /// Whether it hits this attempt on the device; counts it.
    mutating func strikes(_ device: Int, seed: UInt64) -> Bool {
        guard devices.contains(device), hits[device, default: 0] < fault.times ?? .max else { return false }
        attempts[device, default: 0] += 1
        var draws = SeededDraws(
            seed: seed, purpose: .operationFault, index: device, round: cause << 20 + attempts[device, default: 0])
        guard Double(draws.pick(0...999_999)) < probability * 1_000_000 else { return false }
        hits[device, default: 0] += 1
        return true
    }
}
