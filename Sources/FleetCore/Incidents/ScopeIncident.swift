// How the trouble of a place reads on the page: one sentence with the number of rooms, and the highest severity among
// them. Why they fell is judged in ``PlaceCause``.

import struct Foundation.Date
public import Timekeeping

/// The page about rooms of one place that fell together, or what some more of them add to it.
public struct ScopeIncident: Sendable {
    public var scope: ScopeTrack
    /// The pages that members would have got by themselves: all of them at first, later those that join.
    public var members: [RoomIncident]

    public init(scope: ScopeTrack, members: [RoomIncident]) {
        self.scope = scope
        self.members = members
    }

    /// The highest among the members.
    public var severity: Severity { members.map(\.severity).max() ?? .warning }

    public func summary(tenant: TenantName) -> String {
        let name = scope.place.scope(tenant: tenant, partial: scope.isPartial).name
        // A place that was counted while rooms were away may seem smaller than what fell of it.
        let of = scope.population >= scope.total ? " of \(scope.population)" : ""
        var text = "\(name): \(scope.total)\(of) rooms are offline"
        if let gap = scope.gap { text += "; found after the monitor had not looked for \(gap.inWords)" }
        if scope.needed > 0 { text += "; \(scope.needed) of them in use, booked now or within minutes" }
        return text
    }

    /// What a few of the members' sources said, oldest first.
    private var evidence: [Evidence] {
        let pieces = members.prefix(Self.quotedMembers).flatMap { member in
            member.evidence.map { piece in
                Evidence(
                    source: piece.source, reading: "\(member.room.name): \(piece.reading)", observedAt: piece.observedAt
                )
            }
        }
        return pieces.sorted { $0.observedAt < $1.observedAt }
    }

    /// Members whose evidence is quoted; the page has room for twenty pieces.
    static let quotedMembers = 8

    /// The incident as it opens.
    public func opened(id: UniqueID, tenant: TenantName, at now: Moment) -> Incident {
        var incident = Incident(
            id: id, key: DedupKey(tenant: tenant, condition: scope.place.condition, subject: scope.place.subject),
            condition: scope.place.condition, tenant: tenant, severity: severity,
            scope: scope.place.scope(tenant: tenant, partial: scope.isPartial), rooms: [], cause: .unknown,
            summary: "", firstBadAt: now.wall, lastGoodAt: nil, openedAt: now.wall, evidence: [])
        describe(&incident)
        return incident
    }

    /// Adds the members to an incident.
    public func describe(_ incident: inout Incident) {
        let known = Set(incident.rooms.map(\.id))
        let news = members.lazy.filter { !known.contains($0.room.account) }.prefix(Incident.maximumRooms)
        incident.name(incident.rooms + news.map { Incident.RoomReference($0.room) }, total: scope.total)
        incident.scope.partial = scope.isPartial
        incident.summary = summary(tenant: incident.tenant)
        incident.meeting =
            (members.compactMap(\.meeting) + [incident.meeting].compactMap(\.self)).min { $0.startsAt < $1.startsAt }
        incident.contact = incident.contact ?? members.lazy.compactMap(\.contact).first
        incident.quote(evidence)
        let falls = members.compactMap { member in
            member.track.outage.map { (at: $0.firstBad.wall, after: member.track.firstBadAfter?.wall) }
        }
        if let first = falls.min(by: { $0.at < $1.at }), first.at <= incident.firstBadAt {
            incident.firstBadAt = first.at
            incident.firstBadAfter = first.after
        }
        let lastGood = members.lazy.compactMap { $0.track.presence.lastGood?.wall }.max()
        incident.lastGoodAt = [lastGood, incident.lastGoodAt].compactMap(\.self).max()
    }
}

extension Duration {
    /// Whole minutes, begun ones counted: what is left until a meeting.
    var inMinutes: String { "\(Int((max(0, seconds) / 60).rounded(.up))) min" }

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
