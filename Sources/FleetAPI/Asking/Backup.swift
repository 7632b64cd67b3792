// A backup leaves the daemon as a stream, because it is larger than any other answer and nobody holds it in memory.

/// A finished copy of the store, read once from its beginning to its end. It is thrown away with this value.
public protocol BackupStream: Sendable {
    /// The size of the whole copy in bytes.
    var bytes: Int { get }
    /// SHA-256 of the whole copy.
    var digest: [UInt8] { get }
    /// The newest instant that the copy knows of.
    var newest: Timestamp? { get }

    /// The next bytes; none at the end.
    ///
    /// - Throws: when the rest cannot be had: the disk failed, or the copy was given up for another one.
    func next() async throws -> [UInt8]
}
