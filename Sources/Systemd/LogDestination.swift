// Where a record leaves the process. Both ways can stall (a stopped journald, a terminal halted with Ctrl-S), so each
// is called from LogOutput's queue alone, never from a task.

import CLibsystemd
import Glibc

/// The two ways out for a record.
public enum LogDestination: Sendable, Hashable {
    /// Fields to journald, by sd_journal_sendv(3).
    case journal(identifier: String)
    /// Lines on standard error.
    case standardError(colour: Bool)

    /// The way that fits how the process was started: the journal when standard error is connected to it.
    ///
    /// - Parameter environment: `JOURNAL_STREAM` and `NO_COLOR` (https://no-color.org) are looked at.
    public static func detect(environment: [String: String], identifier: String) -> LogDestination {
        var status = stat()
        guard fstat(STDERR_FILENO, &status) == 0 else { return .standardError(colour: false) }
        if isJournal(environment["JOURNAL_STREAM"], device: UInt64(status.st_dev), inode: UInt64(status.st_ino)) {
            return .journal(identifier: identifier)
        }
        let wantsNoColour = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        return .standardError(colour: !wantsNoColour && isatty(STDERR_FILENO) == 1)
    }

    /// Whether `JOURNAL_STREAM` (systemd.exec(5): `device:inode`, decimal) means the given file.
    ///
    /// The variable alone proves nothing: it is inherited by programs whose standard error was redirected elsewhere.
    static func isJournal(_ variable: String?, device: UInt64, inode: UInt64) -> Bool {
        guard let parts = variable?.split(separator: ":", omittingEmptySubsequences: false), parts.count == 2 else {
            return false
        }
        return UInt64(parts[0]) == device && UInt64(parts[1]) == inode
    }

    /// Writes one record; `false` when it is lost.
    func write(_ record: LogRecord) -> Bool {
        switch self {
        case .journal(let identifier):
            Self.send(record.journalFields(identifier: identifier))
                // The stream still reaches journald where its socket does not; `<n>` is sd-daemon(3)'s level prefix.
                || Self.write(
                    "<\(record.level.syslogPriority)>\(record.logger): \(record.summary)\n", to: STDERR_FILENO)
        case .standardError(let colour):
            Self.write(record.terminalLine(colour: colour), to: STDERR_FILENO)
        }
    }

    private static func send(_ fields: [String]) -> Bool {
        var bytes: [UInt8] = []
        var ends: [Int] = []
        for field in fields {
            bytes.append(contentsOf: field.utf8)
            ends.append(bytes.count)
        }
        return bytes.withUnsafeMutableBytes { buffer in
            guard let base = buffer.baseAddress else { return false }
            var start = 0
            let vectors = ends.map { end in
                defer { start = end }
                return iovec(iov_base: base + start, iov_len: end - start)
            }
            return sd_journal_sendv(vectors, Int32(vectors.count)) == 0
        }
    }

    /// Milliseconds that a reader of standard error may stall one piece of a line before the rest is given up.
    private static let patience: Int32 = 1000

    /// Writes in pieces that a pipe takes whole once poll(2) has found room, so that write(2) itself never blocks.
    static func write(_ text: String, to descriptor: Int32) -> Bool {
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            let ready = poll(&room, 1, patience)
            if ready < 0, errno == EINTR { continue }
            guard ready > 0 else { return false }
            let count = bytes[start...].prefix(Int(PIPE_BUF)).withUnsafeBytes { piece in
                Glibc.write(descriptor, piece.baseAddress, piece.count)
            }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else { return false }
            start += count
        }
        return true
    }
}
