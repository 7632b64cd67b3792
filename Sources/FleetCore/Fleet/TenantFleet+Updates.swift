// Updates that are offered and not taken are one trouble of whoever manages devices: one incident for the tenant, however
// many rooms wait for theirs, and never more than a warning (Detection, Devices).

import struct Foundation.Date
import Timekeeping

extension TenantFleet {
    /// Devices with updates that a page quotes.
    private static let quotedUpdates = 12

    private var updatesKey: DedupKey {
        DedupKey(tenant: tenant, condition: .deviceSoftware, subject: .tenant)
    }

    /// Devices of rooms in service whose updates wait for too long and were not put aside, the oldest offer first.
    private func overdueUpdates(at now: Date) -> [(room: Room, entry: DeviceEntry, age: Duration, sentence: String)] {
        devices.entries.compactMap { id, entry in
            guard !entry.offers.isEmpty, !updatesAside.contains(id), let room = room(ofDevice: entry),
                let slot = index[room.account], facts[slot].suppression(at: now) == nil
            else { return nil }
            let overdue = entry.offers.filter { $0.value.isOverdue(at: now) }.sorted {
                $0.key.rawValue < $1.key.rawValue
            }
            guard let age = overdue.map({ $0.value.age(at: now) }).max() else { return nil }
            let sentence = overdue.map { $0.value.sentence(of: $0.key, at: now) }.joined(separator: "; ")
            return (room, entry, age, sentence)
        }.sorted { ($1.age, $0.entry.id) < ($0.age, $1.entry.id) }
    }

    /// Judges the offers after a list of devices.
    mutating func tellUpdates(at now: Moment, into decision: inout FleetDecision) {
        forgetTakenUpdates(at: now, into: &decision)
        let overdue = overdueUpdates(at: now.wall)
        let phase = conditions[updatesKey]?.phase ?? .clear
        guard !overdue.isEmpty || phase != .clear else { return }
        var seen: Set<AccountID> = []
        let rooms = overdue.filter { seen.insert($0.room.account).inserted }.map { Incident.RoomReference($0.room) }
            .sorted { $0.id < $1.id }
        let summary =
            overdue.count == 1
            ? "\(overdue[0].room.placedName): \(overdue[0].sentence)"
            : "\(overdue.count) devices in \(rooms.count) rooms of \(tenant) do not take their updates"
        let remedy = DeviceIncident.remedy(for: .deviceSoftware)
        let evidence = overdue.prefix(Self.quotedUpdates).map { one in
            Evidence(
                source: Evidence.deviceHealth,
                reading: "\(one.room.name), \(one.entry.record.device.title): \(one.sentence). \(remedy)",
                observedAt: one.entry.examined?.wall ?? one.entry.lastListed.wall)
        }
        let (key, tenant) = (updatesKey, tenant)
        step(
            .deviceSoftware, .tenant, signal: overdue.isEmpty ? .good : .bad, rule: .atOnce, at: now,
            reason: overdue.isEmpty ? "no update waits for too long" : summary, into: &decision
        ) { outage, id in
            Incident(
                id: id, key: key, condition: .deviceSoftware, tenant: tenant, severity: .warning,
                scope: Incident.Scope(kind: .tenant, id: tenant.text, name: tenant.text), rooms: rooms,
                cause: .unknown, summary: summary, firstBadAt: outage.firstBad.wall, lastGoodAt: nil,
                openedAt: now.wall, evidence: evidence)
        }
        guard phase.isWrong, !overdue.isEmpty else { return }
        let event = book.amend(key, members: rooms) { incident, hasOthers in
            // Ages grow by themselves, which is no change.
            guard hasOthers else { return }
            incident.summary = summary
            incident.restate(evidence)
        }
        if let event { decision.events.append(event) }
    }

    /// The device API has been gone for a day.
    mutating func dismissUpdates(at now: Moment, into decision: inout FleetDecision) {
        guard let from = conditions[updatesKey]?.phase else { return }
        let reason = "the device API has not answered for a day"
        conditions[updatesKey] = nil
        decision.conditions.append(
            ConditionRecord(tenant: tenant, condition: .deviceSoftware, subject: .tenant, state: .clear))
        let evidence = Evidence(source: Evidence.deviceHealth, reading: reason, observedAt: now.wall)
        let event = book.resolve(updatesKey, as: .removed, at: now, evidence: [evidence])
        if let event { decision.events.append(event) }
        decision.transitions.append(
            Transition(
                tenant: tenant, condition: .deviceSoftware, subject: Subject.tenant.text, from: from, to: .clear,
                at: now.wall, decidedAt: now.wall, reason: reason, incident: event?.incident.id))
    }

    /// Somebody closed the incident by hand: of the devices that waited then nobody is told before they took the update.
    /// They are remembered one by one, so that a further one is news, after a restart as well.
    mutating func putAsideUpdates(of incident: Incident, at now: Moment, into decision: inout FleetDecision) {
        let firing = ConditionState.firing(
            Outage(firstBad: Moment(restoring: incident.firstBadAt, at: now), fired: now))
        for one in overdueUpdates(at: now.wall) {
            let id = one.entry.id.lowercased()
            updatesAside.insert(id)
            decision.conditions.append(
                ConditionRecord(tenant: tenant, condition: .deviceSoftware, subject: .device(id), state: firing))
        }
    }

    private mutating func forgetTakenUpdates(at now: Moment, into decision: inout FleetDecision) {
        for id in updatesAside.sorted() {
            let waits = devices.entries[id]?.offers.values.contains { $0.isOverdue(at: now.wall) } ?? false
            if !waits { forgetUpdate(of: id, into: &decision) }
        }
    }

    mutating func forgetUpdate(of id: String, into decision: inout FleetDecision) {
        guard updatesAside.remove(id) != nil else { return }
        decision.conditions.append(
            ConditionRecord(tenant: tenant, condition: .deviceSoftware, subject: .device(id), state: .clear))
    }
}
