// A token that is bound to a tenant sees that one and no trace of another, whatever it asks for.

import FleetAPI
import FleetCore
@testable import FleetMonitor
import FleetSimulation
import FleetStore
import Foundation
import Testing
import Timekeeping

@Suite struct TenantBoundTests {
    /// A stage with a room that is down, of which somebody else's token knows nothing.
    private static func stage() throws -> (stage: Stage, incident: String) {
        let time = ManualTime()
        let oncall = Receiver("oncall", .webhook, time: time)
        let stage = try Stage(receivers: [oncall], time: time)
        try stage.deliver(to: oncall)
        stage.list(3)
        stage.sweep()
        stage.goDown(1)
        let list = try stage.ask { i throws(Refusal) in try await i.incidents(IncidentsQuery(), for: .anna) }
        return (stage, try #require(list.incidents.first?.id))
    }

    private static func text(_ value: some Encodable) throws -> String {
        String(decoding: try WireJSON.bytes(of: value), as: UTF8.self)
    }

    @Test func whatAStrangerReadsNamesNothingOfTheOtherTenant() throws {
        let (stage, _) = try Self.stage()
        let answers = [
            try Self.text(try stage.ask { i throws(Refusal) in try await i.fleet(for: .stranger) }),
            try Self.text(try stage.ask { i throws(Refusal) in try await i.rooms(RoomsQuery(), for: .stranger) }),
            try Self.text(
                try stage.ask { i throws(Refusal) in try await i.incidents(IncidentsQuery(), for: .stranger) }),
            try Self.text(try stage.ask { i throws(Refusal) in try await i.silences(for: .stranger) }),
            try Self.text(try stage.ask { i throws(Refusal) in try await i.windows(for: .stranger) }),
            try Self.text(try stage.ask { i throws(Refusal) in try await i.capabilities(for: .stranger) }),
        ]
        for answer in answers {
            #expect(!answer.contains("contoso"), "\(answer)")
            #expect(!answer.contains("Room 1"), "\(answer)")
            #expect(!answer.contains(account(1).text), "\(answer)")
        }
    }

    @Test func whatAStrangerNamesIsNotFoundOrForbidden() throws {
        let (stage, incident) = try Self.stage()
        let room = account(1).text
        let refusals = [
            stage.refusal { i throws(Refusal) in try await i.room(room, for: .stranger) },
            stage.refusal { i throws(Refusal) in try await i.explain(room: room, for: .stranger) },
            stage.refusal { i throws(Refusal) in try await i.incident(incident, for: .stranger) },
            stage.refusal { i throws(Refusal) in try await i.acknowledge(incident, NoteRequest(), for: .stranger) },
            stage.refusal { i throws(Refusal) in try await i.resolve(incident, NoteRequest(), for: .stranger) },
            stage.refusal { i throws(Refusal) in
                try await i.comment(on: incident, CommentRequest(text: "x"), for: .stranger)
            },
            stage.refusal { i throws(Refusal) in try await i.receivers(for: .stranger) },
            stage.refusal { i throws(Refusal) in try await i.deliveries(DeliveriesQuery(), for: .stranger) },
            stage.refusal { i throws(Refusal) in try await i.test(receiver: "oncall", for: .stranger) },
            stage.refusal { i throws(Refusal) in try await i.audit(limit: 5, for: .stranger) },
            stage.refusal { i throws(Refusal) in try await i.backup(for: .stranger) },
            stage.refusal { i throws(Refusal) in
                try await i.rooms(RoomsQuery(tenant: "contoso"), for: .stranger)
            },
            stage.refusal { i throws(Refusal) in
                try await i.incidents(IncidentsQuery(tenant: "contoso"), for: .stranger)
            },
        ]
        for refusal in refusals {
            #expect(
                refusal.map { $0.kind == .notFound || $0.kind == .forbidden } == true, "\(String(describing: refusal))")
            #expect(refusal?.description.contains("Room 1") == false)
            #expect(refusal?.description.contains("contoso") == false)
        }
        let open = try stage.ask { i throws(Refusal) in
            try await i.incidents(IncidentsQuery(statuses: ["open"]), for: .anna)
        }
        #expect(open.incidents.map(\.id) == [incident], "nothing of it was done")
    }
}
