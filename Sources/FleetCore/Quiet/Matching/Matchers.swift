// Several matchers that must all hold, and the rule that decides when a page about many rooms is hidden.

/// A list of matchers, `{building="B2",severity!="warning"}`; all of them must hold.
public struct Matchers: Sendable, Hashable, CustomStringConvertible {
    public let all: [Matcher]

    public static let maximumCount = 32
    /// Of the whole text, in Unicode scalars.
    public static let maximumTextLength = 8_000

    /// - Throws: ``MatcherError`` when there are more than ``maximumCount``.
    public init(_ all: [Matcher]) throws(MatcherError) {
        guard all.count <= Self.maximumCount else {
            throw MatcherError(.tooMany(maximum: Self.maximumCount), place: 1, text: "")
        }
        self.all = all
    }

    /// Reads `{building="B2",severity!="warning"}` or the same without braces; an empty list matches everything.
    ///
    /// - Throws: ``MatcherError`` that names the place and the remedy.
    public init(parsing text: String) throws(MatcherError) {
        var parser = try MatcherParser(text)
        all = try parser.list()
    }

    /// Whether all hold for the labels of one room.
    public func matches(_ labels: Labels) -> Bool { all.allSatisfy { $0.matches(labels) } }

    /// Whether an incident with these labels is matched: every one of its rooms is.
    ///
    /// A silence on one room of a building must not hide that the building is dark; a silence on the building, or on
    /// each of the rooms, does. A room that joins later and is not matched brings the incident back.
    public func matches(everyOf labels: [Labels]) -> Bool { !labels.isEmpty && labels.allSatisfy(matches) }

    /// Whether all hold for something that has no labels at all.
    public var matchesAbsence: Bool { all.allSatisfy(\.matchesAbsence) }

    /// The canonical text, `{building="B2",severity!="warning"}`.
    public var description: String { "{" + all.map(\.description).joined(separator: ",") + "}" }
}

extension Matcher {
    /// Reads `building="B2"`, `building=B2` or `room=~"Board.*"`.
    ///
    /// - Throws: ``MatcherError`` that names the place and the remedy.
    public init(parsing text: String) throws(MatcherError) {
        var parser = try MatcherParser(text)
        self = try parser.single()
    }
}

extension Matchers: Codable {
    /// Stored as its canonical text.
    public init(from decoder: any Decoder) throws {
        try self.init(parsing: decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
