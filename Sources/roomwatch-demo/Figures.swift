// The figures on the screen, as both sides count them: the daemon in its metrics, the simulated tenant in its state.

import CurlHTTP
import Foundation
import HTTPExchange
import HTTPTypes
import Timekeeping

/// What both sides said last. Everything is optional: an older or newer program may not know a figure.
struct Figures: Sendable, Hashable {
    /// Rooms by the phase of `room.offline`, as the daemon judges them.
    var phases: [String: Int] = [:]
    var weakRooms: Int?
    /// Sweeps by lane.
    var sweeps: [String: Int] = [:]
    var failedSweeps = 0
    /// Requests that the tenant has answered, throttled ones, and those that did not wait as long as they were told to.
    var requests: Int?
    var throttled: Int?
    var impatient: Int?
}

/// Asks both programs.
struct FigureReader: Sendable {
    let daemon: String
    let tenant: String
    let transport: CurlTransport

    private static let limits = HTTPLimits(
        connect: .seconds(1), total: .seconds(2), stall: .seconds(2), responseBytes: 4 * 1024 * 1024)

    /// Whether the daemon says that it watches.
    func isReady() async -> Bool { await get("\(daemon)/readyz")?.status == 200 }

    /// The present figures; what one side does not answer stays as it was.
    func read(_ last: Figures) async -> Figures {
        var figures = last
        if let answer = await get("\(daemon)/metrics"), answer.status == 200 {
            figures.take(metrics: String(decoding: answer.body, as: UTF8.self))
        }
        if let answer = await get("\(tenant)/_simulator/state"), answer.status == 200,
            let state = try? JSONDecoder().decode(TenantState.self, from: Data(answer.body))
        {
            figures.requests = state.requests?.values.reduce(0, +)
            figures.throttled = state.throttled?.values.reduce(0, +)
            figures.impatient = state.impatient
        }
        return figures
    }

    private func get(_ url: String) async -> HTTPAnswer? {
        // The programs are watched themselves; a figure that is late by a second is no news.
        try? await transport.send(HTTPCall(.get, url, limits: Self.limits))
    }

    private struct TenantState: Decodable {
        var requests: [String: Int]?
        var throttled: [String: Int]?
        var impatient: Int?

        private enum CodingKeys: String, CodingKey {
            case requests, throttled
            case impatient = "before_retry_after_total"
        }
    }
}

extension Figures {
    /// Reads Prometheus' text format as far as the figures need it.
    mutating func take(metrics text: String) {
        var sweeps: [String: Int] = [:]
        var failed = 0
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...]) else {
                continue
            }
            let series = line[..<space]
            let name = series.prefix { $0 != "{" }
            func label(_ label: String) -> String {
                guard let start = series.range(of: "\(label)=\"") else { return "" }
                return String(series[start.upperBound...].prefix { $0 != "\"" })
            }
            switch name {
            case "roomwatch_rooms": phases[label("phase")] = Int(value)
            case "roomwatch_rooms_weak": weakRooms = Int(value)
            case "roomwatch_sweeps_total":
                sweeps[label("lane"), default: 0] += Int(value)
                if label("outcome") != "complete" { failed += Int(value) }
            default: break
            }
        }
        self.sweeps = sweeps
        failedSweeps = failed
    }
}
