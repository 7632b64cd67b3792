// The picture in terminals of every size, and the figures that it shows.

import FleetAPI
import Foundation
import Testing

@testable import roomwatch_demo

@Suite struct PictureTests {
    private func scene(rooms: Int = 20, notices: Int = 0, name: String? = nil) throws -> Scene {
        var board = Scoreboard()
        var grid = RoomGrid(rooms: rooms, buildings: 2)
        var latest: [Scene.Line] = []
        for number in 0..<notices {
            board.take(try truth("presence_offline", room: number, at: 0, cause: number))
            let one = notice(
                .incidentOpened, "m\(number)", room: number, at: 12, incident: "01J\(100 + number)", name: name)
            board.take(one)
            grid.take(one)
            latest.append(Scene.Line(notice: one, latency: board.latency(of: one)))
        }
        return Scene(
            plan: DemoPlan(rooms: rooms, buildings: 2, seed: 7, seconds: 120), now: at(65), startedAt: at(0),
            grid: grid,
            open: board.openIncidents, latest: latest, figures: Figures(), isWatching: true,
            summary: board.summary(at: at(65)))
    }

    private func picture(_ scene: Scene, _ width: Int = 100, _ height: Int = 40) -> [String] {
        TerminalView(width: width, height: height, glyphs: .ascii).lines(of: scene).map { $0.text(colour: false) }
    }

    @Test(arguments: [(20, 5), (40, 12), (80, 24), (100, 40), (300, 100)])
    func itNeverExceedsTheTerminal(width: Int, height: Int) throws {
        for glyphs in [TerminalView.Glyphs.ascii, .unicode] {
            let lines = TerminalView(width: width, height: height, glyphs: glyphs).lines(
                of: try scene(rooms: 500, notices: 40))
            #expect(lines.count <= height)
            #expect(lines.allSatisfy { $0.width <= width })
        }
    }

    @Test func itSaysWhatIsOpenAndHowFastItWasTold() throws {
        let lines = picture(try scene(notices: 1))
        #expect(lines.first?.contains("01:05 / 02:00") == true)
        #expect(lines.contains("Open incidents (1)"))
        #expect(lines.contains { $0.contains("error") && $0.contains("Room 0 is offline") })
        #expect(lines.contains { $0.contains("08:00:12.000") && $0.contains("12.0 s after Graph showed it") })
        #expect(lines.last?.contains("opened 1, resolved 0, missed 0, false 0; p50 12.0 s, p99 12.0 s") == true)
    }

    @Test func aQuietTenantHasNothingToSay() throws {
        let lines = picture(try scene())
        #expect(lines.contains("Open incidents (0)"))
        #expect(lines.contains("  none") && lines.contains("  none yet"))
        #expect(lines.contains { $0.contains("20 in service") || $0.contains("20 up") })
    }

    @Test func namesDoNotSteerTheTerminal() throws {
        let lines = picture(try scene(notices: 1, name: "Room \u{1B}[2J\u{7}\u{202E}1"))
        #expect(lines.allSatisfy { $0.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x202E } })
        #expect(lines.contains { $0.contains("Room ?[2J") })
    }

    @Test func colourIsAddedOnlyWhereItIsAskedFor() {
        var line = StyledLine("missed ")
        line.add("3", .alarm)
        #expect(line.text(colour: false) == "missed 3")
        #expect(line.text(colour: true) == "missed \u{1B}[1;31m3\u{1B}[0m")
        #expect(line.cut(to: 5, mark: ">").text(colour: false) == "miss>")
        #expect(line.cut(to: 8, mark: ">") == line)
    }

    @Test func figuresAreReadFromTheDaemonsMetrics() {
        var figures = Figures()
        figures.take(
            metrics: """
                # TYPE roomwatch_rooms gauge
                roomwatch_rooms{tenant="contoso",phase="clear"} 17
                roomwatch_rooms{tenant="contoso",phase="firing"} 3
                roomwatch_rooms_weak{tenant="contoso"} 2
                roomwatch_sweeps_total{tenant="contoso",lane="steady",outcome="complete"} 40
                roomwatch_sweeps_total{tenant="contoso",lane="steady",outcome="failed"} 2
                roomwatch_sweeps_total{tenant="contoso",lane="suspect",outcome="complete"} 9
                something_else 12
                not a figure
                """)
        #expect(figures.phases == ["clear": 17, "firing": 3])
        #expect(figures.weakRooms == 2)
        #expect(figures.sweeps == ["steady": 42, "suspect": 9])
        #expect(figures.failedSweeps == 2)
    }

    @Test func figuresOfASecondReadReplaceThoseOfTheFirst() {
        var figures = Figures()
        let line = "roomwatch_sweeps_total{lane=\"steady\",outcome=\"failed\"} "
        figures.take(metrics: line + "5")
        figures.take(metrics: line + "6")
        #expect(figures.sweeps == ["steady": 6])
        #expect(figures.failedSweeps == 6)
    }
}
