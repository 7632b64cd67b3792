// Ad-hoc quiet: somebody knows of a trouble and has said so, until an instant. A silence always ends, always names its
// author and always gives a reason, because the next person on call reads it at night.

public import struct Foundation.Date
public import Timekeeping

/// A set of matchers that keeps people from being told, between two instants of wall time.
public struct Silence: Sendable, Hashable, Codable {
    public let id: UniqueID
    public let matchers: Matchers
    public let author: String
    public let reason: String
    public let createdAt: Date
    public private(set) var startsAt: Date
    /// Exclusive.
    public private(set) var endsAt: Date
    /// Who ended it before its time.
    public private(set) var expiredBy: String?

    public enum State: String, Sendable, Hashable, Codable {
        case pending
        case active
        case expired
    }

    /// A year and a day: whoever wants longer quiet wants the room out of service.
    public static let maximumDuration: Duration = .seconds(366 * 24 * 3600)
    public static let maximumAuthorLength = 128
    public static let maximumReasonLength = 1_000

    /// A new silence.
    ///
    /// - Parameters:
    ///   - startsAt: `nil` or earlier than `now` means now; nothing is silenced in hindsight.
    ///   - now: the instant that becomes `createdAt`.
    /// - Throws: ``SilenceError`` with the remedy.
    public init(
        id: UniqueID, matchers: Matchers, author: String, reason: String, startsAt: Date? = nil, endsAt: Date,
        createdAt now: Moment
    ) throws(SilenceError) {
        self.id = id
        self.matchers = matchers
        self.author = try Self.required(author, maximum: Self.maximumAuthorLength, else: .noAuthor, .authorTooLong)
        self.reason = try Self.required(reason, maximum: Self.maximumReasonLength, else: .noReason, .reasonTooLong)
        self.createdAt = now.wall
        self.startsAt = max(startsAt ?? now.wall, now.wall)
        self.endsAt = endsAt
        guard !matchers.all.isEmpty else { throw .noMatcher }
        guard !matchers.all.contains(where: { $0.label == .state }) else { throw .namesState }
        guard !matchers.matchesAbsence else { throw .matchesEverything }
        guard endsAt > now.wall else { throw .endsInThePast(endsAt) }
        guard endsAt > self.startsAt else { throw .endsBeforeItStarts }
        guard endsAt.timeIntervalSince(self.startsAt) <= Self.maximumDuration.seconds else { throw .tooLong }
    }

    /// Where the silence stands; wall time decides.
    public func state(at now: Moment) -> State {
        if now.wall >= endsAt { return .expired }
        return now.wall < startsAt ? .pending : .active
    }

    /// Whether an incident with these labels is silenced now. See ``Matchers/matches(everyOf:)`` for several rooms.
    public func silences(_ labels: [Labels], at now: Moment) -> Bool {
        state(at: now) == .active && matchers.matches(everyOf: labels)
    }

    /// The suppression of an incident with these labels; `nil` when the silence does not hide it now.
    public func suppression(of labels: [Labels], at now: Moment) -> Suppression? {
        silences(labels, at: now) ? .silenced(by: id, until: endsAt, author: author, reason: reason) : nil
    }

    /// Which of the given labels it would match, whatever the time; shown before anybody confirms.
    public func preview(over labels: [Labels]) -> [Labels] { labels.filter(matchers.matches) }

    /// The silence ended now; a pending one never begins, and one that has ended stays as it was.
    public func expired(by author: String, at now: Moment) -> Silence {
        guard state(at: now) != .expired else { return self }
        var ended = self
        ended.startsAt = min(startsAt, now.wall)
        ended.endsAt = now.wall
        ended.expiredBy = author
        return ended
    }

    private static func required(
        _ text: String, maximum: Int, else missing: SilenceError, _ tooLong: SilenceError
    ) throws(SilenceError) -> String {
        guard text.contains(where: { !$0.isWhitespace }) else { throw missing }
        guard text.unicodeScalars.count <= maximum else { throw tooLong }
        return text
    }
}

extension Silence {
    /// A silence read back from the store. One that would hide everything is a damaged row and is refused.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        id = try values.decode(UniqueID.self, forKey: .id)
        matchers = try values.decode(Matchers.self, forKey: .matchers)
        author = try values.decode(String.self, forKey: .author)
        reason = try values.decode(String.self, forKey: .reason)
        createdAt = try values.decode(Date.self, forKey: .createdAt)
        startsAt = try values.decode(Date.self, forKey: .startsAt)
        endsAt = try values.decode(Date.self, forKey: .endsAt)
        expiredBy = try values.decodeIfPresent(String.self, forKey: .expiredBy)
        guard !matchers.matchesAbsence else { throw SilenceError.matchesEverything }
    }
}
