// The figures of the process under the names that every Prometheus client gives them, read from /proc/self, which the
// unit leaves in sight (ProcSubset=pid).

import FleetWeb
import Foundation
import Timekeeping

/// What /proc/self says of this process.
struct ProcessFigures: Sendable {
    /// The unit of times in /proc/self/stat: USER_HZ, which is 100 on every Linux that Swift runs on.
    static let ticksPerSecond = 100.0
    static let pageBytes = Double(sysconf(Int32(_SC_PAGESIZE)))

    /// Seconds of processor time, user and system.
    var cpuSeconds: Double
    var residentBytes: Double
    var virtualBytes: Double
    var threads: Double

    /// Reads a line of proc(5)'s stat; `nil` for anything else.
    init?(stat: String) {
        // The name of the program stands in parentheses and may itself hold spaces and parentheses.
        guard let end = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: end)...].split(whereSeparator: \.isWhitespace).map { Double($0) }
        // Counted from the state, which is field 3 of the manual.
        func field(_ number: Int) -> Double? { fields.indices.contains(number - 3) ? fields[number - 3] : nil }
        guard let user = field(14), let system = field(15), let threads = field(20),
            let virtual = field(23), let pages = field(24)
        else { return nil }
        cpuSeconds = (user + system) / Self.ticksPerSecond
        residentBytes = pages * Self.pageBytes
        virtualBytes = virtual
        self.threads = threads
    }

    /// The soft limit of open files from proc(5)'s limits; `nil` when there is none.
    static func openFileLimit(limits: String) -> Double? {
        let line = limits.split(separator: "\n").first { $0.hasPrefix("Max open files") }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst(3).first.flatMap { Double($0) }
    }

    private static func current() -> ProcessFigures? {
        (try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8)).flatMap { ProcessFigures(stat: $0) }
    }

    /// All figures that can be read now.
    ///
    /// - Parameter start: read once, when the daemon began: rules count the changes of this figure as restarts, and a
    ///   start reckoned anew would follow every correction of the clock.
    static func gauges(start: Moment) -> [Gauge] {
        var gauges = [Gauge(name: "process_start_time_seconds", value: start.wall.timeIntervalSince1970)]
        if let figures = current() {
            gauges.append(Gauge(name: "process_cpu_seconds_total", value: figures.cpuSeconds, kind: .counter))
            gauges.append(Gauge(name: "process_resident_memory_bytes", value: figures.residentBytes))
            gauges.append(Gauge(name: "process_virtual_memory_bytes", value: figures.virtualBytes))
            gauges.append(Gauge(name: "process_threads", value: figures.threads))
        }
        if let open = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count {
            // The directory itself is open while it is read.
            gauges.append(Gauge(name: "process_open_fds", value: Double(open - 1)))
        }
        if let text = try? String(contentsOfFile: "/proc/self/limits", encoding: .utf8),
            let limit = openFileLimit(limits: text)
        {
            gauges.append(Gauge(name: "process_max_fds", value: limit))
        }
        return gauges
    }
}
