// Asking for what the command line leaves open. Without anybody to ask, what has a usual value takes it, and what has none
// is an error that names the option.

import ArgumentParser
import Foundation
import Glibc
import HTTPExchange

struct Questions {
    let console: TerminalConsole

    /// So many wrong answers, and the person needs the manual more than another question.
    private static let patience = 5

    /// A text, from the command line or a person.
    ///
    /// - Parameters:
    ///   - usual: what an empty answer means.
    ///   - complaint: what is wrong with a text that fails the check: "is no GUID".
    func text(
        _ given: String?, _ option: String, _ question: String, usual: String? = nil,
        check: (String) -> Bool = { !$0.isEmpty }, _ complaint: String = "is empty"
    ) throws -> String {
        if let given {
            guard check(given) else {
                throw ValidationError("\(option): \(given.prefix(80).harmlessText) \(complaint).")
            }
            return given
        }
        guard console.isAttended else {
            if let usual { return usual }
            throw ValidationError("Give \(option): nobody can be asked, because standard input is no terminal.")
        }
        for _ in 0..<Self.patience {
            ask("\(question)\(usual.map { " [\($0)]" } ?? ""): ")
            guard let line = readLine() else { break }
            let answer = line.trimmingCharacters(in: .whitespaces)
            if answer.isEmpty, let usual { return usual }
            if check(answer) { return answer }
            Terminal.remark("That \(complaint).")
        }
        throw ValidationError("Nothing usable was answered; give \(option).")
    }

    /// A secret, which the terminal does not show.
    func hidden(_ option: String, _ question: String) throws -> Secret {
        guard console.isAttended else {
            throw ValidationError("Give \(option): nobody can be asked, because standard input is no terminal.")
        }
        ask("\(question): ")
        guard let answer = HiddenInput.read() else {
            throw ValidationError("Nothing was answered; give \(option).")
        }
        return Secret(answer)
    }

    private func ask(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}

extension Substring {
    fileprivate var harmlessText: String { "'\(String(self).harmless)'" }
}

/// Input without echo. Whatever ends the process meanwhile, the terminal is left as it was.
enum HiddenInput {
    /// Where the terminal's modes are kept while the echo is off.
    private static let guarded = EchoGuard()

    static func read() -> String? {
        guarded.silence()
        defer {
            guarded.restore()
            FileHandle.standardError.write(Data("\n".utf8))
        }
        return readLine()
    }

    /// Ctrl-C ends the process as a shell expects it, with the echo on.
    static func restoreOnInterrupt() { guarded.watchInterrupt() }
}
