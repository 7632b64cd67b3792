// Whether what is decided is also written, and for how long the disk will go on taking it.

import FleetAPI
import FleetCore
import FleetStore
import Foundation
import Timekeeping

/// How the store is doing.
struct StoreFacts: Sendable {
    /// Free bytes below which it is a warning, and a problem.
    static let warningFree = 1 << 30
    static let problemFree = 128 << 20
    /// The log is folded every few seconds; beyond this a reader keeps it open, or nobody folds.
    static let largeLog = 512 << 20
    /// Something is written every few seconds while rooms are watched.
    static let silence: Duration = .seconds(300)

    var examination: StoreExamination
    var memory: Memory
    var retention: RetentionPolicy

    /// What waits in memory because the disk did not take it.
    struct Memory: Sendable, Hashable {
        var changes = 0
        var notifications = 0
        /// Records that found no place.
        var lost = 0
        /// Whether `store.degraded` is open.
        var isDegraded = false
        var lastCommit: Moment?
        var watchedSince: Moment
    }

    func judged(at now: Moment) -> [CheckBody] { [file, space, integrity, schema, writing(at: now)] }

    private var file: CheckBody {
        let days = { (duration: Duration) in "\(Int(duration.seconds / 86_400)) d" }
        let isLarge = examination.walBytes > Self.largeLog
        return CheckBody(
            "store.file", area: .store, subject: examination.path, isLarge ? .warning : .ok,
            "The store \(examination.path) has \(Self.size(examination.bytes)), its write-ahead log "
                + "\(Self.size(examination.walBytes)); observations are kept \(days(retention.observations)), incidents "
                + "\(days(retention.incidents)).",
            remedy: isLarge
                ? "Something keeps the log from being folded: end long-running sqlite3 sessions and backups on the file."
                : nil)
    }

    private var space: CheckBody {
        guard let free = examination.freeBytes else {
            return CheckBody(
                "store.space", area: .store, .unknown, "The file system of the store does not say how much is free.",
                remedy: "Look at `df \(examination.path)`.")
        }
        let status: CheckBody.Status =
            free < Self.problemFree ? .problem : free < Self.warningFree ? .warning : .ok
        return CheckBody(
            "store.space", area: .store, status, "\(Self.size(free)) are free on the file system of the store.",
            remedy: status == .ok
                ? nil
                : "Free space there, or shorten store.retention. Pages go out on a full disk too, but from memory.")
    }

    private var integrity: CheckBody {
        let id = "store.integrity"
        switch examination.integrity {
        case .sound:
            return CheckBody(id, area: .store, .ok, "SQLite finds every page of the store sound (quick_check).")
        case .damaged(let words):
            return CheckBody(
                id, area: .store, .problem, "The store is damaged: \(words.prefix(200))",
                remedy:
                    "Copy the file away, then run `systemctl restart roomwatchd`: it sets the file aside and begins a "
                    + "new one; rooms are found again by themselves. Check the disk (`journalctl -k`, `smartctl`).")
        case .unfinished:
            return CheckBody(
                id, area: .store, .unknown, "The store is too large for its pages to be checked while somebody waits.",
                remedy: "Check a copy: `sqlite3 \(examination.path) \".backup copy.sqlite\"`, then "
                    + "`sqlite3 copy.sqlite \"PRAGMA quick_check\"`.")
        case .notOpen:
            return CheckBody(
                id, area: .store, .problem, "The store could not be opened; everything is kept in memory alone.",
                remedy: "Free space on its file system; do not restart the daemon before that.")
        case .failed(let error):
            return CheckBody(
                id, area: .store, .problem, "The store cannot be read: \(error)", remedy: "See the sentence.")
        }
    }

    private var schema: CheckBody {
        guard let version = examination.schemaVersion else {
            return CheckBody(
                "store.schema", area: .store, .unknown, "The store's schema version is not known at present.",
                remedy: "See store.integrity.")
        }
        let known = StoreExamination.knownSchemaVersion
        return CheckBody(
            "store.schema", area: .store, version == known ? .ok : .problem,
            "The store has schema version \(version), this roomwatchd writes \(known).",
            remedy: version == known ? nil : "Restart roomwatchd; two versions of it must not use one store.")
    }

    private func writing(at now: Moment) -> CheckBody {
        let id = "store.writing"
        guard memory.lost == 0 else {
            return CheckBody(
                id, area: .store, .problem,
                "\(memory.lost) records were lost, because the disk took nothing for long and memory was full.",
                remedy: "Free space or repair the disk (store.path); see store.space.")
        }
        guard !memory.isDegraded, memory.changes == 0 else {
            return CheckBody(
                id, area: .store, .problem,
                "The disk does not take what is decided (store.degraded): \(memory.changes) changes and "
                    + "\(memory.notifications) unsent messages are in memory alone.",
                remedy: "Free space or repair the disk; pages go out meanwhile. Do not restart before that.")
        }
        guard let last = memory.lastCommit else {
            let isLate = memory.watchedSince.elapsed(until: now) > Self.silence
            return CheckBody(
                id, area: .store, isLate ? .warning : .ok, "Nothing has been written since the start.",
                remedy: isLate ? "Rooms that are watched leave marks; see rooms and graph." : nil)
        }
        let age = last.elapsed(until: now)
        return CheckBody(
            id, area: .store, age > Self.silence ? .warning : .ok,
            "The newest commit was \(age.inWords) ago; nothing waits in memory.",
            remedy: age > Self.silence ? "Sweeps leave marks every few seconds; see graph and service." : nil,
            checkedAt: Timestamp(last.wall))
    }

    /// `1.4 GB`, by powers of 1,024.
    static func size(_ bytes: Int) -> String {
        let units = ["KB", "MB", "GB", "TB"]
        guard bytes >= 1_024 else { return "\(bytes) bytes" }
        var value = Double(bytes)
        var unit = -1
        while value >= 1_024, unit < units.count - 1 {
            value /= 1_024
            unit += 1
        }
        let rounded = value < 10 ? (value * 10).rounded() / 10 : value.rounded()
        return rounded == rounded.rounded() ? "\(Int(rounded)) \(units[unit])" : "\(rounded) \(units[unit])"
    }
}
