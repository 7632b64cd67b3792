// How devices read: what is wrong with each, and which version of Teams it runs.

import FleetAPI

extension Rendering {
    func devices(_ devices: [DeviceBody]) -> Table {
        Table(
            columns: [
                .init("room", isFlexible: true), .init("place", isFlexible: true), .init("model", isFlexible: true),
                .init("health"), .init("problems", isFlexible: true), .init("teams"), .init("id", isFlexible: true),
            ],
            rows: devices.map { one in
                [
                    Cell(one.room?.name ?? "-"), Cell(one.room.map(Self.place) ?? "-"), Cell(Self.model(one)),
                    Cell(one.health, Self.tone(health: one.health)),
                    one.problems.isEmpty
                        ? Cell("-", .faint) : Cell(one.problems.map(\.sentence).joined(separator: "; "), .doubtful),
                    Cell(Self.teamsVersion(one)), Cell(one.id),
                ]
            })
    }

    func device(_ detail: DeviceDetail) -> [(String, Table)] {
        let one = detail.device
        var facts: [(String, Cell)] = [
            ("id", Cell(one.id)), ("kind", Cell(one.kind)), ("model", Cell(Self.model(one))),
            ("room", Cell(one.room.map { "\($0.name) (\(Self.place($0)))" } ?? "-", .bold)),
            ("tenant", Cell(one.tenant)), ("health", Cell(one.health, Self.tone(health: one.health))),
            ("activity", Cell(one.activity)),
        ]
        if let number = one.serialNumber { facts.append(("serial number", Cell(number))) }
        if let tag = one.assetTag { facts.append(("asset tag", Cell(tag))) }
        facts.append(("listed", Cell(one.listedAt.map(said) ?? "never")))
        facts.append(("health read", Cell(one.examinedAt.map(said) ?? "never")))
        if let operation = one.operation { facts.append(("running", Cell(operation, .doubtful))) }
        return [
            ("", Self.facts(facts)),
            (
                "Problems",
                Table(
                    columns: [
                        .init("condition"), .init("since"), .init("what", isFlexible: true), .init("incident"),
                    ],
                    rows: one.problems.map {
                        [
                            Cell($0.condition), Cell($0.since.map(clock) ?? "-"), Cell($0.sentence, .doubtful),
                            Cell($0.incident ?? "-"),
                        ]
                    })
            ),
            (
                "Software",
                Table(
                    columns: [.init("software"), .init("version"), .init("state"), .init("available")],
                    rows: one.software.map {
                        [
                            Cell($0.software), Cell($0.current ?? "-"),
                            Cell($0.freshness, $0.freshness == "update_available" ? .doubtful : .plain),
                            Cell($0.available ?? "-"),
                        ]
                    })
            ),
            (
                "History",
                Table(
                    columns: [.init("from"), .init("to"), .init("reading", isFlexible: true)],
                    rows: detail.history.map {
                        [Cell(clock($0.firstAt)), Cell($0.lastAt.map(clock) ?? "now"), Cell($0.reading)]
                    })
            ),
            ("Operations", operations(detail.operations)),
        ].filter { !$0.1.rows.isEmpty }
    }

    private static func model(_ device: DeviceBody) -> String {
        let words = [device.manufacturer, device.model].compactMap(\.self)
        return words.isEmpty ? device.kind : words.joined(separator: " ")
    }

    /// `4.19.70 (4.20.10 is out)`
    private static func teamsVersion(_ device: DeviceBody) -> String {
        guard let teams = device.software.first(where: { $0.software == "teams_client" }) else { return "-" }
        let current = teams.current ?? "-"
        guard teams.freshness == "update_available" else { return current }
        return "\(current) (\(teams.available ?? "a newer one") is out)"
    }

    private static func tone(health: String) -> Tone {
        switch health {
        case "healthy": .good
        case "critical", "offline": .bad
        default: .doubtful
        }
    }
}
