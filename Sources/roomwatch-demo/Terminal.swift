// Standard output: a terminal that is drawn on and given back as it was, or a stream that takes lines.

import Foundation
import Glibc
import Synchronization

/// Writes to standard output; whether somebody still reads it can be asked.
final class Terminal: Sendable {
    private let isBroken = Mutex(false)
    private let isTaken = Mutex(false)

    /// Whether the reader went away (`| head`); then there is nobody left to demonstrate anything to.
    var hasLostItsReader: Bool { isBroken.withLock { $0 } }

    /// Whether standard output is a terminal that can be drawn on.
    static func canDraw(environment: [String: String]) -> Bool {
        isatty(STDOUT_FILENO) == 1 && environment["TERM"] != "dumb" && environment["TERM"] != nil
    }

    /// The size in columns and rows; 80 by 24 where the terminal does not tell.
    static var size: (columns: Int, rows: Int) {
        var window = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0, window.ws_row > 0 else {
            return (80, 24)
        }
        return (Int(window.ws_col), Int(window.ws_row))
    }

    /// The characters that the locale promises (locale(7): the first of the three that is set).
    static func glyphs(environment: [String: String]) -> TerminalView.Glyphs {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        let name = locale.lowercased()
        return name.contains("utf-8") || name.contains("utf8") ? .unicode : .ascii
    }

    /// Whether colours are wanted (no-color.org).
    static func wantsColour(environment: [String: String]) -> Bool { environment["NO_COLOR"]?.isEmpty ?? true }

    func line(_ text: String) { write(text + "\n") }

    /// Takes the terminal: the alternate screen, without cursor.
    func take() {
        isTaken.withLock { $0 = true }
        write("\u{1B}[?1049h\u{1B}[?25l\u{1B}[2J")
    }

    /// Gives it back as it was; does nothing when it was not taken.
    func giveBack() {
        let wasTaken = isTaken.withLock { taken in
            defer { taken = false }
            return taken
        }
        if wasTaken { write("\u{1B}[0m\u{1B}[?25h\u{1B}[?1049l") }
    }

    /// Draws over the last picture.
    func draw(_ lines: [StyledLine], colour: Bool) {
        // Each line clears its own rest before it is written, so nothing flickers and no last column is lost.
        let text = lines.map { "\u{1B}[K" + $0.text(colour: colour) }.joined(separator: "\r\n")
        write("\u{1B}[H\(text)\u{1B}[J")
    }

    private func write(_ text: String) {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
        } catch {
            isBroken.withLock { $0 = true }
        }
    }
}
