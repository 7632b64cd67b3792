// A restore is done once in years, by somebody in a hurry. Whatever goes wrong, the store that was there is still there.

import FleetCore
import Foundation
import Glibc
import GRDB
import Testing

@testable import FleetStore

@Suite("Restoring")
struct RestoringTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private var path: String { directory.database }
    private var copy: String { directory.path("copy.sqlite") }

    /// A store with one incident more than its copy.
    private func makeStoreAndCopy() throws {
        let store = try openStore(directory)
        try store.commit(outageChange(1))
        let made = try store.copy()
        try Data(try made.read(at: 0, upTo: made.bytes)).write(to: URL(filePath: copy))
        try store.commit(outageChange(2))
        try store.close()
    }

    private func incidents(_ file: String) throws -> [String] {
        let queue = try DatabaseQueue(path: file)
        defer { try? queue.close() }
        return try queue.read { try String.fetchAll($0, sql: "SELECT id FROM incident ORDER BY id") }
    }

    @discardableResult
    private func restore(
        known: Int = Schema.migrations.count, rename: @escaping (String, String) -> Int32 = { Glibc.rename($0, $1) }
    ) throws -> StoreRestoration {
        try Store.restore(
            from: copy, to: path, by: "anna", now: at(7_200), log: quiet, known: known, rename: rename)
    }

    /// Everything in the directory of the store, without the lock, which may stay.
    private func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory.path("state"))
            .filter { !$0.hasSuffix(".lock") }.sorted()
    }

    @Test("The copy takes the place of the store, which keeps a name of its own")
    func exchange() throws {
        try makeStoreAndCopy()
        let done = try restore()
        #expect(done.schemaVersion == Schema.migrations.count)
        #expect(done.newest == at(0.25))
        let kept = try #require(done.replaced)
        #expect(kept == "\(path).replaced-20261120T100000Z")
        #expect(try incidents(kept) == [id(1).text, id(2).text])
        #expect(try incidents(path) == [id(1).text])
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
    }

    @Test("The first start says so once, and holds back what waited")
    func firstStart() throws {
        try makeStoreAndCopy()
        try restore()
        let (store, remarks) = try Store.open(path: path, now: at(7_300), log: quiet)
        #expect(
            remarks == [.restored(copy: "copy.sqlite", newest: at(0.25), at: at(7_200), heldBack: 1)])
        #expect(remarks.first?.description.contains("2026-11-20T08:00:00Z") == true)
        #expect(try store.dueNotifications(at: at(7_419), limit: 10).isEmpty)
        #expect(try store.dueNotifications(at: at(7_420), limit: 10).map(\.notification.id) == [id(1_000_001)])
        let audit = try #require(try store.audit(limit: 10).first)
        #expect(audit.action == "store.restore" && audit.actor == "anna" && audit.subject == "copy.sqlite")
        try store.close()
        #expect(try Store.open(path: path, now: at(7_400), log: quiet).remarks.isEmpty)
    }

    @Test("A new machine has no store yet, and no directory for it")
    func newMachine() throws {
        try makeStoreAndCopy()
        try FileManager.default.removeItem(atPath: directory.path("state"))
        #expect(try restore().replaced == nil)
        #expect(try incidents(path) == [id(1).text])
    }

    @Test("A running daemon is not robbed of its store")
    func runningDaemon() throws {
        try makeStoreAndCopy()
        let store = try openStore(directory)
        let before = try files()
        let error = #expect(throws: RestoreError.self) { try restore() }
        #expect(error == .store(.lockedByAnotherDaemon(path: path, pid: ProcessInfo.processInfo.processIdentifier)))
        #expect(try files() == before)
        #expect(try store.incident(id: id(2)) != nil)
    }

    @Test("An older copy is restored as it is and upgraded by the next start")
    func olderCopy() throws {
        try makeStoreAndCopy()
        try FileManager.default.removeItem(atPath: copy)
        let old = try Store.open(
            path: directory.path("old/roomwatch.sqlite"), now: morning, log: quiet,
            migrations: Array(Schema.migrations.prefix(1))
        ).store
        let made = try old.copy()
        try Data(try made.read(at: 0, upTo: made.bytes)).write(to: URL(filePath: copy))
        #expect(try restore().schemaVersion == 1)
        let remarks = try Store.open(path: path, now: at(7_300), log: quiet).remarks
        #expect(remarks.count == 2)
        guard case .migrated(1, Schema.migrations.count, _) = remarks[0] else {
            Issue.record("\(remarks)")
            return
        }
    }

    enum Fault: String, CaseIterable, CustomTestStringConvertible {
        case missing, empty, text, foreign, newer, cutOff, damaged, itself
        var testDescription: String { rawValue }

        var says: String {
            switch self {
            case .missing: "No such file"
            case .empty: "empty"
            case .text: "not a SQLite database"
            case .foreign: "another program"
            case .newer: "schema version 99"
            case .cutOff: "cut off"
            case .damaged: "damaged"
            case .itself: "the store itself"
            }
        }
    }

    @Test("A copy that cannot be used changes nothing", arguments: Fault.allCases)
    func unusableCopy(_ fault: Fault) throws {
        try makeStoreAndCopy()
        switch fault {
        case .missing: try FileManager.default.removeItem(atPath: copy)
        case .empty: try Data().write(to: URL(filePath: copy))
        case .text:
            try Data("not a database at all, but long enough for a header to be read".utf8)
                .write(to: URL(filePath: copy))
        case .foreign: try DatabaseQueue(path: copy).write { try $0.execute(sql: "PRAGMA application_id = 7") }
        case .newer: try DatabaseQueue(path: copy).write { try $0.execute(sql: "PRAGMA user_version = 99") }
        case .cutOff:
            let bytes = try Data(contentsOf: URL(filePath: copy))
            try bytes.prefix(bytes.count / 2).write(to: URL(filePath: copy))
        case .damaged:
            var bytes = try Data(contentsOf: URL(filePath: copy))
            for place in 4_200..<bytes.count where place % 4_096 > 8 { bytes[place] = 0xA5 }
            try bytes.write(to: URL(filePath: copy))
        case .itself:
            try FileManager.default.removeItem(atPath: copy)
            try FileManager.default.linkItem(atPath: path, toPath: copy)
        }
        let before = try files()
        let content = try Data(contentsOf: URL(filePath: path))
        let error = #expect(throws: RestoreError.self) { try restore() }
        guard case .unusableCopy = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.description.contains(fault.says) == true, "\(String(describing: error))")
        #expect(try files() == before)
        #expect(try Data(contentsOf: URL(filePath: path)) == content)
    }

    @Test("A disk that fails in the middle leaves the store in its place, its log included")
    func failsInTheMiddle() throws {
        try makeStoreAndCopy()
        // A log that cannot be folded: the store is damaged, which is when people restore.
        try Data(repeating: 0xA5, count: 8_192).write(to: URL(filePath: path))
        try Data("log".utf8).write(to: URL(filePath: path + "-wal"))
        let before = try files()
        let error = #expect(throws: RestoreError.self) {
            try restore(rename: { _, _ in
                errno = ENOSPC
                return -1
            })
        }
        #expect(error == .store(.diskFull(path: path, doing: "putting the copy in place")))
        #expect(try files() == before)
        #expect(try String(contentsOfFile: path + "-wal", encoding: .utf8) == "log")
        let done = try restore()
        let kept = try #require(done.replaced)
        #expect(try String(contentsOfFile: kept + "-wal", encoding: .utf8) == "log")
        #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
        #expect(try incidents(path) == [id(1).text])
    }

    @Test("What a killed daemon left in its log is kept with the replaced store")
    func foldsTheLog() throws {
        try makeStoreAndCopy()
        let store = try openStore(directory)
        try store.commit(outageChange(3))
        // As after kill -9: the files as they are, without the lock.
        let dead = directory.path("dead")
        try FileManager.default.copyItem(atPath: directory.path("state"), toPath: dead)
        try store.close()
        try FileManager.default.removeItem(atPath: directory.path("state"))
        try FileManager.default.moveItem(atPath: dead, toPath: directory.path("state"))
        let kept = try #require(try restore().replaced)
        #expect(!FileManager.default.fileExists(atPath: kept + "-wal"))
        #expect(try incidents(kept) == [id(1).text, id(2).text, id(3).text])
    }

    @Test("A copy that was made by hand comes with its log")
    func copyWithLog() throws {
        try makeStoreAndCopy()
        let store = try openStore(directory)
        try store.commit(outageChange(3))
        try FileManager.default.removeItem(atPath: copy)
        for suffix in ["", "-wal"] { try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix) }
        try store.close()
        try restore()
        #expect(try incidents(path) == [id(1).text, id(2).text, id(3).text])
        #expect(StoreFiles(path: copy).walSize > 0, "the copy itself is not touched")
    }

    @Test("Links in the directory of the store lead nowhere", arguments: [".lock", ".restored", ".restoring"])
    func plantedLink(_ suffix: String) throws {
        try makeStoreAndCopy()
        let victim = directory.path("victim")
        try Data("precious".utf8).write(to: URL(filePath: victim))
        #expect(chmod(victim, 0o644) == 0)
        _ = unlink(path + suffix)
        try FileManager.default.createSymbolicLink(atPath: path + suffix, withDestinationPath: victim)
        if suffix == ".lock" {
            let error = #expect(throws: RestoreError.self) { try restore() }
            #expect(error?.description.contains("roomwatch.sqlite.lock is a link; remove it") == true)
        } else {
            try restore()
            #expect(try incidents(path) == [id(1).text])
        }
        #expect(try String(contentsOfFile: victim, encoding: .utf8) == "precious")
        let mode = try FileManager.default.attributesOfItem(atPath: victim)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o644)
    }

    @Test("A link under the name for the replaced store is passed over")
    func plantedName() throws {
        try makeStoreAndCopy()
        let name = path + ".replaced-20261120T100000Z"
        try FileManager.default.createSymbolicLink(atPath: name, withDestinationPath: directory.path("nowhere"))
        #expect(try restore().replaced == name + "-2")
        #expect(!FileManager.default.fileExists(atPath: directory.path("nowhere")))
    }

    @Test("A log beside the copy that leads elsewhere is not read")
    func linkedLog() throws {
        try makeStoreAndCopy()
        let other = directory.path("other")
        try Data("precious".utf8).write(to: URL(filePath: other))
        try FileManager.default.createSymbolicLink(atPath: copy + "-wal", withDestinationPath: other)
        let error = #expect(throws: RestoreError.self) { try restore() }
        #expect(error?.description.contains("-wal is not a regular file") == true)
    }
}
