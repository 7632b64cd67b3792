// The one door through which the Ledger writes: a whole decision in one transaction. A call whose outcome was never
// heard (a crash, a failing disk) may be repeated word for word; everything is keyed so that repeating adds nothing and
// never takes a newer state back.

public import FleetCore
import GRDB

extension Store {
    /// Writes one decision of the Ledger, all of it or nothing.
    ///
    /// - Parameters:
    ///   - change: what was decided.
    ///   - attempts: deliveries that took place while the notifications of `change` could not be written (the memory
    ///     outbox, see Telling, Full disk), so that no row is ever seen waiting that was sent already.
    ///   - request: who asked for it and what they wrote, when somebody did; a request is never repeated by itself.
    /// - Throws: `diskFull`, `io` and `busy` leave the database as it was, and the same call may be repeated.
    public func commit(
        _ change: Change, attempts: [DeliveryAttempt] = [], request: RequestRecord? = nil
    ) throws(StoreError) {
        guard !change.isEmpty || !attempts.isEmpty || request != nil else { return }
        try write("committing a change") { db in
            try db.upsert(change.tracks)
            try db.upsert(change.conditions)
            var encoding = IncidentEncoding()
            try db.upsert(change.incidents, encoding: &encoding)
            try db.append(change.transitions)
            try db.insert(change.notifications, encoding: &encoding)
            try db.withdraw(change.withdrawals)
            try db.postpone(change.postponements)
            try db.append(change.suppressions)
            try db.write(change.observations)
            try db.write(change.commands)
            try db.write(change.devices)
            for attempt in attempts { try db.record(attempt) }
            if let comment = request?.comment { try db.append(comment) }
            if let audit = request?.audit { try db.append(audit) }
        }
    }
}

