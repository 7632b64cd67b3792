// Rooms where another device keeps the account alive, and what the main device's record proves (Detection, Weak rooms).

import FleetCore
import Testing
import Timekeeping

struct WeakRoomTests {
    @Test(arguments: [
        ([DeviceKind.teamsRoom], false), ([.teamsRoom, .panel], true), ([.teamsRoom, .console], false),
        ([.collaborationBar, .phone], true), ([.panel, .phone], false), ([.surfaceHub, .teamsRoom], true),
        ([.teamsRoom, .other], false), ([], false),
    ])
    func aRoomIsWeakWhenAnotherDeviceHoldsItsPresence(kinds: [DeviceKind], isWeak: Bool) {
        let devices = kinds.enumerated().map { RoomDevice(id: "\($0.offset)", kind: $0.element) }
        let room = Room(account: account(1), name: "", email: "", reason: .licence, devices: devices)
        #expect(room.isWeak == isWeak)
    }

    @Test func twoOfflineReadsAMinuteApartPage() throws {
        var watch = Watch(rooms: 2, weak: [1])
        watch.hear([1: .good, 2: .good], at: 5)
        for second in [10.0, 40, 69] {
            watch.read(.offline(asked: at(second)), of: 1)
            watch.read(.offline(asked: at(second)), of: 2)
            watch.hear([1: .good, 2: .good], at: second + 1)
        }
        #expect(watch.told == [])
        watch.read(.offline(asked: at(70)), of: 1)
        watch.read(.offline(asked: at(70)), of: 2)
        #expect(watch.told == ["opened room.offline room-1 error"])
        let incident = try #require(watch.open(.roomOffline, .room(account(1))))
        #expect(incident.evidence.contains { $0.reading == "another device keeps the account online" })
        #expect(incident.cause == .networkOrPower)
        watch.hear(.good, of: [1, 2], from: 75, through: 200)
        #expect(watch.told.count == 1, "presence cannot clear what the record says")
        watch.read(.healthy(asked: at(205)), of: 1)
        #expect(watch.told.last == "resolved room.offline room-1 recovered")
    }

    @Test func failedRepeatedAndLateReadsProveNothing() {
        var watch = Watch(rooms: 1, weak: [1])
        watch.read(.offline(asked: at(10)), of: 1)
        watch.read(.failed(asked: at(40)), of: 1)
        watch.read(.offline(asked: at(10)), of: 1)
        watch.read(.failed(asked: at(100)), of: 1)
        #expect(watch.told == [])
        watch.read(.healthy(asked: at(101)), of: 1)
        watch.read(.offline(asked: at(80)), of: 1)
        watch.read(.offline(asked: at(160)), of: 1)
        #expect(watch.told == [])
        watch.read(.offline(asked: at(220)), of: 1)
        #expect(watch.told == ["opened room.offline room-1 error"])
    }

    /// Use before a blip of presence hours ago is no use before an outage that only the record reports.
    @Test func anOldBlipMakesNoPageUrgent() throws {
        var watch = Watch(rooms: 1, weak: [1])
        watch.hear([1: .inUse], at: 1)
        watch.hear([1: .bad], at: 5)
        watch.hear(.good, of: [1], from: 10, through: 1000, every: 10)
        watch.read(.offline(asked: at(1001)), of: 1)
        let decision = watch.read(.offline(asked: at(1062)), of: 1)
        #expect(decision.told == ["opened room.offline room-1 error"])
        #expect(decision.urgent == [false])
        #expect(try !#require(watch.open(.roomOffline, .room(account(1)))).summary.contains("in a call"))
    }

    /// Both witnesses: the incident ends when neither says bad, and a restart remembers both.
    @Test func aRestartRemembersBothWitnesses() {
        var watch = Watch(rooms: 1, weak: [1])
        watch.hear([1: .good], at: 1)
        watch.read(.offline(asked: at(10)), of: 1)
        watch.read(.offline(asked: at(75)), of: 1)
        watch.hear(.bad, of: [1], from: 80, through: 100)
        watch.hear([1: .good], at: 101)
        #expect(watch.fleet.tracks.map(\.phase) == [.firing], "the worse of the two witnesses")
        watch.hear([1: .bad], at: 102)
        watch = watch.restarted(at: 110, checkpoint: 100)
        watch.read(.healthy(asked: at(115)), of: 1)
        #expect(watch.open(.roomOffline, .room(account(1))) != nil, "presence still says offline")
        watch.hear(.good, of: [1], from: 120, through: 155)
        #expect(watch.told.last == "resolved room.offline room-1 recovered")
    }

    @Test func aWitnessLeavesWithTheWeakness() {
        var watch = Watch(rooms: 2, weak: [1, 2])
        watch.read(.offline(asked: at(10)), of: 1)
        watch.read(.offline(asked: at(75)), of: 1)
        watch.read(.offline(asked: at(10)), of: 2)
        watch.hear(.bad, of: [2], from: 20, through: 35)
        watch.refresh([1, 2], at: 100)
        #expect(watch.told.contains("resolved room.offline room-1 recovered"))
        #expect(watch.fleet.tracks.map(\.device) == [.clear, .clear])
        watch = watch.restarted(at: 110, checkpoint: 100)
        #expect(watch.fleet.tracks.map(\.device.phase) == [.clear, .clear])
        #expect(watch.fleet.tracks.map(\.phase) == [.clear, .firing])
    }

    /// device reading | account | cause
    @Test func causes() {
        var track = RoomTrack(listedSince: at(0))
        for second in [10.0, 15, 20] {
            _ = track.accept(
                PresenceObservation(reading: .bad, asked: at(second), received: at(second)), rules: DetectionRules())
        }
        func cause(_ reading: DeviceReading?, _ state: AccountState = .usable) -> Cause {
            var told = track
            told.deviceReading = reading
            let room = Room(account: account(1), name: "", email: "", reason: .licence, accountState: state)
            return RoomIncident(room: room, track: told, isBookable: true, now: at(40).wall).cause
        }
        #expect(cause(nil) == .unknown)
        #expect(cause(.failed(asked: at(30))) == .unknown)
        #expect(cause(.offline(asked: at(30))) == .networkOrPower)
        #expect(cause(.healthy(asked: at(30))) == .unknown, "a record nobody knows the age of proves nothing")
        #expect(cause(.healthy(asked: at(30), modified: at(9))) == .unknown, "the record is older than the outage")
        #expect(cause(.healthy(asked: at(30), modified: at(25))) == .signedOut)
        for state in [AccountState.disabled, .unlicensed, .deleted] {
            #expect(cause(.healthy(asked: at(30), modified: at(25)), state) == .account)
        }
    }

    /// The record that comes after the page corrects its cause without a second page.
    @Test func aLaterRecordNotesTheCause() {
        var watch = Watch(rooms: 1)
        watch.hear(.bad, of: [1], from: 1, through: 16)
        watch.read(.offline(asked: at(60)), of: 1)
        watch.read(.offline(asked: at(120)), of: 1)
        #expect(watch.told == ["opened room.offline room-1 error", "noted room.offline room-1 network_or_power"])
        watch.read(.failed(asked: at(180)), of: 1)
        #expect(watch.told.count == 2, "a read that failed takes no cause away")
    }
}
