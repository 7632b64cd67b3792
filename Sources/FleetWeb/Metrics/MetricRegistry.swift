// The figures of the daemon, kept in memory until somebody scrapes them. swift-metrics is the interface that the rest of
// the house counts through; this is the backend, because Prometheus' text format is all that is asked of it.

public import CoreMetrics
import Synchronization

/// A swift-metrics backend that can be read as Prometheus text.
public final class MetricRegistry: MetricsFactory {
    /// Series beyond this are not kept: a label that grows without end must not take the daemon's memory with it.
    public static let maximumSeries = 10_000

    private struct State {
        var series: [SeriesKey: Series] = [:]
        /// What each name is; a scraper refuses a page on which one name has two types.
        var kinds: [String: Series.Kind] = [:]
    }

    private let state = Mutex(State())
    private let unkept = Mutex(0)

    public init() {}

    struct SeriesKey: Hashable, Comparable {
        var name: String
        var labels: String

        static func < (a: SeriesKey, b: SeriesKey) -> Bool { (a.name, a.labels) < (b.name, b.labels) }
    }

    func read() -> (series: [(SeriesKey, Series)], unkept: Int) {
        let found = state.withLock { $0.series.map { ($0.key, $0.value) } }
        return (found.sorted { $0.0 < $1.0 }, unkept.withLock { $0 })
    }

    private func find(
        _ label: String, _ dimensions: [(String, String)], _ kind: Series.Kind
    ) -> Series {
        let key = SeriesKey(name: PrometheusText.name(label), labels: PrometheusText.labels(dimensions))
        let known = state.withLock { state -> Series? in
            if state.kinds[key.name, default: kind] != kind { return nil }
            if let known = state.series[key] { return known }
            guard state.series.count < Self.maximumSeries else { return nil }
            let fresh = Series(kind, bounds: HistogramBuckets.bounds(of: key.name))
            state.series[key] = fresh
            state.kinds[key.name] = kind
            return fresh
        }
        guard let known else {
            unkept.withLock { $0 += 1 }
            return Series(kind)
        }
        return known
    }

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        find(label, dimensions, .counter)
    }

    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        find(label, dimensions, aggregate ? .histogram : .gauge)
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        find(label, dimensions, .histogram)
    }

    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}
}

/// One line of figures: a name with one set of labels.
final class Series: CounterHandler, RecorderHandler, TimerHandler {
    enum Kind: String {
        case counter
        case gauge
        case histogram
    }

    struct Value {
        var total: Double = 0
        var count: UInt64 = 0
        var buckets: [UInt64]
    }

    let kind: Kind
    /// Upper bounds of the buckets; empty for what is no histogram.
    let bounds: [Double]
    private let value: Mutex<Value>

    init(_ kind: Kind, bounds: [Double] = HistogramBuckets.byDefault) {
        self.kind = kind
        self.bounds = kind == .histogram ? bounds : []
        value = Mutex(Value(buckets: Array(repeating: 0, count: self.bounds.count)))
    }

    func read() -> Value { value.withLock { $0 } }

    func increment(by amount: Int64) {
        value.withLock { $0.total += Double(max(0, amount)) }
    }

    func reset() {
        value.withLock { $0 = Value(buckets: Array(repeating: 0, count: bounds.count)) }
    }

    func record(_ amount: Int64) { record(Double(amount)) }

    func record(_ amount: Double) {
        value.withLock { value in
            guard kind == .histogram else {
                value.total = amount
                return
            }
            value.total += amount
            value.count += 1
            for (place, bound) in bounds.enumerated() where amount <= bound { value.buckets[place] += 1 }
        }
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
}
