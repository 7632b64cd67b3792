// Watches a command until nothing more can change. A daemon that is restarted meanwhile is no reason to stop: it goes on
// where it was, so the watching waits for it.

import FleetAPI
import FleetClient

struct Following: Sendable {
    /// Looks in a row that may fail: five minutes of them.
    static let patience = 150

    let service: any CommandService
    let console: any OrderConsole
    let clock: Order.Clock

    /// - Returns: the command as it ended.
    func follow(_ taken: ClientAnswer<CommandContent>) async throws -> ClientAnswer<CommandContent> {
        let id = taken.content.command.id
        console.onInterrupt(
            "roomctl: no longer watched; the operations go on. See them with roomctl command show \(id), take back what "
                + "has not left with roomctl command withdraw \(id).")
        var last = taken
        var failures = 0
        var said = ""
        while true {
            do throws(ClientError) {
                last = try await service.command(id)
                let isOver = try await isOver(last.content.command, &said)
                failures = 0
                if isOver { break }
            } catch {
                failures += 1
                guard !error.isFinal, failures < Self.patience else {
                    console.endProgress()
                    throw error
                }
                say("\(error); still trying", &said)
            }
            try await clock.pause()
        }
        console.endProgress()
        return last
    }

    private func isOver(_ command: CommandBody, _ said: inout String) async throws(ClientError) -> Bool {
        let bar = ProgressBar(command.progress, at: clock.now())
        if command.progress.isRunning {
            say(bar, &said)
            return false
        }
        // Everything has ended, but rooms may still be on their way back.
        let away = try await service.operations(
            OperationsQuery(command: command.id, isOpen: true, limit: OperationsQuery.maximumLimit)
        ).content.operations.count
        if away > 0 { say(bar.waiting(for: away), &said) }
        return away == 0
    }

    /// Where nothing moves, a line is said only when something happened.
    private func say(_ bar: ProgressBar, _ said: inout String) {
        guard let width = console.terminal.width else {
            guard bar.state != said else { return }
            said = bar.state
            return console.progress(bar.words)
        }
        console.progress(bar.line(width: width, isColoured: console.terminal.isColoured))
    }

    private func say(_ trouble: String, _ said: inout String) {
        let line = trouble.harmless
        guard let width = console.terminal.width else {
            guard line != said else { return }
            said = line
            return console.progress(line)
        }
        console.progress(line.cut(to: width - 1))
    }
}

extension ClientError {
    /// Whether asking again would be answered the same way.
    fileprivate var isFinal: Bool {
        switch self {
        case .unreachable, .unheard: false
        case .refused(let problem): problem.status < 500
        case .malformed: true
        }
    }
}
