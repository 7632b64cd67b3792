// A histogram answers only at its bounds, so each figure has those at which people ask: the budgets for what takes
// milliseconds, the pauses of the retry schedule for what may take a day.

/// The upper bounds of each histogram, in seconds.
enum HistogramBuckets {
    /// From a commit that took milliseconds to an outage that took minutes.
    static let byDefault: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900,
    ]

    /// A retry may be repeated for a day, and who looks for the worst case must find it.
    private static let dwell = byDefault + [3_600, 14_400, 86_400]

    /// The record of a device lags by minutes. A page that was not ahead of it counts as zero, in the first bucket.
    private static let lead: [Double] = [0, 1, 5, 10, 30, 60, 120, 300, 600, 900, 1_800, 3_600]

    /// One page takes tens of milliseconds; no page may take longer than the longest interval, five minutes.
    private static let sweep: [Double] = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300]

    /// The budget is 100 ms (Design, Budgets); a disk that stalls shows in the seconds.
    private static let judgement: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    static func bounds(of name: String) -> [Double] {
        switch name {
        case "roomwatch_dwell_seconds": dwell
        case "roomwatch_lead_seconds": lead
        case "roomwatch_sweep_duration_seconds": sweep
        case "roomwatch_judge_to_commit_seconds": judgement
        default: byDefault
        }
    }
}
