// How an operation is written. `status` is no enumeration in the metadata, and the documents spell it in several ways, so
// devices differ here: a client that compares letters will wait for ever for some of them.

import struct Foundation.Date

extension SimulatedTenant {
    /// One device's manner of writing about operations.
    private struct Spelling {
        let queued: String
        let running: String
        let succeeded: String
        let failed: String
        let cancelled: String
        /// What stands for a moment that has not come; `nil` is written as null.
        let never: String?

        static let all = [
            Spelling(
                queued: "Queued", running: "InProgress", succeeded: "Successful", failed: "Failed",
                cancelled: "Cancelled", never: nil),
            Spelling(
                queued: "Scheduled", running: "InProgress", succeeded: "succeeded", failed: "failed",
                cancelled: "cancelled", never: "0001-01-01T00:00:00Z"),
            Spelling(
                queued: "queued", running: "inProgress", succeeded: "Successful", failed: "Failed",
                cancelled: "Cancelled", never: nil),
        ]
    }

    func operationRecord(_ operation: DeviceOperation) -> JSONValue {
        let spelling = Spelling.all[operation.device % Spelling.all.count]
        let status =
            switch operation.phase {
            case .queued: spelling.queued
            case .running: spelling.running
            case .succeeded: spelling.succeeded
            case .failed: spelling.failed
            case .cancelled: spelling.cancelled
            }
        let type =
            switch operation.command {
            case .restart: "DeviceRestart"
            case .updateSoftware: "SoftwareUpdate"
            case .runDiagnostics: "DeviceDiagnostics"
            }
        func moment(_ elapsed: Duration?) -> JSONValue {
            guard let elapsed else { return .text(spelling.never) }
            return .string(Timestamps.text(timeline.wall(elapsed), fractionDigits: 7))
        }
        let author: JSONValue =
            operation.isForeign
            ? ["application": .null, "device": .null, "user": ["id": .null, "displayName": "Administrator"]]
            : [
                "application": ["id": .string(identity.clientID), "displayName": .null], "device": .null, "user": .null,
            ]
        return [
            "id": .string(operation.id.description), "operationType": .string(type), "status": .string(status),
            "createdDateTime": moment(operation.created), "startedDateTime": moment(operation.started),
            "completedDateTime": moment(operation.completed), "lastActionDateTime": moment(operation.lastAction),
            "createdBy": author, "lastActionBy": author,
            "error": operation.error.map { ["code": .string($0.code), "message": .string($0.message)] } ?? .null,
        ]
    }
}
