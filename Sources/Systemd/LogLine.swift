// What a person at a terminal reads: one event, one line.

import Foundation
import Logging

extension LogRecord {
    /// `08:03:05.123 warning detection: message key=value` and a line break; the time is UTC.
    ///
    /// - Parameter colour: whether the level carries ANSI colour.
    func terminalLine(colour: Bool) -> String {
        let name = colour ? "\(level.ansiColour)\(level.rawValue)\u{1B}[0m" : level.rawValue
        return "\(Self.timeOfDay(wall)) \(name) \(logger.escapedForLine): \(summary)\n"
    }

    private static func timeOfDay(_ wall: Date) -> String {
        let millisecondsOfDay = 86_400_000
        // A clock before 1970 is broken, but its log must still be readable: hence the modulus of a positive number.
        let total = Int((wall.timeIntervalSince1970 * 1000).rounded(.down)) % millisecondsOfDay
        let rest = (total + millisecondsOfDay) % millisecondsOfDay
        let parts = [rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60]
        return parts.map { padded($0, to: 2) }.joined(separator: ":") + "." + padded(rest % 1000, to: 3)
    }

    private static func padded(_ number: Int, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension Logger.Level {
    fileprivate var ansiColour: String {
        switch self {
        case .trace, .debug: "\u{1B}[2m"
        case .info: "\u{1B}[32m"
        case .notice: "\u{1B}[36m"
        case .warning: "\u{1B}[33m"
        case .error, .critical: "\u{1B}[31m"
        }
    }
}
