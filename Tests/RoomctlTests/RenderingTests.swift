// Tables as they stand on a terminal, letter by letter.

import FleetAPI
import Foundation
@testable import roomctl
import Testing

@Suite struct RenderingTests {
    private static let now = Timestamp("2026-11-20T08:12:00Z") ?? Timestamp(.distantPast)
    private static func at(_ clock: String) -> Timestamp { Timestamp("2026-11-20T\(clock)Z") ?? now }
    private let rendering = Rendering(now: now)

    private static func incident(_ summary: String, status: String = "open") -> IncidentBody {
        IncidentBody(
            id: "01ARZ3NDEKTSV4RRFFQ69G5FAV", revision: 1, dedupKey: "k", condition: "room.offline",
            severity: "critical", status: status, tenant: "contoso",
            scope: IncidentBody.Scope(kind: "room", id: "1", name: "Room 17"),
            rooms: [
                IncidentBody.Room(id: "1", name: "Room 17", email: "room17@contoso.com", building: "B2", floor: "3")
            ], roomsTotal: 1, cause: "unknown", summary: summary, firstBadAt: at("08:00:00"), openedAt: at("08:00:10"),
            acknowledgedAt: status == "acknowledged" ? at("08:05:00") : nil,
            acknowledgedBy: status == "acknowledged" ? "anna" : nil,
            evidence: [IncidentBody.Evidence(source: "presence", reading: "Offline", observedAt: at("08:00:10"))])
    }

