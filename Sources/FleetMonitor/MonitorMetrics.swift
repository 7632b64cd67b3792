// The daemon's figures, under the names that dashboards and alerts rely on (prefix `roomwatch_`, Prometheus' naming
// rules). The factory comes from the wiring; a simulation counts into its own.

public import CoreMetrics
import FleetCore
import FleetStore
import Timekeeping

/// Every figure that the monitor keeps.
public struct MonitorMetrics: Sendable {
    private let factory: any MetricsFactory
    let blips: Counter
    let lateAnswers: Counter
    let committed: Counter
    let storeFailures: Counter
    let notificationsPlanned: Counter
    let skippedSweeps: Counter
    /// Seconds from an answer that changed something to its committed transaction.
    let judged: Recorder
    /// Seconds from the decision to the receiver's acceptance.
    let dwell: Recorder

    public init(factory: any MetricsFactory) {
        self.factory = factory
        blips = Counter(label: "roomwatch_blips_total", dimensions: [], factory: factory)
        lateAnswers = Counter(label: "roomwatch_late_answers_total", dimensions: [], factory: factory)
        committed = Counter(label: "roomwatch_store_commits_total", dimensions: [], factory: factory)
        storeFailures = Counter(label: "roomwatch_store_failures_total", dimensions: [], factory: factory)
        notificationsPlanned = Counter(label: "roomwatch_notifications_total", dimensions: [], factory: factory)
        skippedSweeps = Counter(label: "roomwatch_sweeps_skipped_total", dimensions: [], factory: factory)
        judged = Recorder(label: "roomwatch_judge_to_commit_seconds", dimensions: [], aggregate: true, factory: factory)
        dwell = Recorder(label: "roomwatch_dwell_seconds", dimensions: [], aggregate: true, factory: factory)
    }

    func sweep(tenant: TenantName, lane: TenantFleet.Lane, outcome: SweepOutcome, took: Duration) {
        let lanes = [("tenant", tenant.text), ("lane", lane.rawValue)]
        Counter(
            label: "roomwatch_sweeps_total", dimensions: lanes + [("outcome", outcome.rawValue)], factory: factory
        ).increment()
        Recorder(label: "roomwatch_sweep_duration_seconds", dimensions: lanes, aggregate: true, factory: factory)
            .record(took.seconds)
    }

    func incident(_ event: IncidentChange) {
        let what: String
        switch event {
        case .opened: what = "opened"
        case .reopened: what = "reopened"
        case .resolved: what = "resolved"
        case .updated: what = "updated"
        case .noted: return
        }
        Counter(
            label: "roomwatch_incidents_total",
            dimensions: [
                ("tenant", event.incident.tenant.text), ("condition", event.incident.condition.rawValue),
                ("event", what),
            ], factory: factory
        ).increment()
    }

    func delivery(receiver: ReceiverName, outcome: DeliveryOutcome) {
        let what: String
        switch outcome {
        case .accepted: what = "accepted"
        case .retry: what = "retry"
        case .failed: what = "failed"
        }
        Counter(
            label: "roomwatch_deliveries_total", dimensions: [("receiver", receiver.text), ("outcome", what)],
            factory: factory
        ).increment()
    }
}