extension Database {
    fileprivate func upsert(_ tracks: [TrackRecord]) throws {
        guard !tracks.isEmpty else { return }
        let statement = try cachedStatement(
            sql: """
                INSERT OR REPLACE INTO track (
                  tenant, account, presence_phase, presence_first_bad, presence_fired, presence_streak_first,
                  presence_streak_count, device_phase, device_first_bad, device_fired, device_streak_first,
                  device_streak_count, last_good, last_usable, last_good_proved_use, in_use_at_first_bad, onset, voice,
                  flap, first_bad_after)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        for track in tracks {
            var arguments = Arguments(for: statement)
            arguments.add(track.tenant.text)
            arguments.add(track.account.text)
            arguments.add(track.presence)
            arguments.add(track.device)
            arguments.add(track.lastGood)
            arguments.add(track.lastUsable)
            arguments.add(track.lastGoodProvedUse)
            arguments.add(track.inUseAtFirstBad)
            arguments.add(track.onset)
            arguments.add(track.voice)
            arguments.add(track.flap.map(FlapText.text))
            arguments.add(track.firstBadAfter)
            try arguments.run()
        }
    }

    fileprivate func upsert(_ conditions: [ConditionRecord]) throws {
        guard !conditions.isEmpty else { return }
        let statement = try cachedStatement(
            sql: """
                INSERT OR REPLACE INTO condition (
                  dedup_key, tenant, condition, subject, phase, first_bad, fired, streak_first, streak_count)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        for condition in conditions {
            var arguments = Arguments(for: statement)
            arguments.add(condition.key.text)
            arguments.add(condition.tenant.text)
            arguments.add(condition.condition.rawValue)
            arguments.add(condition.subject)
            arguments.add(condition.state)
            try arguments.run()
        }
    }

    /// An older revision never replaces a newer one: a repeated commit may arrive late.
    fileprivate func upsert(_ incidents: [Incident], encoding: inout IncidentEncoding) throws {
        guard !incidents.isEmpty else { return }
        let statement = try cachedStatement(
            sql: """
                INSERT INTO incident (
                  id, dedup_key, tenant, condition, severity, status, revision, opened_at, resolved_at, detail)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET
                  severity = excluded.severity, status = excluded.status, revision = excluded.revision,
                  opened_at = excluded.opened_at, resolved_at = excluded.resolved_at, detail = excluded.detail
                WHERE excluded.revision >= incident.revision
                """)
        for incident in incidents {
            var arguments = Arguments(for: statement)
            arguments.add(incident.id.text)
            arguments.add(incident.key.text)
            arguments.add(incident.tenant.text)
            arguments.add(incident.condition.rawValue)
            arguments.add(incident.severity.rawValue)
            arguments.add(incident.status.rawValue)
            arguments.add(incident.revision)
            arguments.add(incident.openedAt)
            arguments.add(incident.resolvedAt)
            arguments.add(try encoding.text(of: incident))
            try arguments.run()
        }
    }

    fileprivate func append(_ transitions: [Transition]) throws {
        guard !transitions.isEmpty else { return }
        let statement = try cachedStatement(
            sql: """
                INSERT INTO transition (
                  tenant, subject, condition, from_phase, to_phase, at, decided_at, reason, incident)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (tenant, subject, at, decided_at, condition, from_phase, to_phase) DO NOTHING
                """)
        for transition in transitions {
            var arguments = Arguments(for: statement)
            arguments.add(transition.tenant.text)
            arguments.add(transition.subject)
            arguments.add(transition.condition.rawValue)
            arguments.add(transition.from.rawValue)
            arguments.add(transition.to.rawValue)
            arguments.add(transition.at)
            arguments.add(transition.decidedAt)
            arguments.add(transition.reason)
            arguments.add(transition.incident?.text)
            try arguments.run()
        }
    }

    fileprivate func insert(_ notifications: [Notification], encoding: inout IncidentEncoding) throws {
        guard !notifications.isEmpty else { return }
        let statement = try cachedStatement(
            sql: """
                INSERT INTO notification (
                  id, receiver, dedup_key, incident, event, revision, rule, decided_at, not_before, state,
                  next_attempt, detail, after)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', ?, ?, ?)
                ON CONFLICT (id) DO NOTHING
                """)
        for notification in notifications {
            var arguments = Arguments(for: statement)
            arguments.add(notification.id.text)
            arguments.add(notification.receiver.text)
            arguments.add(notification.incident.key.text)
            arguments.add(notification.incident.id.text)
            arguments.add(notification.event.rawValue)
            arguments.add(notification.incident.revision)
            arguments.add(notification.rule)
            arguments.add(notification.decidedAt)
            arguments.add(notification.notBefore)
            arguments.add(notification.notBefore)
            arguments.add(try encoding.text(of: notification.incident))
            arguments.add(notification.after?.text)
            try arguments.run()
        }
    }

    /// Only what was never tried can wait longer: a repeated attempt has its own clock.
    fileprivate func postpone(_ postponements: [Change.Postponement]) throws {
        guard !postponements.isEmpty else { return }
        let statement = try cachedStatement(
            sql: """
                UPDATE notification SET not_before = ?1, next_attempt = ?1
                WHERE id = ?2 AND state = 'waiting' AND attempts = 0 AND not_before < ?1
                """)
        for postponement in postponements {
            var arguments = Arguments(for: statement)
            arguments.add(postponement.notBefore)
            arguments.add(postponement.notification.text)
            try arguments.run()
        }
    }

    fileprivate func append(_ suppressions: [SuppressedNotification]) throws {
        guard !suppressions.isEmpty else { return }
        let statement = try cachedStatement(
            sql: """
                INSERT INTO suppression (tenant, dedup_key, incident, event, receiver, at, detail)
                VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                """)
        for suppression in suppressions {
            var arguments = Arguments(for: statement)
            arguments.add(suppression.tenant.text)
            arguments.add(suppression.key.text)
            arguments.add(suppression.incident?.text)
            arguments.add(suppression.event.rawValue)
            arguments.add(suppression.receiver?.text)
            arguments.add(suppression.at)
            arguments.add(try JSONColumn.text(suppression))
            try arguments.run()
        }
    }

    /// What was sent already stays as it is: only waiting rows can be withdrawn.
    fileprivate func withdraw(_ withdrawals: [Change.Withdrawal]) throws {
        guard !withdrawals.isEmpty else { return }
        let statement = try cachedStatement(
            sql: """
                UPDATE notification SET state = 'withdrawn', settled_at = decided_at, remark = ?
                WHERE id = ? AND state = 'waiting'
                """)
        for withdrawal in withdrawals {
            var arguments = Arguments(for: statement)
            arguments.add(withdrawal.reason)
            arguments.add(withdrawal.notification.text)
            try arguments.run()
        }
    }
}
