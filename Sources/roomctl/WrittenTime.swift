// Lengths and instants as people type them at night.

import ArgumentParser
import FleetAPI
import Foundation

/// `30m`, `2h`, `1h30m`, `7d`.
struct WrittenDuration: ExpressibleByArgument, Sendable, Hashable {
    var seconds: Double

    init(seconds: Double) { self.seconds = seconds }

    init?(argument: String) {
        var total = 0.0
        var digits = ""
        for character in argument {
            if character.isASCII, character.isNumber {
                digits.append(character)
                continue
            }
            guard let number = Double(digits), let unit = Self.units[character] else { return nil }
            total += number * unit
            digits = ""
        }
        guard digits.isEmpty, total > 0, total < 1e9 else { return nil }
        seconds = total
    }

    /// As the help shows a default: in the largest unit that divides it.
    var defaultValueDescription: String {
        for (unit, letter) in [(3_600.0, "h"), (60, "m")] where seconds.truncatingRemainder(dividingBy: unit) == 0 {
            return "\(Int(seconds / unit))\(letter)"
        }
        return "\(Int(seconds))s"
    }

    private static let units: [Character: Double] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800]
}

/// RFC 3339, `2026-11-21T06:00:00+01:00`, or a clock of this machine's zone, `06:00`, which means the next such time.
struct WrittenInstant: ExpressibleByArgument, Sendable, Hashable {
    private enum Form: Sendable, Hashable {
        case instant(Timestamp)
        case clock(hour: Int, minute: Int)
    }

    private var form: Form

    init?(argument: String) {
        if let instant = Timestamp(argument) {
            form = .instant(instant)
            return
        }
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.count == 2 }), let hour = Int(parts[0]),
            let minute = Int(parts[1]), (0..<24).contains(hour), (0..<60).contains(minute)
        else { return nil }
        form = .clock(hour: hour, minute: minute)
    }

    func date(after now: Date, in zone: TimeZone) -> Date? {
        switch form {
        case .instant(let instant): return instant.date
        case .clock(let hour, let minute):
            var calendar = Calendar(identifier: .gregorian)
            calendar.timeZone = zone
            return calendar.nextDate(
                after: now, matching: DateComponents(hour: hour, minute: minute, second: 0), matchingPolicy: .nextTime)
        }
    }
}

/// `--for` or `--until`.
struct Ending: ParsableArguments {
    @Option(name: .customLong("for"), help: "How long, 30m, 2h or 1h30m.")
    var length: WrittenDuration?

    @Option(help: "Until when, 2026-11-21T06:00:00+01:00 or 06:00 in this machine's zone.")
    var until: WrittenInstant?

    func validate() throws {
        if (length == nil) == (until == nil) { throw ValidationError("Give --for or --until.") }
    }

    func date(from start: Date) throws -> Date {
        if let length { return start.addingTimeInterval(length.seconds) }
        guard let date = until?.date(after: start, in: .current) else {
            throw ValidationError("--until names no instant.")
        }
        return date
    }
}
