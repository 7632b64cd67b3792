// What pages draw from the answers of the monitor: bars that show one room of thousands, buildings in the order of their
// trouble, a day as two strips, and bounds that hold for any fleet.

import FleetAPI
@testable import FleetWeb
import Foundation
import Testing

@Suite struct PageModelsTests {
    private static let now = ScriptedIntents.at

    private func before(_ seconds: Double) -> Timestamp { Timestamp(Self.now.date.addingTimeInterval(-seconds)) }

    @Test func aRowSaysWhoWorksOnItAndWhatKeepsItQuiet() {
        var incident = ScriptedIntents.incident
        incident.acknowledgedBy = nil
        #expect(!IncidentRow(incident, at: Self.now).hasTaken)
        incident.suppression = IncidentBody.Suppressed(
            kind: "silenced", rule: "silence:01JD", until: nil, sentence: "silenced by 01JD")
        #expect(IncidentRow(incident, at: Self.now).taken == "not told: silenced by 01JD")
        incident.acknowledgedBy = "anna"
        #expect(IncidentRow(incident, at: Self.now).taken == "taken on by anna · not told: silenced by 01JD")
        incident.suppression?.kind = "inhibited"
        #expect(IncidentRow(incident, at: Self.now).taken == "taken on by anna · told of by another incident")
        incident.suppression?.kind = "acknowledged"
        #expect(IncidentRow(incident, at: Self.now).taken == "taken on by anna", "one reason is said once")
    }

    // MARK: Bars

    @Test func aBarIsAsLongAsItsRooms() {
        var counts = FleetBody.Counts()
        for state in ["up", "up", "up", "down"] { counts.count(state) }
        let model = CountsModel(counts)
        #expect(model.sentence == "1 down, 3 up")
        #expect(model.parts.map { "\($0.state) \($0.start) \($0.share)" } == ["down 0.0 25.0", "up 25.0 75.0"])
    }

    @Test func oneRoomOfThousandsIsStillSeen() {
        var counts = FleetBody.Counts()
        for _ in 0..<9_999 { counts.count("up") }
        counts.count("down")
        let model = CountsModel(counts)
        #expect(model.parts.map { "\($0.state) \($0.start) \($0.share)" } == ["down 0.0 1.5", "up 1.5 98.5"])
        #expect(CountsModel(FleetBody.Counts()).parts.isEmpty)
    }

    // MARK: The fleet

    private func room(_ name: String, _ state: String, in building: String) -> RoomBody {
        RoomBody(
            id: name, tenant: "contoso", name: name, email: "\(name)@contoso.com", building: building, floor: "1",
            state: state, observability: "strong")
    }

    private func building(_ name: String, _ rooms: [RoomBody]) -> FleetBody.Building {
        var counts = FleetBody.Counts()
        for room in rooms where room.building == name { counts.count(room.state) }
        return FleetBody.Building(name: name, counts: counts, floors: [FleetBody.Floor(name: "1", counts: counts)])
    }

    @Test func troubledBuildingsComeFirstAndAreOpen() {
        let rooms = [room("a", "up", in: "B1"), room("b", "unseen", in: "B2"), room("c", "up", in: "B3")]
        var tiles = Tiles(rooms, limit: 100)
        let tenant = FleetBody.Tenant(
            name: "contoso", counts: FleetBody.Counts(), weak: 0, blind: false, sweptAt: before(61), sweepFailure: nil,
            open: FleetBody.Open(critical: 0, error: 0, warning: 0), buildings: [])
        let model = TenantModel(
            tenant,
            buildings: ["B1", "B2", "B3"].map {
                BuildingModel(building($0, rooms), of: "contoso", drawing: &tiles, isAlone: false)
            }, at: Self.now)
        #expect(model.buildings.map(\.name) == ["B2", "B1", "B3"])
        #expect(model.buildings.map(\.isTroubled) == [true, false, false])
        #expect(Set(model.buildings.map(\.key)).count == 3)
        #expect(model.isStale && model.sweptAge == "1 min ago")
    }

    @Test func aPageDrawsNoMoreRoomsThanItMay() {
        let rooms = (0..<50).map { room("r\($0)", "down", in: $0 < 30 ? "B1" : "B2") }
        var tiles = Tiles(rooms, limit: 35)
        let models = ["B1", "B2"].map {
            BuildingModel(building($0, rooms), of: "contoso", drawing: &tiles, isAlone: false)
        }
        #expect(models.map { $0.floors[0].tiles.count } == [30, 5])
        #expect(models.map { $0.floors[0].more } == [0, 15])
        #expect(models[1].floors[0].address == "/buildings/contoso/B2")
    }

