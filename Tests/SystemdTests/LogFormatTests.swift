// The formats are a contract with people's eyes and with journalctl's filters; hostile names try to break both.

import Foundation
import Logging
import Testing

@testable import Systemd

@Suite struct LogFormatTests {
    // 2023-11-14T22:13:20.123Z
    private let wall = Date(timeIntervalSince1970: 1_700_000_000.123)

    private func record(
        _ message: String, level: Logger.Level = .warning, metadata: Logger.Metadata = [:]
    ) -> LogRecord {
        LogRecord(
            wall: wall, level: level, logger: "detection", message: message, metadata: metadata,
            file: "FleetMonitor/Sweep.swift", line: 42)
    }

    @Test func aTerminalLine() {
        #expect(
            record("room is down", metadata: ["room": "Room 17", "k": "3"]).terminalLine(colour: false)
                == "22:13:20.123 warning detection: room is down k=3 room=\"Room 17\"\n")
    }

    @Test func colourWrapsTheLevelAlone() {
        #expect(
            record("x", level: .error).terminalLine(colour: true)
                == "22:13:20.123 \u{1B}[31merror\u{1B}[0m detection: x\n")
    }

    @Test(arguments: [(0.0, "00:00:00.000"), (-0.0005, "23:59:59.999"), (86_399.9996, "23:59:59.999")])
    func timesOfDay(seconds: Double, text: String) {
        var early = record("x")
        early.wall = Date(timeIntervalSince1970: seconds)
        #expect(early.terminalLine(colour: false).hasPrefix(text + " "))
    }

    @Test(arguments: [
        ("Room 1\n08:00:00.000 error detection: forged", "Room 1\\n08:00:00.000 error detection: forged"),
        ("\u{1B}[2J\u{7}", "\\u{1b}[2J\\u{7}"), ("a\rb\tc", "a\\rb\\tc"), ("\u{85}\u{2028}", "\\u{85}\\u{2028}"),
        ("\u{202E}txt", "\\u{202e}txt"), ("literal \\n", "literal \\\\n"), ("Größe 部屋 👩‍🚒", "Größe 部屋 👩‍🚒"),
        ("\r\n", "\\r\\n"),
    ])
    func foreignTextStaysInItsLine(text: String, shown: String) {
        let line = record(text).terminalLine(colour: false)
        #expect(line == "22:13:20.123 warning detection: \(shown)\n")
        let fields = record(text).journalFields(identifier: "roomwatchd")
        #expect(fields.first == "MESSAGE=\(shown)")
    }

    @Test(arguments: [
        ("plain", "plain"), ("", "\"\""), ("two words", "\"two words\""), ("a=b", "\"a=b\""),
        ("say \"hi\"", "\"say \\\"hi\\\"\""), ("line\nbreak", "line\\nbreak"),
    ])
    func valuesAreQuotedWhenTheyCouldBeTakenForMore(value: String, shown: String) {
        #expect(record("m", metadata: ["k": "\(value)"]).summary == "m k=\(shown)")
    }

    @Test func keysAreForeignTextToo() {
        #expect(record("m", metadata: ["a b\n": "1"]).summary == "m \"a b\\n\"=1")
    }

    @Test func theJournalGetsFields() {
        let fields = record("room is down", metadata: ["room": "Room 17\nX", "dedup-key": "a=b"])
            .journalFields(identifier: "roomwatchd")
        #expect(
            fields == [
                "MESSAGE=room is down dedup-key=\"a=b\" room=\"Room 17\\nX\"",
                "PRIORITY=4",
                "SYSLOG_IDENTIFIER=roomwatchd",
                "LOGGER=detection",
                "CODE_FILE=FleetMonitor/Sweep.swift",
                "CODE_LINE=42",
                "ROOMWATCH_DEDUP_KEY=a=b",
                "ROOMWATCH_ROOM=Room 17\nX",
            ])
    }

    @Test(arguments: [
        ("room", "ROOMWATCH_ROOM"), ("error.type", "ROOMWATCH_ERROR_TYPE"), ("http2", "ROOMWATCH_HTTP2"),
        ("größe=1", "ROOMWATCH_GR__E_1"), ("_x", "ROOMWATCH__X"),
    ])
    func fieldNames(key: String, name: String) {
        #expect(LogRecord.fieldName(for: key) == name)
    }

    @Test func fieldNamesAreBounded() {
        let name = LogRecord.fieldName(for: String(repeating: "k", count: 500))
        #expect(name.utf8.count == LogRecord.fieldNameBytes)
    }

    @Test func prioritiesAreThoseOfSyslog() {
        #expect(Logger.Level.allCases.map(\.syslogPriority) == [7, 7, 6, 5, 4, 3, 2])
    }

    @Test func messagesValuesAndPairsAreBounded() {
        let metadata = Dictionary(
            uniqueKeysWithValues: (0..<100).map { ("k\($0)", Logger.MetadataValue.string("v")) })
        #expect(record("m", metadata: metadata).pairs.count == LogRecord.pairLimit)
        let long = String(repeating: "é", count: 100_000)
        let bounded = record(long, metadata: ["k": "\(long)"])
        #expect(bounded.message.utf8.count <= LogRecord.messageBytes && bounded.message.hasSuffix("é…"))
        #expect(bounded.pairs[0].value.utf8.count <= LogRecord.valueBytes)
        let many = metadata.mapValues { _ in Logger.MetadataValue.string(long) }
        #expect(record(long, metadata: many).summary.utf8.count <= LogRecord.summaryBytes)
    }

    @Test(
        arguments: [
            ("8:1234", true), ("8:1235", false), ("9:1234", false), ("8", false), ("8:1234:5", false), ("", false),
            ("8:x", false), (nil, false),
        ] as [(String?, Bool)])
    func theJournalIsRecognisedByItsFile(variable: String?, matches: Bool) {
        #expect(LogDestination.isJournal(variable, device: 8, inode: 1234) == matches)
    }
}
