// The terminal as a connection sees it: paragraphs, a line of progress, answers, and lines that a person pastes while
// something else is waited for.

import ArgumentParser
import Foundation
import HTTPExchange
import Synchronization
import TenantConnection

final class TerminalConsole: ConnectionConsole {
    let isAttended: Bool
    let isColoured: Bool
    /// Whether standard output belongs to the result alone.
    private let isQuiet: Bool
    private let drawsProgress: Bool
    private let readsLines: Bool
    private let started = Mutex<AsyncStream<String>?>(nil)
    private let hasProgress = Mutex(false)

    /// Lines that wait; a person pastes one.
    private static let mostLines = 8

    /// - Parameters:
    ///   - readsReplies: also when standard input is no terminal.
    ///   - hasSecretOnInput: then standard input has been read to its end.
    init(isQuiet: Bool, readsReplies: Bool, hasSecretOnInput: Bool) {
        self.isQuiet = isQuiet
        isAttended = isatty(STDIN_FILENO) == 1
        isColoured = Terminal.detected(environment: ProcessInfo.processInfo.environment).isColoured
        drawsProgress = isatty(STDERR_FILENO) == 1
        readsLines = (isAttended || readsReplies) && !hasSecretOnInput
    }

    /// Lines of standard input. Reading begins when somebody asks for them: until then it belongs to the questions.
    var pasted: AsyncStream<String>? {
        guard readsLines else { return nil }
        return started.withLock { started in
            if let started { return started }
            let (lines, sink) = AsyncStream.makeStream(
                of: String.self, bufferingPolicy: .bufferingNewest(Self.mostLines))
            // A thread of its own, because reading blocks; it ends with the input or with the process.
            Thread { while let line = readLine() { sink.yield(line) } }.start()
            started = lines
            return lines
        }
    }

    func say(_ text: String) {
        endProgress()
        let paragraph =
            text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0).harmless }
            .joined(separator: "\n") + "\n"
        if isQuiet { Terminal.remark(paragraph) } else { Terminal.write(paragraph + "\n") }
    }

    func progress(_ text: String) {
        guard drawsProgress else { return Terminal.remark(text.harmless) }
        hasProgress.withLock { $0 = true }
        FileHandle.standardError.write(Data("\r\u{1B}[K\(text.harmless)".utf8))
    }

    func endProgress() {
        let had = hasProgress.withLock { had in
            defer { had = false }
            return had
        }
        if had { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
    }

    func open(_ url: String) {
        let program = Process()
        program.executableURL = URL(filePath: "/usr/bin/env")
        program.arguments = ["xdg-open", url]
        program.standardOutput = FileHandle.nullDevice
        program.standardError = FileHandle.nullDevice
        do {
            try program.run()
        } catch {
            say("xdg-open cannot be run; open the link by hand.")
        }
    }
}
