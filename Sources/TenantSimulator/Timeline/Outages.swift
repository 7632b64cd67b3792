// Losses of power and network, and the two faces that learn of them: presence when the session has timed out, the device
// record minutes later. What the device itself is doing stands apart from both, because commands ask the device.

import Timekeeping

extension Timeline {
    mutating func begin(_ outage: Outage) {
        var outage = outage
        for device in outage.devices { devices[device].dark += 1 }
        if let room = outage.room, !outage.devices.isEmpty {
            rooms[room].outages += 1
            let holders = fleet.rooms[room].sessionDevices
            // The last device that kept the account online takes the presence with it.
            if !isHeld(room), outage.devices.contains(where: holders.contains) { outage.takesPresence = true }
        }
        outageCount += 1
        let id = outageCount
        outages[id] = outage
        let round = Int(outage.began.milliseconds)
        var draws = SeededDraws(seed: fleet.seed, purpose: .outage, index: outage.drawIndex, round: round)
        if outage.takesPresence {
            let delay = outage.sessionTimeout ?? draws.duration(.zero, .seconds(300))
            agenda.add(.presenceDue(id), at: outage.began + delay)
        }
        if !outage.devices.isEmpty {
            let delay = outage.deviceDelay ?? draws.duration(.seconds(600), .seconds(900))
            agenda.add(.devicesDue(id), at: outage.began + delay)
        }
        if let end = outage.ends { agenda.add(.outageEnds(id), at: end) }
    }

    /// Whether a device that is on the air keeps the room's account online.
    private func isHeld(_ room: Int) -> Bool {
        fleet.rooms[room].sessionDevices.contains { devices[$0].dark == 0 }
    }

    mutating func showLoss(_ id: Int) {
        guard var outage = outages[id], !outage.ended, let room = outage.room else { return }
        // Another device came back before the session had timed out.
        guard outage.devices.isEmpty || !isHeld(room) else { return }
        outage.presenceVisible = true
        outages[id] = outage
        rooms[room].lostSessions += 1
        refresh(room)
        record(
            "presence_offline", room: room, cause: outage.cause, causeKind: outage.causeKind, at: outage.began,
            visible: elapsed,
            expected: outage.excused.map { expectation(of: outage, excused: $0) }
                ?? expectation(shownFrom: elapsed, until: outage.ends))
    }

    mutating func showDevices(_ id: Int) {
        guard var outage = outages[id], !outage.ended else { return }
        outage.deviceVisible = true
        outages[id] = outage
        for device in outage.devices {
            devices[device].offline += 1
            if devices[device].offline == 1 { devices[device].connectionSince = wall(outage.began) }
            touch(device)
        }
        // Where presence shows the outage too, the device record only confirms it.
        var expected = GroundTruthRecord.Expectation.none
        if !outage.takesPresence, outage.takesRoom(in: fleet) {
            expected =
                outage.excused.map { expectation(of: outage, excused: $0) } ?? deviceExpectation(until: outage.ends)
        }
        record(
            "device_offline", room: outage.room, cause: outage.cause, causeKind: outage.causeKind, at: outage.began,
            visible: elapsed, expected: expected)
    }

    mutating func end(_ id: Int) {
        guard var outage = outages[id] else { return }
        outage.ended = true
        outages[id] = outage
        for device in outage.devices {
            devices[device].dark -= 1
            if devices[device].dark == 0 { wake(device) }
        }
        if let room = outage.room, !outage.devices.isEmpty { rooms[room].outages -= 1 }
        if outage.presenceVisible { showReturn(&outage) }
        if let room = outage.room, rooms[room].outages > 0, isHeld(room) { showHeld(room) }
        if outage.deviceVisible {
            let round = Int(elapsed.milliseconds)
            var draws = SeededDraws(
                seed: fleet.seed, purpose: .deviceDelay, index: outage.drawIndex, round: round)
            agenda.add(
                .devicesReturn(id), at: elapsed + (outage.deviceDelay ?? draws.duration(.seconds(60), .seconds(180))))
        } else {
            outages[id] = nil
        }
    }

    private mutating func showReturn(_ outage: inout Outage) {
        guard let room = outage.room else { return }
        outage.presenceVisible = false
        rooms[room].lostSessions -= 1
        refresh(room)
        note(signInOf: fleet.rooms[room].account, code: 0)
        record("presence_online", room: room, cause: outage.cause, causeKind: outage.causeKind, visible: elapsed)
    }

    /// A device of the room is back while another is still away: the account is online again.
    private mutating func showHeld(_ room: Int) {
        let shown = outages.filter {
            $0.value.room == room && $0.value.presenceVisible && !$0.value.ended && !$0.value.devices.isEmpty
        }
        for (id, outage) in shown.sorted(by: { $0.key < $1.key }) {
            var outage = outage
            showReturn(&outage)
            outages[id] = outage
        }
    }

    mutating func returnDevices(_ id: Int) {
        guard let outage = outages.removeValue(forKey: id) else { return }
        for device in outage.devices {
            devices[device].offline -= 1
            if devices[device].offline == 0 { devices[device].connectionSince = wall(elapsed) }
            touch(device)
        }
        record(
            "device_online", room: outage.room, cause: outage.cause, causeKind: outage.causeKind, visible: elapsed)
    }

    /// What is owed for an outage that presence shows in this span, less the time Graph's presence is out itself.
    private func expectation(shownFrom: Duration, until end: Duration?) -> GroundTruthRecord.Expectation {
        guard let end else { return .incident }
        let blind = faults.filter { $0.fault.hidesPresence }.compactMap(\.until).max() ?? shownFrom
        let shown = end - max(shownFrom, blind)
        if shown < hold { return .none }
        return shown < hold + Self.sweepSlack ? .either : .incident
    }

    /// Device records are read every few minutes only, and two readings a minute apart are needed.
    private func deviceExpectation(until end: Duration?) -> GroundTruthRecord.Expectation {
        guard let end else { return .incident }
        let shown = end - elapsed
        if shown < .seconds(60) { return .none }
        return shown < .seconds(420) ? .either : .incident
    }

    /// What is owed for an absence that was ordered: nothing, unless it goes on for longer than anybody forgives.
    private func expectation(of outage: Outage, excused: Duration) -> GroundTruthRecord.Expectation {
        guard let end = outage.ends else { return .incident }
        let over = end - outage.began - excused
        if over < .zero { return .none }
        return over < .seconds(420) ? .either : .incident
    }
}

extension Outage {
    /// What its draws hang on.
    var drawIndex: Int { room ?? 10_000_000 + (devices.first ?? 0) }

    /// Whether the room cannot be used without the devices that are away.
    func takesRoom(in fleet: Fleet) -> Bool {
        guard let room else { return false }
        return devices.contains(fleet.rooms[room].mainDevice)
    }
}
