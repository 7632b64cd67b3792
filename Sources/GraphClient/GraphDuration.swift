// Edm.Duration is an ISO 8601 duration of days and below (OData 4.01 CSDL, section 3.3): call quality comes in it.

/// A duration as Graph sent it; text that is none is kept as malformed instead of losing the object around it.
public struct GraphDuration: Sendable, Hashable, Decodable {
    /// `nil` when the text is no `Edm.Duration`.
    public let value: Duration?

    /// Reads `[-]P[nD][T[nH][nM][n[.n]S]]` with at least one part.
    public init(_ text: String) {
        value = Self.parse(text)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        self.init((try? container.decode(String.self)) ?? "")
    }

    /// Larger numbers are no measurement of anything and would overflow `Duration`.
    private static let maximumDigits = 12

    private static func parse(_ text: String) -> Duration? {
        var rest = text.utf8[...]
        let negative = rest.first == UInt8(ascii: "-")
        if negative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        guard rest.popFirst() == UInt8(ascii: "P") else { return nil }
        var seconds: Int64 = 0
        var attoseconds: Int64 = 0
        var inTime = false
        var lastRank = 0
        while let byte = rest.first {
            if byte == UInt8(ascii: "T") {
                // A second T, or one with nothing behind it, is no duration.
                guard !inTime, rest.count > 1 else { return nil }
                inTime = true
                rest = rest.dropFirst()
                continue
            }
            let digits = rest.prefix { (48...57).contains($0) }
            guard !digits.isEmpty, digits.count <= maximumDigits else { return nil }
            let number = digits.reduce(Int64(0)) { $0 * 10 + Int64($1 - 48) }
            rest = rest.dropFirst(digits.count)
            var hasFraction = false
            if rest.first == UInt8(ascii: ".") {
                let fraction = rest.dropFirst().prefix { (48...57).contains($0) }
                guard !fraction.isEmpty else { return nil }
                hasFraction = true
                var scale: Int64 = 100_000_000_000_000_000
                for digit in fraction.prefix(18) {
                    attoseconds += Int64(digit - 48) * scale
                    scale /= 10
                }
                rest = rest.dropFirst(1 + fraction.count)
            }
            guard let unit = rest.popFirst(), let (rank, factor) = part(unit, inTime: inTime), rank > lastRank,
                !hasFraction || factor == 1
            else { return nil }
            lastRank = rank
            seconds += number * factor
        }
        guard lastRank > 0 else { return nil }
        let sum = Duration(secondsComponent: seconds, attosecondsComponent: attoseconds)
        return negative ? .zero - sum : sum
    }

    /// The order of a unit among its siblings and its length in seconds.
    private static func part(_ unit: UInt8, inTime: Bool) -> (rank: Int, factor: Int64)? {
        switch (unit, inTime) {
        case (UInt8(ascii: "D"), false): (1, 86400)
        case (UInt8(ascii: "H"), true): (2, 3600)
        case (UInt8(ascii: "M"), true): (3, 60)
        case (UInt8(ascii: "S"), true): (4, 1)
        default: nil
        }
    }
}
