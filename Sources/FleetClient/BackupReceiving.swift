// A backup is checked while it arrives: whoever restores it one day must not be the first to find that it is cut off.

import Crypto
import Foundation
public import HTTPExchange
import HTTPTypes
import Synchronization

/// What the daemon said of a backup, and what arrived fits it.
public struct BackupReceipt: Sendable, Hashable {
    public var bytes: Int
    /// SHA-256 in hexadecimal digits.
    public var sha256: String
}

extension RoomwatchClient {
    /// A store of some gigabytes over a slow line; the daemon copies and checks before its first byte.
    static let backupLimits = HTTPLimits(total: .seconds(6 * 3_600), stall: .seconds(900))

    /// Has the store copied and takes the copy.
    ///
    /// - Parameter sink: gets the copy's bytes; when this throws, what it got is to be thrown away.
    public func backup(into sink: any HTTPBodySink) async throws(ClientError) -> BackupReceipt {
        let checked = CheckedSink(sink)
        let answer = try await receive(.post, "backup", limits: Self.backupLimits, into: checked)
        let (bytes, digest) = checked.end()
        guard let length = answer.headerFields[.contentLength].flatMap(Int.init), length == bytes else {
            throw .malformed(
                "\(bytes) bytes of the backup arrived, and not as many as the daemon announced; take it again")
        }
        guard let said = Self.sha256(of: answer.headerFields) else {
            throw .malformed("the daemon did not say what the backup's SHA-256 is; roomctl and roomwatchd do not fit")
        }
        guard said == digest else {
            throw .malformed("the backup was damaged on its way: its SHA-256 is not the daemon's; take it again")
        }
        return BackupReceipt(bytes: bytes, sha256: digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
    }

    /// `Repr-Digest: sha-256=:<base64>:` of RFC 9530.
    private static func sha256(of fields: HTTPFields) -> [UInt8]? {
        guard let name = HTTPField.Name("Repr-Digest"), let text = fields[name] else { return nil }
        for member in text.split(separator: ",").map({ $0.trimmingCharacters(in: .whitespaces) }) {
            guard member.hasPrefix("sha-256=:"), member.hasSuffix(":") else { continue }
            return Data(base64Encoded: String(member.dropFirst("sha-256=:".count).dropLast())).map(Array.init)
        }
        return nil
    }
}

/// Hands on what it counts and hashes.
private final class CheckedSink: HTTPBodySink {
    private let next: any HTTPBodySink
    private let state = Mutex((bytes: 0, hash: SHA256()))

    init(_ next: any HTTPBodySink) { self.next = next }

    func begin(_ headerFields: HTTPFields) { next.begin(headerFields) }

    func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        state.withLock { state in
            state.bytes += bytes.count
            state.hash.update(bufferPointer: bytes)
        }
        return next.take(bytes)
    }

    func end() -> (bytes: Int, digest: [UInt8]) {
        state.withLock { ($0.bytes, Array($0.hash.finalize())) }
    }
}
