// Everything that is done to the database as files, before or beside SQLite: directories, permissions, the header that
// tells a foreign or newer file without opening it, and setting a damaged database aside with its journal.

import Foundation
import Glibc
import Logging

/// The files of one store.
struct StoreFiles {
    let path: String

    /// The main file, its write-ahead log and the index of that log, which only make sense together.
    private static let suffixes = ["", "-wal", "-shm"]

    var directory: String { URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false) }
    private var suspectMark: String { path + ".suspect" }

    /// Makes the directory if it is missing (mode 0700), and an empty database file of mode 0600 if there is none;
    /// SQLite gives its journals the mode of the database.
    func prepare() throws(StoreError) {
        try prepareDirectory()
        var status = stat()
        guard stat(path, &status) != 0 else {
            guard status.st_mode & S_IFMT == S_IFREG else {
                throw StoreError.unusablePath(path: path, reason: "it is not a regular file")
            }
            guard access(path, R_OK | W_OK) == 0 else {
                throw StoreError.unusablePath(path: path, reason: "the file is not writable: \(lastErrorText())")
            }
            guard access(directory, W_OK | X_OK) == 0 else {
                throw StoreError.unusablePath(path: path, reason: "its directory is not writable: \(lastErrorText())")
            }
            return
        }
        guard errno == ENOENT else { throw StoreError.unusablePath(path: path, reason: lastErrorText()) }
        // Without O_EXCL: of two daemons that start at once the second must get as far as the lock.
        Glibc.close(try Self.openPrivately(path, orWhatIsThere: true))
    }

    func prepareDirectory() throws(StoreError) {
        do {
            if !FileManager.default.fileExists(atPath: directory) {
                try FileManager.default.createDirectory(
                    atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            }
        } catch {
            if (error as? CocoaError)?.code == .fileWriteOutOfSpace {
                throw StoreError.diskFull(path: path, doing: "making its directory")
            }
            throw StoreError.unusablePath(
                path: path, reason: "its directory cannot be created: \(error.localizedDescription)")
        }
    }

    /// Makes an empty file that only the daemon's user can read. A file that is there already, and a link above all, is
    /// refused: whoever makes a file knows that there is none.
    static func createPrivately(_ file: String) throws(StoreError) { Glibc.close(try openPrivately(file)) }

    /// The same, left open for writing.
    static func openPrivately(_ file: String, orWhatIsThere: Bool = false) throws(StoreError) -> Int32 {
        let exclusively = orWhatIsThere ? 0 : O_EXCL
        let descriptor = Glibc.open(file, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | exclusively, 0o600)
        guard descriptor >= 0 else {
            if lacksSpace(errno) { throw StoreError.diskFull(path: file, doing: "making the file") }
            throw StoreError.unusablePath(path: file, reason: "it cannot be created: \(lastErrorText())")
        }
        return descriptor
    }

    /// What the first hundred bytes say (sqlite.org/fileformat2, section 1.3).
    enum Header: Equatable {
        case empty
        /// `pages` is 0 when the header does not vouch for its count.
        case database(userVersion: Int, applicationID: Int, pageSize: Int, pages: Int)
        /// It begins like a database of ours and is cut off, or holds nothing but zeros, which is what some file systems
        /// leave of a file after a power cut.
        case damaged(String)
        /// Somebody's file of another kind.
        case notADatabase
    }

    private static let magic = Array("SQLite format 3\u{0}".utf8)

    func header() throws(StoreError) -> Header {
        let bytes: [UInt8]
        do {
            let file = try FileHandle(forReadingFrom: URL(filePath: path))
            defer { try? file.close() }
            bytes = Array(try file.read(upToCount: 100) ?? Data())
        } catch {
            throw StoreError.io(path: path, doing: "reading its header", detail: error.localizedDescription)
        }
        return Self.header(of: bytes)
    }

    /// - Parameter bytes: the first hundred of a file, or all that it has.
    static func header(of bytes: [UInt8]) -> Header {
        if bytes.isEmpty { return .empty }
        if bytes.allSatisfy({ $0 == 0 }) { return .damaged("it begins with zeros") }
        guard bytes.starts(with: magic) else { return .notADatabase }
        guard bytes.count == 100 else { return .damaged("it is cut off after \(bytes.count) bytes") }
        func number(at offset: Int) -> Int { bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
        // A page size of 1 stands for 65,536. The count of pages holds when the last writer wrote both change counters.
        let pageSize = Int(bytes[16]) << 8 | Int(bytes[17])
        return .database(
            userVersion: number(at: 60), applicationID: number(at: 68), pageSize: pageSize == 1 ? 65_536 : pageSize,
            pages: number(at: 24) == number(at: 92) ? number(at: 28) : 0)
    }

    /// Size of the main file in bytes; 0 when it is missing.
    var size: Int { Self.size(of: path) }
    var walSize: Int { Self.size(of: path + "-wal") }

    private static func size(of file: String) -> Int {
        var status = stat()
        return stat(file, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Renames the damaged database and its journals to `<path>.corrupt-<UTC stamp>`, `…-wal` and `…-shm`, so that
    /// whoever looks into it later can open them together.
    ///
    /// - Returns: the new path of the main file.
    func setAside(at now: Date) throws(StoreError) -> String {
        let target = unusedName("corrupt", at: now)
        for suffix in Self.suffixes {
            guard rename(path + suffix, target + suffix) != 0 else { continue }
            let reason = errno
            if reason != ENOENT {
                throw StoreError.unusablePath(
                    path: path, reason: "it is damaged and cannot be renamed to \(target): \(errorText(reason))")
            }
        }
        clearSuspicion()
        return target
    }

    /// `<path>.<word>-<UTC stamp>`, with a number behind it when there is such a file.
    func unusedName(_ word: String, at now: Date) -> String {
        let first = "\(path).\(word)-\(Self.stamp(now))"
        var name = first
        var number = 2
        var status = stat()
        // A link that leads nowhere takes its name all the same.
        while lstat(name, &status) == 0 {
            name = "\(first)-\(number)"
            number += 1
        }
        return name
    }

    /// `20261120T080001Z`
    private static func stamp(_ date: Date) -> String {
        let style = Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted)
        return date.formatted(style)
    }

    var isSuspect: Bool { FileManager.default.fileExists(atPath: suspectMark) }

    func markSuspect(_ detail: String, log: Logger) {
        guard !isSuspect else { return }
        if !FileManager.default.createFile(atPath: suspectMark, contents: Data((detail + "\n").utf8)) {
            log.error("The mark that the store is damaged could not be written", metadata: ["file": "\(suspectMark)"])
        }
    }

    func clearSuspicion() { _ = unlink(suspectMark) }
}
