// The scrape is read by programs of other people: every line must follow the text format 0.0.4.

@testable import FleetWeb
import CoreMetrics
import Testing

@Suite struct PrometheusTextTests {
    let registry = MetricRegistry()

    private func lines(_ gauges: [FleetWeb.Gauge] = []) -> [String] {
        PrometheusText.render(registry, gauges: gauges).split(separator: "\n", omittingEmptySubsequences: false)
            .map(String.init)
    }

    private func count(_ name: String, _ labels: [(String, String)] = [], by amount: Int64 = 1) {
        Counter(label: name, dimensions: labels, factory: registry).increment(by: amount)
    }

    @Test func aCounterHasHelpTypeAndValue() {
        count("roomwatch_blips_total", by: 3)
        #expect(
            lines().prefix(3) == [
                "# HELP roomwatch_blips_total Pending outages that ended with a good answer before anybody was told.",
                "# TYPE roomwatch_blips_total counter",
                "roomwatch_blips_total 3",
            ])
        #expect(lines().last == "", "the last line ends too")
    }

    @Test(arguments: [
        (#"plain"#, #"plain"#), (#"a"b"#, #"a\"b"#), (#"a\b"#, #"a\\b"#), ("a\nb", #"a\nb"#), ("a\r\nb", "a\r\\nb"),
        ("Größe 5", "Größe 5"), ("\n\"\\", #"\n\"\\"#),
    ])
    func labelValuesAreEscaped(value: String, escaped: String) {
        count("x_total", [("tenant", value)])
        #expect(lines().contains("x_total{tenant=\"\(escaped)\"} 1"))
        #expect(lines().filter { $0.hasPrefix("x_total") }.count == 1)
    }

    @Test(arguments: [
        ("roomwatch.sweeps-total", "roomwatch_sweeps_total"), ("5xx", "_5xx"), ("ü", "_"), ("", "_"), ("a:b", "a:b"),
    ])
    func namesHoldOnlyWhatTheFormatAllows(name: String, allowed: String) {
        #expect(PrometheusText.name(name) == allowed)
    }

    @Test func labelNamesHoldNoColon() {
        #expect(PrometheusText.labels([("a:b", "x")]) == #"a_b="x""#)
    }

    @Test func bucketsAreCumulativeAndEndInInfinity() throws {
        let recorder = Recorder(label: "d_seconds", dimensions: [("lane", "s")], aggregate: true, factory: registry)
        for value in [0.0005, 0.003, 0.003, 1.0, 7.0, 5_000.0] { recorder.record(value) }
        let buckets = lines().filter { $0.hasPrefix("d_seconds_bucket") }
        let counts = try buckets.map { try #require(Int($0.split(separator: " ")[1])) }
        #expect(counts == counts.sorted())
        #expect(buckets.first == #"d_seconds_bucket{lane="s",le="0.001"} 1"#)
        #expect(buckets.contains(#"d_seconds_bucket{lane="s",le="0.005"} 3"#))
        // A bound belongs to its bucket.
        #expect(buckets.contains(#"d_seconds_bucket{lane="s",le="1"} 4"#))
        #expect(buckets.contains(#"d_seconds_bucket{lane="s",le="900"} 5"#))
        #expect(buckets.last == #"d_seconds_bucket{lane="s",le="+Inf"} 6"#)
        #expect(lines().contains(#"d_seconds_count{lane="s"} 6"#))
        #expect(lines().contains { $0.hasPrefix(#"d_seconds_sum{lane="s"} 5008.0065"#) })
    }

    @Test(arguments: [
        "roomwatch_dwell_seconds", "roomwatch_lead_seconds", "roomwatch_sweep_duration_seconds",
        "roomwatch_judge_to_commit_seconds", "any_other_seconds",
    ])
    func boundsAscend(name: String) {
        let bounds = HistogramBuckets.bounds(of: name)
        #expect(zip(bounds, bounds.dropFirst()).allSatisfy(<))
        #expect(bounds.count <= 24, "each bound is a series of its own in the scraper")
    }

    @Test func eachHistogramHasTheBoundsThatPeopleAskFor() {
        for name in ["roomwatch_dwell_seconds", "roomwatch_lead_seconds"] {
            Recorder(label: name, dimensions: [], aggregate: true, factory: registry).record(4_000)
        }
        #expect(lines().contains(#"roomwatch_dwell_seconds_bucket{le="3600"} 0"#))
        #expect(lines().contains(#"roomwatch_dwell_seconds_bucket{le="14400"} 1"#))
        #expect(lines().contains(#"roomwatch_lead_seconds_bucket{le="0"} 0"#))
        #expect(!lines().contains { $0.hasPrefix(#"roomwatch_lead_seconds_bucket{le="0.001"}"#) })
    }

    @Test func aTotalThatIsReadIsACounter() {
        let text = lines([FleetWeb.Gauge(name: "x_total", labels: [("tenant", "a")], value: 3, kind: .counter)])
        #expect(text.contains("# TYPE x_total counter"))
        #expect(text.contains(#"x_total{tenant="a"} 3"#))
    }

    @Test func aCounterNeverFalls() {
        count("x_total", by: 5)
        count("x_total", by: -3)
        count("x_total", by: 2)
        #expect(lines().contains("x_total 7"))
    }

    @Test func aRecorderThatDoesNotAggregateIsAGauge() {
        let recorder = Recorder(label: "level", dimensions: [], aggregate: false, factory: registry)
        recorder.record(7)
        recorder.record(2.5)
        #expect(lines().contains("# TYPE level gauge"))
        #expect(lines().contains("level 2.5"))
    }

    @Test func oneNameHasOneTypeLineHoweverManySeries() {
        for tenant in ["b", "a", "c"] { count("x_total", [("tenant", tenant)]) }
        count("xy_total")
        let gauges = ["b", "a"].map { FleetWeb.Gauge(name: "level", labels: [("tenant", $0)], value: 1) }
        let text = lines(gauges)
        #expect(text.filter { $0 == "# TYPE x_total counter" }.count == 1)
        #expect(text.filter { $0 == "# TYPE level gauge" }.count == 1)
        #expect(
            text.filter { $0.hasPrefix("x_total{") } == [
                #"x_total{tenant="a"} 1"#, #"x_total{tenant="b"} 1"#, #"x_total{tenant="c"} 1"#,
            ])
    }

    @Test func aNameKeepsItsFirstKind() {
        count("mixed", by: 4)
        Recorder(label: "mixed", dimensions: [("lane", "s")], aggregate: true, factory: registry).record(1)
        #expect(!lines().contains { $0.hasPrefix("mixed_bucket") })
        #expect(lines().filter { $0.hasPrefix("# TYPE mixed") } == ["# TYPE mixed counter"])
    }

    @Test func seriesAreBounded() {
        for number in 0..<MetricRegistry.maximumSeries + 25 { count("x_total", [("room", "\(number)")]) }
        #expect(lines().filter { $0.hasPrefix("x_total{") }.count == MetricRegistry.maximumSeries)
        #expect(lines().contains("roomwatch_series_unkept 25"))
        #expect(lines().contains("roomwatch_series_unkept_total 25"))
        count("x_total", [("room", "1")])
        #expect(lines().contains(#"x_total{room="1"} 2"#), "series that are kept still count")
    }

    @Test(arguments: [
        (Double.infinity, "+Inf"), (-Double.infinity, "-Inf"), (Double.nan, "NaN"), (1e15, "1000000000000000.0"),
        (1e20, "1e+20"), (0.25, "0.25"),
        (-3, "-3"),
    ])
    func valuesAreWrittenAsTheFormatWants(value: Double, text: String) {
        #expect(lines([FleetWeb.Gauge(name: "level", labels: [], value: value)]).contains("level \(text)"))
    }
}
