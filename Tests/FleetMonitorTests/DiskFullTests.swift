// A disk that refuses to write never stops a page, never sends one twice, and is an incident of its own.

import FleetSimulation
import FleetChannels
import FleetCore
@testable import FleetMonitor
@testable import FleetStore
import Foundation
import GRDB
import HTTPExchange
import Testing
import Timekeeping

@Suite struct DiskFullTests {
    let time = ManualTime()

    private func stage(_ receivers: Receiver..., rooms: Int = 3) throws -> Stage {
        let stage = try Stage(receivers: receivers, time: time)
        stage.list(rooms)
        stage.sweep()
        return stage
    }

    private func words(_ receiver: Receiver, of room: Int) -> [String] {
        receiver.taken.filter { $0.key == "contoso:room.offline:\(account(room))" }.map(\.word)
    }

    private func words(_ receiver: Receiver, of condition: String) -> [String] {
        receiver.taken.filter { $0.condition == condition }.map(\.word)
    }

    @Test(arguments: Receiver.Kind.allCases)
    func pagesGoOutFromMemoryAndAreWrittenLater(kind: Receiver.Kind) throws {
        let pager = Receiver("pager", kind, time: time)
        let stage = try stage(pager)
        try stage.deliver(to: pager)
        stage.startHousekeeping()
        try stage.diskRefuses(true)
        stage.goDown(1)
        #expect(words(pager, of: 1).count == 1)
        #expect(words(pager, of: "store.degraded").count == 1)
        #expect(try stage.rows(of: 1).isEmpty)
        stage.comeBack(1)
        #expect(words(pager, of: 1).count == 2)

        try stage.diskRefuses(false)
        stage.run(for: .seconds(1))
        #expect(try stage.incident(of: 1)?.status == .resolved)
        #expect(try stage.rows(of: 1).map(\.state) == [.accepted, .accepted])
        #expect(try stage.incidents(of: .storeDegraded).map(\.status) == [.resolved])
        stage.run(for: .seconds(300))
        #expect(words(pager, of: 1).count == 2, "nothing is told again because of the disk")
        #expect(words(pager, of: "store.degraded").count == 2)
    }

    /// The page of a building waits in the store, and the end of one of its rooms in memory behind it.
    @Test func aRowInMemoryWaitsForItsHeraldInTheStore() throws {
        let hook = Receiver("hook", .webhook, time: time)
        let stage = try stage(hook)
        stage.goDown(1)
        stage.goDown(2)
        let herald = try #require(try stage.rows(of: 1).first?.id)
        let first = try #require(try stage.incident(of: 2))
        // The room's page is settled; what follows it is its end.
        let now = time.now()
        let pages = stage.perform { [ledger = stage.ledger, name = hook.name] in
            await ledger.take(receiver: name, limit: 8)
        }
        #expect(pages.count == 2)
        let own = try #require(pages.first { $0.notification.id != herald })
        stage.perform { [ledger = stage.ledger] in
            await ledger.settle(own, began: now, result: .accepted(detail: ""))
            await ledger.putBack(pages)
        }
        try stage.diskRefuses(true)
        var change = Change()
        change.notifications = [
            FleetCore.Notification(
                id: UniqueID(stored: "end"), receiver: hook.name, event: .resolved, rule: "merge", incident: first,
                decidedAt: now.wall, notBefore: now.wall, after: herald)
        ]
        let end = change
        func due() -> [OutboxEntry] {
            stage.perform { [ledger = stage.ledger, name = hook.name] in
                let due = await ledger.take(receiver: name, limit: 8)
                await ledger.putBack(due)
                return due.filter { $0.notification.incident.condition == .roomOffline }
            }
        }
        stage.perform { [ledger = stage.ledger] in await ledger.write(end, at: now) }
        #expect(due().map(\.notification.id) == [herald])
        // The receiver takes the page; the disk does not take the mark.
        stage.perform { [ledger = stage.ledger] in
            for page in pages where page.notification.id == herald {
                await ledger.settle(page, began: now, result: .accepted(detail: ""))
            }
        }
        #expect(due().map(\.notification.id.text) == ["end"])
    }

    @Test func theIncidentOfTheStoreIsOneHoweverLongTheDiskIsFull() throws {
        let hook = Receiver("hook", .webhook, time: time)
        let stage = try stage(hook)
        try stage.deliver(to: hook)
        stage.startHousekeeping()
        try stage.diskRefuses(true)
        stage.goDown(1)
        for _ in 1...60 {
            stage.run(for: .seconds(5))
            stage.sweep()
        }
        #expect(words(hook, of: "store.degraded") == ["opened"])
        try stage.diskRefuses(false)
        stage.run(for: .seconds(2))
        #expect(words(hook, of: "store.degraded") == ["opened", "resolved"])
    }

