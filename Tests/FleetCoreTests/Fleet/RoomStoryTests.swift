// One room's outage as people live it: a blip, a page, a recovery, a second outage, and what the page says.

import FleetCore
import Testing
import Timekeeping

struct RoomStoryTests {
    @Test func threeBadAnswersOverTenSecondsPageOnce() throws {
        var watch = Watch(rooms: 2)
        watch.hear([1: .good, 2: .good], at: 1)
        watch.hear([1: .bad], at: 10)
        watch.hear([1: .bad], at: 15)
        watch.hear([1: .bad], at: 19)
        #expect(watch.told == [])
        watch.hear([1: .bad], at: 20)
        watch.hear([1: .bad], at: 25)
        #expect(watch.told == ["opened room.offline room-1 error"])
        let incident = try #require(watch.open(.roomOffline, .room(account(1))))
        #expect(incident.firstBadAt == at(10).wall)
        #expect(incident.lastGoodAt == at(1).wall)
        #expect(incident.openedAt == at(20.2).wall)
        #expect(incident.key.text == "contoso:room.offline:room-1")
    }

    @Test func aBlipIsCountedAndToldToNobody() {
        var watch = Watch(rooms: 1)
        for second in [0.0, 3, 6, 9, 12] {
            watch.hear([1: .bad], at: second * 10 + 1)
            watch.hear([1: .bad], at: second * 10 + 5)
            watch.hear([1: .good], at: second * 10 + 9)
        }
        #expect(watch.told == [])
        #expect(watch.decisions.map(\.blips).reduce(0, +) == 5)
    }

    @Test func nothingButAnswersMovesARoom() {
        var watch = Watch(rooms: 3)
        watch.hear(.good, of: [1, 2, 3], from: 1, through: 6)
        watch.hear([1: .bad, 2: .bad, 3: .bad], at: 10)
        for second in stride(from: 11.0, through: 110, by: 1) {
            watch.hear([1: .failed, 2: .saidUnknown, 3: .missing], at: second)
            watch.judge(at: second + 0.5, sweep: .partial)
        }
        #expect(watch.told == [])
        #expect(watch.fleet.tracks.map(\.phase) == [.pending, .pending, .pending])
    }

    @Test func aReopeningWithinTenMinutesKeepsIdAndKey() throws {
        var watch = Watch(rooms: 1)
        watch.hear(.bad, of: [1], from: 1, through: 16)
        let first = try #require(watch.open(.roomOffline, .room(account(1))))
        watch.hear(.good, of: [1], from: 20, through: 50)
        #expect(watch.open(.roomOffline, .room(account(1))) == nil)
        watch.hear(.bad, of: [1], from: 630, through: 645)
        let again = try #require(watch.open(.roomOffline, .room(account(1))))
        #expect(again.id == first.id && again.reopenedCount == 1)
        watch.hear(.good, of: [1], from: 650, through: 680)
        watch.hear(.bad, of: [1], from: 1275, through: 1290)
        let later = try #require(watch.open(.roomOffline, .room(account(1))))
        #expect(later.id != first.id && later.key == first.key)
        #expect(
            watch.told == [
                "opened room.offline room-1 error", "resolved room.offline room-1 recovered",
                "reopened room.offline room-1 error", "resolved room.offline room-1 recovered",
                "opened room.offline room-1 error",
            ])
    }

    @Test func aRelapseDuringRecoveryIsNoNewPage() {
        var watch = Watch(rooms: 1)
        watch.hear(.bad, of: [1], from: 1, through: 16)
        watch.hear(.good, of: [1], from: 20, through: 45)
        watch.hear([1: .bad], at: 46)
        watch.hear(.good, of: [1], from: 50, through: 75)
        #expect(watch.told == ["opened room.offline room-1 error"])
        watch.hear([1: .good], at: 80)
        #expect(watch.told.last == "resolved room.offline room-1 recovered")
    }

    @Test func aRoomInACallIsCriticalAndUrgent() throws {
        var watch = Watch(rooms: 2)
        watch.hear([1: .inUse, 2: .good], at: 1)
        watch.hear([1: .bad, 2: .bad], at: 5)
        watch.hear([1: .bad, 2: .bad], at: 10)
        let decision = watch.hear([1: .bad, 2: .bad], at: 15)
        #expect(decision.told == ["opened room.offline room-1 critical", "opened room.offline room-2 error"])
        #expect(decision.urgent == [true, false])
        let incident = try #require(watch.open(.roomOffline, .room(account(1))))
        #expect(incident.summary.contains("it was in a call"))
    }

    /// A warning at night becomes an error when the bookable hours begin, and stays one after they end.
    @Test func severityRisesWithTheHoursAndNeverFalls() {
        let night = 11.5 * 3600.0
        var watch = Watch(rooms: 1)
        watch.hear(.bad, of: [1], from: night, through: night + 15)
        #expect(watch.told(.roomOffline) == ["opened room.offline room-1 warning"])
        let monday = 71 * 3600.0
        watch.judge(at: monday - 1)
        #expect(watch.told(.roomOffline).count == 1)
        watch.judge(at: monday)
        watch.judge(at: monday + 1)
        watch.judge(at: monday + 13 * 3600)
        #expect(
            watch.told(.roomOffline) == ["opened room.offline room-1 warning", "updated room.offline room-1 error"])
    }

    @Test func lanesHoldEveryRoomOnce() throws {
        var watch = Watch(rooms: 4)
        watch.hear([1: .good, 2: .bad, 3: .bad, 4: .bad], at: 1)
        watch.hear(.bad, of: [3, 4], from: 6, through: 16)
        watch.hear([4: .good], at: 20)
        // 1 clear, 2 pending, 3 firing, 4 recovering.
        #expect(watch.fleet.pages(of: .steady).flatMap(\.accounts) == [account(1), account(3)])
        #expect(watch.fleet.pages(of: .suspect).flatMap(\.accounts) == [account(2), account(4)])
    }

    @Test func theFastLaneIsBoundedAndPagesAreToo() {
        var watch = Watch(rooms: 1500)
        watch.hear(Dictionary(uniqueKeysWithValues: (1...1500).map { ($0, .bad) }), at: 1)
        let fast = watch.fleet.pages(of: .suspect)
        let slow = watch.fleet.pages(of: .steady)
        #expect(fast.map(\.accounts.count) == [650, 650])
        #expect(slow.map(\.accounts.count) == [200])
        #expect(Set((fast + slow).flatMap(\.accounts)).count == 1500)
    }

    /// Runs of observations hold only answers: a failed request is a gap of the sweep and no member of a run.
    @Test func runsCountAnswersOnly() throws {
        var watch = Watch(rooms: 1)
        watch.hear([1: .good], at: 1)
        watch.hear([1: .good], at: 6)
        watch.hear([1: .failed], at: 11)
        let decision = watch.hear([1: .bad], at: 16)
        let ended = try #require(decision.observations.ended.first)
        #expect(ended.count == 2 && ended.last == at(6).wall)
        #expect(decision.observations.begun.map(\.reading) == ["Offline"])
        #expect(watch.hear([1: .bad], at: 21).observations.isEmpty)
    }
}

extension FleetDecision {
    /// For each page that starts somebody's work: whether it must not wait.
    var urgent: [Bool] {
        events.compactMap { event in
            switch event {
            case .opened(_, let isUrgent), .reopened(_, let isUrgent): isUrgent
            case .updated, .raised, .merged, .released, .acknowledged, .resolved, .noted: nil
            }
        }
    }
}
