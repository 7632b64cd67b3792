// One room: the answer to "why was I told, or not?", a picture of its last day, and everything the answer rests on.

import FleetAPI
import Foundation

extension PageRoutes {
    func roomPage(_ id: String, _ session: Session) async throws(Refusal) -> String {
        let one = try await intents.explain(room: id, for: session.asker)
        let room = try await intents.room(id, for: session.asker)
        let devices = try await devices(of: room, session)
        let operations = try await intents.operations(
            OperationsQuery(room: room.id, limit: Self.shownOperations), for: session.asker
        ).operations
        let now = now
        var facts = [
            Fact(name: "State", value: room.state), Fact(name: "Mail", value: room.email),
            Fact(name: "Place", value: [room.building, room.floor].compactMap(\.self).joined(separator: ", ")),
            Fact(name: "Presence", value: room.reading ?? "nothing yet"),
            Fact(name: "Observability", value: room.observability),
            Fact(name: "An outage now is", value: one.severity.now),
        ]
        if let model = room.model { facts.append(Fact(name: "Model", value: model)) }
        for finding in room.account {
            facts.append(Fact(name: "Account", value: "\(finding.sentence). \(finding.remedy)"))
        }
        if let capacity = room.capacity { facts.append(Fact(name: "Seats", value: String(capacity))) }
        if let meeting = room.meeting { facts.append(Fact(name: "Meeting", value: meeting.words(at: now))) }
        let model = RoomModel(
            name: room.name, state: room.state, sign: TileModel.sign(of: room.state),
            facts: facts.filter { !$0.value.isEmpty }, answer: one.answer, incident: one.incident?.id ?? "",
            hasIncident: one.incident != nil, day: DayPicture(one),
            observations: one.observations.map {
                IncidentModel.EvidenceRow(
                    at: $0.askedAt.map { Instant($0, at: now).clock } ?? "", source: $0.source, reading: $0.reading)
            },
            transitions: one.transitions.reversed().map {
                RoomModel.TransitionRow(
                    at: Instant($0.at, at: now).clock, condition: $0.condition, from: $0.from, to: $0.to,
                    reason: $0.reason)
            },
            told: one.notifications.map { TellingRow($0, at: now) }, hasTold: !one.notifications.isEmpty,
            untold: one.suppressions.map { UntoldRow($0, at: now) }, hasUntold: !one.suppressions.isEmpty, id: room.id,
            devices: devices.map { DeviceRow($0, at: now) },
            hasDevices: !devices.isEmpty, operations: operations.map { OperationRow($0, at: now) },
            hasOperations: !operations.isEmpty, mayAct: session.asker.role >= .operator && !devices.isEmpty,
            software: SoftwareBody.kinds.map {
                RoomsModel.Choice(word: $0, text: $0.replacing("_", with: " "), isChosen: false)
            }, formKey: session.formKey)
        return templates.page("room", model, title: room.name, at: "", for: session)
    }

    /// The devices on which the room's account is signed in. The list finds them by a part of the mail address, which
    /// another room's address may contain.
    private func devices(of room: RoomBody, _ session: Session) async throws(Refusal) -> [DeviceBody] {
        let query = DevicesQuery(tenant: room.tenant, text: room.email, limit: DevicesQuery.maximumLimit)
        return try await intents.devices(query, for: session.asker).devices.filter { $0.room?.id == room.id }
    }
}

struct RoomModel {
    var name: String
    var state: String
    var sign: String
    var facts: [Fact]
    var answer: [String]
    /// The incident that the answer speaks of.
    var incident: String
    var hasIncident: Bool
    var day: DayPicture
    var observations: [IncidentModel.EvidenceRow]
    var transitions: [TransitionRow]
    var told: [TellingRow]
    var hasTold: Bool
    var untold: [UntoldRow]
    var hasUntold: Bool
    var id: String
    var devices: [DeviceRow]
    var hasDevices: Bool
    var operations: [OperationRow]
    var hasOperations: Bool
    /// Whether whoever looks may ask the devices for something.
    var mayAct: Bool
    var software: [RoomsModel.Choice]
    var formKey: String

    struct TransitionRow {
        var at: String
        var condition: String
        var from: String
        var to: String
        var reason: String
    }
}
