import FleetCore
@testable import FleetStore
import Foundation
import GRDB
import Testing

@Suite("Committing and reading back")
struct CommitTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test("What was committed is there after the store was closed and opened again")
    func reopen() throws {
        let change = outageChange(17)
        let rooms = [StoredRoom(room: room(17), listedSince: at(-3_600.5), absences: 1)]
        do {
            let store = try openStore(directory)
            try store.saveInventory(tenant: contoso, rooms: rooms, refreshedAt: at(-60.125))
            try store.commit(change)
            try store.close()
        }
        let (store, remarks) = try Store.open(path: directory.database, now: morning, log: quiet)
        #expect(remarks.isEmpty)
        let stored = try store.load(tenant: contoso, resolvedSince: morning)
        #expect(stored.rooms == rooms)
        #expect(stored.tracks == change.tracks)
        #expect(stored.conditions == change.conditions)
        #expect(stored.incidents == change.incidents)
        #expect(stored.inventoryRefreshedAt == at(-60.125))
        #expect(stored.checkpoints == [.presence: change.observations.checkpoints[0]])
        #expect(stored.remarks.isEmpty)
        #expect(try store.transitions(tenant: contoso, since: at(-1)) == change.transitions)
        let due = try store.dueNotifications(at: morning, limit: 10)
        #expect(due.map(\.notification) == change.notifications)
        #expect(try store.gaps(tenant: contoso, from: at(-60), to: morning) == change.observations.gaps)
        let run = try #require(try store.runs(tenant: contoso, from: at(-60), to: morning).first)
        #expect(run.reading == "Offline" && run.first == at(-10) && run.last == at(0.25) && run.isOpen)
        #expect(try store.load(tenant: TenantName("fabrikam"), resolvedSince: morning) == StoredTenant())
    }

    @Test("The same commit a second time, also after a newer one, changes nothing")
    func repeatedCommit() throws {
        let store = try openStore(directory)
        var first = outageChange(17)
        first.observations.ended = [
            RunEnd(tenant: contoso, account: account(17), source: .presence, last: at(-15), count: 9)
        ]
        try store.commit(first)
        let contents = try dump()
        try store.commit(first)
        #expect(Set(try dump()).symmetricDifference(contents).isEmpty)

        var second = Change()
        second.incidents = [resolved(first.incidents[0], at: at(60))]
        try store.commit(second)
        let later = try dump()
        try store.commit(first)
        #expect(Set(try dump()).symmetricDifference(later).isEmpty)
        #expect(try store.incident(id: id(17))?.status == .resolved)
    }

    @Test("A repeated commit does not make a settled or withdrawn notification wait again")
    func repeatedCommitAfterDelivery() throws {
        let store = try openStore(directory)
        let change = outageChange(17)
        let sent = change.notifications[0].id
        try store.commit(change)
        try store.record([DeliveryAttempt(notification: sent, began: at(1), latency: .zero, outcome: .accepted)])
        try store.commit(change)
        #expect(try store.dueNotifications(at: at(100), limit: 10).isEmpty)
        #expect(try store.notifications(of: id(17)).map(\.state) == [.accepted])
    }

    @Test("A crash before the commit leaves the state before it, a crash after it leaves all of it")
    func crash() throws {
        let store = try openStore(directory)
        try store.commit(outageChange(1))
        let before = try copyOfFiles("before")
        try store.commit(outageChange(2))
        let after = try copyOfFiles("after")

        let old = try Store.open(path: before, now: morning, log: quiet).store
        #expect(try old.load(tenant: contoso, resolvedSince: morning).tracks.map(\.account) == [account(1)])
        #expect(try old.backlog().waiting == 1)
        let new = try Store.open(path: after, now: morning, log: quiet).store
        #expect(
            try new.load(tenant: contoso, resolvedSince: morning).tracks.map(\.account) == [account(1), account(2)])
        #expect(try new.backlog().waiting == 2)
    }

    @Test("Instants keep their milliseconds, and no more, through any number of round trips")
    func milliseconds() throws {
        let store = try openStore(directory)
        var generator = SeededGenerator(state: 11)
        var change = Change()
        for number in 0..<500 {
            let instant = at(Double.random(in: -1e9...1e9, using: &generator))
            var track = track(number)
            track.lastGood = instant
            change.tracks.append(track)
        }
        try store.commit(change)
        let once = try store.load(tenant: contoso, resolvedSince: morning).tracks
        for (given, got) in zip(change.tracks, once) {
            let difference = try #require(got.lastGood).timeIntervalSince(try #require(given.lastGood))
            #expect(abs(difference) <= 0.000_501)
        }
        change.tracks = once
        try store.commit(change)
        #expect(try store.load(tenant: contoso, resolvedSince: morning).tracks == once)
        #expect(Date(timeIntervalSince1970: 1_795_161_600.123).milliseconds == 1_795_161_600_123)
        #expect(Date(timeIntervalSince1970: .infinity).milliseconds > morning.milliseconds)
    }

    @Test("A damaged row costs that row alone and is reported")
    func damagedRows() throws {
        let store = try openStore(directory)
        try store.saveInventory(
            tenant: contoso,
            rooms: [1, 2].map { StoredRoom(room: room($0), listedSince: morning) }, refreshedAt: morning)
        try store.commit(outageChange(1))
        try store.commit(outageChange(2))
        try sql(
            """
            UPDATE track SET presence_phase = 'sideways' WHERE account = '\(account(1).text)';
            UPDATE incident SET detail = '{' WHERE id = '\(id(1).text)';
            UPDATE room SET detail = 'nonsense' WHERE account = '\(account(1).text)';
            UPDATE condition SET condition = 'room.haunted';
            UPDATE notification SET detail = '{}' WHERE id = '\(id(1_000_001).text)';
            """)
        let stored = try store.load(tenant: contoso, resolvedSince: morning)
        #expect(stored.tracks.map(\.account) == [account(2)])
        #expect(stored.incidents.map(\.id) == [id(2)])
        #expect(stored.rooms.map(\.room.account) == [account(2)])
        #expect(stored.conditions.isEmpty)
        #expect(Set(stored.remarks.map(\.table)) == ["track", "incident", "room", "condition"])
        #expect(stored.remarks.first { $0.table == "track" }?.description.contains(account(1).text) == true)

        #expect(try store.dueNotifications(at: morning, limit: 10).map(\.notification.id) == [id(1_000_002)])
        let status = try #require(try store.notifications(of: id(1)).first)
        #expect(status.state == .failed && status.remark?.hasPrefix("unreadable") == true)
    }

    @Test("A full disk fails the whole commit, says so, and the same commit succeeds once there is space")
    func diskFull() throws {
        let store = try openStore(directory)
        try store.commit(outageChange(1))
        let pages = try figures(of: store).pages
        try limitPages(of: store, to: pages + 2)
        var big = outageChange(2)
        big.incidents += (100..<1_000).map { incident($0) }
        let error = #expect(throws: StoreError.self) { try store.commit(big) }
        #expect(error == .diskFull(path: directory.database, doing: "committing a change"))
        #expect(error?.isTransient == true)
        #expect(try store.load(tenant: contoso, resolvedSince: morning).tracks.map(\.account) == [account(1)])
        try limitPages(of: store, to: 1_000_000)
        try store.commit(big)
        #expect(try store.load(tenant: contoso, resolvedSince: morning).incidents.count == 902)
    }

    /// Every row of every table, through a connection of its own.
    private func dump() throws -> [String] {
        let queue = try DatabaseQueue(path: directory.database)
        return try queue.read { db in
            let tables = try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1")
            return try tables.flatMap { table in
                try Row.fetchAll(db, sql: "SELECT * FROM \"\(table)\"").map { "\(table) \($0)" }
            }
        }
    }

    private func sql(_ text: String) throws {
        try DatabaseQueue(path: directory.database).write { try $0.execute(sql: text) }
    }

    /// What a kill -9 leaves: the files as they are, with whatever is in the write-ahead log.
    private func copyOfFiles(_ name: String) throws -> String {
        let target = directory.path(name + ".sqlite")
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: directory.database + suffix, toPath: target + suffix)
        }
        return target
    }
}
