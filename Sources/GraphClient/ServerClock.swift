// Tokens, signed assertions and signed webhooks all fail when this machine's clock is wrong, with errors that name
// anything but the clock. Every answer of every service carries the time at the other side, a refusal too, so the
// difference is known without asking anybody for it.

import Foundation
public import HTTPExchange
import HTTPTypes
public import Timekeeping

/// How far this machine's wall clock is from that of a service, as its answers told so far.
///
/// One answer bounds the difference from both sides: its `Date` was written after the question left and before the answer
/// was read, and is up to a second older than it says. Answers together narrow that, whatever the network took.
public struct ServerClock: Sendable, Hashable {
    /// What is added to the bounds for each second since the newest answer: clocks drift, and are steered by 0.05 % at
    /// most (adjtimex(2)).
    static let drift = 0.001

    /// Seconds by which the service is ahead of us, at least …
    public private(set) var least: Double
    /// … and at most.
    public private(set) var most: Double
    /// When the newest answer came.
    public private(set) var measured: Moment
    /// Answers that agree with these bounds.
    public private(set) var answers = 1

    /// What an answer says; `nil` without a readable `Date`.
    ///
    /// - Parameters:
    ///   - asked: when the question left.
    ///   - received: when the answer had come.
    public init?(_ answer: HTTPAnswer, asked: Moment, received: Moment) {
        guard let date = answer.headerFields[.date].flatMap(HTTPDate.epochSeconds) else { return nil }
        let tookWall = received.wall.timeIntervalSince(asked.wall)
        // A clock that was set while the answer was on its way says nothing.
        guard abs(tookWall - asked.elapsed(until: received).seconds) < 1, received.steady >= asked.steady else {
            return nil
        }
        least = Double(date) - received.wall.timeIntervalSince1970
        most = Double(date) + 1 - asked.wall.timeIntervalSince1970
        measured = received
    }

    /// The difference that the bounds allow and that is nearest to none, in seconds; positive when this machine is behind.
    public var ahead: Double { least > 0 ? least : most < 0 ? most : 0 }

    /// The most likely difference in seconds, for people to read; ``ahead`` is what is certain.
    public var likely: Double { ahead == 0 ? 0 : (least + most) / 2 }

    /// Takes a further answer in; one that contradicts the earlier ones replaces them, because somebody set a clock.
    public mutating func take(_ newer: ServerClock) {
        let age = max(0, measured.elapsed(until: newer.measured).seconds)
        let (low, high) = (max(least - age * Self.drift, newer.least), min(most + age * Self.drift, newer.most))
        guard low <= high else {
            self = newer
            return
        }
        least = low
        most = high
        measured = newer.measured
        answers += 1
    }
}

extension ServerClock? {
    /// Takes an answer in, if it says what time it is at the other side.
    mutating func observe(_ answer: HTTPAnswer, asked: Moment, received: Moment) {
        guard let newer = ServerClock(answer, asked: asked, received: received) else { return }
        if self == nil { self = newer } else { self?.take(newer) }
    }
}
