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
    private let heartbeatsHeard: Counter
    private let heartbeatsMissed: Counter
    /// Seconds from an answer that changed something to its committed transaction.
    let judged: Recorder
    /// Seconds from the decision to the receiver's acceptance.
    let dwell: Recorder
    /// Seconds from a page's acceptance to the first read of the device record that says offline.
    let lead: Recorder
    /// Seconds from the commit that a command leaves to Graph's answer.
    let submitted: Recorder

    public init(factory: any MetricsFactory) {
        self.factory = factory
        blips = Counter(label: "roomwatch_blips_total", dimensions: [], factory: factory)
        lateAnswers = Counter(label: "roomwatch_late_answers_total", dimensions: [], factory: factory)
        committed = Counter(label: "roomwatch_store_commits_total", dimensions: [], factory: factory)
        storeFailures = Counter(label: "roomwatch_store_failures_total", dimensions: [], factory: factory)
        notificationsPlanned = Counter(label: "roomwatch_notifications_total", dimensions: [], factory: factory)
        skippedSweeps = Counter(label: "roomwatch_sweeps_skipped_total", dimensions: [], factory: factory)
        heartbeatsHeard = Counter(
            label: "roomwatch_heartbeats_total", dimensions: [("outcome", "heard")], factory: factory)
        heartbeatsMissed = Counter(
            label: "roomwatch_heartbeats_total", dimensions: [("outcome", "missed")], factory: factory)
        judged = Recorder(label: "roomwatch_judge_to_commit_seconds", dimensions: [], aggregate: true, factory: factory)
        lead = Recorder(label: "roomwatch_lead_seconds", dimensions: [], aggregate: true, factory: factory)
        submitted = Recorder(
            label: "roomwatch_operation_submit_seconds", dimensions: [], aggregate: true, factory: factory)
        dwell = Recorder(label: "roomwatch_dwell_seconds", dimensions: [], aggregate: true, factory: factory)
    }

    /// Makes the figures of a tenant stand at zero: a rate is worked out between two samples, so a figure that began
    /// with its first event would hide that event from every alert.
    func begin(tenant: TenantName) {
        for lane in TenantFleet.Lane.allCases {
            let lanes = [("tenant", tenant.text), ("lane", lane.rawValue)]
            for outcome in SweepOutcome.allCases { sweeps(lanes, outcome).increment(by: 0) }
            _ = sweepDuration(lanes)
        }
        for kind in Suppression.Kind.allCases { suppressed(tenant, kind).increment(by: 0) }
        for outcome in ["read", "failed"] { deviceReads(tenant, outcome).increment(by: 0) }
        begin(incidents: Set(Condition.allCases).subtracting(Self.own), of: tenant)
        for action in DeviceAction.words {
            for outcome in OperationOutcome.words { operations(tenant, action, outcome).increment(by: 0) }
        }
    }

    /// Counts operations that are settled by a decision; what follows an end, the room that comes back say, is none.
    func operations(_ change: CommandChange) {
        guard !change.steps.isEmpty else { return }
        let ends = Set(change.steps.filter { OperationOutcome.words.contains($0.word) }.map(\.operation))
        for one in change.operations where ends.contains(one.id) && one.state.isSettled {
            operations(one.tenant, one.action.word, one.state.word).increment()
        }
    }

    private func operations(_ tenant: TenantName, _ action: String, _ outcome: String) -> Counter {
        Counter(
            label: "roomwatch_operations_total",
            dimensions: [("tenant", tenant.text), ("action", action), ("outcome", outcome)], factory: factory)
    }

    /// What can be wrong with Roomwatch itself.
    private static let own: Set<Condition> = [.channelDown, .storeDegraded]

    func beginOwn() { begin(incidents: Self.own, of: .roomwatch) }

    /// The beginnings and ends of incidents, which alerts are made of; the other events appear when they happen.
    private func begin(incidents conditions: Set<Condition>, of tenant: TenantName) {
        for condition in conditions {
            for event in ["opened", "reopened", "resolved"] {
                incident(IncidentFigure(tenant: tenant, condition: condition, event: event)).increment(by: 0)
            }
        }
    }

    func begin(receiver: ReceiverName) {
        for outcome in ["accepted", "retry", "failed"] { deliveries(receiver, outcome).increment(by: 0) }
    }

    func sweep(tenant: TenantName, lane: TenantFleet.Lane, outcome: SweepOutcome, took: Duration) {
        let lanes = [("tenant", tenant.text), ("lane", lane.rawValue)]
        sweeps(lanes, outcome).increment()
        sweepDuration(lanes).record(took.seconds)
    }

    private func sweeps(_ lanes: [(String, String)], _ outcome: SweepOutcome) -> Counter {
        Counter(label: "roomwatch_sweeps_total", dimensions: lanes + [("outcome", outcome.rawValue)], factory: factory)
    }

    private func sweepDuration(_ lanes: [(String, String)]) -> Recorder {
        Recorder(label: "roomwatch_sweep_duration_seconds", dimensions: lanes, aggregate: true, factory: factory)
    }

    /// Counts what happened to incidents. A figure is looked up once for all events that it counts: looking up twenty
    /// thousand took as long as judging them.
    func incidents(_ events: [IncidentChange]) {
        var counts: [IncidentFigure: Int] = [:]
        for event in events {
            guard let word = event.word else { continue }
            let incident = event.incident
            counts[IncidentFigure(tenant: incident.tenant, condition: incident.condition, event: word), default: 0] += 1
        }
        for (figure, count) in counts { incident(figure).increment(by: count) }
    }

    private func incident(_ figure: IncidentFigure) -> Counter {
        Counter(
            label: "roomwatch_incidents_total",
            dimensions: [
                ("tenant", figure.tenant.text), ("condition", figure.condition.rawValue), ("event", figure.event),
            ], factory: factory)
    }

    /// Counts reads of the health of single devices.
    func deviceRead(tenant: TenantName, _ reading: DeviceHealthReading) {
        if case .value = reading.report {
            deviceReads(tenant, "read").increment()
        } else {
            deviceReads(tenant, "failed").increment()
        }
    }

    private func deviceReads(_ tenant: TenantName, _ outcome: String) -> Counter {
        Counter(
            label: "roomwatch_device_health_reads_total",
            dimensions: [("tenant", tenant.text), ("outcome", outcome)], factory: factory)
    }

    /// Counts of what nobody was told, by the kind of the reason.
    func suppressed(_ suppressions: [SuppressedNotification]) {
        for suppression in suppressions { suppressed(suppression.tenant, suppression.suppression.kind).increment() }
    }

    private func suppressed(_ tenant: TenantName, _ kind: Suppression.Kind) -> Counter {
        Counter(
            label: "roomwatch_suppressed_total", dimensions: [("tenant", tenant.text), ("reason", kind.rawValue)],
            factory: factory)
    }

    private struct IncidentFigure: Hashable {
        var tenant: TenantName
        var condition: Condition
        var event: String
    }

    func delivery(receiver: ReceiverName, outcome: DeliveryOutcome) {
        let what: String
        switch outcome {
        case .accepted: what = "accepted"
        case .retry: what = "retry"
        case .failed: what = "failed"
        }
        deliveries(receiver, what).increment()
    }

    private func deliveries(_ receiver: ReceiverName, _ outcome: String) -> Counter {
        Counter(
            label: "roomwatch_deliveries_total", dimensions: [("receiver", receiver.text), ("outcome", outcome)],
            factory: factory)
    }

    func heartbeat(isHeard: Bool) { (isHeard ? heartbeatsHeard : heartbeatsMissed).increment() }
}

extension IncidentChange {
    /// The word of the figure that counts it; `nil` for what nobody needs to hear of.
    fileprivate var word: String? {
        switch self {
        case .opened: "opened"
        case .reopened: "reopened"
        case .resolved: "resolved"
        case .updated, .raised: "updated"
        case .merged: "merged"
        case .released: "released"
        case .acknowledged: "acknowledged"
        case .noted: nil
        }
    }
}
