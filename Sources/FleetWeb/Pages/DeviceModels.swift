// What the templates read of devices, commands and operations.

import FleetAPI
import Foundation

struct DeviceRow {
    var id: String
    var address: String
    var name: String
    var room: String
    var roomAddress: String
    var hasRoom: Bool
    var place: String
    var kind: String
    var health: String
    var activity: String
    var problems: [ProblemRow]
    var hasProblems: Bool
    /// The version of the Teams client; empty when its health names none.
    var teams: String
    /// The version that waits for it.
    var offered: String
    var hasOffer: Bool
    var operation: String
    var hasOperation: Bool

    struct ProblemRow {
        var sentence: String
        var since: String
        var incident: String
        var hasIncident: Bool
    }

    init(_ device: DeviceBody, at now: Timestamp) {
        id = device.id
        address = "/devices/\(PageRoutes.segment(device.id))"
        let words = [device.manufacturer, device.model].compactMap(\.self)
        kind = device.kind.replacing("_", with: " ")
        name = words.isEmpty ? kind : words.joined(separator: " ")
        room = device.room?.name ?? ""
        roomAddress = device.room.map { "/rooms/\(PageRoutes.segment($0.id))" } ?? ""
        hasRoom = device.room != nil
        place = device.room.map { [$0.building, $0.floor].compactMap(\.self).joined(separator: ", ") } ?? ""
        health = device.health
        activity = device.activity
        problems = device.problems.map {
            ProblemRow(
                sentence: $0.sentence, since: $0.since.map { "since \(Instant($0, at: now).words)" } ?? "",
                incident: $0.incident ?? "", hasIncident: $0.incident != nil)
        }
        hasProblems = !device.problems.isEmpty
        let client = device.software.first { $0.software == "teams_client" }
        teams = client?.current ?? ""
        hasOffer = client?.freshness == "update_available"
        offered = client?.available ?? "a newer one"
        operation = device.operation ?? ""
        hasOperation = device.operation != nil
    }
}

struct SoftwareRow {
    var software: String
    var current: String
    var freshness: String
    var available: String

    init(_ software: SoftwareBody) {
        self.software = software.software.replacing("_", with: " ")
        current = software.current ?? "not known"
        freshness = software.freshness.replacing("_", with: " ")
        available = software.available ?? ""
    }
}

struct OperationRow {
    var id: String
    var command: String
    var action: String
    var room: String
    var roomAddress: String
    var place: String
    var state: String
    /// The state, and what the room does about it.
    var words: String
    var detail: String
    var author: String
    var asked: String
    var age: String

    init(_ operation: OperationBody, at now: Timestamp) {
        id = operation.id
        command = operation.command
        action = CommandRow.words(operation.action)
        room = operation.room.name
        roomAddress = "/rooms/\(PageRoutes.segment(operation.room.id))"
        place = [operation.room.building, operation.room.floor].compactMap(\.self).joined(separator: ", ")
        state = operation.homecoming == "missing" ? "failed" : operation.state
        let word = operation.state.replacing("_", with: " ")
        words =
            switch operation.homecoming {
            case "awaited": "\(word), room not back yet"
            case "missing": "\(word), room not back"
            default: word
            }
        detail = operation.detail ?? ""
        author = operation.author
        asked = operation.requestedAt.description
        age = Instant(operation.requestedAt, at: now).age
    }
}

struct CommandRow {
    var id: String
    var action: String
    var selection: String
    var author: String
    var reason: String
    var isForced: Bool
    var asked: String
    var age: String
    var progress: CountsModel
    /// When it will be over; empty when that is not known.
    var left: String
    var isRunning: Bool
    var missing: String

    init(_ command: CommandBody, at now: Timestamp) {
        id = command.id
        action = [Self.words(command.action), command.software?.replacing("_", with: " "), command.version]
            .compactMap(\.self).joined(separator: " ")
        selection = command.selection
        author = command.author
        reason = command.reason ?? ""
        isForced = command.forced
        asked = command.requestedAt.description
        age = Instant(command.requestedAt, at: now).age
        let progress = command.progress
        self.progress = CountsModel(progress)
        isRunning = progress.isRunning
        let end = progress.estimatedEnd.map { ($0.milliseconds - now.milliseconds) / 1000 } ?? 0
        left = isRunning && end > 0 ? "about \(max(1, (end + 59) / 60)) min left" : ""
        missing = progress.missing > 0 ? "\(PageWords.count(Int(progress.missing), "room")) did not come back" : ""
    }

    /// The action as a person says it.
    static func words(_ action: String) -> String {
        switch action {
        case "update_software": "update"
        case "run_diagnostics": "diagnose"
        default: action.replacing("_", with: " ")
        }
    }
}

extension CountsModel {
    /// What ended stands left and what waits right, so that the bar fills.
    init(_ progress: CommandProgress) {
        self.init(
            [
                ("succeeded", progress.succeeded), ("failed", progress.failed), ("unknown", progress.unknown),
                ("withdrawn", progress.withdrawn), ("running", progress.running), ("waiting", progress.waiting),
            ], of: progress.operations, none: "no rooms")
    }
}

/// Numbers with their noun.
enum PageWords {
    static func count(_ number: Int, _ what: String) -> String { "\(number) \(what)\(number == 1 ? "" : "s")" }
}
