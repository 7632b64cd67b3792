// What Graph's words about operations mean. The status is a free text, and documents disagree about its words (Graph facts,
// Devices), so a word that nobody knows says nothing: it neither ends an operation nor keeps a device occupied.

import FleetCore
import GraphClient

import struct Foundation.Date

enum DeviceOperationWords {
    static func kind(_ word: String?) -> ListedOperation.Kind {
        switch word?.lowercased() {
        case "devicerestart": .restart
        case "softwareupdate": .updateSoftware
        case "devicediagnostics": .runDiagnostics
        default: .other
        }
    }

    static func progress(_ word: String?, error: OperationErrorWire?) -> ListedOperation.Progress {
        switch word?.lowercased().filter(\.isLetter) {
        case "queued", "scheduled": .queued
        case "inprogress": .running
        case "successful", "succeeded": .succeeded
        case "cancelled", "canceled": .cancelled
        case "failed":
            .failed(
                code: BoundedText.clean(error?.code, limit: BoundedText.word) ?? "",
                message: BoundedText.clean(error?.message, limit: BoundedText.sentence) ?? "")
        default: .unknown
        }
    }

    static func isNewestFirst(_ wires: [DeviceOperationWire]) -> Bool {
        let dates = wires.map { $0.createdDateTime?.date }
        return zip(dates, dates.dropFirst()).allSatisfy { earlier, later in
            guard let earlier, let later else { return false }
            return earlier >= later
        }
    }

    /// The newest `limit` operations, newest first; one without a date may be the newest and comes before the others.
    static func newest(_ wires: [DeviceOperationWire], limit: Int) -> [ListedOperation] {
        var seen: Set<String> = []
        let listed = wires.compactMap { wire -> ListedOperation? in
            guard let id = BoundedText.id(wire.id), seen.insert(id.lowercased()).inserted else { return nil }
            return ListedOperation(
                graphID: id, kind: kind(wire.operationType), progress: progress(wire.status, error: wire.error),
                word: BoundedText.clean(wire.status, limit: BoundedText.word) ?? "nothing",
                createdAt: wire.createdDateTime?.date)
        }
        let sorted = listed.sorted {
            ($0.createdAt ?? .distantFuture, $0.graphID) > ($1.createdAt ?? .distantFuture, $1.graphID)
        }
        return Array(sorted.prefix(limit))
    }
}
