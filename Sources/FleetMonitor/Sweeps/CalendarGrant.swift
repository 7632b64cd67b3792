// Exchange may grant calendars to the application by itself, where no token shows it. That a token names no calendars is
// then no loss; whether calendars are read says what is so, as far as they were asked for with that token.

import FleetCore
import Timekeeping

/// Whether calendars are granted although a token does not say so.
struct CalendarGrant: Sendable {
    /// How reading calendars went the last time.
    var record: CapabilityRecord?
    /// When the token in hand was asked for.
    var tokenAsked: Moment

    /// Reads that may be missed before nobody waits for them any longer.
    private static let rounds = 2
    private static let leeway: Duration = .seconds(60)

    /// Whether calendars are read with the token in hand: an answer to an older one says nothing of it.
    var isProved: Bool { record?.state == .available && isOfThisToken }

    private var isOfThisToken: Bool { record.map { $0.checked.steady >= tokenAsked.steady } ?? false }

    /// Whether a token without calendars says nothing of a loss now: they are read nevertheless, or they were until
    /// lately and have not been asked for with this token yet.
    ///
    /// - Parameter interval: how often calendars are read.
    func isNoLoss(interval: Duration, at now: Moment) -> Bool {
        guard let record, record.state == .available || record.state == .degraded else { return false }
        // A failure that passes is no refusal.
        if isOfThisToken { return true }
        return tokenAsked.elapsed(until: now) < interval * Self.rounds + Self.leeway
    }
}
