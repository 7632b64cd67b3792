// What is measured and said about the monitor's own worth: how long before the device record a page was out, and what
// happened overnight.

import FleetCore
import FleetStore
import Foundation
import CoreMetrics
import Logging
import Timekeeping

extension Ledger {
    /// Incidents whose lead is taken are remembered up to this many; a lead taken twice would only be counted twice.
    static let maximumLeads = 10_000

    /// Takes the lead of a page over the device record: from the receiver's acceptance to the first read of the record
    /// that says offline. Where the record was first, the lead is negative and counts as none.
    func takeLead(_ reading: DeviceReading, of account: AccountID, tenant: TenantName) {
        guard reading.signal == .bad else { return }
        let key = DedupKey(tenant: tenant, condition: .roomOffline, subject: .room(account))
        guard let incident = fleets[tenant]?.book.open(key), !leadsTaken.contains(incident.id) else { return }
        let accepted = sent(of: incident.id).first { $0.event.isTrigger && $0.state == .accepted }?.settledAt
        guard let accepted else { return }
        if leadsTaken.count >= Self.maximumLeads { leadsTaken.removeAll() }
        leadsTaken.insert(incident.id)
        metrics.lead.record(max(0, reading.asked.wall.timeIntervalSince(accepted)))
    }

    /// Says once, when working hours begin, which rooms failed since they last ended.
    func reportOvernight(at now: Moment) {
        let minute = Int((now.wall.timeIntervalSince1970 / 60).rounded(.down))
        guard minute != reportedMinute else { return }
        reportedMinute = minute
        for (tenant, fleet) in fleets.sorted(by: { $0.key < $1.key }) {
            let hours = fleet.site.hours.byDefault
            guard hours.begin(at: now.wall) else { continue }
            do throws(StoreError) {
                let page = try store.recentIncidents(IncidentQuery(tenant: tenant, limit: Store.maximumPage))
                let report = OvernightReport(page.incidents, from: hours.lastEnd(before: now.wall), until: now.wall)
                log.notice("overnight: \(report.line)", metadata: ["tenant": "\(tenant)"])
            } catch {
                noteStoreFailure(error, at: now)
            }
        }
    }
}
