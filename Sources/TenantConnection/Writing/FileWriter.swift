// Writes as root into folders that matter, so it trusts nothing it finds there: folders are held open while they are
// written to, a file appears whole under its name or not at all, a symbolic link is never followed, and what was there
// before stays beside it.

import Foundation
import Glibc
import HTTPExchange

/// Writes planned files.
public struct FileWriter: Sendable {
    /// What became of one file.
    public enum Outcome: String, Sendable, Hashable {
        case written
        case unchanged
        /// The old one is beside it, with `.bak` at its end, or `.bak-2` and so on where there was one before.
        case replaced
    }

    /// Whether a file that is there may be replaced.
    let replaces: Bool

    /// Old files of one name that are kept; whoever has more of them tidies up first.
    static let mostBackups = 99

    public init(replaces: Bool) {
        self.replaces = replaces
    }

    /// Looks for what would stop the writing, before a person has gone to the trouble of consenting.
    ///
    /// - Throws: ``ConnectionFault`` for the first obstacle.
    public func check(_ files: [PlannedFile]) throws(ConnectionFault) {
        for file in files {
            let (folder, _) = Self.split(file.path)
            var existing = folder
            while !existing.isEmpty, existing != "/", access(existing, F_OK) != 0 {
                existing = Self.split(existing).folder
            }
            guard access(existing.isEmpty ? "/" : existing, W_OK) == 0 else {
                throw ConnectionFault(
                    "\(folder) cannot be written to: \(Self.words(errno))",
                    remedy: "Run it with sudo, or name other places with --config, --credstore and --drop-in-dir.")
            }
            _ = try state(of: file)
        }
    }

    /// Writes one file.
    public func write(_ file: PlannedFile, token: String) throws(ConnectionFault) -> Outcome {
        let state = try state(of: file)
        if state == .same { return .unchanged }
        let (folder, name) = Self.split(file.path)
        let directory = try Self.open(folder: folder, mode: mode_t(file.folderMode))
        defer { close(directory) }
        let temporary = ".\(name).\(token)"
        try Self.fill(temporary, in: directory, file)
        var isDone = false
        defer { if !isDone { unlinkat(directory, temporary, 0) } }
        if state == .other {
            // Of what only this command writes, one version back is enough.
            if file.isOurs { unlinkat(directory, "\(name).bak", 0) }
            try Self.keep(name, in: directory, path: file.path)
            guard renameat(directory, temporary, directory, name) == 0 else { throw Self.fault(file.path, errno) }
            isDone = true
        } else {
            // A link fails where a file has appeared meanwhile; a rename would replace it.
            guard linkat(directory, temporary, directory, name, 0) == 0 else { throw Self.fault(file.path, errno) }
        }
        fsync(directory)
        return state == .other ? .replaced : .written
    }

    /// Gives the file a second name. An older one that was kept is never given up: it may be the only copy left.
    private static func keep(_ name: String, in directory: Int32, path: String) throws(ConnectionFault) {
        for number in 1...mostBackups {
            let backup = number == 1 ? "\(name).bak" : "\(name).bak-\(number)"
            if linkat(directory, name, directory, backup, 0) == 0 { return }
            guard errno == EEXIST else { throw fault(path, errno) }
        }
        throw ConnectionFault(
            "\(path) has \(mostBackups) older versions beside it", remedy: "Remove those that nobody needs.")
    }

    private enum State {
        case absent
        case same
        case other
    }

    /// - Throws: for what must not be touched.
    private func state(of file: PlannedFile) throws(ConnectionFault) -> State {
        // Does not follow a link, and has nothing to say of what is not there or may not be seen.
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: file.path) else { return .absent }
        guard attributes[.type] as? FileAttributeType == .typeRegular else {
            throw ConnectionFault(
                "\(file.path) is no plain file, so it is not touched",
                remedy: "Remove it, or name other places with --config, --credstore and --drop-in-dir.")
        }
        if file.keepsExisting { return .same }
        if Self.holds(file) { return .same }
        guard replaces || file.isOurs else {
            throw ConnectionFault(
                "\(file.path) is there already and says something else",
                remedy: "Add --force to replace it (the old one is kept beside it as .bak), or choose another --name.")
        }
        return .other
    }

    /// Whether the file says already what is planned. Reads no more than that takes.
    private static func holds(_ file: PlannedFile) -> Bool {
        let wanted = file.content.withRevealed { Array($0.utf8) }
        let descriptor = Glibc.open(file.path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while bytes.count <= wanted.count {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += chunk.prefix(count)
        }
        return bytes == wanted
    }

    private static func fill(_ name: String, in directory: Int32, _ file: PlannedFile) throws(ConnectionFault) {
        let descriptor = openat(
            directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode_t(file.mode))
        guard descriptor >= 0 else { throw fault(file.path, errno) }
        defer { close(descriptor) }
        // The umask may have taken bits away that the daemon's group needs.
        guard fchmod(descriptor, mode_t(file.mode)) == 0 else { throw fault(file.path, errno) }
        let bytes = file.content.withRevealed { Array($0.utf8) }
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw fault(file.path, errno) }
            sent += count
        }
        guard fsync(descriptor) == 0 else { throw fault(file.path, errno) }
    }

    /// The folder, made if it is not there; it is not followed where it is a link.
    private static func open(folder: String, mode: mode_t) throws(ConnectionFault) -> Int32 {
        if access(folder, F_OK) != 0 {
            let parent = split(folder).folder
            if access(parent, F_OK) != 0 {
                close(try open(folder: parent, mode: 0o755))
            }
            guard mkdir(folder, mode) == 0 || errno == EEXIST else { throw fault(folder, errno) }
        }
        let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw fault(folder, errno) }
        return descriptor
    }

    static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        return (slash == path.startIndex ? "/" : String(path[..<slash]), String(path[path.index(after: slash)...]))
    }

    private static func words(_ number: Int32) -> String { String(cString: strerror(number)) }

    private static func fault(_ path: String, _ number: Int32) -> ConnectionFault {
        ConnectionFault(
            "\(path) cannot be written: \(words(number))",
            remedy: "Run it with sudo, or name other places with --config, --credstore and --drop-in-dir.")
    }
}
