// From reads of a device's records to incidents of its room (Detection, Devices).

@testable import FleetCore
import Foundation
import Testing
import Timekeeping

struct DeviceConditionTests {
    private static let day = 86_400.0

    /// Two rooms that are seen, each with a room system on the list.
    private func watch(hours: HoursTable = HoursTable()) -> Watch {
        var watch = Watch(rooms: 2, hours: hours)
        watch.hear([1: .good, 2: .good], at: 1)
        return watch
    }

    private func open(_ watch: Watch, _ condition: Condition, _ number: Int = 1) -> Incident? {
        watch.open(condition, .device(deviceID(number)))
    }

    /// Signals of a microphone at seconds, and what is told at the last of them.
    private static let readsAndEvents: [(reads: [(Double, Bool)], events: [String])] = [
        ([(10, true)], []),
        ([(10, true), (69, true)], []),
        ([(10, true), (70, true)], ["opened"]),
        ([(10, true), (40, false), (70, true)], []),
        ([(10, true), (40, false), (70, true), (130, true)], ["opened"]),
        ([(10, true), (70, true), (71, false)], ["opened", "resolved"]),
        ([(10, true), (70, true), (130, true)], ["opened"]),
        ([(10, true), (70, true), (71, false), (72, true), (132, true)], ["opened", "resolved", "reopened"]),
    ]

    @Test(arguments: readsAndEvents.indices)
    func twoReadsAMinuteApartOpenAndOneEnds(_ place: Int) {
        let (reads, expected) = Self.readsAndEvents[place]
        var watch = watch()
        for (second, isLost) in reads {
            watch.examine(isLost ? .missing(.microphone) : .missing(having: [.microphone]), of: deviceID(1), at: second)
        }
        #expect(watch.told(.devicePeripheral).map { String($0.split(separator: " ")[0]) } == expected)
    }

    @Test func theIncidentIsTheRoomsAndNamesTheDevice() throws {
        var watch = watch()
        watch.examine(.missing(.microphone, since: at(-600).wall), of: deviceID(1), at: 10)
        watch.examine(.missing(.microphone, since: at(-600).wall), of: deviceID(1), at: 70)
        let incident = try #require(open(watch, .devicePeripheral))
        #expect(incident.key.text == "contoso:device.peripheral:device-1-0")
        #expect(incident.scope == Incident.Scope(kind: .room, id: account(1).text, name: "Room 1"))
        #expect(incident.rooms.map(\.id) == [account(1)])
        #expect(incident.summary == "Room 1: room system, the microphone is not connected")
        #expect(incident.severity == .error, "nobody is heard in bookable hours")
        #expect(incident.firstBadAt == at(-600).wall, "since when Graph says so")
        #expect(incident.evidence.contains { $0.source == "device" && $0.reading.contains("id device-1-0") })
        #expect(incident.cause == .peripheral)
    }

    @Test(arguments: [
        (PeripheralKind.microphone, Severity.error), (.display, .error), (.roomCamera, .warning),
        (.contentCamera, .warning),
    ])
    func onlyWhatMakesTheRoomUnusableIsAnErrorInBookableHours(_ kind: PeripheralKind, _ severity: Severity) {
        var watch = watch()
        watch.examine(.missing(kind), of: deviceID(1), at: 10)
        watch.examine(.missing(kind), of: deviceID(1), at: 70)
        #expect(open(watch, .devicePeripheral)?.severity == severity)
    }

