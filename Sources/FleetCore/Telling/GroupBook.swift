// The wait before the first page of a room, in which its siblings may show that the trouble is larger. It grows with
// each sibling, so that a building that goes dark room by room is still one page (Telling, Grouping).

import struct Foundation.Date
public import Timekeeping

/// Rooms of one building whose pages wait, or went out, together.
public struct GroupBook: Sendable {
    /// Each sibling that falls adds this much to the wait of all.
    public static let perSibling: Duration = .seconds(10)
    /// After so many pages of one building within the window, further rooms wait the whole grouping time.
    public static let earlyPages = 2

    /// One message that waits.
    struct Row: Sendable {
        var notification: UniqueID
        var due: Moment
        /// It waits no longer than until then.
        var latest: Moment
    }

    private struct Lane: Hashable {
        var tenant: TenantName
        var building: String
        var receiver: ReceiverName
    }

    private struct Group {
        var rows: [Row] = []
        /// When pages of the building went out, or will.
        var pages: [Moment] = []
    }

    private var groups: [Lane: Group] = [:]

    public init() {}

    /// Whose pages of which building.
    struct Address {
        var tenant: TenantName
        var building: String?
        var receiver: ReceiverName
    }

    /// How long a room's page waits, and which pages of siblings wait longer because of it.
    mutating func join(
        _ notification: UniqueID, of address: Address, grouping: Grouping, isUrgent: Bool, window: Duration,
        at now: Moment
    ) -> (due: Moment, postponed: [Change.Postponement]) {
        guard grouping.wait > .zero else { return (now, []) }
        guard let building = address.building else {
            return (isUrgent ? now : now.advanced(by: min(grouping.wait, grouping.maximum)), [])
        }
        let lane = Lane(tenant: address.tenant, building: building, receiver: address.receiver)
        var group = groups[lane] ?? Group()
        group.pages += group.rows.filter { $0.due.steady <= now.steady }.map(\.due)
        group.pages.removeAll { $0.elapsed(until: now) > window }
        group.rows.removeAll { $0.due.steady <= now.steady }

        let latest = now.advanced(by: grouping.maximum)
        var due = now.advanced(by: min(grouping.wait, grouping.maximum))
        if group.pages.count >= Self.earlyPages { due = latest } else if isUrgent, group.rows.isEmpty { due = now }
        var postponed: [Change.Postponement] = []
        for place in group.rows.indices {
            let later = group.rows[place].due.advanced(by: Self.perSibling)
            let bounded = later.steady < group.rows[place].latest.steady ? later : group.rows[place].latest
            guard bounded.steady > group.rows[place].due.steady else { continue }
            group.rows[place].due = bounded
            postponed.append(
                Change.Postponement(
                    notification: group.rows[place].notification,
                    // By the wall clock of now: it may have been set since the first of them was decided.
                    notBefore: now.advanced(by: now.elapsed(until: bounded)).wall))
        }
        group.rows.append(Row(notification: notification, due: due, latest: latest))
        groups[lane] = group
        return (due, postponed)
    }

    /// Another message takes the place of one that waits.
    ///
    /// - Returns: whether it goes at once: it is urgent, no sibling's page waits beside it, and the building has not had
    ///   its early pages yet.
    mutating func replace(
        _ notification: UniqueID, by successor: UniqueID, of address: Address, isUrgent: Bool, window: Duration,
        at now: Moment
    ) -> Bool {
        guard let building = address.building else { return isUrgent }
        let lane = Lane(tenant: address.tenant, building: building, receiver: address.receiver)
        guard var group = groups[lane] else { return isUrgent }
        let place = group.rows.firstIndex { $0.notification == notification }
        let waitsAlone = group.rows.indices.allSatisfy { $0 == place || group.rows[$0].due.steady <= now.steady }
        let early =
            group.pages.count { $0.elapsed(until: now) <= window }
            + group.rows.count { $0.due.steady <= now.steady && $0.due.elapsed(until: now) <= window }
        let goesNow = isUrgent && waitsAlone && early < Self.earlyPages
        if let place {
            group.rows[place].notification = successor
            if goesNow { group.rows[place].due = now }
        }
        groups[lane] = group
        return goesNow
    }

    /// Forgets what can hold nobody up any more.
    public mutating func forget(of tenant: TenantName, at now: Moment, window: Duration) {
        groups = groups.filter { lane, group in
            lane.tenant != tenant || group.rows.contains { $0.due.elapsed(until: now) <= window }
                || group.pages.contains { $0.elapsed(until: now) <= window }
        }
    }
}
