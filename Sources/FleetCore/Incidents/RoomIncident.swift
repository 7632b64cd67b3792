// How a room's trouble reads on the page: severity, cause, one sentence, evidence. All of it is derived from what was
// observed; nothing is guessed that cannot be named.

import struct Foundation.Date
public import Timekeeping

/// The page about one room that is offline.
public struct RoomIncident: Sendable {
    public var room: Room
    public var track: RoomTrack
    /// Whether the room's building is in its bookable hours now.
    public var isBookable: Bool

    public init(room: Room, track: RoomTrack, isBookable: Bool) {
        self.room = room
        self.track = track
        self.isBookable = isBookable
    }

    /// Critical when the last good reading before the outage proved use, error in bookable hours, else warning
    /// (Detection, Severity; bookings and vip join with the calendar).
    public var severity: Severity {
        if wasInUse { return .critical }
        return isBookable ? .error : .warning
    }

    /// Whether the first page must not wait for siblings.
    public var isUrgent: Bool { wasInUse }

    /// Whether people were in a call when presence went dark. Use before an earlier blip says nothing about an outage
    /// that only the device's record reports.
    private var wasInUse: Bool { track.presence.inUseAtFirstBad && track.presence.state.outage != nil }

    /// The cause, as far as the evidence carries it.
    ///
    /// The device record lags presence by minutes, so a healthy one proves "signed out" only when the back end changed
    /// it after the outage began.
    public var cause: Cause {
        if room.accountState != .usable { return .account }
        guard let reading = track.deviceReading, let outage = track.outage else { return .unknown }
        switch reading.signal {
        case .bad: return .networkOrPower
        case .unknown: return .unknown
        case .good:
            guard let modified = reading.modified, modified.wall > outage.firstBad.wall else { return .unknown }
            return .signedOut
        }
    }

    /// One sentence for a phone's lock screen.
    public var summary: String {
        var text = "\(room.placedName) is offline"
        if wasInUse { text += "; it was in a call" }
        switch room.accountState {
        case .usable: break
        case .disabled: text += "; its account is disabled"
        case .unlicensed: text += "; its account lost its licence"
        case .deleted: text += "; its account was deleted"
        }
        return text
    }

    /// What was observed, oldest first.
    public var evidence: [Evidence] {
        var evidence: [Evidence] = []
        if let outage = track.presence.state.outage {
            let reading = track.presence.reading?.text ?? "Offline"
            evidence.append(
                Evidence(source: "presence", reading: reading, observedAt: outage.fired.wall))
        }
        if let device = track.deviceReading, case .value(let health) = device.health {
            evidence.append(Evidence(source: "device", reading: health.text, observedAt: device.asked.wall))
        }
        if track.device.outage != nil, track.presence.state.outage == nil {
            evidence.append(
                Evidence(
                    source: "presence", reading: "another device keeps the account online",
                    observedAt: (track.presence.lastGood ?? track.listedSince).wall))
        }
        if room.accountState != .usable, let outage = track.outage {
            evidence.append(
                Evidence(
                    source: "directory", reading: "account \(room.accountState.rawValue)",
                    observedAt: outage.fired.wall))
        }
        return evidence
    }

    /// The incident as it opens.
    ///
    /// - Precondition: the track reports an outage; without one there is nothing to open and `nil` comes back.
    public func opened(id: UniqueID, tenant: TenantName, at now: Moment) -> Incident? {
        guard let outage = track.outage else { return nil }
        return Incident(
            id: id, key: DedupKey(tenant: tenant, condition: .roomOffline, subject: .room(room.account)),
            condition: .roomOffline, tenant: tenant, severity: severity,
            scope: Incident.Scope(kind: .room, id: room.account.text, name: room.name),
            rooms: [Incident.RoomReference(room)], cause: cause, summary: summary,
            firstBadAt: outage.firstBad.wall, lastGoodAt: track.presence.lastGood?.wall, openedAt: now.wall,
            evidence: evidence)
    }
}

extension Room {
    /// The name with its place, `Room 17 (B2, floor 3)`.
    public var placedName: String { Incident.RoomReference(self).placedName }
}

extension Incident.RoomReference {
    /// The name with its place, `Room 17 (B2, floor 3)`.
    public var placedName: String {
        let level = floor.map(\.asLevel)
        let place = [building, level].compactMap(\.self).joined(separator: ", ")
        return place.isEmpty ? name : "\(name) (\(place))"
    }
}

extension Reading<Presence> {
    /// The reading in Graph's words, or `unknown:<reason>`; what runs and evidence quote.
    public var text: String {
        switch self {
        case .value(let presence): presence.text
        case .unknown(let reason): "unknown:\(reason.text)"
        }
    }
}
