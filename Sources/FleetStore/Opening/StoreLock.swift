// Two daemons on one database would page everybody twice and overwrite each other's states. SQLite's own locks do not
// prevent that, because both would take turns; so a lock is held for as long as the store is open.

import Foundation
import Glibc
import Synchronization

/// An exclusive `flock(2)` on `<path>.lock`; the kernel drops it when the process dies, however it dies.
final class StoreLock: Sendable {
    private let descriptor: Mutex<Int32?>

    /// - Throws: `lockedByAnotherDaemon` with the process id that the holder wrote into the file, when it can be read.
    init(for path: String) throws(StoreError) {
        let file = path + ".lock"
        // Close-on-exec: a child process that inherited the descriptor would keep the lock after the daemon's death.
        // No link is followed: the number below would be written over whatever it leads to.
        let opened = Glibc.open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard opened >= 0 else {
            if lacksSpace(errno) { throw StoreError.diskFull(path: file, doing: "making the lock file") }
            if errno == ELOOP { throw StoreError.unusablePath(path: path, reason: "\(file) is a link; remove it") }
            throw StoreError.unusablePath(path: path, reason: "\(file) cannot be opened: \(lastErrorText())")
        }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            let pid = Self.holder(opened)
            Glibc.close(opened)
            if reason == EWOULDBLOCK { throw StoreError.lockedByAnotherDaemon(path: path, pid: pid) }
            throw StoreError.unusablePath(path: path, reason: "\(file) cannot be locked: \(errorText(reason))")
        }
        descriptor = Mutex(opened)
        // The number only helps the operator; a lock file that cannot be written (a full disk) still locks.
        let text = Array("\(getpid())\n".utf8)
        if ftruncate(opened, 0) == 0 { _ = pwrite(opened, text, text.count, 0) }
    }

    deinit { release() }

    func release() {
        descriptor.withLock { descriptor in
            if let open = descriptor { Glibc.close(open) }
            descriptor = nil
        }
    }

    private static func holder(_ descriptor: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        let text = String(decoding: bytes.prefix(count), as: UTF8.self)
        return Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }
}

/// The text of `errno`, to be called right after the failed call.
func lastErrorText() -> String { errorText(errno) }

func errorText(_ code: Int32) -> String { String(cString: strerror(code)) }
