// Why nobody was told. Silence without a recorded reason is how monitoring loses its users, so each suppressed
// notification carries which rule held it back, and until when.

public import struct Foundation.Date

/// The reason why a notification was not sent.
public enum Suppression: Sendable, Hashable, Codable {
    /// A maintenance window is open.
    case maintenance(window: String, until: Date, reason: String?)
    /// The room's absence has a known reason and should end by itself.
    case expected(by: ExpectedAbsence.Source, until: Date, reason: String)
    /// A larger trouble that is being told explains this one.
    case inhibited(by: DedupKey)
    case silenced(by: UniqueID, until: Date, author: String, reason: String)
    case acknowledged(by: String, until: Date?)
    /// The room flaps; until the exception for long outages comes due.
    case flapping(until: Date)

    /// The reasons in the order in which they are asked (Telling, Suppression).
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        case maintenance
        case expected
        case inhibited
        case silenced
        case acknowledged
        case flapping
    }

    public var kind: Kind {
        switch self {
        case .maintenance: .maintenance
        case .expected: .expected
        case .inhibited: .inhibited
        case .silenced: .silenced
        case .acknowledged: .acknowledged
        case .flapping: .flapping
        }
    }

    /// The id or name of the rule, for tables and metrics: `window:nightly`, `silence:01J…`.
    public var rule: String {
        switch self {
        case .maintenance(let window, _, _): "window:\(window)"
        case .expected(.command(let id), _, _): "operation:\(id)"
        case .expected(.window(let name), _, _): "window:\(name)"
        case .inhibited(let key): "incident:\(key)"
        case .silenced(let id, _, _, _): "silence:\(id)"
        case .acknowledged(let author, _): "acknowledged:\(author)"
        case .flapping: "room.flapping"
        }
    }

    /// Until when it holds as far as is known; `nil` when an event ends it and no clock.
    public var until: Date? {
        switch self {
        case .maintenance(_, let until, _), .expected(_, let until, _), .silenced(_, let until, _, _),
            .flapping(let until):
            until
        case .acknowledged(_, let until): until
        case .inhibited: nil
        }
    }

    /// The one that is recorded: the first in the order of kinds, and of one kind the one that holds longest.
    public static func first(of reasons: some Sequence<Suppression>) -> Suppression? {
        var found: Suppression?
        for reason in reasons {
            guard let best = found else {
                found = reason
                continue
            }
            if reason.place < best.place || (reason.place == best.place && reason.holdsLonger(than: best)) {
                found = reason
            }
        }
        return found
    }

    private var place: Int { Kind.allCases.firstIndex(of: kind) ?? Kind.allCases.count }

    /// Of two that hold equally long the rule decides, so that the same reasons always give the same record.
    private func holdsLonger(than other: Suppression) -> Bool {
        let mine = until ?? .distantFuture
        let theirs = other.until ?? .distantFuture
        return mine != theirs ? mine > theirs : rule < other.rule
    }

    /// One line for people: `silenced by 01J… until 14:00Z: reason, author`.
    ///
    /// - Parameter now: instants of another day are written with their day.
    public func sentence(at now: Date) -> String {
        func till(_ instant: Date) -> String {
            instant >= .distantFuture ? "until it is switched off" : "until " + UTCText.short(instant, seenFrom: now)
        }
        switch self {
        case .maintenance(let window, let until, let reason):
            return "maintenance window \(window) \(till(until))" + (reason.map { ": \($0)" } ?? "")
        case .expected(let source, let until, let reason): return "expected by \(source.text) \(till(until)): \(reason)"
        case .inhibited(let key): return "inhibited by \(key) until that resolves"
        case .silenced(let id, let until, let author, let reason):
            return "silenced by \(id) \(till(until)): \(reason), \(author)"
        case .acknowledged(let author, let until):
            return "acknowledged by \(author)" + (until.map { " \(till($0))" } ?? " until it resolves")
        case .flapping(let until):
            return "the room is flapping; a lasting outage is told from "
                + UTCText.short(until, seenFrom: now)
        }
    }
}
