// The API's side of a stage: what people ask of it, and what they hear.

import FleetSimulation
import FleetAPI
import FleetChannels
import FleetCore
@testable import FleetMonitor
import FleetStore
import Foundation
import Timekeeping

extension Asker {
    static let anna = Asker(name: "anna", role: .operator, origin: "unix")
    static let stranger = Asker(name: "robin", role: .operator, tenant: "fabrikam", origin: "192.0.2.7")
    static let bound = Asker(name: "carla", role: .operator, tenant: "contoso", origin: "192.0.2.8")
}

extension Stage {
    var intents: LedgerIntents {
        LedgerIntents(
            ledger: ledger, store: store, executor: jobs.serialExecutor(), sender: SenderIdentity(version: "1.0.0"),
            kinds: [ReceiverName("oncall"): "webhook"], time: time)
    }

    /// Asks for something; what is refused comes back as the error.
    func ask<Value: Sendable>(
        _ body: @escaping @Sendable (LedgerIntents) async throws(Refusal) -> Value
    ) throws(Refusal) -> Value {
        let intents = intents
        let result: Result<Value, Refusal> = perform {
            do throws(Refusal) {
                return .success(try await body(intents))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    func refusal<Value: Sendable>(
        _ body: @escaping @Sendable (LedgerIntents) async throws(Refusal) -> Value
    ) -> Refusal? {
        do throws(Refusal) {
            _ = try ask(body)
            return nil
        } catch {
            return error
        }
    }

    func explain(_ room: String, for asker: Asker = .anna) throws(Refusal) -> RoomExplanation {
        try ask { intents throws(Refusal) in try await intents.explain(room: room, for: asker) }
    }

    /// Actions of the audit trail, the oldest first.
    func audited() throws -> [String] {
        try store.audit().reversed().map { "\($0.action) \($0.actor) \($0.origin)" }
    }

    func inOneHour() -> Timestamp { Timestamp(time.now().wall.addingTimeInterval(3_600)) }

    /// Lets the Ledger notice what a new rule changes.
    func tick() { perform { [ledger] in await ledger.tick() } }
}
