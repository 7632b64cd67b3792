// Severity rises by itself: hours begin, meetings come near. It never falls before the resolve, so that nobody goes back
// to sleep because a meeting ended.

import struct Foundation.Date
import Timekeeping

extension TenantFleet {
    /// Works severities out anew.
    ///
    /// Rooms that have been down since the night become urgent together when the hours of their building begin; they are
    /// released at that instant and share a page.
    ///
    /// - Parameter accounts: only these rooms and the places they belong to; `nil` for all.
    mutating func raiseSeverities(of accounts: Set<AccountID>?, at now: Moment, into decision: inout FleetDecision) {
        var rises: [(key: DedupKey, severity: Severity)] = []
        var highest: [Place: Severity] = [:]
        for slot in tracks.indices where tracks[slot].isDown {
            guard accounts?.contains(rooms[slot].account) ?? true, tracks[slot].phase.isWrong else { continue }
            switch standings[slot].voice {
            case .none:
                break
            case .place(let place):
                let severity = page(ofRoomAt: slot, at: now).severity
                highest[place] = max(highest[place] ?? .warning, severity)
            case .own:
                let page = page(ofRoomAt: slot, at: now)
                guard let incident = book.open(key(ofRoomAt: slot)), page.severity > incident.severity else { continue }
                if incident.severity == .warning, page.isBookable, tracks[slot].phase == .firing {
                    standings[slot].onset = now
                    standings[slot].isReleasedTogether = true
                    isStirred = true
                }
                rises.append((incident.key, page.severity))
            }
        }
        // Who shares a page now hears of that one only.
        correlate(at: now, into: &decision)
        for rise in rises { raise(rise.key, to: rise.severity, at: now, into: &decision) }
        raiseFlapping(of: accounts, at: now, into: &decision)
        raiseDevices(of: accounts, at: now, into: &decision)
        raiseCohorts(of: accounts, at: now, into: &decision)
        for (place, severity) in highest.sorted(by: { $0.key.subject.text < $1.key.subject.text }) {
            raise(key(of: place), to: severity, at: now, into: &decision)
        }
    }

    /// A room that flaps, up or down at the moment, will fail the meeting that is coming near.
    private mutating func raiseFlapping(
        of accounts: Set<AccountID>?, at now: Moment, into decision: inout FleetDecision
    ) {
        let flapping = flaps.filter { account, flap in
            flap.isFlapping && accounts?.contains(account) ?? true
                && agendas[account]?.isBookedNowOrWithin(at: now) ?? false
        }
        for account in flapping.keys.sorted() {
            let key = DedupKey(tenant: tenant, condition: .roomFlapping, subject: .room(account))
            raise(key, to: .error, at: now, into: &decision)
        }
    }

    /// Raises one incident, when it is open and less severe; what it says of the meeting is brought up to date.
    mutating func raise(_ key: DedupKey, to severity: Severity, at now: Moment, into decision: inout FleetDecision) {
        guard let event = book.raise(key, to: severity, at: now) else { return }
        guard case .raised(let incident, let endedAcknowledgement, _) = event,
            incident.condition == .roomOffline || incident.condition == .roomFlapping,
            let slot = incident.rooms.first.flatMap({ index[$0.id] })
        else {
            decision.events.append(event)
            return
        }
        let page = page(ofRoomAt: slot, at: now)
        let isOutage = incident.condition == .roomOffline
        book.describe(key, summary: isOutage ? page.summary : incident.summary, meeting: page.meeting)
        guard let told = book.open(key) else { return }
        decision.events.append(
            .raised(
                told, endedAcknowledgement: endedAcknowledgement,
                isUrgent: isOutage && page.isUrgent && !hasPendingSibling(slot: slot)))
    }
}

extension TenantFleet {
    /// Ends acknowledgements that nobody renewed.
    mutating func endAcknowledgements(at now: Moment, into decision: inout FleetDecision) {
        for incident in book.allOpen {
            guard let age = book.sinceAcknowledged(incident, at: now), age >= Incident.acknowledgementHolds,
                let open = book.endAcknowledgement(incident.key)
            else { continue }
            decision.events.append(.noted(open))
        }
    }
}
