// Figures for `make bench`, never asserted: run in release with ROOMWATCH_BENCH=1 and
// `--filter StoreBenchmark --no-parallel`.

import FleetCore
@testable import FleetStore
import Foundation
import GRDB
import Synchronization
import Testing
import Timekeeping

@Suite("Store benchmark", .enabled(if: ProcessInfo.processInfo.environment["ROOMWATCH_BENCH"] != nil), .serialized)
struct StoreBenchmark {
    let directory: TemporaryDirectory
    let store: Store
    private let clock = SystemTimeSource()
    private let rooms = 20_000

    init() throws {
        directory = try TemporaryDirectory()
        store = try openStore(directory)
    }

    @discardableResult
    private func measure<T>(_ name: String, _ body: () throws -> T) rethrows -> T {
        let start = clock.now()
        let result = try body()
        print("bench: \(name): \(start.elapsed(until: clock.now()).seconds * 1_000) ms")
        return result
    }

    /// Everything that is written when every room of the largest tenant fails at once (Design, Budgets: 1 s).
    private func everythingFails(offset: Int = 0) -> Change {
        var change = Change()
        for number in offset..<offset + rooms {
            let incident = incident(number)
            change.tracks.append(track(number))
            change.transitions.append(transition(number))
            change.incidents.append(incident)
            change.notifications.append(notification(1_000_000 + number, of: incident))
        }
        return change
    }

    /// What a copy costs whoever commits beside it: a store of some 200 MB, a commit of one room each few milliseconds.
    @Test func copyBesideTheWriter() async throws {
        for part in 0..<3 { try store.commit(everythingFails(offset: part * rooms)) }
        try store.foldLog()
        print("bench: \(store.size())")
        try commits("alone", during: {})
        try commits(
            "beside a copy by online backup",
            during: { [store] in
                for _ in 0..<3 { _ = try store.copy() }
            })
        let other = directory.path("vacuumed")
        try commits(
            "beside a copy by VACUUM INTO",
            during: { [store] in
                for _ in 0..<3 {
                    try? FileManager.default.removeItem(atPath: other)
                    try store.pool.unsafeRead { try $0.execute(sql: "VACUUM INTO ?", arguments: [other]) }
                }
            })
    }

    private func commits(_ name: String, during copying: @escaping @Sendable () throws -> Void) throws {
        let isDone = Mutex(false)
        let took = Mutex(0.0)
        let group = DispatchGroup()
        let clock = clock
        DispatchQueue.global().async(group: group) {
            let start = clock.now()
            do { try copying() } catch { print("bench: \(name): \(error)") }
            took.withLock { $0 = start.elapsed(until: clock.now()).seconds }
            isDone.withLock { $0 = true }
        }
        var latencies: [Double] = []
        var number = 5_000_000
        while !isDone.withLock({ $0 }) || latencies.count < 500 {
            number += 1
            let change = outageChange(number)
            let start = clock.now()
            try store.commit(change)
            latencies.append(start.elapsed(until: clock.now()).seconds * 1_000)
            usleep(2_000)
        }
        group.wait()
        latencies.sort()
        func at(_ share: Double) -> String {
            String(format: "%.2f", latencies[Int(Double(latencies.count - 1) * share)])
        }
        print(
            "bench: commits \(name): \(latencies.count), p50 \(at(0.5)) p99 \(at(0.99)) max \(at(1)) ms; copying "
                + "\(took.withLock { $0 }) s")
    }

    @Test func outage() throws {
        let change = everythingFails()
        try measure("JSON of 20,000 incidents") {
            let encoder = JSONEncoder()
            for incident in change.incidents { _ = try encoder.encode(incident) }
        }
        try measure("commit 20,000 tracks, transitions, incidents and notifications") { try store.commit(change) }
        print("bench: \(try figures(of: store))")
        try measure("the same commit repeated") { try store.commit(change) }
        try measure("the same for 20,000 other rooms") { try store.commit(everythingFails(offset: rooms)) }

        var runs = Change()
        runs.observations.begun = (0..<rooms).map {
            RunBegin(tenant: contoso, account: account($0), source: .presence, reading: "Offline", first: morning)
        }
        try measure("begin 20,000 first runs") { try store.commit(runs) }
        for index in runs.observations.begun.indices {
            runs.observations.begun[index].first = at(60)
            runs.observations.begun[index].reading = "Available"
        }
        runs.observations.ended = (0..<rooms).map {
            RunEnd(tenant: contoso, account: account($0), source: .presence, last: at(55), count: 12)
        }
        try measure("end and begin 20,000 runs") { try store.commit(runs) }

        let due = try measure("the first 1,000 due of 40,000") {
            try store.dueNotifications(at: at(1), limit: 1_000)
        }
        #expect(due.count == 1_000)
        try measure("next due of 40,000 waiting") { _ = try store.nextDue(after: at(-100)) }
        let attempts = due.map {
            DeliveryAttempt(
                notification: $0.notification.id, began: at(2), latency: .zero, status: 202, outcome: .accepted)
        }
        try measure("record 1,000 accepted at once") { try store.record(attempts) }
        let inventory = (0..<rooms).map { StoredRoom(room: room($0), listedSince: morning) }
        try measure("save 20,000 rooms") {
            try store.saveInventory(tenant: contoso, rooms: inventory, refreshedAt: morning)
        }
        try store.close()
        let again = try measure("open, too large for a whole check") {
            try Store.open(path: directory.database, now: morning, log: quiet).store
        }
        print("bench: \(try figures(of: again))")
        let stored = try measure("load 20,000 rooms and tracks, 40,000 open incidents") {
            try again.load(tenant: contoso, resolvedSince: morning)
        }
        #expect(stored.rooms.count == rooms)
    }

    @Test func singleOutages() throws {
        var times: [Double] = []
        for number in 0..<2_000 {
            let change = outageChange(number)
            let start = clock.now()
            try store.commit(change)
            times.append(start.elapsed(until: clock.now()).seconds * 1_000)
        }
        times.sort()
        print("bench: commit one outage: p50 \(times[1_000]) ms, p99 \(times[1_980]) ms")
    }

    @Test func quarterOfRuns() throws {
        let accounts = 2_000
        let perRoom = 90
        for step in 0..<perRoom {
            var change = Change()
            let start = Double(step) * 86_400
            change.observations.ended =
                step == 0
                ? []
                : (0..<accounts).map {
                    RunEnd(tenant: contoso, account: account($0), source: .presence, last: at(start - 5), count: 1_727)
                }
            change.observations.begun = (0..<accounts).map {
                RunBegin(
                    tenant: contoso, account: account($0), source: .presence,
                    reading: ["Available", "Busy/InACall", "Offline"][($0 + step) % 3], first: at(start))
            }
            try store.commit(change)
        }
        print("bench: \(accounts * perRoom) runs: \(try figures(of: store))")
        try measure("read them room by room") {
            var count = 0
            for number in 0..<accounts {
                count += try store.runs(
                    tenant: contoso, account: account(number), source: .presence, from: morning, to: at(1e8)
                ).count
            }
            #expect(count == accounts * perRoom)
        }
        let policy = RetentionPolicy(observations: .seconds(86_400 * 30), incidents: .seconds(86_400))
        try measure("a bite of retention that finds nothing") {
            _ = try store.applyRetention(policy, at: at(0))
        }
        try measure("a bite of retention of 2,000 rows") {
            _ = try store.applyRetention(policy, at: at(86_400 * 60))
        }
        try store.close()
        try measure("open with a whole check") {
            _ = try Store.open(path: directory.database, now: morning, log: quiet, wholeCheckLimit: .max)
        }
    }
}
