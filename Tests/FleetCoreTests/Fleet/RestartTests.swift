// A restart must cost nobody a page and page nobody twice, whatever the clocks did meanwhile and whatever the store lost.

import FleetCore
import Foundation
import Testing
import Timekeeping

struct RestartTests {
    @Test func anOpenIncidentIsNotToldAgain() {
        var watch = Watch(rooms: 2)
        watch.hear(.bad, of: [1], from: 1, through: 16)
        watch = watch.restarted(at: 60, checkpoint: 16)
        watch.hear(.bad, of: [1], from: 61, through: 100)
        #expect(watch.told == ["opened room.offline room-1 error"])
        watch.hear(.good, of: [1], from: 105, through: 135)
        #expect(watch.told.last == "resolved room.offline room-1 recovered")
    }

    /// A pending streak survives a short absence and begins anew after a long one; so does the hold of a recovery.
    @Test(arguments: [(60.0, true), (300, false)])
    func streaksAcrossARestart(absence: Double, goesOn: Bool) {
        var watch = Watch(rooms: 2)
        watch.hear(.bad, of: [2], from: 1, through: 16)
        watch.hear([1: .bad, 2: .good], at: 20)
        watch = watch.restarted(at: 20 + absence, checkpoint: 16)
        watch.hear([1: .bad, 2: .good], at: 21 + absence)
        watch.hear([1: .bad, 2: .good], at: 22 + absence)
        #expect(watch.told.contains("opened room.offline room-1 error") == goesOn)
        #expect(watch.told.contains("resolved room.offline room-2 recovered") == goesOn)
    }

    /// A wall clock that was set back makes no hold negative and nothing happen early or never.
    @Test(arguments: [-3600.0, 3600])
    func theWallClockSteppedMeanwhile(shift: Double) {
        var watch = Watch(rooms: 2)
        watch.hear(.good, of: [1, 2], from: 1, through: 1)
        watch.hear([1: .bad], at: 5)
        watch = watch.restarted(at: 10, checkpoint: 1, wallShift: shift)
        watch.hear([1: .bad], at: 11)
        watch.hear([1: .bad], at: 14)
        watch.hear([1: .bad], at: 15)
        #expect(watch.told == [])
        watch.hear([1: .bad], at: 21)
        #expect(watch.told == ["opened room.offline room-1 error"])
    }

    /// The same in a running daemon: ten minutes are ten minutes of steady time.
    @Test(arguments: [(-3600.0, 650.0, "opened"), (3600, 300, "reopened")])
    func aWallStepMovesNoReopening(shift: Double, pause: Double, verb: String) throws {
        var watch = Watch(rooms: 1)
        watch.hear(.bad, of: [1], from: 1, through: 16)
        watch.hear(.good, of: [1], from: 20, through: 50)
        var decisions: [FleetDecision] = []
        for second in [0.0, 5, 10] {
            var moment = at(50.2 + pause + second)
            moment.wall += shift
            let page = PresencePage(
                request: SweepPage(generation: watch.fleet.generation, slots: [0], accounts: [account(1)]),
                answers: [PresenceAnswer(.bad)], asked: moment, received: moment)
            decisions.append(watch.fleet.accept(page))
        }
        #expect(decisions.flatMap(\.told).map { $0.split(separator: " ")[0] } == [verb[...]])
    }

    /// A call that was proved before the last sweep is no proof that people sit in the room now.
    @Test func useIsNotRememberedAcrossSweepsThatWereNotStored() throws {
        var watch = Watch(rooms: 1)
        watch.hear([1: .inUse], at: 1)
        watch.hear(.good, of: [1], from: 5, through: 3600, every: 60)
        watch = watch.restarted(at: 3610, checkpoint: 3600)
        watch.hear(.bad, of: [1], from: 3611, through: 3631)
        #expect(watch.told == ["opened room.offline room-1 error"])
    }

    /// A row of the store that contradicts itself costs a remark. What is open still resolves, and is not told twice.
    @Test func aDamagedRowLeavesNoIncidentOpenForever() throws {
        var watch = Watch(rooms: 1)
        watch.hear(.bad, of: [1], from: 1, through: 16)
        let incident = try #require(watch.open(.roomOffline, .room(account(1))))
        var fleet = Watch.fleet(since: at(20), incidents: [incident])
        let damaged = TrackRecord(
            tenant: Watch.tenant, account: account(1),
            presence: StateRecord(phase: .firing, firstBad: nil, fired: nil, streakFirst: nil, streakCount: 0),
            device: StateRecord(.clear), lastGood: nil, lastUsable: nil, lastGoodProvedUse: false,
            inUseAtFirstBad: false)
        let remarks = fleet.restore(
            rooms: watch.fleet.storedRooms, tracks: [damaged], conditions: [], seenUntil: nil, at: at(20))
        #expect(remarks.count == 2)
        #expect(fleet.tracks[0].presence.state.outage?.firstBad.wall == incident.firstBadAt)
        watch.fleet = fleet
        watch.hear(.bad, of: [1], from: 25, through: 60)
        watch.hear(.good, of: [1], from: 65, through: 95)
        #expect(watch.told == ["opened room.offline room-1 error", "resolved room.offline room-1 recovered"])
    }

    /// The list was saved, the daemon died, the resolve was not: the next refresh brings it.
    @Test func anIncidentWhoseRoomIsGoneIsResolved() {
        var watch = Watch(rooms: 2)
        watch.hear(.bad, of: [1], from: 1, through: 16)
        let list = watch.fleet.storedRooms.filter { $0.room.account != account(1) }
        let incidents = watch.fleet.book.allOpen
        watch.fleet = Watch.fleet(since: at(30), incidents: incidents)
        _ = watch.fleet.restore(rooms: list, tracks: [], conditions: [], seenUntil: nil, at: at(30))
        watch.refresh([2], at: 40)
        #expect(watch.told.last == "resolved room.offline room-1 removed")
        #expect(watch.decisions.last?.transitions.map(\.to) == [.clear])
        #expect(watch.fleet.book.allOpen.isEmpty)
    }

    /// Two incidents of one key in the store, the older one open: a wall clock was set back between them.
    @Test func theOpenIncidentCountsBeforeTheResolvedOne() throws {
        var watch = Watch(rooms: 1)
        watch.hear(.bad, of: [1], from: 1, through: 16)
        let open = try #require(watch.open(.roomOffline, .room(account(1))))
        var generator = SeededGenerator(seed: 1)
        var resolved = Incident(
            id: UniqueID(at: at(5000).wall, using: &generator), key: open.key, condition: .roomOffline,
            tenant: open.tenant, severity: .error, scope: open.scope, rooms: open.rooms, cause: .unknown, summary: "",
            firstBadAt: at(5000).wall, lastGoodAt: nil, openedAt: at(5000).wall, evidence: [])
        resolved.status = .resolved
        resolved.resolvedAt = at(5100).wall
        #expect(IncidentBook([open, resolved]).open(open.key)?.id == open.id)
        #expect(IncidentBook([resolved, open]).open(open.key)?.id == open.id)
    }
}
