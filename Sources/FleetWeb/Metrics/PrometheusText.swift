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
        "roomwatch_rooms": "Monitored rooms by the phase of room.offline.",
        "roomwatch_rooms_weak": "Rooms where another device can keep the account online.",
        "roomwatch_incidents_open": "Open incidents by severity.",
        "roomwatch_outbox_waiting": "Notifications that no receiver has accepted yet.",
        "roomwatch_graph_requests": "Requests sent to Microsoft Graph.",
        "roomwatch_series_unkept": "Series that were not kept because there were too many.",
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
                for (place, bound) in Series.bounds.enumerated() {
                    text += "\(key.name)_bucket\(braced(key.labels, "le=\"\(number(bound))\"")) "
                    text += "\(value.buckets[place])\n"
                }
                text += "\(key.name)_bucket\(braced(key.labels, "le=\"+Inf\"")) \(value.count)\n"
                text += "\(key.name)_sum\(braced(key.labels)) \(number(value.total))\n"
                text += "\(key.name)_count\(braced(key.labels)) \(value.count)\n"
            }
        }
        let extra = gauges + [Gauge(name: "roomwatch_series_unkept", labels: [], value: Double(unkept))]
        for gauge in extra.sorted(by: { ($0.name, labels($0.labels)) < ($1.name, labels($1.labels)) }) {
            if gauge.name != current {
                current = gauge.name
                head(gauge.name, "gauge", into: &text)
            }
            text += "\(gauge.name)\(braced(labels(gauge.labels))) \(number(gauge.value))\n"
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

/// A figure that is read when somebody asks, instead of being kept up to date.
public struct Gauge: Sendable {
    public var name: String
    public var labels: [(String, String)]
    public var value: Double

    public init(name: String, labels: [(String, String)], value: Double) {
        self.name = name
        self.labels = labels
        self.value = value
    }
}
