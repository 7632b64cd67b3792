// Everything the fleet knows and would say about one room, for the person who asks why a page came or did not come. It is
// worked out with the functions that decide, so that the explanation cannot drift away from the decision.

import struct Foundation.Date
public import Timekeeping

/// What is known and concluded about one room at a moment.
public struct RoomFindings: Sendable {
    public var room: Room
    public var track: RoomTrack
    /// The page that would be written now, with its severity and what it rests on.
    public var page: RoomIncident
    public var standing: Standing
    /// The key of the incident of the place that speaks for the room.
    public var place: DedupKey?
    /// The open incident that speaks for the room.
    public var incident: Incident?
    /// Why the room is not expected to be up, so that its outage opens nothing.
    public var excuse: Suppression?
    /// Everything that keeps people from being told of the room's outage now; ``excuse`` is among it.
    public var quiet: [Suppression]
    public var flapPenalty: Double
    public var isFlapping: Bool
    public var flappingEnds: Moment?
    /// What is wrong with the room's devices, as far as their records say.
    public var devices: [DeviceTrouble]
    public var isUnseen: Bool
    public var isBlind: Bool
    /// Before this nobody is told of rooms, because the monitor has only just begun to look.
    public var settlesAt: Moment?
    public var rules: DetectionRules

    /// One thing that is wrong with a device of the room.
    public struct DeviceTrouble: Sendable {
        public var device: RoomDevice
        public var finding: DeviceFinding
        /// The open incident that speaks of it.
        public var incident: Incident?
    }
}

extension TenantFleet {
    /// Works out the findings about a room; `nil` when it is not on the list.
    public func findings(about account: AccountID, at now: Moment) -> RoomFindings? {
        guard let slot = index[account] else { return nil }
        // The copy takes the caches that the questions fill; nothing of it is kept.
        var fleet = self
        return fleet.findings(ofRoomAt: slot, at: now)
    }

    /// The open incident that speaks for a room: its own, or that of its place.
    public func openIncident(ofRoomAt slot: Int) -> Incident? {
        switch standings[slot].voice {
        case .none: nil
        case .own: book.open(key(ofRoomAt: slot))
        case .place(let place): book.open(key(of: place))
        }
    }

    private mutating func findings(ofRoomAt slot: Int, at now: Moment) -> RoomFindings {
        let room = rooms[slot]
        let page = page(ofRoomAt: slot, at: now)
        let excuse = tracks[slot].isDown ? excuse(ofRoomAt: slot, at: now) : nil
        let flap = flaps[room.account]
        var place: DedupKey?
        if case .place(let one) = standings[slot].voice { place = key(of: one) }
        return RoomFindings(
            room: room, track: tracks[slot], page: page, standing: standings[slot], place: place,
            incident: openIncident(ofRoomAt: slot),
            excuse: excuse, quiet: quietReasons(ofRoomAt: slot, page: page, excuse: excuse, at: now),
            flapPenalty: flap?.value(at: now, rule: rules.flapping) ?? 0, isFlapping: flap?.isFlapping ?? false,
            flappingEnds: flap?.endsFlapping(rule: rules.flapping), devices: troubles(ofDevicesIn: room, at: now),
            isUnseen: tracks[slot].presence.isUnseen(at: now, watchedSince: watchedSince, rules: rules),
            isBlind: isBlind, settlesAt: settlesAt.flatMap { $0.steady > now.steady ? $0 : nil }, rules: rules)
    }

    private func troubles(ofDevicesIn room: Room, at now: Moment) -> [RoomFindings.DeviceTrouble] {
        devices.all.filter { self.room(ofDevice: $0)?.account == room.account }.flatMap { entry in
            entry.problems(at: now.wall).map { finding in
                RoomFindings.DeviceTrouble(
                    device: entry.record.device, finding: finding,
                    incident: finding.isConfirmed ? openIncident(of: finding.problem, device: entry.id) : nil)
            }
        }
    }

    private mutating func quietReasons(
        ofRoomAt slot: Int, page: RoomIncident, excuse: Suppression?, at now: Moment
    ) -> [Suppression] {
        let room = rooms[slot]
        let zone = site.timeZone(of: room.building)
        var reasons: [Suppression] = []
        if let facts = facts[slot].suppression(at: now.wall) { reasons.append(facts) }
        reasons += (site.windows + quiet.planned).compactMap {
            $0.suppression(of: room, of: tenant, at: now.wall, timeZone: zone)
        }
        if let excuse, !reasons.contains(excuse) { reasons.append(excuse) }
        let labels = Labels(room, of: tenant, condition: .roomOffline, severity: page.severity)
        reasons += quiet.silences.compactMap { $0.suppression(of: [labels], at: now) }
        if let flap = flaps[room.account], let outage = tracks[slot].outage,
            let flapping = rules.flapInhibition.suppression(
                of: outage, severity: page.severity, flapping: flap, at: now)
        {
            reasons.append(flapping)
        }
        return reasons
    }

    /// How many rooms a window covers, whatever the time.
    public func count(coveredBy window: MaintenanceWindow) -> Int {
        rooms.count { window.covers($0, of: tenant) }
    }
}
