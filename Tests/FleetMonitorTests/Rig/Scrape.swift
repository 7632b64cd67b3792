// Reads the figures as a scraper would.

@testable import FleetWeb

extension MetricRegistry {
    func scrape() -> String { PrometheusText.render(self, gauges: []) }
}
