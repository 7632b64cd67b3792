// A copy is only worth something when it is whole, of one instant, and costs the writer nothing.

import Crypto
import FleetCore
import Foundation
import GRDB
import Testing

@testable import FleetStore

@Suite("Copying")
struct CopyingTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private var path: String { directory.database }

    /// Writes a copy to a file of its own, as whoever asked for it would.
    private func save(_ copy: StoreCopy) throws -> String {
        let file = directory.path("copy.sqlite")
        var bytes: [UInt8] = []
        while true {
            let more = try copy.read(at: bytes.count, upTo: 100_000)
            if more.isEmpty { break }
            bytes += more
        }
        #expect(bytes.count == copy.bytes)
        #expect(Array(SHA256.hash(data: Data(bytes))) == copy.digest)
        try Data(bytes).write(to: URL(filePath: file))
        return file
    }

    private func filled(_ count: Int = 3_000) throws -> Store {
        let store = try openStore(directory)
        var change = outageChange(1)
        change.incidents = (1...count).map { incident($0) }
        try store.commit(change)
        return store
    }

    @Test("A copy is one file that any SQLite opens, with everything that was committed")
    func isWhole() throws {
        let store = try filled()
        let copy = try store.copy()
        #expect(copy.newest == at(0.25))
        let file = try save(copy)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path("state")).count == 4)
        var readonly = Configuration()
        readonly.readonly = true
        let opened = try DatabaseQueue(path: file, configuration: readonly)
        let (incidents, mode, application) = try opened.read { db in
            (
                try Int.fetchOne(db, sql: "SELECT count(*) FROM incident"),
                try String.fetchOne(db, sql: "PRAGMA journal_mode"),
                try Int.fetchOne(db, sql: "PRAGMA application_id")
            )
        }
        #expect(incidents == 3_000)
        #expect(mode == "delete")
        #expect(application == Schema.applicationID)
    }

    @Test("Commits between the steps neither get into the copy nor begin it again")
    func isOfOneInstant() throws {
        let store = try filled(12_000)
        var left: [Int] = []
        var number = 20_000
        let copy = try store.copy { remaining in
            left.append(remaining)
            number += 1
            try store.commit(outageChange(number))
        }
        #expect(left.count > 2, "the copy took one step; the test needs a larger store")
        #expect(left == left.sorted(by: >))
        let opened = try DatabaseQueue(path: try save(copy))
        #expect(try opened.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM incident") } == 12_000)
        #expect(try store.incident(id: id(number)) != nil)
    }

    @Test("Nothing is left beside the store, whether the copying ends well, badly, or with the daemon")
    func leavesNothing() throws {
        struct Stopped: Error {}
        let store = try filled(12_000)
        let before = try FileManager.default.contentsOfDirectory(atPath: directory.path("state")).sorted()
        let copy = try store.copy()
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path("state")).sorted() == before)
        copy.close()
        #expect(try copy.read(at: 0, upTo: 10).isEmpty)
        #expect(throws: StoreError.self) { try store.copy { _ in throw Stopped() } }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path("state")).sorted() == before)
        try store.close()
        for suffix in ["", "-wal", "-journal"] {
            try Data("x".utf8).write(to: URL(filePath: path + ".copying" + suffix))
        }
        let again = try openStore(directory)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path("state")).sorted() == before)
        try again.close()
    }

    @Test("A store that is being closed does not wait for its copy")
    func endsWithTheStore() throws {
        let store = try filled(12_000)
        var steps = 0
        let error = #expect(throws: StoreError.self) {
            try store.copy { _ in
                steps += 1
                store.beginClosing()
            }
        }
        #expect(error?.kind == "busy")
        #expect(steps == 1)
    }

    @Test("A damaged page is found before anybody trusts the copy")
    func damage() throws {
        let store = try filled()
        try store.foldLog()
        // The middle of the file, where rows are.
        let file = try FileHandle(forUpdating: URL(filePath: path))
        try file.seek(toOffset: 400_000)
        try file.write(contentsOf: Data(repeating: 0xA5, count: 8_192))
        try file.close()
        let error = #expect(throws: StoreError.self) { try store.copy() }
        #expect(error?.kind == "corrupt")
    }
}
