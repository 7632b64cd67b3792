// Commands and operations in the words of the contract: of the API, of the stream of events and of the figures.

import FleetAPI
import FleetCore
import FleetStore
import Foundation
import Timekeeping

extension DeviceAction {
    /// Every word of ``word``.
    static let words = CommandRequest.actions

    /// The software of an update, and the version that was named.
    var software: (kind: SoftwareKind, version: String?)? {
        if case .updateSoftware(let kind, let version) = self { (kind, version) } else { nil }
    }
}

extension OperationOutcome {
    /// Every word of ``word``: the states of the contract that are no others.
    static let words = Set(OperationBody.states).subtracting(OperationBody.openStates)
}

extension CommandBody {
    init(_ command: Command, progress: CommandProgress) {
        self.init(
            id: command.id.text, tenant: command.tenant.text, action: command.action.word,
            software: command.action.software?.kind.rawValue, version: command.action.software?.version,
            author: command.author, reason: command.reason, forced: command.isForced, selection: command.selection,
            requestedAt: Timestamp(command.requestedAt), progress: progress)
    }
}

extension CommandProgress {
    init(_ counts: [OperationCount], estimatedEnd: Date?) {
        func sum(_ states: Set<String>) -> Int {
            counts.filter { states.contains($0.state) }.map(\.count).reduce(0, +)
        }
        self.init(
            operations: counts.map(\.count).reduce(0, +), waiting: sum(["waiting"]),
            running: sum(["submitting", "unconfirmed", "accepted"]), succeeded: sum(["succeeded"]),
            failed: sum(["failed", "refused", "cancelled", "already_running"]), unknown: sum(["unknown"]),
            withdrawn: sum(["withdrawn"]), missing: counts.filter(\.isMissing).map(\.count).reduce(0, +),
            estimatedEnd: estimatedEnd.map { Timestamp($0) })
    }
}

extension OperationBody {
    init(_ record: OperationRecord, command: Command?, room: Room?) {
        var awaitedUntil: Date?
        if case .awaited(_, let until) = record.homecoming { awaitedUntil = until }
        self.init(
            id: record.id.text, command: record.command.text, tenant: record.tenant.text, action: record.action.word,
            room: DeviceBody.RoomReference(record.room, room), device: record.device, state: record.state.word,
            detail: record.state.detail, graphID: record.graphID, homecoming: record.homecoming.word,
            awaitedUntil: awaitedUntil.map { Timestamp($0) }, author: command?.author ?? "",
            requestedAt: Timestamp(command?.requestedAt ?? record.submittedAt ?? .distantPast),
            submittedAt: record.submittedAt.map { Timestamp($0) }, settledAt: record.settledAt.map { Timestamp($0) })
    }
}

extension OperationDetail.Step {
    init(_ step: OperationStep) {
        self.init(at: Timestamp(step.at), state: step.word, detail: step.detail)
    }
}

extension DeviceBody.RoomReference {
    /// A room that is not watched any more keeps its account id for a name.
    init(_ account: AccountID, _ room: Room?) {
        self.init(
            id: account.text, name: room?.name ?? account.text, building: room?.building, floor: room?.floor)
    }
}

extension CommandPreview {
    init(_ plan: CommandPlan, of action: DeviceAction) {
        func count(_ word: String) -> Int { plan.rooms.count { $0.verdict.word == word } }
        self.init(
            action: action.word,
            rooms: plan.rooms.map { one in
                Planned(
                    room: DeviceBody.RoomReference(one.room.account, one.room), device: one.device?.id,
                    model: one.device?.model, verdict: one.verdict.word, because: one.verdict.because)
            }, goes: count("go"), waits: count("wait"), refused: count("refuse"),
            estimateSeconds: Int(plan.estimate.seconds.rounded(.up)))
    }
}
