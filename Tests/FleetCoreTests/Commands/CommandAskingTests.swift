// What somebody may ask for, and what the answer is before anything is sent.

@testable import FleetCore
import struct Foundation.TimeZone
import Testing
import Timekeeping

struct CommandAskingTests {
    @Test func aMeetingInEightMinutesRefusesARestartWithThatReason() throws {
        var shop = Workshop([("B1", 2)])
        shop.bookings = [1: 490...3600]
        shop.readCalendars()
        let error = #expect(throws: CommandProblem.self) { try shop.give(Workshop.order(rooms: [1])) }
        #expect(
            error?.description
                == "Room 1 (B1, floor 1): a meeting starts at 08:08, in 8 min; a restart may take 10 min")
        #expect(shop.operations.isEmpty)
    }

    @Test func aRoomThatTurnedOfflineAMomentAgoIsNotIdle() throws {
        var shop = Workshop([("B1", 1)])
        shop.town.darken(1, from: 20)
        shop.live(until: 26)
        #expect(shop.town.fleet.tracks.first?.phase == .pending)
        let error = #expect(throws: CommandProblem.self) { try shop.give(Workshop.order(rooms: [1])) }
        #expect(error?.description.contains("may not have heard why") == true)
        #expect(shop.operations.isEmpty)
    }

    /// Neither the list nor the health was read since the restart, so the word of before counts.
    @Test func aDeviceThatWasOffTheAirTakesNoCommandRightAfterARestart() throws {
        var watch = Watch(rooms: 1)
        watch.hear([1: .good], at: 1)
        watch.examine(.away, of: deviceID(1), at: 10)
        watch = watch.restarted(at: 100, checkpoint: 90)
        for action in [DeviceAction.restart, .runDiagnostics] {
            let order = try Workshop.order(action, rooms: [1], isForced: true, mayForce: true, reason: "it hangs")
            let plan = try watch.fleet.plan(order, at: at(101))
            #expect(plan.rooms.map(\.verdict.word) == ["refuse"])
            #expect("\(plan.rooms.map(\.verdict))".contains("when it was last read"))
        }
    }

    /// Graph leaves out who is signed in at will, and the next list says it again.
    @Test func anOperationWaitsForADeviceThatIsNotListedAtTheMoment() throws {
        var shop = Workshop([("B1", 1)])
        shop.graph.manner = { $0 == 1 ? .throttles : .takes }
        try shop.give(Workshop.order(rooms: [1]))
        shop.live(until: shop.town.second + 2)
        let devices = shop.town.fleet.rooms[0].devices
        shop.town.fleet.rooms[0].devices = []
        shop.live(until: shop.town.second + 60)
        #expect(shop.operation(of: 1)?.state.word == "waiting")
        shop.town.fleet.rooms[0].devices = devices
        shop.live(until: shop.town.second + 120)
        #expect(shop.graph.received == ["device-1-0": 1])
    }

    @Test func forceIsTheAdministratorsAndNeedsAReason() throws {
        var shop = Workshop([("B1", 1)])
        shop.bookings = [1: 0...3600]
        shop.readCalendars()
        #expect(throws: CommandProblem.forceNeedsAdmin(role: "operator")) {
            try shop.give(Workshop.order(rooms: [1], isForced: true, reason: "it hangs"))
        }
        #expect(throws: CommandProblem.forceNeedsReason) {
            try shop.give(Workshop.order(rooms: [1], isForced: true, mayForce: true, reason: "  "))
        }
        let command = try shop.give(Workshop.order(rooms: [1], isForced: true, mayForce: true, reason: "it hangs"))
        #expect(command.isForced && command.reason == "it hangs" && command.author == "ada" && command.role == "admin")
        shop.live(until: shop.town.second + 2)
        #expect(shop.graph.received == ["device-1-0": 1])
    }

    @Test(arguments: [
        ("building=B1", [1, 2, 3]), ("building=B1,state=down", [2]), ("state=offline", [2]),
        ("building=~\"B.\",state!=down", [1, 3, 4]), ("kind=teams_room", [1, 2, 3, 4]), ("kind=panel", []),
        ("room=\"Room 4\"", [4]), ("floor=2", []),
    ])
    func roomsAreSelectedByLabel(matchers: String, rooms: [Int]) throws {
        var shop = Workshop([("B1", 3), ("B2", 1)])
        shop.town.darken(2, from: 20)
        shop.live(until: 60)
        guard !rooms.isEmpty else {
            #expect(throws: CommandProblem.nothingMatches(matchers)) {
                try shop.town.fleet.plan(Workshop.order(matching: matchers), at: shop.town.now)
            }
            return
        }
        let plan = try shop.town.fleet.plan(Workshop.order(.runDiagnostics, matching: matchers), at: shop.town.now)
        #expect(plan.rooms.map(\.room.account) == rooms.map(account))
        #expect(plan.rooms.allSatisfy { $0.device?.id.hasSuffix("-0") ?? false })
    }

    @Test func namesAndLabelsTogetherMeanWhatBothMean() throws {
        var shop = Workshop([("B1", 2), ("B2", 2)])
        let plan = try shop.town.fleet.plan(Workshop.order(rooms: [1, 3], matching: "building=B2"), at: shop.town.now)
        #expect(plan.rooms.map(\.room.account) == [account(3)])
    }

    @Test func whatCannotBeMeantIsRefused() throws {
        var shop = Workshop([("B1", 1)])
        func problem(_ order: CommandOrder) -> CommandProblem? {
            do throws(CommandProblem) {
                _ = try shop.town.fleet.plan(order, at: shop.town.now)
                return nil
            } catch { return error }
        }
        #expect(problem(try Workshop.order()) == .nothingSelected)
        #expect(problem(try Workshop.order(matching: "{}")) == .nothingSelected)
        #expect(problem(try Workshop.order(matching: "condition=room.offline")) == .labelOfTroubles(.condition))
        #expect(problem(try Workshop.order(rooms: [1, 9])) == .unknownRooms([account(9)]))
        #expect(problem(try Workshop.order(rooms: [1], wait: .seconds(8 * 86_400))) == .waitTooLong)
        let long = String(repeating: "a", count: 501)
        #expect(problem(try Workshop.order(rooms: [1], reason: long)) == .reasonTooLong)
        shop.town.fleet.setCommands(available: false, why: "TeamworkDevice.ReadWrite.All is not granted")
        #expect(
            problem(try Workshop.order(rooms: [1]))?.description
                == "TeamworkDevice.ReadWrite.All is not granted")
    }

    @Test func aCommandReachesAThousandRoomsAtMost() throws {
        var town = Town([("B1", 1001)])
        #expect(throws: CommandProblem.tooManyRooms(1001)) {
            try town.fleet.plan(Workshop.order(.runDiagnostics, matching: "building=B1"), at: town.now)
        }
    }

    @Test func aRoomWithoutADeviceAndOneOffTheAirAreNamedAndNotAsked() throws {
        var shop = Workshop([("B1", 3)])
        var watch = shop.town
        let reading = inventory(
            [1, 2, 3].map { record($0) },
            devices: [1, 2].flatMap { devices(of: $0, kinds: [.teamsRoom], at: watch.now) },
            places: (1...3).map { PlaceRecord(email: "room\($0)@contoso.com", building: "B1", floor: "1") },
            at: watch.now)
        watch.take(watch.fleet.accept(reading, scope: InventoryScope(), decided: watch.now).decision)
        shop.town = watch
        shop.town.live(until: shop.town.second + 1)
        shop.town.readDevices(of: [2], isOffline: true)
        try shop.give(Workshop.order(matching: "building=B1"))
        shop.live(until: shop.town.second + 60)
        #expect(shop.graph.received == ["device-1-0": 1])
        #expect(
            shop.steps(of: 2) == [
                "withdrawn: its device record says offline; a command would wait there, run whenever the device "
                    + "returns, and cannot be taken back"
            ])
        #expect(shop.steps(of: 3) == ["withdrawn: no device of the room is known, so there is nothing to ask"])
    }

    @Test func aRoomThatFellAMomentAgoIsNotAskedOnAnOldRecord() throws {
        var shop = Workshop([("B1", 2)])
        shop.town.readDevices(of: [1], isOffline: false)
        shop.town.darken(1, from: 20)
        shop.live(until: 60)
        shop.town.readDevices(of: [1], isOffline: false)
        // The record says that it is well and was written a second ago, after the fall.
        let fresh = try shop.town.fleet.plan(Workshop.order(rooms: [1]), at: shop.town.now)
        #expect(fresh.rooms[0].verdict == .go(because: ["presence Offline", "no booking before 20:00"]))
        var old = Workshop([("B1", 2)])
        old.town.darken(1, from: 20)
        old.live(until: 60)
        old.town.take(
            old.town.fleet.accept(.healthy(asked: old.town.now, modified: at(0)), of: account(1), decided: old.town.now)
        )
        let stale = try old.town.fleet.plan(Workshop.order(rooms: [1]), at: old.town.now)
        #expect(stale.rooms[0].verdict.word == "refuse")
        #expect(stale.rooms[0].verdict.because[0].hasPrefix("the room is offline and the record of its device"))
        old.live(until: 400)
        old.town.take(
            old.town.fleet.accept(.healthy(asked: old.town.now, modified: at(0)), of: account(1), decided: old.town.now)
        )
        let later = try old.town.fleet.plan(Workshop.order(rooms: [1]), at: old.town.now)
        #expect(
            later.rooms[0].verdict.word == "go", "minutes after the fall the record has heard what there is to hear")
    }

    /// The list of devices with what each of them is doing.
    private func list(_ activity: DeviceActivity, in shop: inout Workshop) {
        var device = devices(of: 1, kinds: [.teamsRoom], at: shop.town.now)[0]
        device.activity = activity
        let reading = inventory(
            [record(1)], devices: [device],
            places: [PlaceRecord(email: "room1@contoso.com", building: "B1", floor: "1")], at: shop.town.now)
        shop.town.take(shop.town.fleet.accept(reading, scope: InventoryScope(), decided: shop.town.now).decision)
    }

    private func verdict(in shop: Workshop) throws -> GuardVerdict {
        var shop = shop
        return try shop.town.fleet.plan(Workshop.order(rooms: [1]), at: shop.town.now).rooms[0].verdict
    }

    @Test func whatTheDeviceDoesCountsWhileItsRecordIsYoung() throws {
        var shop = Workshop([("B1", 1)])
        list(.idle, in: &shop)
        #expect(
            try verdict(in: shop) == .go(because: ["presence Available", "device idle", "no booking before 20:00"]))
        list(.busy, in: &shop)
        #expect(try verdict(in: shop) == .refuse("the device says that it is busy"))
        shop.live(until: 900)
        #expect(try verdict(in: shop).word == "refuse")
        shop.live(until: 920)
        #expect(try verdict(in: shop) == .go(because: ["presence Available", "no booking before 20:15"]))
    }

    @Test func aHealthReportThatSaysDisconnectedRefusesUntilItIsOld() throws {
        var shop = Workshop([("B1", 1)])
        list(.unknown, in: &shop)
        shop.live(until: 20)
        let report = DeviceHealthReport(connection: .init(.disconnected))
        shop.town.take(
            shop.town.fleet.accept(
                DeviceHealthReading(device: "device-1-0", report: .value(report), asked: shop.town.now),
                decided: shop.town.now))
        shop.live(until: 60)
        list(.idle, in: &shop)
        #expect(try verdict(in: shop).because[0].hasPrefix("its health report says disconnected; a command would wait"))
        shop.live(until: 20 + 900)
        list(.idle, in: &shop)
        #expect(try verdict(in: shop).word == "go", "the list has said for long that it is on the air")
    }

    @Test func aPlanChangesNothingAndSaysWhatTheBudgetDoes() throws {
        var rules = CommandRules()
        rules.perBuilding = 2
        var shop = Workshop([("B1", 3), ("B2", 1)], rules: rules)
        let before = shop.town.fleet.commandBook.operations
        let plan = try shop.town.fleet.plan(Workshop.order(matching: "tenant=contoso"), at: shop.town.now)
        #expect(plan.rooms.map(\.verdict.word) == ["go", "go", "wait", "go"])
        #expect(plan.estimate == DeviceAction.restart.usualTime * 2)
        #expect(shop.town.fleet.commandBook.operations == before)
    }

    @Test func softwareIsUpdatedAfterHoursOrInAWindow() throws {
        let window = MaintenanceWindow(
            name: "tuesdays", schedule: .weekly(WeeklySchedule(fromMinute: 9 * 60, toMinute: 10 * 60), timeZone: .gmt))
        var shop = Workshop([("B1", 1)], site: SiteRules(windows: [window]))
        let update = DeviceAction.updateSoftware(.teamsClient, version: nil)
        let error = #expect(throws: CommandProblem.self) { try shop.give(Workshop.order(update, rooms: [1])) }
        #expect(
            error?.description.hasSuffix(
                "bookable hours last until 19:00; software is updated after them or in a "
                    + "maintenance window") ?? false)
        try shop.give(Workshop.order(update, rooms: [1], wait: .seconds(4 * 3600)))
        shop.live(until: 3599)
        #expect(shop.graph.received.isEmpty)
        shop.live(until: 3600 + 16 * 60)
        #expect(shop.graph.received == ["device-1-0": 1])
    }
}
