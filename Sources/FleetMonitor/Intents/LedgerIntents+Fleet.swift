// Questions about the fleet as it stands: places, rooms, capabilities, deliveries, and the stream of what changes.

public import FleetAPI
import FleetCore
import FleetStore
import Foundation
import Timekeeping

extension LedgerIntents {
    public func fleet(for asker: Asker) async throws(Refusal) -> FleetBody {
        let picture = await view.now()
        return FleetBody(
            at: Timestamp(picture.at.wall), tenants: picture.tenants.filter { asker.mayTouch(tenant: $0.name) })
    }

    public func rooms(_ query: RoomsQuery, for asker: Asker) async throws(Refusal) -> RoomList {
        if let bound = asker.tenant, let tenant = query.tenant, tenant != bound {
            throw Refusal(.forbidden, "the token is bound to tenant \(bound)", remedy: "leave the filter out")
        }
        for state in query.states {
            _ = try IncidentsQuery.word(state, "state", Self.roomStates) { Self.roomStates.contains($0) ? $0 : nil }
        }
        let after = try query.cursor.map(Self.place(ofCursor:))
        let states = Set(query.states)
        let text = query.text?.lowercased()
        let matching = await view.now().rooms.filter { room in
            asker.mayTouch(tenant: room.tenant) && (query.tenant.map { $0 == room.tenant } ?? true)
                && (query.building.map { $0 == room.building } ?? true)
                && (query.floor.map { $0 == room.floor } ?? true) && (states.isEmpty || states.contains(room.state))
                && (text.map { room.name.lowercased().contains($0) || room.email.lowercased().contains($0) } ?? true)
        }
        let rest = matching.drop { room in after.map { !$0.precedes(room.place) } ?? false }
        let page = rest.prefix(query.limit)
        return RoomList(
            rooms: Array(page), roomsTotal: matching.count,
            nextCursor: page.count < rest.count ? page.last.flatMap { Self.cursor(after: $0.place) } : nil)
    }

    public func room(_ id: String, for asker: Asker) async throws(Refusal) -> RoomBody {
        let (tenant, room) = try await ledger.findRoom(id, for: asker)
        let found = await view.now().rooms.first { $0.tenant == tenant.text && $0.id == room.account.text }
        guard let found else {
            throw Refusal(.notFound, "the room \(room.name) is just being added or removed", remedy: "ask again")
        }
        return found
    }

    public func capabilities(for asker: Asker) async throws(Refusal) -> [CapabilityBody] {
        var bodies: [CapabilityBody] = []
        for tenant in await ledger.fleets.keys.sorted() where asker.mayTouch(tenant: tenant.text) {
            let known = await ledger.capabilities(of: tenant)
            bodies += Capability.allCases.compactMap { name in
                known[name].map {
                    CapabilityBody(
                        tenant: tenant.text, name: name.rawValue, state: $0.state.rawValue, detail: $0.detail,
                        checkedAt: Timestamp($0.checked.wall))
                }
            }
        }
        return bodies
    }

    public func deliveries(
        _ query: DeliveriesQuery, for asker: Asker
    ) async throws(Refusal) -> [NotificationBody] {
        try Self.checkUnbound(asker, "receivers serve every tenant")
        let words = ["waiting", "accepted", "failed", "withdrawn"]
        var states: Set<SentNotification.State> = []
        for state in query.states {
            states.insert(try IncidentsQuery.word(state, "state", words, SentNotification.State.init))
        }
        let wanted = states
        let rows = try await asking { () async throws(StoreError) in
            try await archive.notifications(
                receiver: query.receiver.map { ReceiverName($0) }, states: wanted, limit: query.limit)
        }
        return rows.map { NotificationBody($0.row, of: $0.incident) }
    }

    public func listen(after: String?, for asker: Asker) async throws(Refusal) -> any EventSubscription {
        guard let listener = FeedListener(to: ledger.feed, after: after, tenant: asker.tenant, time: time) else {
            throw Refusal(
                .unavailable, "\(EventFeed.maximumListeners) streams are open already",
                remedy: "close some pages, or ask again later")
        }
        return listener
    }

    private static let roomStates = ["up", "pending", "down", "recovering", "unseen", "unknown"]

    /// Where a page ended, in a form that nobody is tempted to write by hand.
    static func cursor(after place: RoomBody.Place) -> String? {
        guard let bytes = try? WireJSON.bytes(of: place) else { return nil }
        return Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }

    static func place(ofCursor cursor: String) throws(Refusal) -> RoomBody.Place {
        let padded =
            cursor.replacing("-", with: "+").replacing("_", with: "/")
            + String(repeating: "=", count: (4 - cursor.utf8.count % 4) % 4)
        guard let bytes = Data(base64Encoded: padded),
            let place = try? WireJSON.value(RoomBody.Place.self, from: Array(bytes))
        else {
            throw .foreignCursor
        }
        return place
    }
}
