// Devices as Graph lists them: what each is, what is wrong with it, and what was done about it.

import ArgumentParser
import FleetAPI
import FleetClient

struct Devices: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List devices with their health, their problems and their version of Teams.")

    @Option(help: "A part of the room's name or mail address, the model, the serial number or the asset tag.")
    var text: String?
    @Option(
        parsing: .upToNextOption,
        help: "any, or what is wrong: offline, peripheral, login, software, hardware, unexpected_user.",
        completion: .list([DeviceProblemBody.any] + DeviceProblemBody.conditions))
    var problem: [String] = []
    @Option(
        parsing: .upToNextOption, help: ArgumentHelp("\(DeviceBody.kinds.joined(separator: ", "))."),
        completion: .list(DeviceBody.kinds))
    var kind: [String] = []
    @Option(help: "Only of this model.")
    var model: String?
    @OptionGroup var places: PlaceFilter
    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let session = try Session(options)
        let answer = try await session.client.devices(
            DevicesQuery(
                tenant: places.tenant, building: places.building, floor: places.floor, model: model, kinds: kind,
                problems: problem.map(Self.condition), text: text, cursor: places.cursor,
                limit: places.limit ?? DevicesQuery.defaultLimit))
        session.show(answer, empty: "No device matches.") { session.rendering.devices($0.devices) }
        if session.output == .table, let next = answer.content.nextCursor {
            Terminal.remark("\(answer.content.devicesTotal) in all; there are more: --cursor \(next)")
        }
    }

    /// `peripheral` is short for `device.peripheral`.
    static func condition(_ word: String) -> String {
        word == DeviceProblemBody.any || word.contains(".") ? word : "device.\(word)"
    }
}

struct ShowDevice: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "device",
        abstract: "One device, or those of a room: health, problems, software, history and operations.")

    @Argument(help: "Graph's id of the device, or the room's name, mail address or account id.")
    var device: String
    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let session = try Session(options)
        for (place, answer) in try await session.devices(device).enumerated() {
            if session.output != .json, place > 0 { Terminal.write("\n") }
            session.show(answer) { session.rendering.device($0) }
        }
    }
}

extension Session {
    /// The device of an id, else every device of the room that is called so.
    fileprivate func devices(_ text: String) async throws -> [ClientAnswer<DeviceDetail>] {
        do throws(ClientError) {
            return [try await client.device(text)]
        } catch {
            guard case .refused(let problem) = error, problem.status == 404 else { throw error }
        }
        let room = try await client.room(text).content.room
        let listed = try await client.devices(
            DevicesQuery(tenant: room.tenant, text: room.email, limit: DevicesQuery.maximumLimit))
        var found: [ClientAnswer<DeviceDetail>] = []
        for device in listed.content.devices where device.room?.id == room.id {
            found.append(try await client.device(device.id))
        }
        guard !found.isEmpty else { throw CommandFault("\(room.name) has no device that Graph lists") }
        return found
    }
}