    @Test func figuresNameRareStatesOnlyWhenTheyOccur() {
        var counts = FleetBody.Counts()
        counts.count("up")
        #expect(FigureModel.all(counts).map(\.state) == ["down", "pending", "unseen", "up"])
        counts.count("recovering")
        #expect(FigureModel.all(counts).map(\.state) == ["down", "pending", "unseen", "recovering", "up"])
        #expect(FigureModel.all(counts).map(\.isNone) == [true, true, true, false, false])
    }

    // MARK: A day

    private func explanation(
        presence: [RoomExplanation.Stretch] = [], transitions: [RoomExplanation.Transition] = [],
        phase: String = "clear"
    ) -> RoomExplanation {
        RoomExplanation(
            at: Self.now, tenant: "contoso", room: IncidentBody.Room(id: "1", name: "Room 17", email: "r"), answer: [],
            observations: [],
            condition: .init(
                phase: phase, firstBadAt: nil, firedAt: nil, streak: 0, needed: 3, lastGoodAt: nil, isUnseen: false),
            standing: .init(voice: "none", onsetAt: nil), severity: .init(now: "error", reasons: []), incident: nil,
            notifications: [], suppressions: [], quiet: [],
            flapping: .init(penalty: 0, isFlapping: false, endsAt: nil), transitions: transitions, presence: presence)
    }

    @Test func theStripsTellADay() {
        let picture = DayPicture(
            explanation(
                presence: [
                    .init(from: before(86_400), to: before(43_200), reading: "Available", signal: "good"),
                    .init(from: before(43_200), to: before(43_140), reading: "Offline", signal: "bad"),
                    .init(from: before(21_600), to: before(0), reading: "unknown:missing", signal: "unknown"),
                ],
                transitions: [
                    .init(at: before(43_200), condition: "room.offline", from: "clear", to: "pending", reason: ""),
                    .init(at: before(43_190), condition: "room.unseen", from: "clear", to: "firing", reason: ""),
                    .init(at: before(43_180), condition: "room.offline", from: "pending", to: "clear", reason: ""),
                ]))
        let presence = picture.strips[0]
        #expect(
            presence.pieces.map { "\($0.kind) \($0.start) \($0.share)" } == [
                "good 0.0 50.0", "unknown 75.0 25.0", "bad 50.0 0.25",
            ])
        #expect(presence.sentence == "Presence in the last 24 hours: bad 1 min, unknown 6 h 0 min, good 12 h 0 min")
        #expect(picture.strips[1].pieces.map(\.kind) == ["clear", "clear", "pending"])
        #expect(picture.hours == ["08:00Z", "14:00Z", "20:00Z", "02:00Z", "now"])
    }

    @Test func aPictureStaysInItsFrame() {
        let picture = DayPicture(
            explanation(
                presence: [
                    .init(from: before(900_000), to: before(899_000), reading: "Offline", signal: "bad"),
                    .init(from: before(-60), to: before(-900), reading: "Offline", signal: "bad"),
                ], phase: "firing"))
        for piece in picture.strips.flatMap(\.pieces) {
            let (start, share) = (Double(piece.start) ?? -1, Double(piece.share) ?? -1)
            #expect(start >= 0 && share > 0 && start + share <= 100.001)
        }
        #expect(DayPicture(explanation()).strips[0].sentence.hasSuffix("nothing"))
    }

    // MARK: Forms

    @Test(arguments: [
        ("q=room+1", "room 1"), ("q=room%201", "room 1"), ("q=1%2B1", "1+1"), ("q=%C3%A4", "ä"), ("q=", ""),
        ("q", ""), ("q=a=b", "a=b"),
    ])
    func aFieldIsReadAsBrowsersWriteIt(_ text: String, _ value: String) {
        #expect(FormFields.dictionary(of: text)["q"] == value)
    }

    @Test func brokenEncodingIsSeenAndFieldsAreBounded() {
        #expect(FormFields.pairs(of: "q=%zz").first?.value == nil)
        #expect(FormFields.pairs(of: (0..<200).map { "a\($0)=1" }.joined(separator: "&")).count == FormFields.maximum)
    }
}
