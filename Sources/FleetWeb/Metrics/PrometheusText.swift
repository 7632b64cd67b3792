// Prometheus' text exposition format 0.0.4, which every scraper reads.

/// Writes figures as Prometheus text.
enum PrometheusText {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// What each figure means, for the people who build dashboards.
    private static let help: [String: String] = [
        "roomwatch_blips_total": "Pending outages that ended with a good answer before anybody was told.",
        "roomwatch_late_answers_total": "Answers asked before a newer accepted one of the same room.",
        "roomwatch_store_commits_total": "Transactions committed.",
        "roomwatch_store_failures_total": "Reads and writes of the store that failed.",
        "roomwatch_notifications_total": "Notifications decided.",
        "roomwatch_sweeps_skipped_total": "Ticks that found the previous sweep of their lane still in flight.",
        "roomwatch_sweeps_total": "Sweeps by how they ended.",
        "roomwatch_sweep_duration_seconds": "From the first request of a sweep to its last judged page.",
        "roomwatch_judge_to_commit_seconds": "From an answer that changed something to its committed transaction.",
        "roomwatch_lead_seconds": "From a page's acceptance to the first device record that says offline.",
        "roomwatch_suppressed_total": "Notifications of which nobody was told, by reason.",
        "roomwatch_dwell_seconds": "From the decision to tell somebody to the receiver's acceptance.",
        "roomwatch_incidents_total": "Incidents by condition and what happened to them.",
        "roomwatch_deliveries_total": "Delivery attempts by receiver and outcome.",
        "roomwatch_operations_total": "Operations on devices that ended, by action and outcome.",
        "roomwatch_operations_open": "Operations on devices that have not ended, by state.",
        "roomwatch_operation_submit_seconds": "From the commit that a command leaves to what became of the request.",
        "roomwatch_rooms": "Monitored rooms by the phase of room.offline.",
        "roomwatch_rooms_weak": "Rooms where another device can keep the account online.",
        "roomwatch_incidents_open": "Open incidents by severity.",
        "roomwatch_outbox_waiting": "Notifications that no receiver has accepted yet.",
        "roomwatch_graph_requests": "Deprecated: use roomwatch_graph_requests_total.",
        "roomwatch_series_unkept": "Deprecated: use roomwatch_series_unkept_total.",
        "roomwatch_series_unkept_total": "Uses of series that were not kept because there were too many.",

        "roomwatch_build_info": "Always 1; the label is the version.",
        "roomwatch_ready": "Whether a sweep of every tenant has been attempted, as /readyz says.",
        "process_start_time_seconds": "Start of the process since 1970, in seconds.",
        "process_cpu_seconds_total": "User and system time that the process took, in seconds.",
        "process_resident_memory_bytes": "Resident memory of the process.",
        "process_virtual_memory_bytes": "Virtual memory of the process.",
        "process_threads": "Threads of the process.",
        "process_open_fds": "Open file descriptors.",
        "process_max_fds": "Open file descriptors that the process may have.",

        "roomwatch_tenant_blind": "Whether so few rooms can be seen that no room is paged (tenant.blind).",
        "roomwatch_sweep_last_success_timestamp_seconds":
            "When the newest complete sweep ended, in seconds since 1970; 0 before the first of this run.",
        "roomwatch_device_health_reads_total": "Reads of the health of single devices, by outcome.",
        "roomwatch_devices": "Listed Teams devices by kind.",
        "roomwatch_device_problems": "Devices of rooms by what is confirmed to be wrong with them.",
        "roomwatch_devices_quarantined": "Devices whose health could not be read several times in a row.",
        "roomwatch_rooms_unseen": "Rooms without a usable answer for so long that their state stands still.",
        "roomwatch_rooms_by_observability":
            "Rooms by how far presence speaks for them: weak where another device can keep the account online.",
        "roomwatch_capability":
            "What a tenant offers: 1 for the state in which each capability was found last, 0 for its other states.",

        "roomwatch_graph_requests_total": "Requests sent to Microsoft Graph, repeats included.",
        "roomwatch_graph_responses_total":
            "Answers of Microsoft Graph by class of status; none where no answer came.",
        "roomwatch_graph_throttled_total": "Answers by which Graph asked for quiet: 429, or a 503 with Retry-After.",
        "roomwatch_graph_retry_after_seconds_total":
            "Seconds for which Graph asked for quiet; what overlaps counts once.",
        "roomwatch_graph_held_back_total":
            "Requests that were not sent because a service was closed, the budget spent or the line full.",
        "roomwatch_token_requests_total": "Access tokens asked for.",
        "roomwatch_token_failures_total": "Requests for an access token that brought none.",

        "roomwatch_outbox_oldest_age_seconds": "Age of the oldest notification that waits; 0 while none does.",
        "roomwatch_receiver_outbox_waiting": "Notifications that a receiver has not accepted yet.",
        "roomwatch_receiver_outbox_oldest_age_seconds":
            "Age of the oldest notification that waits for a receiver; 0 while none does.",
        "roomwatch_receiver_down": "Whether a receiver refuses messages for good (channel.down).",
        "roomwatch_memory_outbox_changes": "Changes that wait in memory for a store that cannot be written.",
        "roomwatch_memory_outbox_notifications": "Notifications among them that are not settled.",
        "roomwatch_memory_outbox_lost_total": "Records lost because memory was full too.",
        "roomwatch_credential_expiry_timestamp_seconds":
            "When the credential of the tenant ends; absent where nothing says so.",
        "roomwatch_clock_offset_seconds": "By how much the clock of the service is ahead of this machine's.",
        "roomwatch_store_degraded": "Whether the store cannot be written (store.degraded).",
        "roomwatch_store_size_bytes": "Size of the store without its write-ahead log.",
        "roomwatch_store_wal_size_bytes": "Size of the store's write-ahead log.",
        "roomwatch_store_filesystem_free_bytes": "Space that the store's file system still has for it.",
        "roomwatch_store_filesystem_size_bytes": "Size of the store's file system.",

        "roomwatch_heartbeats_total": "Calls of the dead man's switch by whether they were heard.",
        "roomwatch_synthetic_room_failing": "Whether the newest round of the synthetic room did not get through.",
        "roomwatch_synthetic_room_last_success_timestamp_seconds":
            "When a round of the synthetic room last got through, in seconds since 1970.",
        "roomwatch_loops_overdue": "Loops that outstayed their own deadline; above 0 the watchdog is not fed.",
        "roomwatch_watchdog_last_pulse_timestamp_seconds":
            "When the watchdog was last fed, in seconds since 1970; absent where systemd expects no pulse.",
    ]

