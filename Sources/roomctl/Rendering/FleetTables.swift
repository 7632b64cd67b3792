// How the fleet reads as tables.

import FleetAPI

extension Rendering {
    func fleet(_ fleet: FleetBody) -> Table {
        var table = Table(
            columns: [
                .init("tenant"), .init("building", isFlexible: true), .init("rooms"), .init("up"), .init("pending"),
                .init("down"), .init("recovering"), .init("unseen"), .init("unknown"),
            ])
        for tenant in fleet.tenants {
            table.rows.append([Cell(tenant.name, .bold), Cell("all", .bold)] + Self.cells(tenant.counts))
            for building in tenant.buildings {
                table.rows.append([Cell(tenant.name), Cell(building.name ?? "-")] + Self.cells(building.counts))
            }
        }
        return table
    }

    private static func cells(_ counts: FleetBody.Counts) -> [Cell] {
        func cell(_ number: Int, _ tone: Tone) -> Cell { Cell(String(number), number > 0 ? tone : .faint) }
        return [
            cell(counts.rooms, .plain), cell(counts.up, .good), cell(counts.pending, .doubtful),
            cell(counts.down, .bad), cell(counts.recovering, .doubtful), cell(counts.unseen, .doubtful),
            cell(counts.unknown, .doubtful),
        ]
    }

    func rooms(_ rooms: [RoomBody]) -> Table {
        Table(
            columns: [
                .init("state"), .init("name", isFlexible: true), .init("building"), .init("floor"), .init("reading"),
                .init("since"), .init("mail", isFlexible: true), .init("incident"), .init("account", isFlexible: true),
            ],
            rows: rooms.map { room in
                [
                    Cell(room.state, Self.tone(state: room.state)), Cell(room.name), Cell(room.building ?? "-"),
                    Cell(room.floor ?? "-"), Cell(room.reading ?? "-"), Cell(room.firstBadAt.map(clock) ?? "-"),
                    Cell(room.email), Cell(room.incident ?? "-"),
                    room.account.isEmpty
                        ? Cell("-", .faint) : Cell(room.account.map(\.finding).joined(separator: ","), .doubtful),
                ]
            })
    }

    private static func tone(state: String) -> Tone {
        switch state {
        case "up": .good
        case "down": .bad
        default: .doubtful
        }
    }

    func capabilities(_ capabilities: [CapabilityBody]) -> Table {
        Table(
            columns: [.init("tenant"), .init("name"), .init("state"), .init("detail", isFlexible: true)],
            rows: capabilities.map { one in
                let tone: Tone =
                    switch one.state {
                    case "available": .good
                    case "off", "retired": .faint
                    default: .doubtful
                    }
                return [Cell(one.tenant), Cell(one.name), Cell(one.state, tone), Cell(one.detail)]
            })
    }
}
