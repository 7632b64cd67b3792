// A room can be found down by two witnesses: the account's presence, and for rooms where another device keeps the
// account alive, the record of the main device (Detection, Weak rooms). The room is down while either says so.

import struct Foundation.Date
public import Timekeeping

/// Everything that is remembered about one room between observations.
public struct RoomTrack: Sendable, Hashable {
    public var presence = PresenceTrack()
    /// The main device's record as a second witness; stays `clear` for rooms that are not weak.
    public var device: ConditionState = .clear
    /// What the main device's record last said, and when it was asked.
    public var deviceReading: DeviceReading?
    /// When the room was first on the list of monitored rooms.
    public var listedSince: Moment

    public init(listedSince: Moment) { self.listedSince = listedSince }

    /// The phase of `room.offline`: the worse of the two witnesses.
    public var phase: ConditionState.Phase { Self.worse(presence.state.phase, device.phase) }

    /// The outage that people are told about: the earlier one when both witnesses report one.
    public var outage: Outage? {
        let outages = [presence.state.outage, device.outage].compactMap(\.self)
        return outages.min { $0.firstBad.steady < $1.firstBad.steady }
    }

    /// The lower end of the span in which ``outage`` began, when nobody saw it begin.
    public var firstBadAfter: Moment? {
        guard let outage, outage == presence.state.outage else { return nil }
        return presence.firstBadAfter
    }

    /// Takes one presence answer and says what became of the room.
    public mutating func accept(_ observation: PresenceObservation, rules: DetectionRules) -> PresenceTrack.Step {
        let before = phase
        var step = presence.accept(observation, rules: rules)
        step.change = before == phase ? nil : PhaseChange(from: before, to: phase)
        return step
    }

    /// Takes one read of the main device's record; only a weak room's state moves, others keep it as evidence.
    public mutating func accept(
        _ device: DeviceReading, asWitness isWeak: Bool, rules: DetectionRules
    ) -> PhaseChange? {
        let before = phase
        if let newest = deviceReading, device.asked.steady <= newest.asked.steady { return nil }
        // A read that failed takes nothing back of what the record said before.
        if device.signal != .unknown || deviceReading == nil { deviceReading = device }
        if isWeak {
            self.device = self.device.stepped(by: device.signal, asked: device.asked, rule: rules.weakDevice)
        } else {
            self.device = .clear
        }
        return before == phase ? nil : PhaseChange(from: before, to: phase)
    }

    /// Whether the main device was well after `onset`, as far as its record proves it: one that did not change since then
    /// only has not heard yet.
    func isDeviceWell(since onset: Date) -> Bool {
        guard let deviceReading, deviceReading.signal == .good, let modified = deviceReading.modified else {
            return false
        }
        return modified.wall > onset
    }

    /// Why signing in fails since about `onset`, where no device that is off the air is the plainer reason.
    func signInTrouble(_ reading: SignInReading?, of onset: Date) -> SignInTrouble? {
        guard deviceReading?.signal != .bad else { return nil }
        return reading?.trouble(of: onset, isDeviceWell: isDeviceWell(since: onset))
    }

    /// Whether anything is or may be wrong; asked of every room after every page of a sweep, so it is cheap.
    var isDown: Bool { presence.state != .clear || device != .clear }

    private static func worse(_ a: ConditionState.Phase, _ b: ConditionState.Phase) -> ConditionState.Phase {
        if a == b || b == .clear { return a }
        if a == .clear { return b }
        if a == .firing || b == .firing { return .firing }
        return a == .recovering || b == .recovering ? .recovering : .pending
    }
}

/// What a device record said at one read. The record comes from the admin centre's back end and lags by minutes.
public struct DeviceReading: Sendable, Hashable {
    public var health: Reading<DeviceHealth>
    public var asked: Moment
    /// When the back end last changed the record; a record that did not change since the outage began proves nothing.
    public var modified: Moment?

    public init(health: Reading<DeviceHealth>, asked: Moment, modified: Moment? = nil) {
        self.health = health
        self.asked = asked
        self.modified = modified
    }

    /// The verdict for "the room system is off the air".
    public var signal: Signal {
        switch health {
        case .unknown: .unknown
        case .value(let health): health.isOffline ? .bad : .good
        }
    }
}

/// The health word of a device record; `text` keeps Graph's spelling.
public struct DeviceHealth: Sendable, Hashable {
    public var isOffline: Bool
    public var text: String

    public init(isOffline: Bool, text: String) {
        self.isOffline = isOffline
        self.text = text
    }
}

extension ConditionState {
    /// The confirmed trouble, while there is one.
    public var outage: Outage? {
        switch self {
        case .clear, .pending: nil
        case .firing(let outage), .recovering(let outage, _): outage
        }
    }
}