    static func render(_ registry: MetricRegistry, gauges: [Gauge]) -> String {
        var text = ""
        var current = ""
        let (series, unkept) = registry.read()
        for (key, one) in series {
            if key.name != current {
                current = key.name
                head(key.name, one.kind.rawValue, into: &text)
            }
            let value = one.read()
            switch one.kind {
            case .counter, .gauge:
                text += "\(key.name)\(braced(key.labels)) \(number(value.total))\n"
            case .histogram:
                for (place, bound) in one.bounds.enumerated() {
                    text += "\(key.name)_bucket\(braced(key.labels, "le=\"\(number(bound))\"")) "
                    text += "\(value.buckets[place])\n"
                }
                text += "\(key.name)_bucket\(braced(key.labels, "le=\"+Inf\"")) \(value.count)\n"
                text += "\(key.name)_sum\(braced(key.labels)) \(number(value.total))\n"
                text += "\(key.name)_count\(braced(key.labels)) \(value.count)\n"
            }
        }
        let extra =
            gauges + [
                Gauge(name: "roomwatch_series_unkept", value: Double(unkept)),
                Gauge(name: "roomwatch_series_unkept_total", value: Double(unkept), kind: .counter),
            ]
        // Labels are written once for each line: sorting would write them again for every comparison.
        let read = extra.map { (gauge: $0, labels: labels($0.labels)) }
            .sorted { ($0.gauge.name, $0.labels) < ($1.gauge.name, $1.labels) }
        for (gauge, labels) in read {
            if gauge.name != current {
                current = gauge.name
                head(gauge.name, gauge.kind.rawValue, into: &text)
            }
            text += "\(gauge.name)\(braced(labels)) \(number(gauge.value))\n"
        }
        return text
    }

    /// A metric name; characters that Prometheus does not allow become underscores.
    static func name(_ label: String) -> String { identifier(label, allowing: [":"]) }

    /// `a="x",b="y"` with the three escapes of the format.
    static func labels(_ dimensions: [(String, String)]) -> String {
        dimensions.map { key, value in
            // By scalars: a carriage return and a line feed are one Character, and would pass for something harmless.
            let escaped = value.unicodeScalars.reduce(into: "") { text, scalar in
                switch scalar {
                case "\\": text += "\\\\"
                case "\"": text += "\\\""
                case "\n": text += "\\n"
                default: text.unicodeScalars.append(scalar)
                }
            }
            return "\(identifier(key))=\"\(escaped)\""
        }.joined(separator: ",")
    }

    /// `[a-zA-Z_][a-zA-Z0-9_]*`, with what else the kind of name allows.
    private static func identifier(_ text: String, allowing more: Set<Character> = []) -> String {
        let allowed = text.map { character in
            character.isASCII && (character.isLetter || character.isNumber || character == "_")
                || more.contains(character) ? character : "_"
        }
        guard let first = allowed.first, !first.isNumber else { return "_" + String(allowed) }
        return String(allowed)
    }

    private static func head(_ name: String, _ kind: String, into text: inout String) {
        if let words = help[name] { text += "# HELP \(name) \(words)\n" }
        text += "# TYPE \(name) \(kind)\n"
    }

    private static func braced(_ labels: String, _ more: String = "") -> String {
        let all = [labels, more].filter { !$0.isEmpty }.joined(separator: ",")
        return all.isEmpty ? "" : "{\(all)}"
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }
}

/// A figure that is read when somebody asks, instead of being kept up to date: a level, or a total that another part of
/// the daemon counts for itself.
public struct Gauge: Sendable {
    public enum Kind: String, Sendable {
        case gauge
        /// Only ever rises, and begins at zero with the process; its name ends in `_total`.
        case counter
    }

    public var name: String
    public var labels: [(String, String)]
    public var value: Double
    public var kind: Kind

    public init(name: String, labels: [(String, String)] = [], value: Double, kind: Kind = .gauge) {
        self.name = name
        self.labels = labels
        self.value = value
        self.kind = kind
    }
}
