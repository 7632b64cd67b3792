// The first start after a restore is not like the others: what waits in the outbox of the copy may have been delivered
// long ago, and the trouble that it speaks of may be over. A file beside the store tells that start.

import Foundation
import Glibc
import GRDB

/// What the first start after a restore must know.
struct RestorationMark: Codable, Hashable {
    /// The name of the copy.
    var copy: String
    /// The newest instant that the copy knows of.
    var newest: Date?
    /// When it was restored.
    var at: Date

    private static func file(of files: StoreFiles) -> String { files.path + ".restored" }

    init(copy: String, newest: Date?, at: Date) {
        self.copy = URL(filePath: copy).lastPathComponent
        self.newest = newest
        self.at = at
    }

    func write(beside files: StoreFiles) throws {
        let file = Self.file(of: files)
        let bytes = Array(try JSONEncoder().encode(self))
        Self.remove(beside: files)
        let descriptor = try StoreFiles.openPrivately(file)
        defer { Glibc.close(descriptor) }
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
            throw StoreError.io(path: file, doing: "marking it as restored", detail: lastErrorText())
        }
    }

    static func read(beside files: StoreFiles) -> RestorationMark? {
        guard let bytes = FileManager.default.contents(atPath: file(of: files)) else { return nil }
        return try? JSONDecoder().decode(RestorationMark.self, from: bytes)
    }

    static func remove(beside files: StoreFiles) { _ = unlink(file(of: files)) }
}

extension StoreOpening {
    /// How long what waits in a restored outbox is held back: long enough for the sweeps to see which of it is over, so
    /// that the notifications of both ends are withdrawn (Telling, Order).
    static let restoredHold: TimeInterval = 120

    /// Holds back what waits, once after a restore.
    func heedRestoration(_ pool: DatabasePool, now: Date) throws -> OpenRemark? {
        guard let mark = RestorationMark.read(beside: files) else { return nil }
        let until = now.addingTimeInterval(Self.restoredHold)
        let waiting = try pool.write { db in
            try db.execute(
                sql: "UPDATE notification SET next_attempt = max(next_attempt, ?) WHERE state = 'waiting'",
                arguments: [until.milliseconds])
            return db.changesCount
        }
        RestorationMark.remove(beside: files)
        return .restored(copy: mark.copy, newest: mark.newest, at: mark.at, heldBack: waiting)
    }
}
