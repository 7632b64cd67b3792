// How the trouble of a place reads on the page: one sentence with the number of rooms, the highest severity among them,
// and the cause that most of the evidence carries.

import struct Foundation.Date
public import Timekeeping

/// The page about rooms of one place that fell together.
public struct ScopeIncident: Sendable {
    public var place: Place
    public var isPartial: Bool
    /// The pages that the members would have got by themselves.
    public var members: [RoomIncident]
    /// How many rooms have been affected since the incident opened, those that are back included.
    public var total: Int
    /// How many rooms the place has, as far as they were expected to work.
    public var population: Int
    /// For how long the monitor had not looked when it found the rooms down.
    public var gap: Duration?

    public init(
        place: Place, isPartial: Bool, members: [RoomIncident], total: Int, population: Int, gap: Duration? = nil
    ) {
        self.place = place
        self.isPartial = isPartial
        self.members = members
        self.total = total
        self.population = population
        self.gap = gap
    }

    /// The highest among the members.
    public var severity: Severity { members.map(\.severity).max() ?? .warning }

    /// The first booking among the members, running or next.
    public var meeting: Incident.Meeting? {
        members.compactMap(\.meeting).min { $0.startsAt < $1.startsAt }
    }

    /// What most of the members with a known cause have in common.
    public var cause: Cause {
        var votes: [Cause: Int] = [:]
        for cause in members.map(\.cause) where cause != .unknown { votes[cause, default: 0] += 1 }
        let most = votes.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }
        guard let most, most.value * 2 > votes.values.reduce(0, +) else { return .unknown }
        return most.key
    }

    public func summary(tenant: TenantName) -> String {
        let name = place.scope(tenant: tenant, partial: isPartial).name
        let count = max(total, members.count)
        // A place that was counted while rooms were away may seem smaller than what fell of it.
        let of = population >= count ? " of \(population)" : ""
        var text = "\(name): \(count)\(of) rooms are offline"
        if let gap { text += "; found after the monitor had not looked for \(gap.inWords)" }
        let booked = members.count { $0.severity == .critical }
        if booked > 0 { text += "; \(booked) of them in use, booked now or within minutes" }
        return text
    }

    /// What a few of the members' sources said, oldest first.
    public var evidence: [Evidence] {
        let pieces = members.prefix(Self.quotedMembers).flatMap { member in
            member.evidence.map { piece in
                Evidence(
                    source: piece.source, reading: "\(member.room.name): \(piece.reading)", observedAt: piece.observedAt)
            }
        }
        return Array(pieces.sorted { $0.observedAt < $1.observedAt }.suffix(Incident.maximumEvidence))
    }

    /// Members whose evidence is quoted; the page has room for twenty pieces.
    static let quotedMembers = 8

    /// The incident as it opens; `nil` without members.
    public func opened(id: UniqueID, tenant: TenantName, at now: Moment) -> Incident? {
        guard !members.isEmpty else { return nil }
        var incident = Incident(
            id: id, key: DedupKey(tenant: tenant, condition: place.condition, subject: place.subject),
            condition: place.condition, tenant: tenant, severity: severity,
            scope: place.scope(tenant: tenant, partial: isPartial), rooms: [], cause: cause,
            summary: summary(tenant: tenant), firstBadAt: now.wall, lastGoodAt: nil, openedAt: now.wall, evidence: [])
        describe(&incident)
        return incident
    }

    /// Brings an incident up to what is known now.
    public func describe(_ incident: inout Incident) {
        incident.name(members.map { Incident.RoomReference($0.room) }, total: total)
        incident.scope.partial = isPartial
        incident.cause = cause
        incident.summary = summary(tenant: incident.tenant)
        incident.meeting = meeting
        incident.contact = members.compactMap(\.contact).first
        incident.evidence = evidence
        if let first = members.compactMap({ $0.track.outage?.firstBad.wall }).min() {
            incident.firstBadAt = min(first, incident.firstBadAt)
        }
        incident.lastGoodAt = members.compactMap { $0.track.presence.lastGood?.wall }.max() ?? incident.lastGoodAt
    }
}

extension Duration {
    /// A length as people say it: `40 s`, `12 min`, `3 h 20 min`, `2 d 4 h`.
    public var inWords: String {
        let seconds = Int(max(0, self.seconds).rounded())
        if seconds < 120 { return "\(seconds) s" }
        let minutes = seconds / 60
        if minutes < 120 { return "\(minutes) min" }
        let hours = minutes / 60
        if hours < 48 { return minutes % 60 == 0 ? "\(hours) h" : "\(hours) h \(minutes % 60) min" }
        return hours % 24 == 0 ? "\(hours / 24) d" : "\(hours / 24) d \(hours % 24) h"
    }
}
