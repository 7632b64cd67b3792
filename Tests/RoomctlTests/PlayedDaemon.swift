// A daemon and a terminal with a script.

import FleetAPI
import FleetClient
import Foundation
@testable import roomctl
import Synchronization

final class PlayedDaemon: CommandService {
    enum Step: Sendable {
        case gone
        case progress(succeeded: Int = 0, running: Int = 0, failed: Int = 0, unknown: Int = 0, missing: Int = 0)
    }

    static let at = Timestamp("2026-11-20T08:00:00Z") ?? Timestamp(.distantPast)
    static func room(_ name: String, _ building: String? = nil, _ floor: String? = nil) -> DeviceBody.RoomReference {
        DeviceBody.RoomReference(id: name, name: name, building: building, floor: floor)
    }

    private let kept = Mutex<[String]>([])
    private let steps: Mutex<[Step]>
    private let away: Mutex<[Int]>
    let isUnheard = Mutex(false)
    let plan = Mutex(
        CommandPreview(
            action: "restart",
            rooms: [
                .init(
                    room: room("Room 17", "B2", "3"), device: "d", model: "Room Kit", verdict: "go",
                    because: ["idle", "no booking before 14:00"]),
                .init(
                    room: room("Room 18", "B2"), device: "d", model: "Room Kit", verdict: "wait",
                    because: ["a meeting runs until 09:00"]),
                .init(
                    room: room("Room 19"), device: nil, model: nil, verdict: "refuse",
                    because: ["the room has no device"]),
            ], goes: 1, waits: 1, refused: 1, estimateSeconds: 600))

    /// - Parameters:
    ///   - steps: what each look finds; the last one stays.
    ///   - away: rooms that are not back yet, each time somebody asks.
    init(steps: [Step] = [.progress(succeeded: 3)], away: [Int] = []) {
        self.steps = Mutex(steps)
        self.away = Mutex(away)
    }

    var asked: [String] { kept.withLock { $0 } }
    func count(_ what: String) { kept.withLock { $0.append(what) } }

    private static func answer<Content: Sendable>(_ content: Content, _ what: String) -> ClientAnswer<Content> {
        ClientAnswer(content: content, bytes: Array("\(what) bytes".utf8))
    }

    private static func command(_ step: Step, left: Int = 100) throws(ClientError) -> ClientAnswer<CommandContent> {
        guard case .progress(let succeeded, let running, let failed, let unknown, let missing) = step else {
            throw .unreachable("no daemon")
        }
        let progress = CommandProgress(
            operations: succeeded + running + failed + unknown, waiting: 0, running: running, succeeded: succeeded,
            failed: failed, unknown: unknown, withdrawn: 0, missing: missing,
            estimatedEnd: Timestamp(at.date.addingTimeInterval(Double(left))))
        let body = CommandBody(
            id: "01C", tenant: "contoso", action: "restart", software: nil, version: nil, author: "anna", reason: nil,
            forced: false, selection: "Room 17", requestedAt: at, progress: progress)
        return answer(CommandContent(command: body), "command")
    }

    func preview(_ command: CommandRequest) async throws(ClientError) -> ClientAnswer<CommandPreviewContent> {
        count("preview")
        return Self.answer(CommandPreviewContent(preview: plan.withLock { $0 }), "preview")
    }

    func request(_ command: CommandRequest) async throws(ClientError) -> ClientAnswer<CommandContent> {
        count("request")
        if isUnheard.withLock({ $0 }) { throw .unheard("lost") }
        return try Self.command(.progress(running: 3))
    }

    func command(_ id: String) async throws(ClientError) -> ClientAnswer<CommandContent> {
        count("command")
        // The time that is left is another at each look.
        return try Self.command(steps.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }, left: 100 - asked.count)
    }

    func operations(_ query: OperationsQuery) async throws(ClientError) -> ClientAnswer<OperationList> {
        func operation(_ name: String, _ state: String, _ homecoming: String, _ detail: String?) -> OperationBody {
            OperationBody(
                id: "01O", command: "01C", tenant: "contoso", action: "restart", room: Self.room(name, "B2"),
                device: "d", state: state, detail: detail, graphID: nil, homecoming: homecoming, awaitedUntil: nil,
                author: "anna", requestedAt: Self.at, submittedAt: nil, settledAt: nil)
        }
        if query.isOpen {
            count("open")
            let rooms = away.withLock { $0.isEmpty ? 0 : $0.removeFirst() }
            let open = Array(repeating: operation("Room 17", "succeeded", "awaited", nil), count: rooms)
            return Self.answer(OperationList(operations: open, nextCursor: nil), "operations")
        }
        count("operations")
        // Two pages, so that the second one is read as well.
        guard query.cursor == "more" else {
            let first = [
                operation("Room 20", "succeeded", "back", nil), operation("Room 17", "succeeded", "missing", nil),
            ]
            return Self.answer(OperationList(operations: first, nextCursor: "more"), "operations")
        }
        let second = [operation("Room 18", "failed", "not_awaited", "deviceNotReady: asleep")]
        return Self.answer(OperationList(operations: second, nextCursor: nil), "operations")
    }
}

final class PlayedConsole: OrderConsole {
    private struct State {
        var answers: [String?]
        var written: [String] = []
        var remarks: [String] = []
        var questions: [String] = []
        var lines: [String] = []
        var lastWord: String?
        var hasEnded = false
    }

    let isAttended: Bool
    let terminal: Terminal
    private let state: Mutex<State>

    init(
        isAttended: Bool = true, answers: [String?] = [], terminal: Terminal = Terminal(width: nil, isColoured: false)
    ) {
        self.isAttended = isAttended
        self.terminal = terminal
        state = Mutex(State(answers: answers))
    }

    var written: [String] { state.withLock { $0.written } }
    var remarks: [String] { state.withLock { $0.remarks } }
    var questions: [String] { state.withLock { $0.questions } }
    var lines: [String] { state.withLock { $0.lines } }
    var lastWord: String? { state.withLock { $0.lastWord } }
    var hasEnded: Bool { state.withLock { $0.hasEnded } }

    func write(_ text: String) { state.withLock { $0.written.append(text) } }
    func remark(_ text: String) { state.withLock { $0.remarks.append(text) } }
    func answer(to question: String) -> String? {
        state.withLock { state in
            state.questions.append(question)
            return state.answers.isEmpty ? nil : state.answers.removeFirst()
        }
    }
    func progress(_ line: String) { state.withLock { $0.lines.append(line) } }
    func endProgress() { state.withLock { $0.hasEnded = true } }
    func onInterrupt(_ lastWord: String) { state.withLock { $0.lastWord = lastWord } }
}
