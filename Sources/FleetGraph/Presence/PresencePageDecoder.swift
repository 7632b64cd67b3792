// The hot path: 31 pages of 650 rows every five seconds at 20,000 rooms. With JSONDecoder the decoding would be nine
// tenths of a sweep's work, so this one page goes through simdjson, and strings are made only for words that have not
// been seen before.

import CSimdjson
public import FleetCore
import Synchronization

/// Turns the body of `getPresencesByUserId` into one answer per account asked for.
///
/// One decoder serves one tenant; pages decoded at the same time wait for each other (0.1 ms each).
public final class PresencePageDecoder: Sendable {
    /// A parser that has read a larger body than this is not kept: its buffers take about 14 bytes per byte of body.
    static let keptBodyBytes = 512 * 1024

    private struct State: ~Copyable {
        var parser: PresenceParser?
        var words = PresenceMemo()
    }

    private let state = Mutex(State())

    public init() {}

    /// Decodes one page.
    ///
    /// - Parameters:
    ///   - body: the whole body as received.
    ///   - asked: the accounts of the request, in its order; the answer is fastest when the page keeps that order.
    /// - Returns: one answer for each element of `asked`. Accounts that the page does not name are `.missing`; rows of
    ///   accounts nobody asked for are ignored. Of two rows about one account the higher version stamp wins, else the
    ///   later row.
    /// - Throws: ``PresencePageError`` when the page as a whole cannot be trusted; nothing of it is used then.
    public func decode(_ body: [UInt8], asked: [AccountID]) throws(PresencePageError) -> [PresenceAnswer] {
        let result = state.withLock { state -> Result<[PresenceAnswer], PresencePageError> in
            guard let parser = state.parser.take() ?? PresenceParser() else { return .failure(.outOfMemory) }
            // A byte order mark is no part of the document (RFC 8259, section 8.1, lets readers skip it).
            let start = body.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
            let status = body[start...].withUnsafeBufferPointer { parser.read($0) }
            var result: Result<[PresenceAnswer], PresencePageError>
            switch status {
            case PRESENCE_PAGE_OK:
                var table = AnswerTable(asked: asked)
                var row = presence_row()
                while parser.next(&row) { table.accept(row, words: &state.words) }
                result = .success(table.finished())
            case PRESENCE_PAGE_NUMBER:
                // Either no number at all, or one beyond 64 bits in a field that nobody reads here.
                result = SlowPresencePage.decode(body, asked: asked)
            case PRESENCE_PAGE_NO_ROWS: result = .failure(.noRows)
            case PRESENCE_PAGE_OUT_OF_MEMORY: result = .failure(.outOfMemory)
            default: result = .failure(.malformed)
            }
            if body.count <= Self.keptBodyBytes { state.parser = consume parser }
            return result
        }
        return try result.get()
    }
}

/// Owner of the C parser.
private struct PresenceParser: ~Copyable {
    private let raw: OpaquePointer

    init?() {
        guard let raw = presence_parser_create() else { return nil }
        self.raw = raw
    }

    deinit { presence_parser_destroy(raw) }

    borrowing func read(_ body: UnsafeBufferPointer<UInt8>) -> presence_page_status {
        presence_parser_read(raw, body.baseAddress, body.count)
    }

    borrowing func next(_ row: inout presence_row) -> Bool { presence_parser_next(raw, &row) }
}

extension presence_text {
    var buffer: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: bytes, count: length) }
    /// The text; empty where the field is absent, `nil` where it holds no string.
    var string: String? {
        kind == PRESENCE_TEXT_OTHER ? nil : String(decoding: buffer, as: UTF8.self)
    }
}
