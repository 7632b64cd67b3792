// The explanation in words. It is written for somebody who was woken, or who was not and should have been: the answer
// first, then everything it rests on.

import FleetAPI
import FleetChannels
import FleetCore
import FleetStore
import Foundation
import Timekeeping

/// Writes the explanation of one room.
struct ExplanationText {
    private let one: RoomCase
    private let name: String

    init(of one: RoomCase) {
        self.one = one
        name = one.findings.room.placedName
    }

    private var findings: RoomFindings { one.findings }
    private var track: RoomTrack { one.findings.track }

    /// - Parameter presence: what presence said in the last day.
    func body(from sender: SenderIdentity, presence: [RoomExplanation.Stretch]) -> RoomExplanation {
        RoomExplanation(
            at: Timestamp(one.now.wall), tenant: one.tenant.text,
            room: IncidentBody.Room(Incident.RoomReference(findings.room)), answer: answer, observations: observations,
            condition: condition,
            standing: RoomExplanation.Standing(
                voice: voice, onsetAt: findings.standing.onset.map { Timestamp($0.wall) }),
            severity: RoomExplanation.Severity(now: findings.page.severity.rawValue, reasons: severityReasons),
            incident: one.incident.map { IncidentBody($0, from: sender) },
            notifications: one.told.flatMap { entry in entry.rows.map { NotificationBody($0, of: entry.incident) } },
            suppressions: one.suppressions.map { SuppressionBody($0) },
            quiet: findings.quiet.map { IncidentBody.Suppressed($0, seenFrom: one.now.wall) },
            flapping: RoomExplanation.Flapping(
                penalty: Int(findings.flapPenalty.rounded()), isFlapping: findings.isFlapping,
                endsAt: findings.flappingEnds.map { Timestamp($0.wall) }),
            transitions: one.transitions.map {
                RoomExplanation.Transition(
                    at: Timestamp($0.at), condition: $0.condition.rawValue, from: $0.from.rawValue, to: $0.to.rawValue,
                    reason: $0.reason)
            }, presence: presence)
    }

    // MARK: The answer

    private var answer: [String] {
        [stateSentence] + accountSentences + deviceSentences + sightSentences + voiceSentences + toldSentences
            + suppressionSentences
            + blipSentences
            + quietSentences + flapSentences
    }

    private var stateSentence: String {
        let said = track.presence.reading?.text ?? "nothing yet"
        let rule = findings.rules.offline
        switch track.phase {
        case .clear:
            let when = track.presence.newestAsked.map { " at \(text($0.wall))" } ?? ""
            return "\(name) counts as up; presence said \(said)\(when)."
        case .pending:
            let streak = Self.streak(track)
            let since = streak.map { " since \(text($0.first.wall))" } ?? ""
            return "\(name) is suspected to be down\(since): \(streak?.count ?? 0) bad answers so far. It counts as "
                + "down at number \(rule.badCount) or later, \(rule.badHold.inWords) or more after the first; before "
                + "that nobody is told."
        case .firing:
            guard let outage = track.outage else { return "\(name) is down." }
            let since =
                track.firstBadAfter.map { "a moment between \(text($0.wall)) and \(text(outage.firstBad.wall))" }
                ?? text(outage.firstBad.wall)
            return "\(name) is down since \(since), confirmed at \(text(outage.fired.wall)); "
                + "presence said \(said)."
        case .recovering:
            let streak = Self.streak(track)
            let since = streak.map { " since \(text($0.first.wall))" } ?? ""
            return "\(name) answers again\(since); it counts as up after \(rule.goodCount) good answers over "
                + "\(rule.goodHold.inWords)."
        }
    }

    /// What keeps the account from signing in, with what to do.
    private var accountSentences: [String] {
        findings.page.findings.map { finding in
            let sentence = finding.sentence(at: one.now.wall)
            return "\(sentence.prefix(1).uppercased())\(sentence.dropFirst()). \(finding.remedy)"
        }
    }

    /// What the records of the room's devices say is wrong.
    private var deviceSentences: [String] {
        findings.devices.map { trouble in
            let finding = trouble.finding
            let since = finding.since.map { " since \(text($0))" } ?? ""
            let what = "\(trouble.device.title), \(finding.sentence)\(since) (\(finding.problem.condition.rawValue))"
            if let incident = trouble.incident { return "\(what): incident \(incident.id) speaks of it." }
            return finding.isConfirmed
                ? "\(what): nobody is told of it any more, its incident was closed by hand."
                : "\(what): read once, and believed when a second read says so."
        }
    }