    @Test func aMeetingMakesItAnErrorAndNothingMakesItCritical() throws {
        var watch = watch()
        watch.examine(.missing(.roomCamera), of: deviceID(1), at: 10)
        watch.examine(.missing(.roomCamera), of: deviceID(1), at: 70)
        #expect(open(watch, .devicePeripheral)?.severity == .warning)
        let booking = try #require(
            Booking(startsAt: at(20 * 60).wall, endsAt: at(50 * 60).wall, status: .busy))
        watch.keep(
            watch.fleet.accept(
                [account(1): Agenda([booking], from: at(0).wall, until: at(7200).wall, readAt: at(80))], at: at(80)))
        watch.judge(at: 121)
        #expect(open(watch, .devicePeripheral)?.severity == .warning)
        watch.judge(at: 5 * 60 + 1)
        #expect(open(watch, .devicePeripheral)?.severity == .error)
        #expect(open(watch, .devicePeripheral)?.summary.contains("meeting starts in 15 min") == true)
        watch.judge(at: 30 * 60)
        #expect(open(watch, .devicePeripheral)?.severity == .error)
    }

    @Test func severalPartsShareTheIncidentOfTheirDevice() throws {
        var watch = watch()
        watch.examine(.missing(.roomCamera), of: deviceID(1), at: 10)
        watch.examine(.missing(.roomCamera, .contentCamera), of: deviceID(1), at: 70)
        #expect(try !#require(open(watch, .devicePeripheral)).summary.contains("content"), "one read is none")
        watch.examine(.missing(.roomCamera, .contentCamera), of: deviceID(1), at: 130)
        #expect(
            watch.told(.devicePeripheral) == [
                "opened device.peripheral room-1 warning", "updated device.peripheral room-1 warning",
            ])
        #expect(open(watch, .devicePeripheral)?.summary.contains("content camera") == true)
        watch.examine(.missing(.contentCamera, having: [.roomCamera]), of: deviceID(1), at: 190)
        #expect(open(watch, .devicePeripheral)?.summary == "Room 1: room system, the content camera is not connected")
        watch.examine(.missing(having: [.roomCamera, .contentCamera]), of: deviceID(1), at: 250)
        #expect(watch.heard.last == "resolved device.peripheral room-1 recovered")
    }

    @Test func aReadThatFailsOrComesLateChangesNothing() {
        var watch = watch()
        watch.examine(.missing(.microphone), of: deviceID(1), at: 10)
        watch.examine(.missing(having: [.microphone]), of: deviceID(1), at: 5)
        watch.failToExamine(deviceID(1), at: 40)
        watch.examine(DeviceHealthReport(), of: deviceID(1), at: 50)
        watch.examine(.missing(.microphone), of: deviceID(1), at: 70)
        #expect(watch.heard == ["opened device.peripheral room-1 error"])
        watch.failToExamine(deviceID(1), at: 130)
        watch.examine(DeviceHealthReport(), of: deviceID(1), at: 190)
        #expect(open(watch, .devicePeripheral) != nil)
    }

    @Test func anOfflineRecordOfAStrongRoomIsAWarningOfItsOwn() {
        var watch = watch()
        watch.list([.of(1, word: "offline", asked: at(10)), .of(2, asked: at(10))], rooms: [1, 2], at: 10)
        watch.list([.of(1, word: "offline", asked: at(310)), .of(2, asked: at(310))], rooms: [1, 2], at: 310)
        #expect(watch.heard == ["opened device.offline room-1 warning"])
        watch.list([.of(1, asked: at(610)), .of(2, asked: at(610))], rooms: [1, 2], at: 610)
        #expect(watch.heard.last == "resolved device.offline room-1 recovered")
    }

    @Test func aStaleListSaysNothing() {
        var watch = watch()
        for second in [10.0, 310] {
            watch.list(
                [.of(1, word: "offline", modified: at(-25 * 3600), asked: at(second))], rooms: [1, 2], at: second)
            watch.examine(.missing(.microphone), of: deviceID(1), at: second + 1)
        }
        #expect(watch.heard == [])
        #expect(watch.fleet.devices.isStale)
    }

    @Test func whatBelongsToNoRoomOpensNothing() {
        var watch = watch()
        let stranger = DeviceRecord(
            device: RoomDevice(id: "desk", kind: .phone), account: AccountID("person"),
            reading: .offline(asked: at(10)))
        for second in [10.0, 310, 610] {
            watch.list([stranger, .of(1, asked: at(second))], rooms: [1, 2], at: second)
            watch.examine(.missing(.speaker), of: "desk", at: second + 1)
        }
        #expect(watch.heard == [])
        #expect(watch.fleet.devices["DESK"] != nil, "it is listed")
        #expect(!watch.fleet.devicesToExamine(at: at(900), limit: 10).contains("desk"))
    }

    // MARK: Quiet

    @Test func anOpenOutageOfTheRoomInhibitsItsDevices() throws {
        var watch = watch()
        watch.hear(.bad, of: [1], from: 5, through: 20)
        #expect(watch.heard == ["opened room.offline room-1 error"])
        for second in [30.0, 90] { watch.examine(.away, of: deviceID(1), at: second) }
        #expect(open(watch, .deviceOffline)?.suppression?.rule == "incident:contoso:room.offline:room-1")
        watch.hear(.good, of: [1], from: 100, through: 140)
        #expect(watch.open(.roomOffline, .room(account(1))) == nil)
        watch.judge(at: 200)
        #expect(open(watch, .deviceOffline)?.suppression?.kind == .inhibited, "the record lags behind presence")
        watch.judge(at: 140 + 11 * 60)
        #expect(watch.heard.last == "released device.offline room-1", "still away long after the room came back")
        watch.examine(DeviceHealthReport(connection: .init(.connected)), of: deviceID(1), at: 1000)
        #expect(watch.heard.last == "resolved device.offline room-1 recovered")
    }

    @Test func anExpectedAbsenceExcusesTheDeviceToo() {
        var watch = watch()
        watch.fleet.adopt(
            rules: .alone, site: SiteRules(hours: HoursTable(), windows: [.nightly]))
        // 02:10 of the next night.
        let night = 18 * 3600.0 + 600
        watch.hear([1: .good, 2: .good], at: night - 10)
        watch.examine(.away, of: deviceID(1), at: night)
        watch.examine(.away, of: deviceID(1), at: night + 60)
        #expect(open(watch, .deviceOffline)?.suppression?.rule == "window:nightly")
        watch.judge(at: night + 21 * 60)
        #expect(watch.heard.last == "released device.offline room-1")
    }

    // MARK: The other witness

    @Test func theConnectionInAHealthRecordPagesAWeakRoom() throws {
        var watch = Watch(rooms: 1, weak: [1])
        watch.hear([1: .good], at: 1)
        watch.examine(.away, of: deviceID(1), at: 10)
        watch.hear([1: .good], at: 40)
        #expect(watch.heard == [])
        watch.examine(.away, of: deviceID(1), at: 70)
        #expect(watch.heard.contains("opened room.offline room-1 error"))
        let incident = try #require(watch.open(.roomOffline, .room(account(1))))
        #expect(incident.evidence.contains { $0.reading == "another device keeps the account online" })
        #expect(incident.evidence.contains { $0.reading == "disconnected" })
        #expect(open(watch, .deviceOffline)?.suppression?.kind == .inhibited, "one page for one trouble")
        watch.examine(DeviceHealthReport(connection: .init(.connected)), of: deviceID(1), at: 130)
        #expect(watch.heard.contains("resolved room.offline room-1 recovered"))
    }

    @Test func thePanelsHealthProvesNothingOfTheRoom() {
        var watch = Watch(rooms: 1, weak: [1])
        watch.hear([1: .good], at: 1)
        for second in [10.0, 70] { watch.examine(.away, of: deviceID(1, 1), at: second) }
        #expect(watch.heard == ["opened device.offline room-1 warning"])
    }

    // MARK: Whose device it is

    @Test func somebodyElseOnTheDeviceOfARoomIsTold() throws {
        var watch = watch()
        watch.list([.of(1, asked: at(10)), .of(2, asked: at(10))], rooms: [1, 2], at: 10)
        let person = AccountID("person")
        watch.list([.of(1, account: person, asked: at(20)), .of(2, asked: at(20))], rooms: [1, 2], at: 20)
        watch.list([.of(1, account: person, asked: at(320)), .of(2, asked: at(320))], rooms: [1, 2], at: 320)
        #expect(watch.heard == [], "whose device it is was not known yet")
        watch.list([.of(1, asked: at(400)), .of(2, asked: at(400))], rooms: [1, 2], at: 400)
        let later = 400 + Self.day
        watch.list([.of(1, asked: at(later)), .of(2, asked: at(later))], rooms: [1, 2], at: later)
        for second in [later + 300, later + 600] {
            watch.list(
                [.of(1, account: person, asked: at(second)), .of(2, asked: at(second))], rooms: [1, 2], at: second)
        }
        let incident = try #require(open(watch, .deviceUnexpectedUser))
        #expect(incident.rooms.map(\.id) == [account(1)], "the room that lost its device")
        #expect(incident.summary.contains("an account that is no room's is signed in on it (person)"))
        #expect(incident.severity == .warning)
        watch.list([.of(1, asked: at(later + 900)), .of(2, asked: at(later + 900))], rooms: [1, 2], at: later + 900)
        #expect(watch.told(.deviceUnexpectedUser).last == "resolved device.unexpected_user room-1 recovered")
    }

    @Test func aDeviceThatAnotherRoomKeepsForADayWasMoved() {
        var watch = watch()
        let later = Self.day + 10
        for second in [10, later] {
            watch.list([.of(1, asked: at(second)), .of(2, asked: at(second))], rooms: [1, 2], at: second)
        }
        for second in [later + 300, later + 600, later + 300 + Self.day] {
            watch.list(
                [.of(1, account: account(2), asked: at(second)), .of(2, asked: at(second))], rooms: [1, 2], at: second)
        }
        #expect(
            watch.told(.deviceUnexpectedUser) == [
                "opened device.unexpected_user room-1 warning", "resolved device.unexpected_user room-1 removed",
            ])
        #expect(watch.fleet.devices[deviceID(1)]?.home == account(2))
    }

    // MARK: Going

    @Test func aRetiredApiFreezesForADayAndThenLetsGo() {
        var watch = watch()
        watch.examine(.missing(.roomCamera), of: deviceID(1), at: 10)
        watch.examine(.missing(.roomCamera), of: deviceID(1), at: 70)
        watch.fleet.noteSource(.devices, succeeded: false, isRetired: true, interval: .seconds(300), at: at(100))
        watch.list(nil, rooms: [1, 2], at: 100)
        watch.judge(at: 100 + Self.day - 60)
        #expect(open(watch, .devicePeripheral) != nil)
        #expect(watch.fleet.devicesToExamine(at: at(4000), limit: 10) == [])
        watch.judge(at: 100 + Self.day + 60)
        #expect(watch.heard.last == "resolved device.peripheral room-1 removed")
        #expect(
            watch.decisions.flatMap(\.transitions).last { $0.condition == .devicePeripheral }?.reason
                == "the device API has not answered for a day")
        let back = 200 + Self.day
        watch.fleet.noteSource(.devices, succeeded: true, interval: .seconds(300), at: at(back))
        watch.list([.of(1, asked: at(back)), .of(2, asked: at(back))], rooms: [1, 2], at: back)
        #expect(!watch.fleet.devicesToExamine(at: at(back + 4000), limit: 10).isEmpty, "what returns is read again")
    }

    @Test func aPartThatIsNotMentionedForADayIsLetGo() {
        var watch = watch()
        for second in [10.0, 70] { watch.examine(.missing(.roomCamera), of: deviceID(1), at: second) }
        for second in stride(from: 130.0, to: 130 + Self.day, by: 3600) {
            watch.examine(.missing(having: [.microphone]), of: deviceID(1), at: second)
        }
        #expect(open(watch, .devicePeripheral) != nil)
        watch.examine(.missing(having: [.microphone]), of: deviceID(1), at: 131 + Self.day)
        #expect(watch.heard.last == "resolved device.peripheral room-1 removed")
    }

    @Test func aDeviceGoneFromTwoListsIsForgotten() {
        var watch = watch()
        for second in [10.0, 70] { watch.examine(.missing(.roomCamera), of: deviceID(1), at: second) }
        watch.list([.of(2, asked: at(300))], rooms: [1, 2], at: 300)
        #expect(open(watch, .devicePeripheral) != nil)
        watch.list(nil, rooms: [1, 2], at: 450)
        watch.list([.of(2, asked: at(600))], rooms: [1, 2], at: 600)
        #expect(watch.heard.last == "resolved device.peripheral room-1 removed")
        #expect(watch.fleet.devices[deviceID(1)] == nil)
        #expect(watch.decisions.flatMap(\.devices.removed).map(\.device) == [deviceID(1)])
    }

    @Test func aListWithAHoleRemovesNobody() {
        var watch = Watch(rooms: 40)
        let all = Array(1...40)
        for second in [300.0, 600, 900] {
            watch.list(all.prefix(30).map { .of($0, asked: at(second)) }, rooms: all, at: second)
        }
        #expect(watch.fleet.devices.count == 40)
    }

    @Test func aRoomThatLeavesTakesItsDevicesTroublesAlong() {
        var watch = watch()
        for second in [10.0, 70] { watch.examine(.missing(.roomCamera), of: deviceID(1), at: second) }
        for second in [300.0, 600] { watch.list([.of(2, asked: at(second))], rooms: [2], at: second) }
        #expect(watch.heard.last == "resolved device.peripheral room-1 removed")
    }

    // MARK: History and restart

    @Test func theHistorySaysWhatTheRecordsSaid() {
        var watch = watch()
        watch.list([.of(1, word: "critical", asked: at(5))], rooms: [1, 2], at: 5)
        watch.examine(.missing(.roomCamera), of: deviceID(1), at: 10)
        watch.examine(.missing(.roomCamera), of: deviceID(1), at: 70)
        watch.examine(.missing(having: [.roomCamera]), of: deviceID(1), at: 130)
        watch.examine(.away, of: deviceID(1), at: 190)
        let history = watch.decisions.flatMap(\.devices.begun).filter { $0.device == deviceID(1) }
        #expect(history.map(\.reading) == ["healthy", "critical", "peripheral: room_camera", "critical", "offline"])
        #expect(history.map(\.first) == [at(0), at(5), at(10), at(130), at(190)].map(\.wall))
        #expect(history.map(\.lastBefore) == [nil, at(0).wall, at(5).wall, at(70).wall, at(130).wall])
    }

    @Test func aRestartGoesOnWhereItWas() throws {
        var watch = watch()
        for second in [10.0, 10 + Self.day] {
            watch.list(
                [.of(1, model: "Bar 20", asked: at(second)), .of(2, asked: at(second))], rooms: [1, 2], at: second)
        }
        for second in [20.0 + Self.day, 80 + Self.day] {
            watch.examine(.missing(.roomCamera), of: deviceID(1), at: second)
        }
        let before = try #require(open(watch, .devicePeripheral))
        var next = watch.restarted(at: 100 + Self.day, checkpoint: 90 + Self.day)
        next.decisions = []
        #expect(next.fleet.devices[deviceID(1)]?.record.device.model == "Bar 20")
        #expect(next.fleet.devices[deviceID(1)]?.home == account(1))
        next.examine(.missing(.roomCamera), of: deviceID(1), at: 200 + Self.day)
        #expect(next.heard == [])
        next.examine(.missing(having: [.roomCamera]), of: deviceID(1), at: 260 + Self.day)
        #expect(next.heard == ["resolved device.peripheral room-1 recovered"])
        #expect(next.fleet.book.incidents[before.key]?.id == before.id)
    }

    // MARK: Whose health is read

    @Test func doubtIsReadEveryMinuteAndEverybodyEveryHour() {
        var watch = watch()
        #expect(Set(watch.fleet.devicesToExamine(at: at(5), limit: 10)) == [deviceID(1), deviceID(2)])
        for number in [1, 2] { watch.examine(.missing(having: [.roomCamera]), of: deviceID(number), at: 10) }
        #expect(watch.fleet.devicesToExamine(at: at(3000), limit: 10) == [])
        #expect(watch.fleet.devicesToExamine(at: at(3610), limit: 1).count == 1)
        watch.examine(.missing(.roomCamera), of: deviceID(2), at: 3611)
        #expect(watch.fleet.devicesToExamine(at: at(3660), limit: 10) == [deviceID(1)], "at most every 60 s")
        #expect(watch.fleet.devicesToExamine(at: at(3671), limit: 10) == [deviceID(2), deviceID(1)])
        watch.examine(.missing(.roomCamera), of: deviceID(2), at: 3671)
        watch.examine(.missing(having: [.roomCamera]), of: deviceID(1), at: 3671)
        #expect(watch.fleet.devicesToExamine(at: at(3800), limit: 10) == [], "confirmed is no doubt")
        #expect(watch.fleet.devicesToExamine(at: at(3972), limit: 10) == [deviceID(2)])
        func list(_ word: String, at second: Double) {
            watch.list(
                [.of(1, word: word, modified: at(3900), asked: at(second)), .of(2, asked: at(second))], rooms: [1, 2],
                at: second)
        }
        list("healthy", at: 3980)
        #expect(!watch.fleet.devicesToExamine(at: at(4500), limit: 10).contains(deviceID(1)))
        #expect(watch.fleet.devicesToExamine(at: at(4572), limit: 10).contains(deviceID(1)), "its record moved")
        list("critical", at: 4000)
        #expect(watch.fleet.devicesToExamine(at: at(4000), limit: 10).contains(deviceID(1)), "and says of trouble")
    }

    @Test func aDeviceThatCannotBeReadIsAskedEverMoreRarely() {
        var watch = watch()
        var tries: [Double] = []
        for second in stride(from: 10.0, to: 4000, by: 10)
        where watch.fleet.devicesToExamine(at: at(second), limit: 10).contains(deviceID(1)) {
            tries.append(second)
            watch.failToExamine(deviceID(1), at: second)
        }
        #expect(tries == [10, 70, 190, 430, 910, 1870, 3790])
        #expect(watch.fleet.devices.quarantined == 1)
        #expect(watch.fleet.devicesToExamine(at: at(4000), limit: 10) == [deviceID(2)], "others are read")
        watch.examine(DeviceHealthReport(), of: deviceID(1), at: 4010)
        #expect(watch.fleet.devices.quarantined == 0)
    }

    @Test func fiveThousandRecordsThatSayNothingInventNothing() {
        var watch = Watch(rooms: 1)
        let rooms = Array(1...500)
        func records(_ second: Double) -> [DeviceRecord] {
            (0..<5000).map { number in
                DeviceRecord(
                    device: RoomDevice(id: "d\(number)", kind: number % 3 == 0 ? .other : .teamsRoom),
                    account: number % 7 == 0 ? nil : account(number % 500 + 1),
                    reading: DeviceReading(health: .unknown(.saidUnknown(text: "levitating")), asked: at(second)))
            }
        }
        for second in [10.0, 310, 610] {
            watch.list(records(second), rooms: rooms, at: second)
            for number in stride(from: 0, to: 5000, by: 50) {
                watch.examine(DeviceHealthReport(), of: "d\(number)", at: second + 1)
            }
            watch.judge(at: second + 2)
        }
        #expect(watch.heard.filter { $0.contains("device.") } == [])
        #expect(watch.fleet.devices.count == 5000)
        #expect(watch.decisions.flatMap(\.devices.begun).contains { $0.reading == "unknown: levitating" })
    }
}