    @Test func outcomesThatCouldNotBeRecordedAreNotSentAgain() throws {
        let hook = Receiver("hook", .webhook, time: time)
        let stage = try stage(hook)
        stage.goDown(1)
        try stage.diskRefuses(true)
        try stage.deliver(to: hook)
        stage.startHousekeeping()
        stage.run(for: .seconds(600))
        #expect(words(hook, of: 1) == ["opened"])
        try stage.diskRefuses(false)
        stage.run(for: .seconds(600))
        #expect(words(hook, of: 1) == ["opened"])
        #expect(try stage.rows(of: 1).map(\.state) == [.accepted])
    }

    @Test func manyUnrecordedOutcomesDoNotHideTheRest() throws {
        let hook = Receiver("hook", .webhook, time: time)
        let stage = try stage(hook, rooms: 40)
        stage.goDown(Array(1...40))
        try stage.diskRefuses(true)
        try stage.deliver(to: hook)
        stage.run(for: .seconds(60))
        #expect(Set(hook.taken.filter { $0.condition == "room.offline" }.map(\.id)).count == 40)
    }

    @Test func attemptsThatCouldNotBeRecordedStillFollowTheSchedule() throws {
        let hook = Receiver("hook", .webhook, time: time)
        let stage = try stage(hook)
        stage.goDown(1)
        try stage.diskRefuses(true)
        hook.answer(.status(503))
        let began = time.elapsed
        try stage.deliver(to: hook)
        stage.startHousekeeping()
        stage.run(for: .seconds(108))
        let moments = hook.sent.filter { $0.condition == "room.offline" }.map { Int(($0.at - began).seconds) }
        #expect(moments == [0, 1, 3, 8, 18, 48, 108])
        try stage.diskRefuses(false)
        hook.answer(.accept)
        stage.run(for: .seconds(120))
        #expect(words(hook, of: 1) == ["opened"])
        #expect(try stage.rows(of: 1).map(\.attempts) == [8])
    }

    @Test func whatIsInMemoryDoesNotOvertakeWhatIsStored() throws {
        let hook = Receiver("hook", .webhook, time: time)
        let stage = try stage(hook)
        try stage.deliver(to: hook)
        hook.next(.status(429, ["Retry-After": "120"]))
        stage.goDown(1)
        try stage.diskRefuses(true)
        stage.comeBack(1)
        #expect(words(hook, of: 1) == [])
        stage.run(for: .seconds(120))
        #expect(words(hook, of: 1) == ["opened", "resolved"])
    }

    @Test func whatIsStoredBehindAnUnrecordedOutcomeStillGoes() throws {
        let hook = Receiver("hook", .webhook, time: time)
        let stage = try stage(hook)
        stage.goDown(1)
        stage.comeBack(1)
        try stage.diskRefuses(true)
        try stage.deliver(to: hook)
        stage.run(for: .seconds(60))
        #expect(words(hook, of: 1) == ["opened", "resolved"])
    }

    @Test func aTriggerThatIsWithdrawnInMemoryIsNotSentFromTheStore() throws {
        let pager = Receiver("pager", .pagerDuty, time: time)
        let stage = try stage(pager)
        stage.goDown(1)
        try stage.diskRefuses(true)
        stage.comeBack(1)
        try stage.deliver(to: pager)
        stage.run(for: .seconds(60))
        #expect(words(pager, of: 1) == [])
        try stage.diskRefuses(false)
        stage.startHousekeeping()
        stage.run(for: .seconds(60))
        #expect(words(pager, of: 1) == [])
        #expect(try stage.rows(of: 1).map(\.state) == [.withdrawn])
    }

    @Test func aSlowReceiverOfAPageInMemoryDoesNotKeepTheLoopBusy() throws {
        let hook = Receiver("hook", .webhook, time: time)
        let stage = try stage(hook)
        try stage.deliver(to: hook)
        try stage.diskRefuses(true)
        hook.answer(.hold)
        stage.goDown(1)
        let before = time.sleeps
        stage.run(for: .seconds(10))
        #expect(time.sleeps - before < 10)
        hook.release(.status(503))
        let middle = time.sleeps
        stage.run(for: .milliseconds(900))
        #expect(time.sleeps - middle < 10)
        hook.release()
    }

