// How much of the disk the store takes, and how much is left. Asked of the file system, not of SQLite: the answer is
// wanted most when the database cannot be read.

import Foundation

/// The files of a store and the file system that they lie on, in bytes.
public struct StoreSize: Sendable, Hashable {
    public var database: Int
    /// The write-ahead log; 0 without one.
    public var log: Int
    /// What an account without privileges may still write.
    public var free: Int?
    public var fileSystem: Int?
}

extension Store {
    /// What is there now; a file that is missing counts as empty.
    public func size() -> StoreSize {
        let folder = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
        let disk = try? FileManager.default.attributesOfFileSystem(forPath: folder)
        return StoreSize(
            database: Self.bytes(path), log: Self.bytes(path + "-wal"),
            free: (disk?[.systemFreeSize] as? NSNumber)?.intValue,
            fileSystem: (disk?[.systemSize] as? NSNumber)?.intValue)
    }

    private static func bytes(_ path: String) -> Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.size] as? NSNumber)?.intValue ?? 0
    }
}
