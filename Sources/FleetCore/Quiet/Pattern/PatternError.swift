// An operator types a pattern at three in the morning. What is wrong with it is said at the character where it is
// wrong, with what to write instead, and before it can reach the writer.

/// Why a pattern is refused.
public struct PatternError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Problem: Sendable, Hashable {
        case tooLong(maximum: Int)
        case tooLarge(maximum: Int)
        case tooDeep(maximum: Int)
        case unclosedGroup
        case unopenedGroup
        case unclosedClass
        case badRange
        case nothingToRepeat
        case stackedRepetition
        case badRepetition(maximum: Int)
        case badEscape(String)
        case trailingBackslash
        case unknownPosixClass(String)
        case lookAround
        case backReference
        case unsupportedGroup(String)
    }

    public var problem: Problem
    /// The place in the pattern, in characters (Unicode scalars), counted from 1.
    public var place: Int

    public init(_ problem: Problem, place: Int) {
        self.problem = problem
        self.place = place
    }

    /// What is wrong, where, and the remedy, in one line.
    public var description: String { "at character \(place) of the pattern: \(complaint); \(remedy)" }

    public var complaint: String {
        switch problem {
        case .tooLong(let maximum): "it is longer than \(maximum) characters"
        case .tooLarge(let maximum): "it needs more than \(maximum) states when its repetitions are written out"
        case .tooDeep(let maximum): "groups are nested more than \(maximum) deep"
        case .unclosedGroup: "a group is opened with '(' and never closed"
        case .unopenedGroup: "')' closes a group that was not opened"
        case .unclosedClass: "a class is opened with '[' and never closed"
        case .badRange: "the range of the class ends before it begins"
        case .nothingToRepeat: "there is nothing to repeat before the repetition"
        case .stackedRepetition: "a repetition follows a repetition"
        case .badRepetition(let maximum): "a repetition counts backwards or beyond \(maximum)"
        case .badEscape(let text): "'\(text)' is no known escape"
        case .trailingBackslash: "it ends with a lone backslash"
        case .unknownPosixClass(let text): "'\(text)' is no known class"
        case .lookAround: "look-ahead and look-behind are not supported, because they cannot be matched in linear time"
        case .backReference: "back-references are not supported, because they cannot be matched in linear time"
        case .unsupportedGroup(let text): "'\(text)' is not supported"
        }
    }

    public var remedy: String {
        switch problem {
        case .tooLong, .tooLarge: "split it into several matchers or silences, or repeat less"
        case .tooDeep: "remove groups that are not needed"
        case .unclosedGroup: "add ')' or write '\\(' for the character itself"
        case .unopenedGroup: "add '(' or write '\\)' for the character itself"
        case .unclosedClass: "add ']' or write '\\[' for the character itself"
        case .badRange: "swap its ends, and put '-' last when the character itself is meant"
        case .nothingToRepeat: "write a backslash before it for the character itself"
        case .stackedRepetition: "put the first one into a group, as in (a+)*"
        case .badRepetition: "write {m}, {m,} or {m,n} with m not above n"
        case .badEscape: "write '\\\\' for a backslash, or leave the backslash out"
        case .trailingBackslash: "write '\\\\' for a backslash"
        case .unknownPosixClass: "write for example [[:alpha:]], [[:digit:]] or [[:space:]]"
        case .lookAround: "use a second matcher with !~ to exclude what must not match"
        case .backReference: "write out the alternatives with '|', or \\x41 for a character by number"
        case .unsupportedGroup: "use (…), (?:…), (?i) or (?s)"
        }
    }
}
