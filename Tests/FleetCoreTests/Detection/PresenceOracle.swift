// A second opinion on one room, written from the prose of the article Detection and not from the code: it keeps the
// whole history and looks back at it, where the code keeps a state and steps it. The two agree or one of them is wrong.

import FleetCore

/// What a room heard; everything that the rules of acceptance look at. Whole milliseconds, so that a boundary is one.
struct Heard: Hashable, CustomStringConvertible {
    enum Word: String, Hashable { case good, bad, unknown, failed }
    var milliseconds: Int
    var word: Word
    var stamp: Int?

    var description: String { "\(Double(milliseconds) / 1000)s \(word)\(stamp.map { " #\($0)" } ?? "")" }
}

struct PresenceOracle {
    private(set) var isDown = false
    /// Usable answers since the room was last decided to be down or up.
    private var answers: [(asked: Int, isBad: Bool)] = []
    private var newestAsked = Int.min
    private var baseline: Int?
    private var lowerSince: Int?

    static let unseen = 120_000

    var phase: ConditionState.Phase {
        if isDown { return goodStreak.isEmpty ? .firing : .recovering }
        return badStreak.isEmpty ? .clear : .pending
    }

    mutating func hear(_ heard: Heard) {
        // An answer asked before (or with) the newest accepted one is ignored: late ones and repetitions.
        guard heard.milliseconds > newestAsked, heard.word != .failed else { return }
        // A lower stamp is unknown for at most sixty seconds.
        if let stamp = heard.stamp, heard.word != .unknown {
            if let baseline, stamp < baseline {
                let since = lowerSince ?? heard.milliseconds
                lowerSince = since
                if heard.milliseconds - since <= 60_000 { return }
            }
            baseline = stamp
            lowerSince = nil
        }
        newestAsked = heard.milliseconds
        guard heard.word != .unknown else { return }
        answers.append((heard.milliseconds, heard.word == .bad))
        if isDown {
            let streak = goodStreak
            if streak.count >= 2, Self.seenTime(streak) >= 30_000 { decide(down: false) }
        } else {
            let streak = badStreak
            if streak.count >= 3, let first = streak.first, heard.milliseconds - first >= 10_000 { decide(down: true) }
        }
    }

    private mutating func decide(down: Bool) {
        isDown = down
        // What led to a decision is used up: the next streak begins with the next answer.
        answers = []
    }

    /// Bad answers at the end of the history, unbroken by a good answer or by unseen time.
    private var badStreak: [Int] {
        var streak: [Int] = []
        for answer in answers.reversed() {
            guard answer.isBad else { break }
            if let next = streak.last, next - answer.asked >= Self.unseen { break }
            streak.append(answer.asked)
        }
        return streak.reversed()
    }

    /// Good answers at the end of the history since the last bad one.
    private var goodStreak: [Int] {
        answers.reversed().prefix { !$0.isBad }.map(\.asked).reversed()
    }

    /// The time that a streak covers; unseen gaps freeze it.
    private static func seenTime(_ streak: [Int]) -> Int {
        zip(streak, streak.dropFirst()).map { $1 - $0 }.filter { $0 < unseen }.reduce(0, +)
    }
}
