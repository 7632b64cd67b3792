// A figure beside another figure of the same run, for the one who asks for it: ROOMWATCH_TIMINGS=1, release build.

import FleetCore
import FleetGraph
import Foundation
import Testing

@Suite("Timings of the presence page", .enabled(if: ProcessInfo.processInfo.environment["ROOMWATCH_TIMINGS"] == "1"))
struct PresencePageTimings {
    struct Page: Decodable {
        struct Row: Decodable {
            var id: String
            var availability: String?
            var activity: String?
        }
        var value: [Row]
    }

    @Test("31 pages of 650 rows, beside JSONDecoder")
    func sweep() throws {
        let accounts = PresencePages.accounts(650)
        let body = PresencePages.page(of: accounts)
        var generator = SeededGenerator(seed: 1)
        let shuffled = PresencePages.page(
            accounts.enumerated().map { PresencePages.row($0.element, $0.offset) }.shuffled(using: &generator))
        let decoder = PresencePageDecoder()
        func best(_ work: () throws -> Int) rethrows -> Double {
            var best = Double.infinity
            for _ in 0..<20 {
                let start = clock()
                for _ in 0..<31 { #expect(try work() == 650) }
                best = min(best, Double(clock() - start) / 1000)
            }
            return best
        }
        let ours = try best { try decoder.decode(body, asked: accounts).count }
        let mixed = try best { try decoder.decode(shuffled, asked: accounts).count }
        let theirs = try best { try JSONDecoder().decode(Page.self, from: Data(body)).value.count }
        print(
            "page of \(body.count) bytes, 31 pages, CPU ms: in order \(ours), shuffled \(mixed), JSONDecoder \(theirs)")
    }
}
