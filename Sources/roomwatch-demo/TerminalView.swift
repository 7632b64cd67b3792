// The picture of one instant. Pure: a scene and the size of the terminal go in, lines come out. It gives up the less
// important lists first when the terminal is small.

import FleetAPI
import Foundation

/// Draws a ``Scene``.
struct TerminalView: Sendable {
    /// The characters that the terminal can show.
    enum Glyphs: Sendable {
        case unicode, ascii
    }

    var width: Int
    var height: Int
    var glyphs: Glyphs

    private static let nameWidth = 5
    private static let smallest = 20
    /// Buildings that went dark, the latest ones.
    private static let shownBuildings = 2

    /// The picture, at most as high and as wide as the terminal.
    func lines(of scene: Scene) -> [StyledLine] {
        let columns = max(Self.smallest, width)
        var lines =
            head(scene, columns) + [StyledLine()] + grid(scene, columns) + [legend(scene, columns), StyledLine()]
        let tail = [StyledLine()] + figures(scene)
        let room = max(0, height - lines.count - tail.count)
        // Two headings and an empty line between the lists.
        let share = max(1, (room - 3) / 2)
        let openCount = min(scene.open.count, max(share, room - 3 - max(1, scene.latest.count)))
        let latestCount = min(scene.latest.count, max(0, room - 3 - max(1, openCount)))
        lines += open(scene, openCount) + [StyledLine()] + latest(scene, latestCount)
        // The figures stay at the bottom where the eye finds them.
        let filler = height - lines.count - tail.count
        if filler > 0 { lines += Array(repeating: StyledLine(), count: filler) }
        return (lines + tail).prefix(max(1, height)).map { $0.cut(to: columns, mark: glyphs == .unicode ? "…" : ">") }
    }

    // MARK: Parts

    private func head(_ scene: Scene, _ columns: Int) -> [StyledLine] {
        let plan = scene.plan
        var title = StyledLine("Roomwatch demo", .strong)
        title.add(
            "  \(plan.rooms) rooms, \(plan.buildings) buildings, \(DemoPlan.scenario), seed \(plan.seed)")
        let clock = scene.elapsed.minutesAndSeconds
        let right = plan.seconds.map { "\(clock) / \(Double($0).minutesAndSeconds)" } ?? "\(clock), end: ^C"
        title.add(String(repeating: " ", count: max(2, columns - title.width - right.count)) + right, .strong)
        guard let seconds = plan.seconds else { return [title] }
        let share = min(1, scene.elapsed / Double(max(1, seconds)))
        let full = Int((Double(columns) * share).rounded(.down))
        var bar = StyledLine(String(repeating: glyphs == .unicode ? "━" : "=", count: full), .note)
        bar.add(String(repeating: glyphs == .unicode ? "─" : "-", count: columns - full), .faint)
        return [title, bar]
    }

    private func grid(_ scene: Scene, _ columns: Int) -> [StyledLine] {
        let space = columns - Self.nameWidth - 1
        let longest = scene.grid.buildings.map(\.cells.count).max() ?? 0
        let wide = longest * 2 <= space
        let perLine = max(1, wide ? space / 2 : space)
        var lines: [StyledLine] = []
        for building in scene.grid.buildings {
            for start in stride(from: 0, to: building.cells.count, by: perLine) {
                let name = String(building.name.printable.prefix(Self.nameWidth)).padded(to: Self.nameWidth)
                var line = StyledLine((start == 0 ? name : "".padded(to: Self.nameWidth)) + " ", .strong)
                for cell in building.cells[start..<min(start + perLine, building.cells.count)] {
                    line.add(glyph(cell.state) + (wide ? " " : ""), style(cell.state))
                }
                lines.append(line)
            }
        }
        // A tenant that does not fit is shown as far as half of the screen goes.
        let most = max(1, height / 2)
        if lines.count > most {
            let left = lines.count - most + 1
            lines = Array(lines.prefix(most - 1)) + [StyledLine("… and \(left) more lines of rooms", .faint)]
        }
        return lines
    }

    /// The counts of all states, in full words where they fit.
    private func legend(_ scene: Scene, _ columns: Int) -> StyledLine {
        func line(_ name: (RoomGrid.State) -> String) -> StyledLine {
            var line = StyledLine("".padded(to: Self.nameWidth + 1))
            for state in RoomGrid.State.allCases {
                let count = scene.grid.buildings.reduce(0) { $0 + $1.count(state) }
                line.add(glyph(state), style(state))
                line.add(" \(count) \(name(state))" + (state == RoomGrid.State.allCases.last ? "" : "  "))
            }
            return line
        }
        let full = line(Self.name)
        return full.width <= columns ? full : line(Self.shortName)
    }

    private func open(_ scene: Scene, _ count: Int) -> [StyledLine] {
        var lines = [StyledLine("Open incidents (\(scene.open.count))", .strong)]
        if scene.open.isEmpty { return lines + [StyledLine("  none", .faint)] }
        for incident in scene.open.suffix(count).reversed() {
            let since = scene.now.timeIntervalSince(incident.firstBadAt.date).minutesAndSeconds
            var line = StyledLine("  \(since)  ")
            line.add(incident.severity.printable.padded(to: 9), Self.style(severity: incident.severity))
            line.add(incident.cause.printable.padded(to: 18))
            line.add(incident.summary.printable)
            lines.append(line)
        }
        return lines
    }

