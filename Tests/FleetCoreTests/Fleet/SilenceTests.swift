// One silent room while the others speak, and sources that are not read any more (Detection, Blindness: room.unseen,
// room.never_seen, source.stalled). What was open stays open until somebody was really heard.

import FleetCore
import Testing
import Timekeeping

struct SilenceTests {
    /// Rooms 1 and 2 speak from `first` to `last`; room 3 says `word`.
    static func go(_ watch: inout Watch, from first: Double, through last: Double, third word: Reading<Presence>) {
        for second in stride(from: first, through: last, by: 10) {
            watch.hear([1: .good, 2: .good, 3: word], at: second)
            watch.judge(at: second + 1, sweep: .complete)
        }
    }

    @Test func aSilentRoomIsAWarningAfterAQuarterOfAnHour() throws {
        var watch = Watch(rooms: 3)
        Self.go(&watch, from: 0, through: 100, third: .good)
        Self.go(&watch, from: 110, through: 990, third: .saidUnknown)
        #expect(watch.told == [])
        Self.go(&watch, from: 1000, through: 1100, third: .saidUnknown)
        #expect(watch.told == ["opened room.unseen room-3 warning"])
        let incident = try #require(watch.open(.roomUnseen, .room(account(3))))
        #expect(incident.lastGoodAt == at(100).wall && incident.cause == .unknown)
        Self.go(&watch, from: 1110, through: 1110, third: .good)
        #expect(watch.told.last == "resolved room.unseen room-3 recovered")
    }

    @Test func theDirectoryExplainsASilence() throws {
        var watch = Watch(rooms: 3)
        Self.go(&watch, from: 0, through: 100, third: .good)
        _ = watch.fleet.accept(
            inventory([record(1), record(2), record(3, isEnabled: false)], at: at(105)), scope: InventoryScope(),
            decided: at(105))
        Self.go(&watch, from: 110, through: 1100, third: .missing)
        #expect(watch.open(.roomUnseen, .room(account(3)))?.cause == .account)
    }

    @Test func aRoomNeverSeenIsAWarningAfterADay() {
        var watch = Watch(rooms: 3)
        let day = 24 * 3600.0
        Self.go(&watch, from: 0, through: 1000, third: .saidUnknown)
        Self.go(&watch, from: day - 1000, through: day - 10, third: .saidUnknown)
        #expect(watch.told(.roomNeverSeen) == [])
        Self.go(&watch, from: day, through: day + 10, third: .saidUnknown)
        #expect(watch.told(.roomNeverSeen) == ["opened room.never_seen room-3 warning"])
        Self.go(&watch, from: day + 20, through: day + 30, third: .bad)
        #expect(watch.told(.roomNeverSeen).last == "resolved room.never_seen room-3 recovered")
    }

    /// Blind time is nobody's silence: it neither adds up nor ends what was open.
    @Test func silenceIsFrozenWhileTheTenantIsBlind() {
        var watch = Watch(rooms: 3)
        Self.go(&watch, from: 0, through: 100, third: .good)
        Self.go(&watch, from: 110, through: 700, third: .saidUnknown)
        watch.hear(.failed, of: [1, 2, 3], from: 710, through: 3000, every: 10, sweep: .failed)
        Self.go(&watch, from: 3010, through: 3900, third: .saidUnknown)
        #expect(watch.told(.roomUnseen) == [])
        #expect(watch.told(.tenantBlind).last == "resolved tenant.blind contoso recovered")
        Self.go(&watch, from: 3910, through: 3950, third: .saidUnknown)
        #expect(watch.told(.roomUnseen) == ["opened room.unseen room-3 warning"])
        watch.hear(.failed, of: [1, 2, 3], from: 3960, through: 5000, every: 10, sweep: .failed)
        Self.go(&watch, from: 5010, through: 6500, third: .saidUnknown)
        #expect(watch.told(.roomUnseen).count == 1, "still the same silence")
    }

    /// Our own absence is not the room's, and our return is no answer of the room's.
    @Test func aRestartNeitherOpensNorClosesASilence() {
        var watch = Watch(rooms: 3)
        Self.go(&watch, from: 0, through: 100, third: .good)
        var fresh = watch.restarted(at: 9000, checkpoint: 100)
        Self.go(&fresh, from: 9001, through: 9890, third: .saidUnknown)
        #expect(fresh.told == [])
        Self.go(&fresh, from: 9901, through: 9910, third: .saidUnknown)
        #expect(fresh.told == ["opened room.unseen room-3 warning"], "seen before, so not room.never_seen")

        Self.go(&watch, from: 110, through: 1100, third: .saidUnknown)
        var again = watch.restarted(at: 1200, checkpoint: 1100)
        Self.go(&again, from: 1201, through: 4000, third: .saidUnknown)
        #expect(again.told == ["opened room.unseen room-3 warning"])
        Self.go(&again, from: 4010, through: 4010, third: .good)
        #expect(again.told.last == "resolved room.unseen room-3 recovered")
    }

    @Test func aStalledSourceIsToldOnceAndEndsWithARead() {
        var watch = Watch(rooms: 1)
        watch.fleet.noteSource(.devices, succeeded: true, interval: .seconds(300), at: at(10))
        watch.fleet.noteSource(.devices, succeeded: false, interval: .seconds(300), at: at(310))
        for second in stride(from: 11.0, to: 910, by: 1) { watch.judge(at: second) }
        #expect(watch.told(.sourceStalled) == [])
        watch.judge(at: 910)
        watch.judge(at: 911)
        #expect(watch.told(.sourceStalled) == ["opened source.stalled devices warning"])
        watch.fleet.noteSource(.devices, succeeded: true, interval: .seconds(300), at: at(912))
        watch.judge(at: 913)
        #expect(watch.told(.sourceStalled).last == "resolved source.stalled devices recovered")
    }

    @Test func aSlowSourceMayMissThreeOfItsIntervals() {
        #expect(Sight.stalledAfter(interval: .seconds(60)) == .seconds(900))
        #expect(Sight.stalledAfter(interval: .seconds(6 * 3600)) == .seconds(18 * 3600))
    }

    @Test func aRetiredSourceStallsNobodyAndEndsWhatWasOpen() {
        var watch = Watch(rooms: 1)
        watch.fleet.noteSource(.devices, succeeded: true, interval: .seconds(300), at: at(10))
        watch.judge(at: 1000)
        watch.fleet.noteSource(.devices, succeeded: false, isRetired: true, interval: .seconds(300), at: at(1001))
        watch.judge(at: 1002)
        watch.judge(at: 9000)
        #expect(
            watch.told(.sourceStalled) == [
                "opened source.stalled devices warning", "resolved source.stalled devices recovered",
            ])
    }

    /// After a restart a source is not "read again" before it was read.
    @Test func aRestartDoesNotReadASource() {
        var watch = Watch(rooms: 1)
        watch.fleet.noteSource(.devices, succeeded: true, interval: .seconds(300), at: at(10))
        watch.judge(at: 1000)
        watch = watch.restarted(at: 1100, checkpoint: nil)
        watch.judge(at: 1101)
        watch.fleet.noteSource(.devices, succeeded: false, interval: .seconds(300), at: at(1102))
        for second in stride(from: 1103.0, through: 5000, by: 60) { watch.judge(at: second) }
        #expect(watch.told(.sourceStalled) == ["opened source.stalled devices warning"])
        watch.fleet.noteSource(.devices, succeeded: true, interval: .seconds(300), at: at(5001))
        watch.judge(at: 5002)
        #expect(watch.told(.sourceStalled).last == "resolved source.stalled devices recovered")
    }
}
