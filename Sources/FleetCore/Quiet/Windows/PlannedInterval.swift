// A window that somebody opens once, for tonight's work on the air conditioning.

public import struct Foundation.Date

/// A one-time interval that a person planned.
public struct PlannedInterval: Sendable, Hashable, Codable {
    public let id: UniqueID
    public var startsAt: Date
    /// Exclusive.
    public var endsAt: Date
    public var author: String
    public var reason: String

    public var stretch: Stretch { Stretch(start: startsAt, end: endsAt) }

    public enum Invalid: Error, Sendable, Hashable, CustomStringConvertible {
        case endsBeforeItStarts
        case tooLong
        case noAuthor
        case noReason

        public var description: String {
            switch self {
            case .endsBeforeItStarts: "the window ends before it starts; give an end after its start"
            case .tooLong: "the window is longer than 31 days; plan shorter ones, or set the rooms out of service"
            case .noAuthor: "the window has no author; say who plans it"
            case .noReason: "the window has no reason; the next person on call needs one"
            }
        }
    }

    /// 31 days: longer work is a room out of service, which pages and reports treat differently.
    public static let maximumSeconds: Double = 31 * 86_400

    /// - Throws: ``Invalid`` with the remedy.
    public init(id: UniqueID, startsAt: Date, endsAt: Date, author: String, reason: String) throws(Invalid) {
        guard endsAt > startsAt else { throw .endsBeforeItStarts }
        guard endsAt.timeIntervalSince(startsAt) <= Self.maximumSeconds else { throw .tooLong }
        guard author.contains(where: { !$0.isWhitespace }) else { throw .noAuthor }
        guard reason.contains(where: { !$0.isWhitespace }) else { throw .noReason }
        self.id = id
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.author = author
        self.reason = reason
    }
}
