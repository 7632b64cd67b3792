// Where a backup goes: a private file that gets its name when it is whole and checked, or standard output.

import Foundation
import HTTPExchange
import HTTPTypes
import Synchronization

/// Keeps what arrives, and says how far it is.
final class BackupFile: HTTPBodySink {
    /// The name that the file gets; `nil` for standard output.
    private let path: String?
    private let descriptor: Int32
    private let progress: Progress?

    private struct State {
        var taken = 0
        var expected: Int?
        var failure: String?
    }

    private let state = Mutex(State())

    private static func partial(_ path: String) -> String { path + ".part" }

    /// - Parameters:
    ///   - path: `nil` for standard output.
    ///   - progress: shows how far it is; `nil` where nobody looks.
    init(_ path: String?, isForced: Bool, progress: Progress?) throws {
        self.path = path
        self.progress = progress
        guard let path else {
            descriptor = STDOUT_FILENO
            return
        }
        if !isForced, FileManager.default.fileExists(atPath: path) {
            throw CommandFault("\(path) exists; choose another name, or give --force to replace it")
        }
        let partial = Self.partial(path)
        descriptor = try Self.openPrivately(partial)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw CommandFault("another roomctl writes \(partial); wait for it, or choose another name")
        }
        guard fchmod(descriptor, 0o600) == 0, ftruncate(descriptor, 0) == 0 else {
            throw CommandFault("\(partial) cannot be made private: \(Self.errorText)")
        }
    }

    /// Makes the file, or takes up the one that an earlier roomctl of the same user left. In a folder of others somebody
    /// may have put a file, a link or a pipe there, to read what is written or to have something else overwritten.
    private static func openPrivately(_ partial: String) throws -> Int32 {
        let made = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        if made >= 0 { return made }
        guard errno == EEXIST else { throw CommandFault("\(partial) cannot be written: \(errorText)") }
        // A pipe that nobody reads would hold the call up.
        let found = open(partial, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard found >= 0 else { throw CommandFault("\(partial) is there and cannot be written: \(errorText)") }
        var status = stat()
        guard fstat(found, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(),
            status.st_nlink == 1
        else {
            close(found)
            throw CommandFault("\(partial) is there and is no file of yours; remove it, or choose another name")
        }
        return found
    }

    /// Why the disk took no more.
    var failure: String? { state.withLock(\.failure) }

    func begin(_ headerFields: HTTPFields) {
        state.withLock { $0.expected = headerFields[.contentLength].flatMap(Int.init) }
    }

    func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = write(descriptor, bytes.baseAddress?.advanced(by: sent), bytes.count - sent)
            guard count > 0 else {
                if count < 0, errno == EINTR { continue }
                let text = Self.errorText
                state.withLock { $0.failure = text }
                return false
            }
            sent += count
        }
        let (taken, expected) = state.withLock { state in
            state.taken += bytes.count
            return (state.taken, state.expected)
        }
        progress?.show(taken, of: expected)
        return true
    }

    /// Gives the file its name. Without force nothing is replaced, not even what appeared meanwhile.
    func keep(isForced: Bool) throws {
        progress?.end()
        guard let path else { return }
        let partial = Self.partial(path)
        guard fsync(descriptor) == 0 else { throw CommandFault("\(partial) could not be written: \(Self.errorText)") }
        if isForced {
            guard rename(partial, path) == 0 else { throw CommandFault("\(path) cannot be written: \(Self.errorText)") }
        } else {
            guard link(partial, path) == 0 else {
                throw CommandFault("\(path) cannot be written: \(Self.errorText); the backup is whole in \(partial)")
            }
            unlink(partial)
        }
        let folder = open(URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false), O_RDONLY)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
        close(descriptor)
    }

    /// Throws away what arrived.
    func discard() {
        progress?.end()
        guard let path else { return }
        close(descriptor)
        unlink(Self.partial(path))
    }

    private static var errorText: String { String(cString: strerror(errno)) }
}

/// One line on a terminal that says how much has arrived.
final class Progress: Sendable {
    private static let width = 24
    private let shown = Mutex(-1)

    /// `nil` where standard error is no terminal.
    static func onTerminal() -> Progress? { isatty(STDERR_FILENO) == 1 ? Progress() : nil }

    /// Never more than everything, whatever length somebody in between announced.
    static func percent(_ taken: Int, of expected: Int?) -> Int {
        guard let expected else { return 0 }
        return expected > 0 ? Int(min(1, max(0, Double(taken) / Double(expected))) * 100) : 100
    }

    func show(_ taken: Int, of expected: Int?) {
        let percent = Self.percent(taken, of: expected)
        let isNews = shown.withLock { shown in
            defer { shown = percent }
            return shown != percent
        }
        guard isNews else { return }
        let full = percent * Self.width / 100
        let bar = String(repeating: "#", count: full) + String(repeating: ".", count: Self.width - full)
        Self.write("\r[\(bar)] \(percent) %, \(Size.text(taken))")
    }

    func end() { if shown.withLock({ $0 }) >= 0 { Self.write("\r\u{1B}[K") } }

    private static func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}

/// Sizes as people read them.
enum Size {
    static func text(_ bytes: Int) -> String {
        if bytes < 10_000 { return "\(bytes) bytes" }
        if bytes < 10_000_000 { return "\(bytes / 1_000) KB" }
        return "\(bytes / 1_000_000) MB"
    }
}
