// A backup through the daemon's own server: whole, checked, and never a part that passes for the whole.

import Crypto
import CurlHTTP
import FleetAPI
import FleetClient
import FleetWeb
import Foundation
import HTTPExchange
import HTTPTypes
import Logging
import Synchronization
import Testing
import Timekeeping

@Suite struct BackupTests {
    /// A copy of so many bytes, which may break off or lie about what it is.
    final class Copy: BackupStream {
        let bytes: Int
        let newest: Timestamp? = EchoIntents.at
        private let breaksAfter: Int
        private let lies: Bool
        private let sent = Mutex(0)
        private static let piece = 100_000

        init(bytes: Int, breaksAfter: Int = .max, lies: Bool = false) {
            self.bytes = bytes
            self.breaksAfter = breaksAfter
            self.lies = lies
        }

        var digest: [UInt8] { Array(SHA256.hash(data: [UInt8](repeating: lies ? 1 : 7, count: bytes))) }

        func next() async throws -> [UInt8] {
            try sent.withLock { sent in
                guard sent < breaksAfter else { throw CancellationError() }
                let count = min(Self.piece, bytes - sent)
                sent += count
                return [UInt8](repeating: 7, count: count)
            }
        }
    }

    final class Kept: HTTPBodySink {
        private let kept = Mutex<[UInt8]>([])
        var bytes: [UInt8] { kept.withLock { $0 } }
        func begin(_ headerFields: HTTPFields) {}
        func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
            kept.withLock { $0.append(contentsOf: bytes) }
            return true
        }
    }

    private func backingUp(
        _ copy: Copy?, _ body: @escaping @Sendable (Result<BackupReceipt, ClientError>, Kept) throws -> Void
    ) async throws {
        try await ClientTests.serving(EchoIntents(backup: copy)) { path in
            let (client, transport) = ClientTests.client(path)
            let sink = Kept()
            do throws(ClientError) {
                let receipt = try await client.backup(into: sink)
                try? body(.success(receipt), sink)
            } catch {
                try? body(.failure(error), sink)
            }
            await transport.shutdown()
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: [1_000_001, 0, 20_000_000]) func arrivesWhole(_ size: Int) async throws {
        try await backingUp(Copy(bytes: size)) { result, sink in
            guard case .success(let receipt) = result else {
                Issue.record("\(result)")
                return
            }
            #expect(receipt.bytes == size)
            #expect(sink.bytes.count == size)
            #expect(receipt.sha256.count == 64)
        }
    }

    @Test(.timeLimit(.minutes(1))) func aCopyThatBreaksOffIsNotTaken() async throws {
        try await backingUp(Copy(bytes: 1_000_000, breaksAfter: 300_000)) { result, _ in
            guard case .failure(.unheard) = result else {
                Issue.record("\(result)")
                return
            }
        }
    }

    @Test(.timeLimit(.minutes(1))) func aCopyThatIsNotWhatWasAnnouncedIsNotTaken() async throws {
        try await backingUp(Copy(bytes: 1_000_000, lies: true)) { result, _ in
            guard case .failure(.malformed(let text)) = result else {
                Issue.record("\(result)")
                return
            }
            #expect(text.contains("SHA-256"))
        }
    }

    @Test(.timeLimit(.minutes(1))) func aSecondOneIsRefusedInWords() async throws {
        try await backingUp(nil) { result, sink in
            guard case .failure(.refused(let problem)) = result else {
                Issue.record("\(result)")
                return
            }
            #expect(problem.status == 409)
            #expect(sink.bytes.isEmpty)
        }
    }
}