    @Test func aFullFileSystemIsSurvivedTheSameWay() throws {
        let hook = Receiver("hook", .webhook, time: time)
        let stage = try stage(hook, rooms: 60)
        try stage.deliver(to: hook)
        stage.startHousekeeping()
        try stage.limitPages(to: .current)
        for room in 1...60 { stage.goDown(room) }
        #expect(stage.journal.lines(with: "no space left").isEmpty == false)
        #expect(hook.taken.count { $0.condition == "room.offline" } == 60)
        #expect(words(hook, of: "store.degraded").first == "opened")
        try stage.limitPages(to: .unlimited)
        stage.run(for: .seconds(60))
        for room in 1...60 { #expect(try stage.rows(of: room).map(\.state) == [.accepted]) }
        #expect(words(hook, of: "store.degraded").last == "resolved")
        #expect(hook.taken.count == Set(hook.taken.map(\.id)).count)
    }

    @Test func aStoreThatCouldNotBeReadIsWholeAgainAfterSomeQuiet() throws {
        let hook = Receiver("hook", .webhook, time: time)
        let stage = try Stage(
            receivers: [hook], time: time,
            tree: Stage.tree([hook], routed: [hook.name], match: RouteMatch(conditions: [.roomOffline])))
        try stage.deliver(to: hook)
        stage.startHousekeeping()
        try stage.rename("notification", to: "elsewhere")
        stage.run(for: .seconds(30))
        #expect(try stage.incidents(of: .storeDegraded).map(\.status) == [.open])
        try stage.rename("elsewhere", to: "notification")
        stage.run(for: .seconds(180))
        #expect(try stage.incidents(of: .storeDegraded).map(\.status) == [.resolved])
    }

    @Test func aFirstStartOnAFullDiskWatchesAndPagesAndWritesLater() throws {
        let hook = Receiver("hook", .webhook, time: time)
        let disk = FullDisk()
        let stage = try Stage(receivers: [hook], time: time, disk: disk)
        try stage.deliver(to: hook)
        stage.startHousekeeping()
        stage.list(3)
        stage.sweep()
        stage.goDown(1)
        #expect(words(hook, of: 1) == ["opened"])
        #expect(words(hook, of: "store.degraded") == ["opened"])
        disk.free()
        stage.run(for: .seconds(2))
        #expect(try stage.rows(of: 1).map(\.state) == [.accepted])
        #expect(try stage.store.load(tenant: contoso, resolvedSince: time.now().wall).rooms.count == 3)
        #expect(words(hook, of: "store.degraded") == ["opened", "resolved"])
        #expect(hook.taken.count == Set(hook.taken.map(\.id)).count)
    }

    @Test func aRestartOnAFullDiskBeginsFromWhatIsKnown() throws {
        let hook = Receiver("hook", .webhook, time: time)
        let directory = try TemporaryDirectory()
        let first = try Stage(receivers: [hook], time: time, directory: directory)
        first.list(3)
        first.sweep()
        try first.deliver(to: hook)
        first.goDown(1)
        first.stop()
        try first.store.close()

        let stage = try Stage(receivers: [hook], time: time, directory: directory, disk: FullDisk(), seed: 8)
        try stage.diskRefuses(true)
        stage.said[1] = Stage.offline
        #expect(stage.census()?.rooms == 3)
        try stage.deliver(to: hook)
        stage.startHousekeeping()
        for _ in 1...12 {
            stage.sweep()
            stage.run(for: .seconds(5))
        }
        #expect(words(hook, of: 1) == ["opened"], "it is the same incident")
        stage.comeBack(1)
        #expect(words(hook, of: 1) == ["opened", "resolved"])
        try stage.diskRefuses(false)
        stage.run(for: .seconds(2))
        #expect(try stage.incident(of: 1)?.status == .resolved)
        #expect(try stage.rows(of: 1).map(\.state) == [.accepted, .accepted])
    }

    @Test func whatWaitedIsWrittenInBites() throws {
        let stage = try stage()
        try stage.diskRefuses(true)
        let now = time.now()
        let total = Ledger.flushBite * 2 + 50
        stage.perform { [ledger = stage.ledger] in
            for number in 1...total {
                var change = Change()
                change.transitions = [
                    Transition(
                        tenant: contoso, condition: .roomOffline, subject: "room-\(number)", from: .clear, to: .pending,
                        at: now.wall, decidedAt: now.wall, reason: "test", incident: nil)
                ]
                await ledger.write(change, at: now)
            }
        }
        try stage.diskRefuses(false)
        var written: [Int] = []
        for _ in 1...3 {
            stage.perform { [ledger = stage.ledger] in await ledger.tick() }
            written.append(
                try stage.store.pool.read {
                    try Int.fetchOne($0, sql: "SELECT count(*) FROM transition WHERE subject LIKE 'room-%'") ?? 0
                })
        }
        // The incident of the store itself waits behind the first change.
        #expect(written == [Ledger.flushBite - 1, Ledger.flushBite * 2 - 1, total])
    }

    @Test func whatIsLeftAtTheEndIsWritten() throws {
        let hook = Receiver("hook", .webhook, time: time)
        let stage = try stage(hook)
        try stage.deliver(to: hook)
        try stage.diskRefuses(true)
        stage.goDown(1)
        stage.list(4)
        try stage.diskRefuses(false)
        stage.perform { [ledger = stage.ledger] in await ledger.finish() }
        #expect(try stage.rows(of: 1).map(\.state) == [.accepted])
        #expect(try stage.store.load(tenant: contoso, resolvedSince: time.now().wall).rooms.count == 4)
    }
}

extension Stage {
    enum PageLimit { case current, unlimited }

    /// Makes SQLite answer SQLITE_FULL as soon as the file would have to grow.
    func limitPages(to limit: PageLimit) throws {
        try store.pool.writeWithoutTransaction { db in
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            try db.execute(sql: "PRAGMA max_page_count = \(limit == .current ? pages : 1 << 30)")
        }
    }

    func rename(_ table: String, to other: String) throws {
        try store.pool.write { try $0.execute(sql: "ALTER TABLE \(table) RENAME TO \(other)") }
    }
}
