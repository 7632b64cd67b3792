// A silence ends by itself, hides only what its author named, and is refused with a remedy.

import FleetCore
import Foundation
import Testing
import Timekeeping

struct QuietSilenceTests {
    static let start = at(0)

    static func silence(
        _ matchers: String = "building=B2", author: String = "desk", reason: String = "painting",
        from: Double? = nil, to: Double = 3_600
    ) throws -> Silence {
        try Silence(
            id: UniqueID(stored: "01JTEST"), matchers: try Matchers(parsing: matchers), author: author, reason: reason,
            startsAt: from.map { at($0).wall }, endsAt: at(to).wall, createdAt: start)
    }

    /// starts | ends | asked at | state
    static let states = """
        -    | 3600 | 0    | active
        -    | 3600 | 3599 | active
        -    | 3600 | 3600 | expired
        -60  | 3600 | 0    | active
        600  | 3600 | 599  | pending
        600  | 3600 | 600  | active
        """

    @Test(arguments: Table.rows(of: states))
    func state(_ row: Table.Row) throws {
        let silence = try Self.silence(from: Double(row.cells[0]), to: try #require(Double(row.cells[1])))
        let asked = at(try #require(Double(row.cells[2])))
        #expect(silence.state(at: asked).rawValue == row.cells[3])
        #expect(silence.silences([MatcherTests.boardroom], at: asked) == (row.cells[3] == "active"))
        #expect(silence.startsAt >= silence.createdAt)
    }

    /// Wall time decides: the steady clock may say what it wants.
    @Test func theWallClockDecides() throws {
        let silence = try Self.silence()
        #expect(silence.state(at: Moment(wall: at(3_601).wall, steady: at(5).steady)) == .expired)
        #expect(silence.state(at: Moment(wall: at(5).wall, steady: at(9_999).steady)) == .active)
    }

    @Test func itHidesWhatItMatchesAndNothingElse() throws {
        let silence = try Self.silence("building=B2,condition=room.offline")
        #expect(
            silence.suppression(of: [MatcherTests.boardroom], at: at(1))
                == .silenced(by: silence.id, until: at(3_600).wall, author: "desk", reason: "painting"))
        #expect(silence.suppression(of: [MatcherTests.boardroom, MatcherTests.blind], at: at(1)) == nil)
        #expect(silence.preview(over: [MatcherTests.blind, MatcherTests.boardroom]) == [MatcherTests.boardroom])
    }

    @Test func itCanEndEarly() throws {
        let active = try Self.silence().expired(by: "night desk", at: at(100))
        #expect(active.state(at: at(99)) == .active)
        #expect(active.state(at: at(100)) == .expired)
        #expect(active.expiredBy == "night desk")
        let pending = try Self.silence(from: 600).expired(by: "night desk", at: at(100))
        #expect(pending.startsAt == pending.endsAt, "it never began")
        #expect(pending.state(at: at(100)) == .expired)
        #expect(active.expired(by: "somebody else", at: at(200)) == active)
    }

    @Test func whatIsWrongIsRefusedByName() throws {
        #expect(throws: SilenceError.noMatcher) { _ = try Self.silence("{}") }
        #expect(throws: SilenceError.matchesEverything) { _ = try Self.silence("building=~\".*\",room!=x") }
        #expect(throws: Never.self) { _ = try Self.silence("building=~\".*\",room=x") }
        #expect(throws: SilenceError.noAuthor) { _ = try Self.silence(author: " ") }
        #expect(throws: SilenceError.noReason) { _ = try Self.silence(reason: "\n") }
        #expect(throws: SilenceError.authorTooLong) { _ = try Self.silence(author: String(repeating: "a", count: 129)) }
        #expect(throws: SilenceError.reasonTooLong) {
            _ = try Self.silence(reason: String(repeating: "a", count: 1_001))
        }
        #expect(throws: SilenceError.endsInThePast(at(0).wall)) { _ = try Self.silence(to: 0) }
        #expect(throws: SilenceError.endsBeforeItStarts) { _ = try Self.silence(from: 600, to: 600) }
        #expect(throws: Never.self) { _ = try Self.silence(to: 366 * 86_400) }
        #expect(throws: SilenceError.tooLong) { _ = try Self.silence(to: 366 * 86_400 + 1) }
        #expect("\(SilenceError.endsInThePast(at(0).wall))".contains("2026-11-20 08:00Z"))
    }

    @Test func itIsStoredAndDamageIsNotBelieved() throws {
        let silence = try Self.silence("room=~\"Board.*\",severity!=critical").expired(by: "desk", at: at(60))
        let stored = try JSONEncoder().encode(silence)
        #expect(try JSONDecoder().decode(Silence.self, from: stored) == silence)
        let text = String(decoding: stored, as: UTF8.self)
        let damaged = text.replacingOccurrences(of: #"room=~\"Board.*\","#, with: "")
        #expect(damaged != text)
        #expect(throws: SilenceError.matchesEverything) {
            _ = try JSONDecoder().decode(Silence.self, from: Data(damaged.utf8))
        }
    }
}
