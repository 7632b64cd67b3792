// The terminal as an order sees it: text for the result, text beside it, one line that moves, and one question.

import Dispatch
import FleetAPI
import FleetClient
import Foundation
import Synchronization

protocol OrderConsole: Sendable {
    /// Whether a person can be asked.
    var isAttended: Bool { get }
    /// How the moving line may look.
    var terminal: Terminal { get }
    func write(_ text: String)
    func remark(_ text: String)
    /// What a person answers; `nil` at the end of the input.
    func answer(to question: String) -> String?
    /// The one line that says how far it is; where nothing moves it is a line like any other.
    func progress(_ line: String)
    func endProgress()
    /// From now on an interrupt ends the watching and says a last word.
    func onInterrupt(_ lastWord: String)
}

/// Standard output for the result; everything else goes to standard error.
final class StandardConsole: OrderConsole {
    let isAttended = isatty(STDIN_FILENO) == 1
    let terminal = Terminal.detected(
        environment: ProcessInfo.processInfo.environment, descriptor: STDERR_FILENO)
    private let watch = Mutex<(any DispatchSourceSignal)?>(nil)

    func write(_ text: String) { Terminal.write(text) }
    func remark(_ text: String) { Terminal.remark(text) }

    func answer(to question: String) -> String? {
        FileHandle.standardError.write(Data(question.utf8))
        return readLine()
    }

    func progress(_ line: String) {
        guard terminal.width != nil else { return Terminal.remark(line) }
        FileHandle.standardError.write(Data("\r\u{1B}[K\(line)".utf8))
    }

    func endProgress() {
        guard terminal.width != nil else { return }
        FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
    }

    func onInterrupt(_ lastWord: String) {
        watch.withLock { watch in
            signal(SIGINT, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
            source.setEventHandler {
                FileHandle.standardError.write(Data("\n\(lastWord)\n".utf8))
                // What a shell makes of SIGINT.
                exit(130)
            }
            source.resume()
            watch = source
        }
    }
}

/// The calls that an order makes.
protocol CommandService: Sendable {
    func preview(_ command: CommandRequest) async throws(ClientError) -> ClientAnswer<CommandPreviewContent>
    func request(_ command: CommandRequest) async throws(ClientError) -> ClientAnswer<CommandContent>
    func command(_ id: String) async throws(ClientError) -> ClientAnswer<CommandContent>
    func operations(_ query: OperationsQuery) async throws(ClientError) -> ClientAnswer<OperationList>
}

extension RoomwatchClient: CommandService {}
