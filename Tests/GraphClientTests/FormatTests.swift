// Timestamps, durations and numbers as Graph really sends them.

import Foundation
import GraphClient
import Testing

@Suite("Formats")
struct FormatTests {
    @Test(
        "timestamps with none to seven digits",
        arguments: [
            ("2026-03-02T10:15:00Z", 1_772_446_500.0), ("2026-03-02T10:15:00.1Z", 1_772_446_500.1),
            ("2026-03-02T10:15:00.1234567Z", 1_772_446_500.1234567), ("2026-03-02T10:15:00", 1_772_446_500),
            ("2026-03-02T12:15:00+02:00", 1_772_446_500), ("2026-03-02T05:15:00-0500", 1_772_446_500),
            ("2024-02-29T00:00:00Z", 1_709_164_800), ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59Z", -1),
            ("2000-03-01T00:00:00Z", 951_868_800), ("2016-12-31T23:59:60Z", 1_483_228_799),
        ])
    func timestamps(text: String, seconds: Double) throws {
        let date = try #require(GraphTimestamp(text).date)
        #expect(abs(date.timeIntervalSince1970 - seconds) < 1e-6)
    }

    @Test("agrees with Foundation on every month of four centuries")
    func calendar() throws {
        for year in stride(from: 1900, through: 2300, by: 1) {
            for month in 1...12 {
                let text = "\(year)-\(month < 10 ? "0" : "")\(month)-28T12:34:56Z"
                #expect(GraphTimestamp(text).date == (try Date(text, strategy: .iso8601)))
            }
        }
    }

    @Test("the sentinel is no value, garbage is malformed, and neither throws")
    func none() throws {
        for text in ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00.0000000Z", "0001-01-01T00:00:00+02:00"] {
            #expect(GraphTimestamp(text).date == nil)
            #expect(!GraphTimestamp(text).isMalformed)
        }
        for text in [
            "", "yesterday", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-03-02T10:15:00.Z",
            "2026-03-02T24:00:00Z", "2026-03-02T10:15:00Zjunk", "2026-03-02T10:15", "2026-03-02T10:15:00+99:00",
        ] {
            #expect(GraphTimestamp(text).date == nil, "\(text)")
            #expect(GraphTimestamp(text).isMalformed, "\(text)")
        }
        #expect(try JSONDecoder().decode([GraphTimestamp].self, from: Data("[7,{},\"x\"]".utf8)).count == 3)
    }

    @Test("durations")
    func durations() {
        let table: [(String, Duration?)] = [
            ("PT0.016S", .milliseconds(16)), ("PT1H2M3.5S", .seconds(3723.5)), ("P1DT2H", .seconds(93600)),
            ("-PT5S", .seconds(-5)), ("PT0S", .zero), ("P1D", .seconds(86400)),
            ("PT0.000000000000000001S", Duration(secondsComponent: 0, attosecondsComponent: 1)),
            ("P", nil), ("PT", nil), ("P1DT", nil), ("PT1M1H", nil), ("PT1.5H", nil), ("P1Y", nil), ("PT5", nil),
            ("5", nil), ("", nil), ("PTS", nil), ("PT99999999999999999999S", nil), ("PT1S1S", nil), ("P1M", nil),
        ]
        for (text, expected) in table { #expect(GraphDuration(text).value == expected, "\(text)") }
    }

    @Test("numbers")
    func numbers() throws {
        let text = #"[1,1.5,"NaN","INF","-INF","42","9007199254740993",9007199254740993,"x",null,"0x10","nan",true]"#
        let numbers = try JSONDecoder().decode([LenientNumber].self, from: Data(text.utf8))
        #expect(
            numbers.map(\.integer) == [
                1, nil, nil, nil, nil, 42, 9_007_199_254_740_993, 9_007_199_254_740_993, nil, nil, nil, nil, nil,
            ])
        #expect(numbers[1].double == 1.5)
        #expect(numbers[2].double?.isNaN == true)
        #expect(numbers[3].double == .infinity && numbers[4].double == -.infinity)
        #expect(numbers[8...].allSatisfy { $0.double == nil })
    }

    @Test("the clouds' endpoints, and replacements that keep the scope")
    func endpoints() throws {
        #expect(try GraphEndpoints(.usgovDoD).scope == "https://dod-graph.microsoft.us/.default")
        #expect(try GraphEndpoints(.china).login == "https://login.partner.microsoftonline.cn")
        let replaced = try GraphEndpoints(.global, login: "http://127.0.0.1:9080/", graph: "http://[::1]:9080/proxy//")
        #expect(replaced.login == "http://127.0.0.1:9080")
        #expect(replaced.graph == "http://[::1]:9080/proxy")
        #expect(replaced.scope == "https://graph.microsoft.com/.default")
        for bad in [
            "graph.microsoft.com", "ftp://x", "https://u@x", "https://x/?q", "https://", "https://x:0", "https://x:y",
        ] {
            #expect(throws: GraphEndpointsError.self) { try GraphEndpoints(.global, graph: bad) }
        }
    }
}
