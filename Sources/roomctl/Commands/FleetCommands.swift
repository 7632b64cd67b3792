// The fleet as it stands: counted by place, room by room, and what Microsoft Graph lets the monitor see of it.

import ArgumentParser
import FleetAPI
import FleetClient

struct Fleet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Every tenant with its buildings and floors, counted.")

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let session = try Session(options)
        let answer = try await session.client.fleet()
        session.show(answer, empty: "No room is watched yet.") { session.rendering.fleet($0.fleet) }
        guard session.output == .table else { return }
        for tenant in answer.content.fleet.tenants {
            if tenant.blind { Terminal.remark("\(tenant.name) is not seen: states stand still.") }
            if let failure = tenant.sweepFailure { Terminal.remark("\(tenant.name): \(failure)") }
        }
    }
}

struct Rooms: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List rooms, or one; by building, floor and name.")

    @Argument(help: "A part of the name or the mail address.")
    var text: String?
    @Option(parsing: .upToNextOption, help: "up, pending, down, recovering, unseen, unknown.")
    var state: [String] = []
    @OptionGroup var places: PlaceFilter
    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let session = try Session(options)
        let answer = try await session.client.rooms(
            RoomsQuery(
                tenant: places.tenant, building: places.building, floor: places.floor, states: state, text: text,
                cursor: places.cursor, limit: places.limit ?? RoomsQuery.defaultLimit))
        session.show(answer, empty: "No room matches.") { session.rendering.rooms($0.rooms) }
        if session.output == .table, let next = answer.content.nextCursor {
            Terminal.remark("\(answer.content.roomsTotal) in all; there are more: --cursor \(next)")
        }
    }
}

struct Capabilities: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What Microsoft Graph offers in each tenant, and what to do about the rest.")

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let session = try Session(options)
        session.show(try await session.client.capabilities(), empty: "Nothing was asked of Graph yet.") {
            session.rendering.capabilities($0.capabilities)
        }
    }
}

struct Deliveries: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The newest notifications and what became of them.")

    @Option(help: "Only to this receiver.")
    var receiver: String?
    @Option(parsing: .upToNextOption, help: "waiting, accepted, failed, withdrawn.")
    var state: [String] = []
    @Option(help: "At most so many, up to 1000.")
    var limit = DeliveriesQuery.defaultLimit
    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let session = try Session(options)
        let answer = try await session.client.deliveries(
            DeliveriesQuery(receiver: receiver, states: state, limit: limit))
        session.show(answer, empty: "Nobody was told of anything yet.") {
            session.rendering.notifications($0.deliveries)
        }
    }
}
