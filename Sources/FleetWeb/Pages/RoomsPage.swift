// Finding one room among twenty thousand: by a part of its name or address, its place, or how it stands.

import FleetAPI
import Foundation

extension PageRoutes {
    /// Rooms on one page of the list.
    static let roomsPerPage = 100

    func roomsPage(_ request: PageRequest, _ session: Session) async throws(Refusal) -> String {
        var query = RoomsQuery(limit: Self.roomsPerPage)
        query.text = request.filled("q")
        query.building = request.filled("building")
        query.states = request.filled("state").map { [$0] } ?? []
        query.cursor = request.filled("cursor")
        let list = try await intents.rooms(query, for: session.asker)
        // Who typed the whole name wants the room, not a list of one.
        if list.roomsTotal == 1, query.text != nil, query.cursor == nil, let only = list.rooms.first {
            return try await roomPage(only.id, session)
        }
        let now = now
        let choices = ["", "up"] + FleetBody.Counts.troubledStates
        var next: String?
        if let cursor = list.nextCursor {
            let kept = [("q", query.text), ("building", query.building), ("state", query.states.first)]
            next =
                "/rooms?"
                + (kept.compactMap { name, value in value.map { (name, $0) } } + [("cursor", cursor)])
                .map { "\($0)=\(Self.segment($1))" }.joined(separator: "&")
        }
        let model = RoomsModel(
            text: query.text ?? "", building: query.building ?? "",
            states: choices.map {
                RoomsModel.Choice(
                    word: $0, text: $0.isEmpty ? "any state" : $0, isChosen: $0 == query.states.first ?? "")
            },
            rows: list.rooms.map { RoomsModel.Row($0, at: now) }, hasRows: !list.rooms.isEmpty,
            total: PageWords.count(list.roomsTotal, "room"),
            next: next ?? "", hasNext: next != nil)
        return templates.page("rooms", model, title: "Rooms", at: "/rooms", for: session)
    }
}

struct RoomsModel {
    var text: String
    var building: String
    var states: [Choice]
    var rows: [Row]
    var hasRows: Bool
    var total: String
    var next: String
    var hasNext: Bool

    struct Choice {
        var word: String
        var text: String
        var isChosen: Bool
    }

    struct Row {
        var id: String
        var name: String
        var email: String
        var place: String
        var state: String
        var sign: String
        var reading: String
        var asked: String
        var age: String
        var incident: String
        var hasIncident: Bool
        var meeting: String

        init(_ room: RoomBody, at now: Timestamp) {
            id = room.id
            name = room.name
            email = room.email
            place = [room.building, room.floor].compactMap(\.self).joined(separator: ", ")
            state = room.state
            sign = TileModel.sign(of: room.state)
            reading = room.reading ?? "nothing yet"
            asked = room.askedAt?.description ?? ""
            age = room.askedAt.map { Instant($0, at: now).age } ?? ""
            incident = room.incident ?? ""
            hasIncident = room.incident != nil
            meeting = room.meeting.map { $0.words(at: now) } ?? ""
        }
    }
}
