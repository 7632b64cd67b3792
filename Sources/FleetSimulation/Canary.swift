// A simulation that never fails proves nothing. Each canary breaks the system on purpose, from the outside and in one
// place; a run with one must end with a broken promise, or the simulation is blind.

import FleetChannels
import FleetCore
import Foundation
import HTTPExchange
import HTTPTypes
import Synchronization
import Timekeeping

/// A way of breaking the daemon on purpose.
public enum Canary: String, Sendable, CaseIterable {
    /// Every fifth outbox row is never written.
    case dropsRows = "drops-rows"
    /// Rooms of which Graph knows nothing count as offline.
    case unknownIsBad = "unknown-is-bad"
    /// A repeated message carries a new id.
    case newIDs = "new-ids"
    /// The messages of one key do not wait for one another.
    case forgetsOrder = "forgets-order"
    /// A message counts as delivered although nobody took it.
    case marksEarly = "marks-early"
    /// One bad answer is enough.
    case hasty
    /// Three more bad answers than promised are needed.
    case sluggish
    /// The Retry-After of Graph is not heard.
    case impatient
    /// Every seventh transition is missing from the log.
    case gapsInLog = "gaps-in-log"
    /// Blindness is noticed after an hour.
    case blindToBlindness = "blind-to-blindness"
    /// A start forgets which incidents are open.
    case amnesia
    /// An acknowledgement is taken and changes nothing.
    case deafToAcknowledgements = "deaf-to-acknowledgements"
    /// Silences end at once.
    case shortSilences = "short-silences"
    /// Silences last two hours longer than they were asked for.
    case staleSilences = "stale-silences"
    /// While anything is silenced, ends are not told either.
    case silencesResolves = "silences-resolves"
    /// Calendars are read and found empty.
    case blindToBookings = "blind-to-bookings"
    /// A command that may have had an effect counts as not sent.
    case sendsAgain = "sends-again"
    /// What is sent to a device is not written down before.
    case sendsUnwritten = "sends-unwritten"
    /// What was asked of devices is forgotten at a start.
    case forgetsCommands = "forgets-commands"
    /// Answers carry no sequence number, so that an old one counts as new.
    case forgetsSequence = "forgets-sequence"

    func spoil(_ answer: inout HTTPAnswer, of service: String) {
        switch self {
        case .unknownIsBad where service == "presence":
            answer.body = Array(
                String(decoding: answer.body, as: UTF8.self).replacing("PresenceUnknown", with: "Offline").utf8)
        case .forgetsSequence where service == "presence":
            answer.body = Array(
                String(decoding: answer.body, as: UTF8.self).replacing("\"sequenceNumber\"", with: "\"sequence\"").utf8)
        case .blindToBookings where service == "calendars":
            answer.body = Self.freed(answer.body)
        case .sendsAgain where service == "teamwork" && answer.status == 202: answer.status = 423
        case .impatient:
            answer.headerFields[.retryAfter] = nil
            if answer.status == 429 { answer.status = 504 }
        default: break
        }
    }

    /// An answer of getSchedule in which every room is free all day.
    private static func freed(_ body: [UInt8]) -> [UInt8] {
        guard var object = (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any],
            let schedules = object["value"] as? [[String: Any]]
        else { return body }
        object["value"] = schedules.map { schedule in
            guard let view = schedule["availabilityView"] as? String else { return schedule }
            var free = schedule
            free["availabilityView"] = String(repeating: "0", count: view.count)
            free["scheduleItems"] = [Any]()
            return free
        }
        return (try? JSONSerialization.data(withJSONObject: object)).map { Array($0) } ?? body
    }

    /// What is done to the store when it is opened.
    var statements: [String] {
        switch self {
        case .dropsRows:
            [
                """
                CREATE TEMP TRIGGER canary BEFORE INSERT ON main.notification
                WHEN (SELECT count(*) FROM main.delivery) % 5 = 4 BEGIN
                  SELECT RAISE(IGNORE);
                END
                """
            ]
        case .gapsInLog:
            [
                """
                CREATE TEMP TRIGGER canary BEFORE INSERT ON main.transition
                WHEN (SELECT max(seq) FROM main.transition) % 7 = 6 AND NEW.to_phase = 'pending' BEGIN
                  SELECT RAISE(IGNORE);
                END
                """
            ]
        case .amnesia: ["DELETE FROM incident"]
        case .forgetsCommands: ["DELETE FROM operation"]
        case .sendsUnwritten:
            [
                """
                CREATE TEMP TRIGGER canary BEFORE UPDATE ON main.operation WHEN NEW.submitted_at IS NOT NULL BEGIN
                  SELECT RAISE(IGNORE);
                END
                """
            ]
        case .silencesResolves:
            [
                """
                CREATE TEMP TRIGGER canary BEFORE INSERT ON main.notification
                WHEN NEW.event = 'resolved' AND EXISTS (SELECT 1 FROM main.silence WHERE ends_at > NEW.decided_at) BEGIN
                  SELECT RAISE(IGNORE);
                END
                """
            ]
        default: []
        }
    }

    func spoil(_ rules: inout DetectionRules) {
        switch self {
        case .hasty:
            rules.offline.badCount = 1
            rules.offline.badHold = .zero
        case .sluggish: rules.offline.badCount += 12
        case .blindToBlindness: rules.blindAfter = .seconds(3600)
        default: break
        }
    }

    func spoil(_ channel: any Channel, time: ManualTime) -> any Channel {
        switch self {
        case .newIDs, .forgetsOrder, .marksEarly: SpoiltChannel(inner: channel, canary: self, time: time)
        default: channel
        }
    }
}

/// A channel that breaks one of the promises of delivery.
private final class SpoiltChannel: Channel {
    let inner: any Channel
    let canary: Canary
    let time: ManualTime
    private let attempts = Mutex<[UniqueID: Int]>([:])

    init(inner: any Channel, canary: Canary, time: ManualTime) {
        self.inner = inner
        self.canary = canary
        self.time = time
    }

    var receiver: ReceiverName { inner.receiver }
    var rate: DeliveryRate { inner.rate }

    func deliver(_ notification: FleetCore.Notification, at now: Moment) async -> DeliveryResult {
        let attempt = attempts.withLock { attempts in
            attempts[notification.id, default: 0] += 1
            return attempts[notification.id] ?? 1
        }
        switch canary {
        case .newIDs where attempt > 1:
            let fresh = Notification(
                id: UniqueID(stored: "\(notification.id.text.dropLast(2))\(attempt % 10)X"),
                receiver: notification.receiver, event: notification.event, rule: notification.rule,
                incident: notification.incident, decidedAt: notification.decidedAt, notBefore: notification.notBefore)
            return await inner.deliver(fresh, at: now)
        case .forgetsOrder where attempt == 1:
            // The lane is let go at once, and the message follows when it pleases.
            Task { [inner, time] in
                try? await time.sleep(for: .seconds(notification.event.isTrigger ? 900 : 1))
                _ = await inner.deliver(notification, at: time.now())
            }
            return .accepted(detail: "on its way")
        case .marksEarly:
            let result = await inner.deliver(notification, at: now)
            if case .retry = result { return .accepted(detail: "as good as done") }
            return result
        default: return await inner.deliver(notification, at: now)
        }
    }
}
