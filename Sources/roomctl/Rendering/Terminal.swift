// What is known of the terminal, asked once. Colours only where somebody looks, and not where NO_COLOR says no
// (no-color.org).

import Foundation

struct Terminal: Sendable {
    /// Columns; `nil` when nobody looks, and nothing is cut then.
    var width: Int?
    var isColoured: Bool

    /// - Parameter descriptor: of the output that is meant.
    static func detected(environment: [String: String], descriptor: Int32 = STDOUT_FILENO) -> Terminal {
        guard isatty(descriptor) == 1 else { return Terminal(width: nil, isColoured: false) }
        var window = winsize()
        let isKnown = ioctl(descriptor, UInt(TIOCGWINSZ), &window) == 0 && window.ws_col > 0
        let refuses = !(environment["NO_COLOR"] ?? "").isEmpty || environment["TERM"] == "dumb"
        return Terminal(width: isKnown ? Int(window.ws_col) : 80, isColoured: !refuses)
    }

    static func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }

    static func remark(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

    /// Asks a person; whoever cannot be asked has said so on the command line.
    static func confirms(_ question: String) -> Bool {
        guard isatty(STDIN_FILENO) == 1 else { return true }
        FileHandle.standardError.write(Data("\(question) [y/N] ".utf8))
        let answer = readLine()?.trimmingCharacters(in: .whitespaces).lowercased()
        return answer == "y" || answer == "yes"
    }
}
