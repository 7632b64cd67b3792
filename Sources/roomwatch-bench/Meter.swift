// The operating system's own accounting of this process: user and system time together, because a sweep spends half of
// its time in the kernel's sockets.

import Glibc

enum Meter {
    /// CPU seconds that this process has used so far, all threads.
    static func cpu() -> Double {
        var usage = rusage()
        // RUSAGE_SELF is 0; the constant's type does not match the parameter's in this C library's import.
        getrusage(__rusage_who_t(0), &usage)
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
}

/// The middle and the ends of some figures.
struct Spread {
    let sorted: [Double]

    init(_ values: [Double]) { sorted = values.sorted() }

    var median: Double { sorted.isEmpty ? 0 : sorted[sorted.count / 2] }
    var least: Double { sorted.first ?? 0 }
    var most: Double { sorted.last ?? 0 }

    var text: String {
        "\(Report.milliseconds(median)) (\(Report.milliseconds(least)) to \(Report.milliseconds(most)))"
    }
}