    private var sightSentences: [String] {
        if findings.isBlind {
            return [
                "Monitoring of \(one.tenant) is blind: rooms that are not seen are not paged, and states stand still."
            ]
        }
        guard findings.isUnseen else { return [] }
        let since = track.presence.lastUsable.map { " since \(text($0.wall))" } ?? ""
        return ["Nothing usable was heard of it\(since): not seen is not down, so its state stands still."]
    }

    private var voiceSentences: [String] {
        switch (findings.standing.voice, one.isCurrent ? one.incident : nil) {
        case (.own, let incident?):
            return ["Incident \(incident.id) (\(incident.severity.rawValue)) speaks for it."] + status(of: incident)
        case (.own, nil):
            return ["Its incident was closed by hand: the trouble stays quiet until it has ended and begins again."]
        case (.place, let incident?):
            return [
                "It is part of incident \(incident.id) (\(incident.severity.rawValue)): \(incident.summary). "
                    + "One cause, one page: the room has none of its own."
            ] + status(of: incident)
        case (.place, nil):
            return ["The larger incident that spoke for it is over; a room that is still down is told on its own soon."]
        case (.none, _):
            return waitingSentences
        }
    }

    /// The room has no voice: it is up, or something keeps it from having one.
    private var waitingSentences: [String] {
        guard track.phase.isWrong else { return pastSentences }
        if let excuse = findings.excuse { return ["Nobody is told of it: \(excuse.sentence(at: one.now.wall))."] }
        if let settlesAt = findings.settlesAt {
            return ["The monitor has only just begun to look; nobody is told before \(text(settlesAt.wall))."]
        }
        return ["Whether it shares a cause with its siblings is being decided; a page comes within seconds."]
    }

    private var pastSentences: [String] {
        guard track.phase == .clear else { return [] }
        guard let incident = one.incident else {
            return one.suppressions.isEmpty ? ["In the last day it had no incident, so there was nothing to tell."] : []
        }
        let end = incident.resolvedAt.map {
            ", ended at \(text($0)) (\(incident.resolution?.rawValue ?? "resolved"))"
        }
        return [
            "Its newest incident \(incident.id) (\(incident.severity.rawValue)) was opened at "
                + "\(text(incident.openedAt))\(end ?? "")."
        ]
    }

    private func status(of incident: Incident) -> [String] {
        var sentences: [String] = []
        if let at = incident.acknowledgedAt {
            let until = at.addingTimeInterval(Incident.acknowledgementHolds.seconds)
            sentences.append(
                "\(incident.acknowledgedBy ?? "Somebody") acknowledged it at \(text(at)); until \(text(until)) only a "
                    + "higher severity tells people again.")
        }
        if let suppression = incident.suppression {
            sentences.append("At present nobody is told of it: \(suppression.sentence(at: one.now.wall)).")
        }
        return sentences
    }

    private var toldSentences: [String] {
        guard let incident = one.incident else { return [] }
        let rows = one.told.last { $0.incident == incident.id }?.rows ?? []
        guard !rows.isEmpty else {
            let isQuiet = incident.suppression != nil || one.suppressions.contains { $0.incident == incident.id }
            return isQuiet
                ? ["Nobody was told of \(incident.id)."]
                : ["Nobody was told of \(incident.id): no route leads to a receiver that is fit for it."]
        }
        let shown = rows.suffix(Self.shownRows).map { row in
            let when = row.decidedAt.map { " at \(text($0))" } ?? ""
            return "\(row.receiver) \(row.event.rawValue)\(when) by \(row.rule): \(outcome(of: row))."
        }
        let hidden = rows.count - shown.count
        return (hidden > 0 ? ["\(hidden) older messages are not repeated here."] : []) + shown
    }

    private func outcome(of row: SentNotification) -> String {
        let remark = row.remark.map { " (\($0))" } ?? ""
        let settled = row.settledAt.map { " at \(text($0))" } ?? ""
        switch row.state {
        case .accepted: return "accepted\(settled)"
        case .failed: return "given up\(settled)\(remark)"
        case .withdrawn: return "withdrawn\(remark)"
        case .waiting:
            let due = row.due.map { ", due at \(text($0))" } ?? ""
            return row.attempts == 0 ? "planned\(due)" : "tried \(row.attempts) times\(due)\(remark)"
        }
    }

    /// The newest record of each rule and event, newest first.
    private var suppressionSentences: [String] {
        var seen: Set<String> = []
        return one.suppressions.filter {
            seen.insert("\($0.event) \($0.suppression.rule) \($0.receiver?.text ?? "")").inserted
        }
        .prefix(Self.shownRows).map { record in
            let whom = record.receiver.map { "\($0) was" } ?? "Nobody was"
            let what = record.receiver == nil ? "told" : "not told"
            return "\(whom) \(what) \(record.event.rawValue) at \(text(record.at)): "
                + "\(record.suppression.sentence(at: record.at)) (\(record.suppression.rule))."
        }
    }

