// The figures of one tenant: its rooms, its sweeps, and how Graph answers it.

import FleetAPI
import FleetCore
import FleetMonitor
import FleetWeb
import Foundation
import GraphClient
import Timekeeping

extension Scrape {
    /// How the rooms of a tenant stand, and what it offers.
    static func gauges(of figures: LedgerFigures.Tenant) -> [Gauge] {
        let census = figures.census
        let tenant = ("tenant", census.tenant.text)
        func level(_ name: String, _ value: Int, _ labels: (String, String)...) -> Gauge {
            Gauge(name: name, labels: [tenant] + labels, value: Double(value))
        }
        var gauges = ConditionState.Phase.allCases.map {
            level("roomwatch_rooms", census.phases[$0] ?? 0, ("phase", $0.rawValue))
        }
        gauges += Severity.allCases.map {
            level("roomwatch_incidents_open", census.open[$0] ?? 0, ("severity", $0.rawValue))
        }
        gauges += [
            level("roomwatch_rooms_weak", census.weak),
            level("roomwatch_rooms_by_observability", census.weak, ("observability", "weak")),
            level("roomwatch_rooms_by_observability", census.rooms - census.weak, ("observability", "strong")),
            level("roomwatch_rooms_unseen", census.unseen),
            level("roomwatch_tenant_blind", census.isBlind ? 1 : 0),
        ]
        if let devices = census.devices {
            gauges += DeviceKind.allCases.map {
                level("roomwatch_devices", devices.byKind[$0] ?? 0, ("kind", $0.rawValue))
            }
            gauges += Condition.allCases.filter(\.isAboutDevices).map {
                level("roomwatch_device_problems", devices.problems[$0] ?? 0, ("condition", $0.rawValue))
            }
            gauges.append(level("roomwatch_devices_quarantined", devices.quarantined))
        }
        gauges += OperationBody.openStates.map {
            level("roomwatch_operations_open", figures.operations[$0] ?? 0, ("state", $0))
        }
        // The fast lane is empty while all is well, so only the other one has an age to be alarmed by.
        gauges.append(
            Gauge(
                name: "roomwatch_sweep_last_success_timestamp_seconds",
                labels: [tenant, ("lane", TenantFleet.Lane.steady.rawValue)],
                value: figures.lastComplete?.timeIntervalSince1970 ?? 0))
        for (capability, found) in figures.capabilities {
            gauges += CapabilityRecord.State.allCases.map { state in
                level(
                    "roomwatch_capability", state == found ? 1 : 0, ("capability", capability.rawValue),
                    ("state", state.rawValue))
            }
        }
        return gauges
    }

    /// How Graph and its login service answer for a tenant.
    static func gauges(
        of tenant: TenantName, counters: GraphCounters, tokens: TokenSource.Counters
    ) -> [Gauge] {
        let tenant = ("tenant", tenant.text)
        func total(_ name: String, _ value: Double, _ labels: (String, String)...) -> Gauge {
            Gauge(name: name, labels: [tenant] + labels, value: value, kind: .counter)
        }
        var gauges = [
            Gauge(name: "roomwatch_graph_requests", labels: [tenant], value: Double(counters.sent)),
            total("roomwatch_graph_requests_total", Double(counters.sent)),
            total("roomwatch_graph_held_back_total", Double(counters.heldBack)),
            total("roomwatch_token_requests_total", Double(tokens.requests)),
            total("roomwatch_token_failures_total", Double(tokens.failures)),
        ]
        // Presence is there from the start, so that its first refusal is seen to rise.
        for service in Set(counters.services.keys).union([.presence]) {
            let counted = counters.services[service] ?? ServiceCounters()
            let label = ("service", service.rawValue)
            for digit in 2...5 {
                gauges.append(
                    total(
                        "roomwatch_graph_responses_total", Double(counted.answers[digit] ?? 0), label,
                        ("class", "\(digit)xx")))
            }
            gauges.append(
                total("roomwatch_graph_responses_total", Double(counted.unanswered), label, ("class", "none")))
            gauges.append(total("roomwatch_graph_throttled_total", Double(counted.throttled), label))
            gauges.append(total("roomwatch_graph_retry_after_seconds_total", counted.quiet.seconds, label))
        }
        return gauges
    }
}
