// What one page means for the accounts asked for: order, gaps, odd rows, and pages that must not be used at all.

import FleetCore
import FleetGraph
import Testing

@Suite("A page of presences")
struct PresencePageTests {
    let accounts = PresencePages.accounts(4)

    func decode(_ rows: [String], asked: [AccountID]? = nil) throws -> [PresenceAnswer] {
        try PresencePageDecoder().decode(PresencePages.page(rows), asked: asked ?? accounts)
    }

    func row(_ number: Int, _ fields: String) -> String {
        #"{"id":"\#(PresencePages.account(number).text)",\#(fields)}"#
    }

    func first(_ fields: String) throws -> Reading<Presence> {
        try #require(try decode([row(1, fields)]).first).reading
    }

    @Test("answers stand in the order asked, whatever order the page has")
    func order() throws {
        let many = PresencePages.accounts(650)
        let straight = try PresencePageDecoder().decode(PresencePages.page(of: many), asked: many)
        #expect(
            straight[1] == PresenceAnswer(.value(Presence(.inUse, text: "Busy/InACall")), sequenceNumber: "A1000001"))
        #expect(straight[4].reading == .value(Presence(.offline, text: "Offline")))
        #expect(straight.allSatisfy { $0.reading != .unknown(.missing) })
        let rows = many.enumerated().map { PresencePages.row($0.element, $0.offset) }
        var generator = SeededGenerator(seed: 7)
        let shuffled = try decode(rows.shuffled(using: &generator), asked: many)
        #expect(shuffled == straight)
        #expect(try decode(rows.reversed(), asked: many) == straight)
    }

    @Test("an account that the page leaves out is missing, one nobody asked for is ignored")
    func gaps() throws {
        let rows = [4, 9, 1].map { row($0, #""availability":"Away","activity":"Away""#) }
        let readings = try decode(rows).map(\.reading)
        let away = Reading.value(Presence(.online, text: "Away"))
        #expect(readings == [away, .unknown(.missing), .unknown(.missing), away])
        #expect(try decode([]).allSatisfy { $0.reading == .unknown(.missing) })
    }

    @Test("ids compare without case and through escapes")
    func idCase() throws {
        let upper = PresencePages.account(0xABC).text.uppercased()
        let escaped = #"{"id":"\u0033\#(PresencePages.account(2).text.dropFirst())","availability":"Away"}"#
        let answers = try decode(
            [#"{"id":"\#(upper)","availability":"Busy","activity":"Busy"}"#, escaped],
            asked: [PresencePages.account(0xABC), PresencePages.account(2)])
        #expect(
            answers.map(\.reading) == [
                .value(Presence(.online, text: "Busy")), .value(Presence(.online, text: "Away")),
            ])
    }

    @Test("of two rows about one account the higher stamp wins, without stamps the later row")
    func twice() throws {
        let high = row(1, #""availability":"Offline","activity":"Offline","sequenceNumber":"A2""#)
        let low = row(1, #""availability":"Away","activity":"Away","sequenceNumber":"A1""#)
        for rows in [[high, low], [low, high]] {
            #expect(try decode(rows)[0].reading == .value(Presence(.offline, text: "Offline")))
        }
        let bare = ["Away", "Busy"].map { row(1, #""availability":"\#($0)","activity":"\#($0)""#) }
        #expect(try decode(bare)[0].reading == .value(Presence(.online, text: "Busy")))
    }

    @Test("two rows about one account that contradict one another say nothing about it")
    func contradiction() throws {
        for words in [["Offline", "Away"], ["Away", "Offline"]] {
            let rows = words.map { row(1, #""availability":"\#($0)","activity":"\#($0)""#) }
            let text = words.joined(separator: " and ")
            #expect(try decode(rows)[0].reading == .unknown(.saidUnknown(text: text)))
        }
    }

    @Test("an account asked for twice gets its answer twice")
    func askedTwice() throws {
        let rows = [row(1, #""availability":"Away","activity":"Away""#)]
        let answers = try decode(rows, asked: [accounts[0], accounts[1], accounts[0]])
        #expect(answers[0] == answers[2])
        #expect(answers[0].reading == .value(Presence(.online, text: "Away")))
    }

    @Test(
        "a broken row is unknown and hurts no other",
        arguments: [
            #"{"id":"ID","availability":5,"activity":"Offline"}"#,
            #"{"id":"ID","availability":"Offline","activity":{}}"#,
            #"{"id":"ID","availability":null,"activity":null}"#, #"{"id":"ID"}"#,
            #"{"id":null,"availability":"Offline"}"#,
            #"{"id":7,"availability":"Offline"}"#, #"{"availability":"Offline"}"#, "null", "5", #""Offline""#, "[]",
            #"{"id":"ID","availability":"","activity":""}"#,
            #"{"id":"ID","availability":["Offline"],"activity":"Offline"}"#,
            #"{"id":"ID","availability":"Off\u0000line","activity":"Off\u0000line"}"#,
        ])
    func brokenRow(_ broken: String) throws {
        let row1 = broken.replacing("ID", with: accounts[0].text)
        let answers = try decode([row1, row(2, #""availability":"Offline","activity":"Offline""#)])
        guard case .unknown = answers[0].reading else {
            Issue.record("\(broken) was read as \(answers[0].reading)")
            return
        }
        #expect(answers[1].reading == .value(Presence(.offline, text: "Offline")))
    }

    @Test(
        "words of both generations in any case",
        arguments: [
            ("Offline", "Offline", Presence.Meaning.offline, "Offline"), ("offline", "OFFLINE", .offline, "offline"),
            ("Offline", "OffWork", .offline, "Offline/OffWork"), ("OffWork", "OffWork", .offline, "OffWork"),
            ("Offline", "InACall", .offline, "Offline/InACall"), ("Available", "OffWork", .online, "Available/OffWork"),
            ("Away", "Offline", .online, "Away/Offline"),
            ("PresenceUnknown", "Offline", .offline, "PresenceUnknown/Offline"),
            ("", "Offline", .offline, "Offline"), ("", "Away", .online, "Away"), ("Busy", "", .online, "Busy"),
            ("Busy", "InACall", .inUse, "Busy/InACall"),
            ("BUSY", "inaconferencecall", .inUse, "BUSY/inaconferencecall"),
            ("presenting", "busy", .inUse, "presenting/busy"),
            ("PresenceUnknown", "InACall", .inUse, "PresenceUnknown/InACall"),
            ("Busy", "InAMeeting", .online, "Busy/InAMeeting"), ("inAMeeting", "busy", .online, "inAMeeting/busy"),
            ("AvailableInactive", "Inactive", .online, "AvailableInactive/Inactive"),
            ("focusing", "doNotDisturb", .online, "focusing/doNotDisturb"),
            ("BeRightBack", "BeRightBack", .online, "BeRightBack"), ("BusyIdle", "Busy", .online, "BusyIdle/Busy"),
            ("DoNotDisturb", "UrgentInterruptionsOnly", .online, "DoNotDisturb/UrgentInterruptionsOnly"),
        ])
    func words(_ availability: String, _ activity: String, _ meaning: Presence.Meaning, _ text: String) throws {
        let reading = try first(#""availability":"\#(availability)","activity":"\#(activity)""#)
        #expect(reading == .value(Presence(meaning, text: text)))
    }

    @Test(
        "words nobody has seen before are unknown and kept for the evidence",
        arguments: [
            ("PresenceUnknown", "PresenceUnknown", "PresenceUnknown"),
            ("Hibernating", "Dreaming", "Hibernating/Dreaming"),
            ("", "OutOfOffice", "OutOfOffice"), ("", "", "empty"), (#"Of\u0007\nfline?"#, "", "Offline?"),
            (String(repeating: "x", count: 300), "y", String(repeating: "x", count: 64)),
        ])
    func unknownWords(_ availability: String, _ activity: String, _ text: String) throws {
        let reading = try first(#""availability":"\#(availability)","activity":"\#(activity)""#)
        #expect(reading == .unknown(.saidUnknown(text: text)))
    }

    @Test(
        "a stamp that is no short printable text orders nothing",
        arguments: [
            "5", "null", #""""#, #""A\u00001""#, #""A 1""#, "\"" + String(repeating: "9", count: 65) + "\"",
        ])
    func stamps(_ stamp: String) throws {
        let answers = try decode([row(1, #""availability":"Away","activity":"Away","sequenceNumber":\#(stamp)"#)])
        #expect(answers[0] == PresenceAnswer(.value(Presence(.online, text: "Away"))))
    }

    @Test("nothing of a page that is cut, followed by something, or no JSON is used")
    func malformed() throws {
        let decoder = PresencePageDecoder()
        let whole = PresencePages.page(of: accounts)
        let good = try decoder.decode(whole, asked: accounts)
        for length in 0..<whole.count {
            #expect(throws: PresencePageError.malformed) {
                try decoder.decode(Array(whole[..<length]), asked: accounts)
            }
        }
        for tail in ["x", "]", "}", ",", "{}", "\0", "\u{FEFF}"] {
            #expect(throws: PresencePageError.malformed) { try decoder.decode(whole + tail.utf8, asked: accounts) }
        }
        #expect(try decoder.decode(whole + " \r\n\t".utf8, asked: accounts) == good)
        #expect(try decoder.decode([0xEF, 0xBB, 0xBF] + whole, asked: accounts) == good)
    }

    @Test(
        "JSON that is no page of presences says so",
        arguments: [
            "{}", "[]", "null", "7", #""value""#, #"{"value":null}"#, #"{"value":{}}"#, #"{"error":{"code":"x"}}"#,
            #"{"value":[],"value":7}"#,
        ])
    func noRows(_ text: String) {
        #expect(throws: PresencePageError.noRows) {
            try PresencePageDecoder().decode(Array(text.utf8), asked: accounts)
        }
    }

    @Test(
        "faults in parts that nobody reads are found all the same",
        arguments: [
            #""statusMessage":"\ud800""#, #""statusMessage":"\x""#, #""statusMessage":tru"#, #""a":01"#, #""a":-"#,
            #""a":1.e3"#,
            #""a":1e400"#, #""a" 1"#, #""a":[1 2]"#, #""a":{"b":1"#, "\"a\":\"\u{1}\"", #""a":nul"#, #""a":.5"#,
            #""a":+1"#,
        ])
    func unreadFaults(_ fields: String) {
        let rows = [row(1, #""availability":"Offline","activity":"Offline""#), row(2, fields)]
        #expect(throws: PresencePageError.malformed) { try decode(rows) }
    }

    @Test(
        "bytes that are no UTF-8 spoil the page",
        arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82]] as [[UInt8]])
    func invalidUTF8(_ bytes: [UInt8]) {
        let page = PresencePages.page([row(1, #""statusMessage":"?""#)])
        let spoiled = page.flatMap { $0 == UInt8(ascii: "?") ? bytes : [$0] }
        #expect(throws: PresencePageError.malformed) { try PresencePageDecoder().decode(spoiled, asked: accounts) }
    }

    @Test("a number beyond 64 bits in an unread field blinds nobody")
    func hugeNumbers() throws {
        let huge = String(repeating: "9", count: 200)
        let rows = [
            row(2, #""availability":"Offline","activity":"Offline","a":\#(huge),"sequenceNumber":"A7""#),
            row(1, #""availability":7,"activity":"Offline""#),
        ]
        let answers = try decode(rows)
        #expect(answers[1] == PresenceAnswer(.value(Presence(.offline, text: "Offline")), sequenceNumber: "A7"))
        #expect(answers[0].reading == .unknown(.saidUnknown(text: "malformed")))
        #expect(answers[2].reading == .unknown(.missing))
    }

    @Test("deep nesting is refused, not followed", arguments: [200, 100_000])
    func deepNesting(_ depth: Int) {
        let deep = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        #expect(throws: PresencePageError.malformed) { try decode([row(1, #""a":\#(deep)"#)]) }
    }

    @Test("a service that invents words without end is read all the same")
    func inventedWords() throws {
        let decoder = PresencePageDecoder()
        let many = PresencePages.accounts(1000)
        for _ in 0..<2 {
            let rows = many.enumerated().map {
                #"{"id":"\#($0.element.text)","availability":"New\#($0.offset)","activity":"Offline"}"#
            }
            let answers = try decoder.decode(PresencePages.page(rows), asked: many)
            #expect(answers[999].reading == .value(Presence(.offline, text: "New999/Offline")))
            #expect(
                answers.allSatisfy { if case .value(let it) = $0.reading { it.meaning == .offline } else { false } })
        }
    }

    @Test("a decoder that read a very large page goes on reading small ones")
    func largePage() throws {
        let decoder = PresencePageDecoder()
        let padding = String(repeating: "x", count: 1 << 20)
        let large = PresencePages.page([row(1, #""availability":"Away","activity":"Away","a":"\#(padding)""#)])
        for body in [large, PresencePages.page(of: accounts), large] {
            #expect(throws: Never.self) { try decoder.decode(body, asked: accounts) }
        }
    }
}
