// Scenario files write durations the way the daemon's configuration does, so an operator learns one notation. The parser
// is the simulator's own: sharing the daemon's would hide a mistake made in both.

import Timekeeping

/// A duration written as a whole number and a unit: `500ms`, `5s`, `10m`, `24h`; negative ones begin with a minus sign.
public struct DurationText: Sendable, Hashable, Codable {
    public let duration: Duration

    public init(_ duration: Duration) {
        self.duration = duration
    }

    /// `nil` when the text is no number with one of the units `ms`, `s`, `m`, `h`.
    public init?(_ text: String) {
        let units: [(String, Duration)] = [
            ("ms", .milliseconds(1)), ("s", .seconds(1)), ("m", .seconds(60)), ("h", .seconds(3600)),
        ]
        for (suffix, unit) in units where text.hasSuffix(suffix) {
            guard let number = Int(text.dropLast(suffix.count)), abs(number) < 1_000_000_000 else { continue }
            duration = unit * number
            return
        }
        return nil
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let read = DurationText(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "'\(text)' is no duration; write 500ms, 5s, 10m or 24h")
        }
        self = read
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode("\(duration.milliseconds)ms")
    }
}
