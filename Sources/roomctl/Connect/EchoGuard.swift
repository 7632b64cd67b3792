// The one piece of the terminal's state that is changed, and the signal that must not leave it changed.

import Dispatch
import Foundation
import Synchronization

final class EchoGuard: Sendable {
    private let saved = Mutex<termios?>(nil)
    private let watch = Mutex<(any DispatchSourceSignal)?>(nil)

    func silence() {
        var modes = termios()
        guard tcgetattr(STDIN_FILENO, &modes) == 0 else { return }
        let before = modes
        saved.withLock { $0 = before }
        modes.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &modes)
    }

    func restore() {
        let before = saved.withLock { saved in
            defer { saved = nil }
            return saved
        }
        guard var before else { return }
        tcsetattr(STDIN_FILENO, TCSANOW, &before)
    }

    /// 130 is what a shell makes of SIGINT.
    func watchInterrupt() {
        watch.withLock { watch in
            guard watch == nil else { return }
            signal(SIGINT, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
            source.setEventHandler { [self] in
                restore()
                FileHandle.standardError.write(Data("\nroomctl: interrupted; nothing more is written\n".utf8))
                exit(130)
            }
            source.resume()
            watch = source
        }
    }
}
