// The last day of a room as two strips, because a person sees in a second what a list of transitions takes a minute to
// tell: what presence said, and what was concluded from it. Left is a day ago, right is now.

import FleetAPI
import Foundation

struct DayPicture {
    /// What the strips cover.
    static let span: Int64 = 24 * 3_600_000
    /// An outage of a minute is still a visible line, of a hundred.
    static let leastShare = 0.25

    var strips: [Strip]
    /// From left to right, evenly.
    var hours: [String]

    struct Strip {
        var title: String
        /// The picture in words.
        var sentence: String
        var pieces: [Piece]
    }

    struct Piece {
        var kind: String
        var start: String
        var share: String
        var title: String
    }

    init(_ one: RoomExplanation) {
        let frame = Frame(end: one.at.milliseconds)
        strips = [
            frame.strip(
                "Presence",
                one.presence.map {
                    Frame.Stretch(kind: $0.signal, from: $0.from, to: $0.to, words: $0.reading)
                }, worst: ["good", "unknown", "bad"]),
            frame.strip(
                "Detection", Self.phases(one), worst: ["clear", "recovering", "pending", "firing"]),
        ]
        hours = (0...4).map { quarter in
            let instant = Timestamp(
                Date(timeIntervalSince1970: Double(frame.begin + Int64(quarter) * Self.span / 4) / 1000))
            return quarter == 4 ? "now" : "\(instant.description.dropFirst(11).prefix(5))Z"
        }
    }

    /// The phases of `room.offline` between its transitions. Before the first one of the day stands what it left.
    private static func phases(_ one: RoomExplanation) -> [Frame.Stretch] {
        let changes = one.transitions.filter { $0.condition == "room.offline" }
        let begin = Timestamp(Date(timeIntervalSince1970: Double(one.at.milliseconds - span) / 1000))
        var stretches: [Frame.Stretch] = []
        // A room that was not watched a day ago has no phase before its first answer.
        var from = changes.isEmpty ? one.presence.first?.from ?? one.at : one.presence.first?.from ?? begin
        var phase = changes.first?.from ?? one.condition.phase
        for change in changes {
            stretches.append(Frame.Stretch(kind: phase, from: from, to: change.at, words: phase))
            (from, phase) = (change.at, change.to)
        }
        stretches.append(Frame.Stretch(kind: phase, from: from, to: one.at, words: phase))
        return stretches
    }

    /// Where an instant lies in the picture.
    private struct Frame {
        struct Stretch {
            var kind: String
            var from: Timestamp
            var to: Timestamp
            var words: String
        }

        var end: Int64
        var begin: Int64 { end - DayPicture.span }

        /// - Parameter worst: the kinds in the order of drawing, so that the worst lies on top where pieces touch.
        func strip(_ title: String, _ stretches: [Stretch], worst: [String]) -> Strip {
            var lengths: [String: Int64] = [:]
            var pieces: [(rank: Int, piece: Piece)] = []
            for stretch in stretches {
                let from = min(max(stretch.from.milliseconds, begin), end)
                let to = min(max(stretch.to.milliseconds, from), end)
                lengths[stretch.kind, default: 0] += to - from
                let share = max(DayPicture.leastShare, Double(to - from) / Double(DayPicture.span) * 100)
                let start = min(Double(from - begin) / Double(DayPicture.span) * 100, 100 - share)
                pieces.append(
                    (
                        worst.firstIndex(of: stretch.kind) ?? 0,
                        Piece(
                            kind: stretch.kind, start: Self.text(start), share: Self.text(share),
                            title: "\(stretch.from.description.dropFirst(11).prefix(8))Z: \(stretch.words)")
                    ))
            }
            let words = worst.reversed().compactMap { kind in lengths[kind].map { "\(kind) \(Self.length($0))" } }
            return Strip(
                title: title,
                sentence: "\(title) in the last 24 hours: \(words.isEmpty ? "nothing" : words.joined(separator: ", "))",
                pieces: pieces.sorted { $0.rank < $1.rank }.map(\.piece))
        }

        private static func text(_ share: Double) -> String { String((share * 1000).rounded() / 1000) }

        private static func length(_ milliseconds: Int64) -> String {
            let seconds = milliseconds / 1000
            switch seconds {
            case ..<60: return "\(seconds) s"
            case ..<3_600: return "\(seconds / 60) min"
            default: return "\(seconds / 3_600) h \(seconds % 3_600 / 60) min"
            }
        }
    }
}
