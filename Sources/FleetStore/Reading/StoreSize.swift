// How much of the disk the store takes, and how much is left. Asked of the file system, not of SQLite: the answer is
// wanted most when the database cannot be read.

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
        let files = StoreFiles(path: path)
        return StoreSize(
            database: files.size, log: files.walSize, free: files.freeBytes, fileSystem: files.fileSystemBytes)
    }
}
