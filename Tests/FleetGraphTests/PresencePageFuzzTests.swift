// Pages damaged by seeded chance. Nothing may crash, and whatever the decoder still accepts Foundation accepts too and
// reads in the same way.

import FleetCore
import FleetGraph
import Foundation
import Testing

@Suite("Damaged pages of presences")
struct PresencePageFuzzTests {
    /// Per seed; `ROOMWATCH_FUZZ_ROUNDS` sets another number for a long run.
    static let rounds = ProcessInfo.processInfo.environment["ROOMWATCH_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 3000
    static let accounts = PresencePages.accounts(5)

    static let seeds: [[UInt8]] = [
        PresencePages.page(of: accounts),
        PresencePages.page([
            #"{"id":"\#(accounts[1].text.uppercased())","availability":"B\u0075sy","activity":"\u0049nACall"}"#,
            #"{"sequenceNumber":"A2","id":"\#(accounts[0].text)","availability":null,"activity":"OffWork"}"#,
            #"{"id":"\#(accounts[0].text)","availability":"Offline","activity":"Offline","sequenceNumber":"A1","n":-1.5e3}"#,
            #"{"id":"\#(accounts[4].text)","availability":"Zzz","statusMessage":{"message":{"content":"\ud83d\ude00 é"}}}"#,
        ]),
    ]

    /// Bytes that mean something to a JSON reader.
    static let marks = Array(#"{}[]":,\u0019eE+-.tfn "#.utf8) + [0x00, 0x1F, 0x7F, 0x80, 0xC3, 0xED, 0xF4, 0xFF]

    static func damaged(_ page: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
        var page = page
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !page.isEmpty {
            let at = Int.random(in: 0..<page.count, using: &generator)
            let other = Int.random(in: 0..<page.count, using: &generator)
            switch Int.random(in: 0..<8, using: &generator) {
            case 0: page[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 1: page[at] = marks.randomElement(using: &generator) ?? 0
            case 2: page.insert(marks.randomElement(using: &generator) ?? 0, at: at)
            case 3: page.remove(at: at)
            case 4: page.removeSubrange(min(at, other)..<min(max(at, other), min(at, other) + 24))
            case 5: page.insert(contentsOf: page[min(at, other)..<max(at, other)].prefix(120), at: at)
            case 6: page.swapAt(at, other)
            default: if Bool.random(using: &generator) { page.removeSubrange(at...) }
            }
        }
        return page
    }

    @Test("never crash and never differ from Foundation where they are accepted", arguments: 0..<8 as Range<UInt64>)
    func differential(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let decoder = PresencePageDecoder()
        var accepted = 0
        for round in 0..<Self.rounds {
            let page = Self.damaged(Self.seeds[round % Self.seeds.count], using: &generator)
            guard let answers = try? decoder.decode(page, asked: Self.accounts) else { continue }
            accepted += 1
            let ours = answers.map { ReferenceAnswer(verdict: Self.verdict($0.reading), stamp: $0.sequenceNumber) }
            guard let reference = PresencePages.reference(page, asked: Self.accounts), reference == ours else {
                Issue.record("seed \(seed), round \(round): \(String(decoding: page, as: UTF8.self))")
                return
            }
        }
        // Damage that leaves no page standing would prove nothing.
        #expect(accepted > Self.rounds / 10)
        #expect(accepted < Self.rounds)
    }

    static func verdict(_ reading: Reading<Presence>) -> String {
        switch reading {
        case .value(let presence): presence.meaning.rawValue
        case .unknown(.missing): "missing"
        case .unknown: "unknown"
        }
    }
}
