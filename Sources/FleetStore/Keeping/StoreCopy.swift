// A finished copy of the store. Its file has lost its name the moment it was whole, so that nothing is left of it when
// the daemon is killed or whoever asked for it goes away: the kernel frees the space with the last descriptor.

public import Foundation
import Glibc
import Synchronization

/// A whole and checked copy, for as long as this value lives.
public final class StoreCopy: Sendable {
    /// The size in bytes.
    public let bytes: Int
    /// SHA-256 of all bytes.
    public let digest: [UInt8]
    /// The newest instant that it knows of; `nil` for a store in which nothing has happened.
    public let newest: Date?

    private let path: String
    private let descriptor: Mutex<Int32?>

    init(path: String, descriptor: Int32, bytes: Int, digest: [UInt8], newest: Date?) {
        self.path = path
        self.bytes = bytes
        self.digest = digest
        self.newest = newest
        self.descriptor = Mutex(descriptor)
    }

    deinit { close() }

    /// The bytes from `offset` on, `count` of them at most; none at the end, and none after ``close()``.
    ///
    /// - Throws: ``StoreError/io(path:doing:detail:)`` when the disk fails.
    public func read(at offset: Int, upTo count: Int) throws(StoreError) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        let got = descriptor.withLock { descriptor in
            descriptor.map { pread($0, &buffer, count, off_t(offset)) } ?? 0
        }
        guard got >= 0 else { throw StoreError.io(path: path, doing: "reading a copy of it", detail: lastErrorText()) }
        buffer.removeLast(count - got)
        return buffer
    }

    /// Gives the space back; may be called more than once.
    public func close() {
        descriptor.withLock { descriptor in
            if let open = descriptor { Glibc.close(open) }
            descriptor = nil
        }
    }
}
