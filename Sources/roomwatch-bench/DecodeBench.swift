// The hot page, decoded by the daemon's decoder and by Foundation's in the same run.

import FleetCore
import FleetGraph
import Foundation

struct DecodeBench {
    let rooms: Int
    let report: Report

    /// The three fields that detection needs, for Foundation.
    private struct Page: Decodable {
        struct Row: Decodable {
            var id: String
            var availability: String
            var activity: String
            var sequenceNumber: String?
        }
        var value: [Row]
    }

    func run() throws {
        let pages = stride(from: 0, to: rooms, by: 650).map { first in
            Self.page((first..<min(first + 650, rooms)).map(Self.account))
        }
        let bytes = pages.reduce(0) { $0 + $1.body.count }
        let decoder = PresencePageDecoder()
        let own = try measure {
            for page in pages { _ = try decoder.decode(page.body, asked: page.accounts) }
        }
        let json = JSONDecoder()
        let foundation = try measure {
            for page in pages { _ = try json.decode(Page.self, from: Data(page.body)) }
        }
        report.row("bytes", "\(bytes)")
        report.row("this decoder, CPU", own.text)
        report.row("Foundation's JSONDecoder, CPU", foundation.text)
        report.row("ratio", String(format: "%.1f", foundation.median / max(own.median, 1e-9)))
    }

    private func measure(_ body: () throws -> Void) rethrows -> Spread {
        try body()
        return Spread(
            try (0..<7).map { _ in
                let before = Meter.cpu()
                try body()
                return Meter.cpu() - before
            })
    }

    static func account(_ number: Int) -> AccountID {
        let digits = String(number, radix: 16)
        return AccountID("3f6c1d7e-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits)
    }

    /// A page as Graph renders it, unneeded fields included.
    private static func page(_ accounts: [AccountID]) -> (accounts: [AccountID], body: [UInt8]) {
        let rows = accounts.enumerated().map { place, account in
            let words = place % 3 == 0 ? ("Busy", "InACall") : ("Available", "Available")
            return """
                {"id":"\(account)","availability":"\(words.0)","activity":"\(words.1)","sequenceNumber":"A0132480",\
                "statusMessage":null,"outOfOfficeSettings":{"message":null,"isOutOfOffice":false},"workLocation":null}
                """
        }
        return (accounts, Array("{\"value\":[\(rows.joined(separator: ","))]}".utf8))
    }
}
