// A restore is run by root, and the directory of the store belongs to the daemon's user. Whoever got hold of the daemon may
// have left links there under every name that a restore uses, and root would write through them. So root opens the
// directory and becomes its owner before it touches anything in it: a link then leads no further than it leads that user.

import Foundation
import Glibc
import GRDBSQLite

/// Where the store is, reached as whoever owns the place.
final class StorePlace {
    /// Under names that work for whom this process is meanwhile.
    let files: StoreFiles
    private var entered: Entered?

    private struct Entered {
        var descriptor: Int32
        /// The directory as the operator knows it, and as it is reached.
        var named: String
        var reached: String
        var former: Identity
    }

    /// - Throws: `unusablePath` when there is no way to become the owner; nothing was touched.
    init(of path: String) throws(StoreError) {
        guard geteuid() == 0 else {
            files = StoreFiles(path: path)
            return
        }
        let (descriptor, directory, rest) = try Self.nearestDirectory(of: path)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_uid != 0 else {
            // A directory of root's holds what root put there.
            Glibc.close(descriptor)
            files = StoreFiles(path: path)
            return
        }
        // By its descriptor: below /var/lib/private, where systemd keeps the directories of dynamic users, nobody but root
        // finds it by name.
        let reached = "/proc/self/fd/\(descriptor)"
        let former = Identity.present
        do throws(IdentityRefusal) {
            // By number: a dynamic user has no name while its service does not run.
            try Identity(user: status.st_uid, group: status.st_gid, groups: []).assume()
        } catch {
            try? former.assume()
            Glibc.close(descriptor)
            throw .unusablePath(
                path: path,
                reason: "its directory belongs to uid \(status.st_uid), and this process cannot act as that user: "
                    + errorText(error.code))
        }
        DirectNames.begin()
        files = StoreFiles(path: "\(reached)/\(rest)")
        entered = Entered(descriptor: descriptor, named: directory, reached: reached, former: former)
    }

    /// A text in which the names are those that the operator knows.
    func shown(_ text: String) -> String {
        entered.map { text.replacing($0.reached + "/", with: $0.named + "/") } ?? text
    }

    /// Makes the process who it was.
    func leave() {
        guard let entered else { return }
        self.entered = nil
        DirectNames.end()
        try? entered.former.assume()
        Glibc.close(entered.descriptor)
    }

    deinit { leave() }

    /// The directory of the store, or the first above it that exists, with what is left of the path.
    private static func nearestDirectory(of path: String) throws(StoreError) -> (Int32, named: String, rest: String) {
        var parts = URL(filePath: path).absoluteURL.path(percentEncoded: false).split(separator: "/")
        var rest = parts.popLast().map(String.init) ?? ""
        while true {
            let directory = "/" + parts.joined(separator: "/")
            let descriptor = Glibc.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            if descriptor >= 0 { return (descriptor, directory == "/" ? "" : directory, rest) }
            guard errno == ENOENT, let last = parts.popLast() else {
                throw .unusablePath(path: path, reason: "\(directory) cannot be opened: \(lastErrorText())")
            }
            rest = "\(last)/\(rest)"
        }
    }
}

/// The system refused to change the ids of the process.
private struct IdentityRefusal: Error {
    /// `errno`
    var code: Int32
}

/// Effective ids. The real ones stay root's, so that the way back is open and the other processes of the new user may
/// neither trace nor kill this one.
private struct Identity {
    var user: uid_t
    var group: gid_t
    var groups: [gid_t]

    static var present: Identity {
        var groups = [gid_t](repeating: 0, count: max(0, Int(getgroups(0, nil))))
        let count = getgroups(Int32(groups.count), &groups)
        return Identity(user: geteuid(), group: getegid(), groups: Array(groups.prefix(max(0, Int(count)))))
    }

    func assume() throws(IdentityRefusal) {
        // Only root may change groups, so it comes first on the way back and goes last on the way there.
        if user == 0, seteuid(0) != 0 { throw IdentityRefusal(code: errno) }
        guard setgroups(groups.count, groups) == 0, setegid(group) == 0, seteuid(user) == 0 else {
            throw IdentityRefusal(code: errno)
        }
    }
}

/// SQLite spells out each name before it opens it and looks at every directory on the way, also at those that only root
/// may enter. Meanwhile names are taken as they are.
private enum DirectNames {
    private struct Systems {
        var standard: UnsafeMutablePointer<sqlite3_vfs>
        var direct: UnsafeMutablePointer<sqlite3_vfs>
    }

    /// Made once: SQLite keeps the address of what was registered. `nonisolated(unsafe)` holds because nothing writes
    /// through the two addresses after this but SQLite's registration, which takes a lock of SQLite's own.
    nonisolated(unsafe) private static let systems: Systems? = {
        guard let standard = sqlite3_vfs_find(nil) else { return nil }
        let direct = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        direct.initialize(to: standard.pointee)
        direct.pointee.pNext = nil
        direct.pointee.zName = UnsafePointer(strdup("roomwatch-direct"))
        direct.pointee.xFullPathname = { _, name, room, full in
            guard let name, let full, strlen(name) < Int(room) else { return SQLITE_CANTOPEN }
            strcpy(full, name)
            return SQLITE_OK
        }
        return Systems(standard: standard, direct: direct)
    }()

    static func begin() { if let systems { sqlite3_vfs_register(systems.direct, 1) } }

    static func end() {
        guard let systems else { return }
        sqlite3_vfs_unregister(systems.direct)
        sqlite3_vfs_register(systems.standard, 1)
    }
}