    private var blipSentences: [String] {
        let blips = one.transitions.count { $0.condition == .roomOffline && $0.from == .pending && $0.to == .clear }
        guard blips > 0 else { return [] }
        return [
            "It was suspected \(blips == 1 ? "once" : "\(blips) times") in the last day and answered before "
                + "anybody had to be told."
        ]
    }

    private var quietSentences: [String] {
        guard !findings.quiet.isEmpty, findings.excuse == nil else { return [] }
        return findings.quiet.map { "In force now: \($0.sentence(at: one.now.wall)) (\($0.rule))." }
    }

    private var flapSentences: [String] {
        guard findings.isFlapping else { return [] }
        let end = findings.flappingEnds.map { ", until \(text($0.wall)) if it stays up" } ?? ""
        let exception = findings.rules.flapInhibition
        return [
            "It is flapping (penalty \(Int(findings.flapPenalty.rounded())))\(end): single outages are told when they "
                + "last \(exception.exception.inWords), critical ones \(exception.criticalException.inWords)."
        ]
    }

    // MARK: What it rests on

    private var observations: [RoomExplanation.Observation] {
        var found = [
            RoomExplanation.Observation(
                source: "presence", reading: track.presence.reading?.text ?? "nothing yet",
                askedAt: track.presence.newestAsked.map { Timestamp($0.wall) })
        ]
        if let device = track.deviceReading {
            let reading =
                switch device.health {
                case .value(let health): health.text
                case .unknown(let reason): "unknown:\(reason.text)"
                }
            found.append(
                RoomExplanation.Observation(
                    source: "device", reading: reading, askedAt: Timestamp(device.asked.wall)))
        }
        found += findings.page.findings.map {
            RoomExplanation.Observation(
                source: "directory", reading: $0.sentence(at: one.now.wall), askedAt: Timestamp($0.saidAt))
        }
        if let onset = track.outage?.firstBad ?? track.presence.lastUsable,
            let signIn = findings.page.signIns?.telling(of: onset.wall)
        {
            found.append(
                RoomExplanation.Observation(source: "sign_in", reading: signIn.text, askedAt: Timestamp(signIn.at)))
        }
        return found
    }

    private var condition: RoomExplanation.Condition {
        let rule = findings.rules.offline
        let streak = Self.streak(track)
        return RoomExplanation.Condition(
            phase: track.phase.rawValue,
            firstBadAt: (track.outage?.firstBad ?? (track.phase == .pending ? streak?.first : nil))
                .map { Timestamp($0.wall) },
            firedAt: track.outage.map { Timestamp($0.fired.wall) }, streak: streak?.count ?? 0,
            needed: track.phase == .recovering ? rule.goodCount : rule.badCount,
            lastGoodAt: track.presence.lastGood.map { Timestamp($0.wall) }, isUnseen: findings.isUnseen)
    }

    private var voice: String {
        switch findings.standing.voice {
        case .none: "none"
        case .own: "own"
        case .place: findings.place?.text ?? "none"
        }
    }

    private var severityReasons: [String] {
        let page = findings.page
        var reasons: [String] = []
        if page.facts.isVIP { reasons.append("the room is marked very important") }
        if track.presence.inUseAtFirstBad, track.presence.state.outage != nil {
            reasons.append("it was in a call when it went dark")
        }
        if page.isNeeded, let meeting = page.meeting {
            reasons.append("it is booked from \(text(meeting.startsAt)) to \(text(meeting.endsAt))")
        }
        reasons.append(
            page.isBookable ? "its building is in bookable hours" : "its building is outside bookable hours")
        if let overdue = page.overdue { reasons.append("it \(overdue.sentence), one step higher") }
        if let incident = one.incident, one.isCurrent, incident.severity > page.severity {
            reasons.append("the incident stays \(incident.severity.rawValue): severity never falls before the resolve")
        }
        return reasons
    }

    private static func streak(_ track: RoomTrack) -> Streak? {
        for state in [track.presence.state, track.device] {
            switch state {
            case .pending(let streak), .recovering(_, let streak): return streak
            case .clear, .firing: continue
            }
        }
        return nil
    }

    /// Sentences of each kind.
    private static let shownRows = 8

    /// An instant in UTC, with its day where that is another one than today.
    private func text(_ instant: Date) -> String {
        let full = Timestamp(instant).description
        let day = full.prefix(10)
        let clock = full.dropFirst(11).prefix(8)
        return Timestamp(one.now.wall).description.hasPrefix(day) ? "\(clock)Z" : "\(day) \(clock)Z"
    }
}
