// Roomwatch watches itself with the same machinery: a channel that refuses messages and a store that cannot be written
// are conditions with incidents like any other, of the pseudo tenant `roomwatch`.

import struct Foundation.Date
public import Timekeeping

extension TenantFleet {
    /// A receiver refused a message for good, or accepted one again.
    public mutating func judgeChannel(
        _ receiver: ReceiverName, refusal: String?, at now: Moment
    ) -> FleetDecision {
        var decision = FleetDecision()
        let tenant = tenant
        step(
            .channelDown, .receiver(receiver), signal: refusal == nil ? .good : .bad, rule: .atOnce, at: now,
            reason: refusal ?? "a message was accepted", into: &decision
        ) { _, id in
            Incident(
                id: id, key: DedupKey(tenant: tenant, condition: .channelDown, subject: .receiver(receiver)),
                condition: .channelDown, tenant: tenant, severity: .error,
                scope: Incident.Scope(kind: .receiver, id: receiver.text, name: receiver.text), rooms: [],
                cause: .unknown,
                summary:
                    "Receiver \(receiver) refuses messages: \(refusal ?? ""). Nobody is paged through it until its "
                    + "address and secret are corrected",
                firstBadAt: now.wall, lastGoodAt: nil, openedAt: now.wall,
                evidence: [Evidence(source: "receiver", reading: refusal ?? "", observedAt: now.wall)])
        }
        return decision
    }

    /// Whether a receiver counts as down.
    public func isChannelDown(_ receiver: ReceiverName) -> Bool {
        conditions[DedupKey(tenant: tenant, condition: .channelDown, subject: .receiver(receiver))]?.phase.isWrong
            ?? false
    }

    /// The store could not be written, or could be again.
    public mutating func judgeStore(failure: String?, at now: Moment) -> FleetDecision {
        var decision = FleetDecision()
        let tenant = tenant
        step(
            .storeDegraded, .store, signal: failure == nil ? .good : .bad, rule: .atOnce, at: now,
            reason: failure ?? "the store can be written again", into: &decision
        ) { _, id in
            Incident(
                id: id, key: DedupKey(tenant: tenant, condition: .storeDegraded, subject: .store),
                condition: .storeDegraded, tenant: tenant, severity: .error,
                scope: Incident.Scope(kind: .store, id: "store", name: "store"), rooms: [], cause: .unknown,
                summary:
                    "The store cannot be written: \(failure ?? ""). Pages still go out from memory; free disk space "
                    + "or repair the disk before the daemon is restarted",
                firstBadAt: now.wall, lastGoodAt: nil, openedAt: now.wall,
                evidence: [Evidence(source: "store", reading: failure ?? "", observedAt: now.wall)])
        }
        return decision
    }

    /// Whether the store counts as one that cannot be written.
    public var isStoreDegraded: Bool {
        conditions[DedupKey(tenant: tenant, condition: .storeDegraded, subject: .store)]?.phase.isWrong ?? false
    }

    /// Ends an acknowledgement because a receiver heard of the resolve before the incident reopened.
    public mutating func endAcknowledgement(of key: DedupKey) -> Incident? { book.endAcknowledgement(key) }
}
