// How far a command is, on one line: a bar in which each room has its share, the numbers, and when it will be over.

import FleetAPI

struct ProgressBar: Sendable, Hashable {
    static let cells = 24

    private var progress: CommandProgress
    private var now: Timestamp
    /// Rooms that are still away when everything else has ended.
    private var away = 0

    init(_ progress: CommandProgress, at now: Timestamp) {
        self.progress = progress
        self.now = now
    }

    func waiting(for rooms: Int) -> ProgressBar {
        var bar = self
        bar.away = rooms
        return bar
    }

    /// `7 of 12 done: 5 succeeded, 1 failed, 1 unknown; 2 running, 3 waiting; about 4 min left`
    var words: String { state + (left.map { "; about \($0) left" } ?? "") }

    /// The same without the time that is left, which changes although nothing happens.
    var state: String {
        func parts(_ parts: [(Int, String)]) -> String {
            parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        }
        let ended = parts([
            (progress.succeeded, "succeeded"), (progress.failed, "failed"), (progress.unknown, "unknown"),
            (progress.withdrawn, "withdrawn"), (progress.missing, "not back"),
        ])
        var text = "\(progress.done) of \(progress.operations) done\(ended.isEmpty ? "" : ": \(ended)")"
        let open = parts([(progress.running, "running"), (progress.waiting, "waiting")])
        if !open.isEmpty { text += "; \(open)" }
        if away > 0 { text += "; waiting for \(Rendering.count(away, "room")) to come back" }
        return text
    }

    /// `7 of 12 done, 1 failed, about 4 min left`: what matters, so that a narrow terminal shows all of it.
    private var brief: String {
        var parts = ["\(progress.done) of \(progress.operations) done"]
        if progress.failed > 0 { parts.append("\(progress.failed) failed") }
        if progress.unknown > 0 { parts.append("\(progress.unknown) unknown") }
        if progress.missing > 0 { parts.append("\(progress.missing) not back") }
        if away > 0 { parts.append("waiting for \(Rendering.count(away, "room"))") }
        if let left { parts.append("about \(left) left") }
        return parts.joined(separator: ", ")
    }

    private var left: String? {
        guard progress.isRunning, let end = progress.estimatedEnd, end.milliseconds > now.milliseconds else {
            return nil
        }
        return Rendering.length(seconds: Int((end.milliseconds - now.milliseconds + 999) / 1000))
    }

    /// - Parameter width: of the terminal; the line never reaches its end, where it would wrap.
    func line(width: Int, isColoured: Bool) -> String {
        let pieces: [(Int, Character, Tone)] = [
            (progress.succeeded, "█", .good), (progress.failed, "█", .bad),
            (progress.unknown + progress.withdrawn, "█", .doubtful), (progress.running, "▒", .plain),
            (progress.waiting, "░", .faint),
        ]
        let total = max(1, pieces.reduce(0) { $0 + $1.0 })
        var bar = ""
        var before = 0
        for (count, sign, tone) in pieces {
            // From the running sum, so that the pieces together are the whole bar.
            let from = before * Self.cells / total
            before += count
            let piece = String(repeating: sign, count: before * Self.cells / total - from)
            bar += Terminal.styled(piece, tone, isColoured)
        }
        let room = width - Self.cells - 2
        return room > 0 ? "\(bar) \(brief.cut(to: room))" : brief.cut(to: max(1, width - 1))
    }
}

extension Rendering {
    /// `45 s`, `4 min`, `2 h 10 min`
    static func length(seconds: Int) -> String {
        switch seconds {
        case ..<90: "\(seconds) s"
        case ..<5_400: "\((seconds + 59) / 60) min"
        default: "\(seconds / 3_600) h \(seconds % 3_600 / 60) min"
        }
    }
}