    @Test func incidentsOnAWideTerminal() {
        let table = rendering.incidents([
            Self.incident("Room 17 (B2, floor 3) is offline"),
            Self.incident("Room 4 is offline", status: "acknowledged"),
        ])
        #expect(
            table.text(width: nil, isColoured: false) == """
                ID                          SEVERITY  STATUS                AGE  SUMMARY
                01ARZ3NDEKTSV4RRFFQ69G5FAV  critical  open                  11m  Room 17 (B2, floor 3) is offline
                01ARZ3NDEKTSV4RRFFQ69G5FAV  critical  acknowledged by anna  11m  Room 4 is offline

                """)
        #expect(
            table.plain == """
                01ARZ3NDEKTSV4RRFFQ69G5FAV\tcritical\topen\t11m\tRoom 17 (B2, floor 3) is offline
                01ARZ3NDEKTSV4RRFFQ69G5FAV\tcritical\tacknowledged by anna\t11m\tRoom 4 is offline

                """)
    }

    @Test func whatNobodyIsToldOfSaysSo() {
        var quiet = Self.incident("Room 17 is offline")
        quiet.suppression = IncidentBody.Suppressed(
            kind: "silenced", rule: "silence:01JD", until: nil, sentence: "silenced by 01JD until it is switched off")
        #expect(rendering.incidents([quiet]).plain.contains("\topen, silenced\t"))
        quiet.acknowledgedBy = "anna"
        #expect(rendering.incidents([quiet]).plain.contains("\topen by anna\t"), "who works on it is said first")
        let detail = IncidentDetail(incident: quiet, comments: [], notifications: [], suppressions: [])
        #expect(rendering.incident(detail).first?.1.plain.contains("nobody is told\tsilenced by 01JD") == true)
    }

    @Test func aNarrowTerminalCutsTheSentence() {
        let table = rendering.incidents([Self.incident("Room 17 (B2, floor 3) is offline; it was in a call")])
        let text = table.text(width: 70, isColoured: false)
        #expect(text.split(separator: "\n").allSatisfy { String($0).columns <= 70 })
        #expect(text.contains("Room 17 (B2, floor…"))
    }

    @Test func coloursAreCodesAndNothingElse() {
        let table = rendering.incidents([Self.incident("x")])
        let coloured = table.text(width: nil, isColoured: true)
        #expect(coloured.contains("\u{1B}[31mcritical\u{1B}[0m  open"))
        let bare = coloured.replacing(#/\u{1B}\[\d*m/#, with: "")
        #expect(bare == table.text(width: nil, isColoured: false))
    }

    @Test func namesSteerNoTerminal() {
        let table = rendering.incidents([Self.incident("Room\u{1B}[2J\t17\n\u{202E}evil\u{07}")])
        #expect(table.text(width: nil, isColoured: false).hasSuffix("Room [2J 17  evil\n"))
        #expect(table.plain.split(separator: "\t").count == 5)
    }

    @Test(arguments: [("abc", 3), ("会議室", 6), ("e\u{301}", 1), ("🟢", 2), ("", 0)])
    func columnsOfATerminal(_ text: String, _ columns: Int) { #expect(text.columns == columns) }

    @Test func wideCharactersAreCutWhole() {
        #expect("会議室".cut(to: 4) == "会…")
        #expect("abcdef".cut(to: 6) == "abcdef")
        #expect("abcdef".cut(to: 4) == "abc…")
    }

    @Test func oneIncidentWithItsHistory() {
        let detail = IncidentDetail(
            incident: Self.incident("Room 17 (B2, floor 3) is offline", status: "acknowledged"),
            comments: [CommentBody(at: Self.at("08:06:00"), author: "anna", text: "on my way")],
            notifications: [
                NotificationBody(
                    id: "n", incident: "i", receiver: "oncall", event: "opened", rule: "routes[0]", state: "accepted",
                    attempts: 1, decidedAt: Self.at("08:00:10"), settledAt: Self.at("08:00:11"))
            ],
            suppressions: [
                SuppressionBody(
                    at: Self.at("08:10:00"), event: "updated", kind: "acknowledged", rule: "acknowledged:anna",
                    until: nil, sentence: "acknowledged by anna", receiver: nil, incident: "i")
            ])
        let text = rendering.incident(detail).map { $0.0 + "\n" + $0.1.text(width: nil, isColoured: false) }.joined()
        #expect(
            text == """

                id            01ARZ3NDEKTSV4RRFFQ69G5FAV
                summary       Room 17 (B2, floor 3) is offline
                severity      critical
                status        acknowledged
                condition     room.offline
                cause         unknown
                tenant        contoso
                since         08:00:00Z (12m ago)
                opened        08:00:10Z (11m ago)
                acknowledged  by anna, 08:05:00Z (7m ago)
                Evidence
                AT         SOURCE    READING
                08:00:10Z  presence  Offline
                Told
                DECIDED    RECEIVER  EVENT   RULE       STATE     SETTLED    REMARK
                08:00:10Z  oncall    opened  routes[0]  accepted  08:00:11Z
                Not told
                AT         EVENT    RULE               WHY
                08:10:00Z  updated  acknowledged:anna  acknowledged by anna
                Comments
                AT         AUTHOR  TEXT
                08:06:00Z  anna    on my way

                """)
    }

    @Test func aPreviewSaysWhatWouldBeHidden() {
        let room = IncidentBody.Room(id: "1", name: "Room 17", email: "r", building: "B2", floor: "3")
        let preview = SilencePreview(
            matchers: [#"building="B2""#], endsAt: Self.at("10:00:00"), rooms: Array(repeating: room, count: 12),
            roomsTotal: 12, incidents: [Self.incident("Room 17 is offline")], incidentsTotal: 1)
        let lines = rendering.preview(preview).split(separator: "\n")
        #expect(lines.first == #"{building="B2"} until 10:00:00Z matches 12 rooms and hides 1 open incident:"#)
        #expect(lines.contains("  01ARZ3NDEKTSV4RRFFQ69G5FAV  critical  Room 17 is offline"))
        #expect(lines.last == "  and 2 more rooms")
        let nothing = SilencePreview(
            matchers: ["x"], endsAt: Self.at("10:00:00"), rooms: [], roomsTotal: 0, incidents: [], incidentsTotal: 0)
        #expect(rendering.preview(nothing).contains("Check the spelling"))
    }

    @Test func sentencesAreBrokenAtTheWidth() {
        let text = Rendering.wrapped("one two three four five six seven eight", width: 21)
        #expect(text == "one two three four\n  five six seven\n  eight\n")
        #expect(Rendering.wrapped("one two", width: nil) == "one two\n")
    }
}
