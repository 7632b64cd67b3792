// `roomwatchd --restore COPY`: the daemon's own way to put a copy in the place of its store, because it alone knows where
// that is, links SQLite, and takes the lock that a running daemon holds.

import FleetConfiguration
import FleetStore
import Foundation
import Glibc
import Timekeeping

extension Daemon {
    /// Restores the store that the configuration names.
    ///
    /// - Returns: what was done and what to do next, for the person who asked.
    public func restore(from copy: String) throws(DaemonError) -> String {
        let done: StoreRestoration
        do throws(RestoreError) {
            done = try Store.restore(
                from: copy, to: configuration.store.path, by: actor, now: time.now().wall, log: log)
        } catch {
            throw .restore(error)
        }
        var lines = [
            "\(done.path) was restored from \(copy): \(done.bytes) bytes, schema version \(done.schemaVersion), "
                + "ending \(done.newest.map { $0.formatted(.iso8601) } ?? "before anything happened")"
        ]
        if let replaced = done.replaced {
            lines.append(
                "The store that was there is kept as \(replaced); delete it when the restored one has proved itself.")
        }
        if done.withdrawn > 0 {
            lines.append(
                "\(done.withdrawn) operations on devices waited in the copy and were withdrawn, because they may have "
                    + "left since; ask again for those that are still needed.")
        }
        lines.append("Start the daemon: systemctl start roomwatchd.socket roomwatchd.service")
        return lines.joined(separator: "\n")
    }

    /// Who asked: the person behind sudo where there is one.
    private var actor: String {
        if let user = environment["SUDO_USER"], !user.isEmpty { return user }
        return getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? "uid \(geteuid())"
    }
}
