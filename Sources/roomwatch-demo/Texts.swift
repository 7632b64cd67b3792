// Small spellings that every line of the demonstration uses. Times are UTC, as in the daemon's log.

import FleetAPI
import Foundation

extension Date {
    /// `08:03:05.123`, UTC.
    var timeOfDay: String { String(Timestamp(self).description.dropFirst(11).dropLast()) }
}

extension Double {
    /// With one digit behind the point.
    var tenths: String {
        let scaled = Int((self * 10).rounded())
        return "\(scaled < 0 ? "-" : "")\(abs(scaled) / 10).\(abs(scaled) % 10)"
    }

    /// As short as it can be said: `5`, `0.25`.
    var brief: String { self == rounded() ? String(Int(self)) : String(self) }

    /// Minutes and seconds, `01:05`.
    var minutesAndSeconds: String {
        let whole = Int(max(0, self))
        return "\(String(whole / 60).leftPadded(to: 2, with: "0")):\(String(whole % 60).leftPadded(to: 2, with: "0"))"
    }
}

extension String {
    /// Filled with spaces on the right, never cut.
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }

    func leftPadded(to width: Int, with filler: Character = " ") -> String {
        String(repeating: filler, count: max(0, width - count)) + self
    }

    var trimmingTrailingSpaces: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }

    /// Without control characters: names come from a directory and must not steer the terminal.
    var printable: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator: "?"
                    default: scalar
                    }
                }))
    }
}
