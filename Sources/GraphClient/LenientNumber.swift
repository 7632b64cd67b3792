// JSON has no spelling for the special values of Edm.Double, so OData sends them as strings, and some back ends quote
// ordinary numbers too (OData 4.01 JSON format, section 7.1).

/// A number that may have been quoted, `"NaN"`, `"INF"` or `"-INF"`; anything else decodes to no value.
public struct LenientNumber: Sendable, Hashable, Decodable {
    /// The exact integer when the text was one that fits.
    public let integer: Int64?
    /// The number; may be infinite or NaN when Graph said so, `nil` when it was none.
    public let double: Double?

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let integer = try? container.decode(Int64.self) {
            self.init(integer: integer, double: Double(integer))
        } else if let double = try? container.decode(Double.self) {
            self.init(integer: nil, double: double)
        } else {
            self.init((try? container.decode(String.self)) ?? "")
        }
    }

    public init(_ text: String) {
        switch text {
        case "NaN": self.init(integer: nil, double: .nan)
        case "INF": self.init(integer: nil, double: .infinity)
        case "-INF": self.init(integer: nil, double: -.infinity)
        default:
            // Swift's own parser also takes "nan", "0x1p3" and the like, which are no JSON numbers.
            let isNumber = text.utf8.allSatisfy { (48...57).contains($0) || "+-.eE".utf8.contains($0) }
            self.init(integer: Int64(text), double: isNumber ? Double(text) : nil)
        }
    }

    private init(integer: Int64?, double: Double?) {
        self.integer = integer
        self.double = double
    }
}
