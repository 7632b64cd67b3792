// The figures of what waits to be told, in the store and beside it.

import FleetCore
import FleetMonitor
import FleetStore
import FleetWeb
import Foundation
import Timekeeping

extension Scrape {
    static func gauges(of figures: LedgerFigures, at now: Moment) -> [Gauge] {
        func age(of decided: Date?) -> Double { decided.map { max(0, now.wall.timeIntervalSince($0)) } ?? 0 }
        let all = figures.backlog
        var gauges = [
            Gauge(name: "roomwatch_outbox_waiting", value: Double(all.waiting)),
            Gauge(name: "roomwatch_outbox_oldest_age_seconds", value: age(of: all.oldestDecidedAt)),
            Gauge(name: "roomwatch_memory_outbox_changes", value: Double(figures.changesInMemory)),
            Gauge(name: "roomwatch_memory_outbox_notifications", value: Double(figures.notificationsInMemory)),
            Gauge(name: "roomwatch_memory_outbox_lost_total", value: Double(figures.lost), kind: .counter),
            Gauge(name: "roomwatch_store_degraded", value: figures.isStoreDegraded ? 1 : 0),
        ]
        for receiver in figures.receivers {
            let label = [("receiver", receiver.name.text)]
            gauges += [
                Gauge(
                    name: "roomwatch_receiver_outbox_waiting", labels: label,
                    value: Double(receiver.backlog.waiting)),
                Gauge(
                    name: "roomwatch_receiver_outbox_oldest_age_seconds", labels: label,
                    value: age(of: receiver.backlog.oldestDecidedAt)),
                Gauge(name: "roomwatch_receiver_down", labels: label, value: receiver.isDown ? 1 : 0),
            ]
        }
        return gauges
    }
}