    private func latest(_ scene: Scene, _ count: Int) -> [StyledLine] {
        var lines = [StyledLine("Latest notifications", .strong)]
        if scene.latest.isEmpty { return lines + [StyledLine("  none yet", .faint)] }
        for one in scene.latest.prefix(count) {
            let notice = one.notice
            let word = notice.type.rawValue.printable.split(separator: ".").last.map(String.init) ?? ""
            var line = StyledLine("  \(notice.receivedAt.timeOfDay)  ")
            line.add(word.padded(to: 13), notice.isCall ? .alarm : notice.type == .incidentResolved ? .good : .warning)
            line.add(notice.subject.printable.padded(to: 18))
            if let latency = one.latency {
                line.add("\(latency.tenths) s".leftPadded(to: 8), .strong)
                line.add(notice.isCall ? " after Graph showed it" : " after Graph showed it back", .faint)
            }
            lines.append(line)
        }
        return lines
    }

    private func figures(_ scene: Scene) -> [StyledLine] {
        let figures = scene.figures
        func text(_ value: Int?) -> String { value.map(String.init) ?? "-" }
        var daemon = StyledLine("Daemon  ", .strong)
        if scene.isWatching {
            let phases = ["clear", "pending", "firing", "recovering"].map { "\($0) \(figures.phases[$0] ?? 0)" }
            daemon.add("rooms: \(phases.joined(separator: ", ")); weak \(text(figures.weakRooms))")
        } else {
            daemon.add("reads who is to be watched", .warning)
        }
        var sweeps = StyledLine("Sweeps  ", .strong)
        let lanes = figures.sweeps.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        sweeps.add(lanes.isEmpty ? "-" : lanes.joined(separator: ", "))
        if figures.failedSweeps > 0 { sweeps.add(", not complete \(figures.failedSweeps)", .warning) }
        var graph = StyledLine("Graph   ", .strong)
        graph.add("requests \(text(figures.requests)), throttled \(text(figures.throttled)), ")
        let isPatient = (figures.impatient ?? 0) == 0
        graph.add("repeated before Retry-After \(text(figures.impatient))", isPatient ? .plain : .alarm)
        let summary = scene.summary
        var score = StyledLine("Score   ", .strong)
        score.add("opened \(summary.opened), resolved \(summary.resolved), ")
        let missedBuildings = summary.buildings.count { if case .missed = $0.verdict { true } else { false } }
        let missed = summary.missed.count + missedBuildings
        score.add("missed \(missed)", missed == 0 ? .good : .alarm)
        score.add(", ")
        score.add("false \(summary.falseCalls.count)", summary.falseCalls.isEmpty ? .good : .alarm)
        func seconds(_ share: Double) -> String {
            Summary.percentile(share, of: summary.latencies).map { "\($0.tenths) s" } ?? "-"
        }
        score.add("; p50 \(seconds(0.5)), p99 \(seconds(0.99))")
        let places = summary.buildings.suffix(Self.shownBuildings).map { building in
            var line = StyledLine("Places  ", .strong)
            line.add(building.text, building.isClean ? .plain : .alarm)
            return line
        }
        let pages = scene.pages.map { text in
            var line = StyledLine("Pages   ", .strong)
            line.add(text)
            return line
        }
        return [daemon, sweeps, graph] + places + [pages].compactMap(\.self) + [score]
    }

    // MARK: Words and colours

    private func glyph(_ state: RoomGrid.State) -> String {
        switch (state, glyphs) {
        case (.inService, .unicode): "·"
        case (.dark, .unicode): "▲"
        case (.hidden, .unicode): "◆"
        case (.told, .unicode): "■"
        case (.returning, .unicode): "▼"
        case (.inService, .ascii): "."
        case (.dark, .ascii): "o"
        case (.hidden, .ascii): "h"
        case (.told, .ascii): "X"
        case (.returning, .ascii): "+"
        case (.unknown, _): "?"
        }
    }

    private func style(_ state: RoomGrid.State) -> StyledLine.Style {
        switch state {
        case .inService: .good
        case .dark: .warning
        case .hidden: .violet
        case .told: .alarm
        case .returning: .note
        case .unknown: .strong
        }
    }

    private static func name(_ state: RoomGrid.State) -> String {
        switch state {
        case .inService: "in service"
        case .dark: "dark, not told yet"
        case .hidden: "dark behind another device"
        case .told: "told"
        case .returning: "back"
        case .unknown: "unknown"
        }
    }

    private static func shortName(_ state: RoomGrid.State) -> String {
        switch state {
        case .inService: "up"
        case .dark: "dark"
        case .hidden: "hidden"
        case .told, .returning, .unknown: name(state)
        }
    }

    private static func style(severity: String) -> StyledLine.Style {
        switch severity {
        case "critical", "error": .alarm
        case "warning": .warning
        default: .plain
        }
    }
}
