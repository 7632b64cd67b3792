// The file is looked at beside the writer, for a bounded time, and what receivers took is told.

import FleetCore
import FleetStore
import Foundation
import Testing

@Suite("Examining the store")
struct ExaminationTests {
    let directory: TemporaryDirectory
    let store: Store

    init() throws {
        directory = try TemporaryDirectory()
        store = try openStore(directory)
    }

    @Test("a sound file is said to be sound, with its figures")
    func sound() throws {
        try store.commit(outageChange(1))
        let found = store.examine { false }
        #expect(found.integrity == .sound)
        #expect(found.path == store.path && found.bytes + found.walBytes > 0)
        #expect(found.schemaVersion == StoreExamination.knownSchemaVersion)
        #expect(try #require(found.freeBytes) > 0)
    }

    @Test("the check ends when its time is over, and the store goes on")
    func bounded() throws {
        var change = Change()
        change.transitions = (1...4_000).map { transition($0, at: at(Double($0))) }
        try store.commit(change)
        #expect(store.examine { true }.integrity == .unfinished)
        #expect(store.examine { false }.integrity == .sound)
        try store.commit(outageChange(2))
    }

    @Test("what a receiver accepted last, and what it refused last, also of a message that is tried again")
    func receivers() throws {
        var change = Change()
        change.notifications = [
            notification(1, of: incident(1)), notification(2, of: incident(2)),
            notification(3, of: incident(3), to: "oncall"),
        ]
        try store.commit(change)
        let pager = change.notifications[0].receiver
        func attempt(_ number: Int, _ seconds: Double, _ outcome: DeliveryOutcome) -> DeliveryAttempt {
            DeliveryAttempt(notification: id(number), began: at(seconds), latency: .milliseconds(5), outcome: outcome)
        }
        try store.record([
            attempt(1, 10, .accepted), attempt(2, 20, .retry(at: at(80), error: "http_503")),
            attempt(3, 5, .failed(error: "http_404")),
        ])
        let oncall = ReceiverName("oncall")
        let silent = ReceiverName("silent")
        let records = try store.records(of: [pager, oncall, silent], since: at(-60))
        #expect(try #require(records[pager]?.lastAccepted) >= at(10))
        #expect(records[pager]?.lastFailed == at(20) && records[pager]?.failure == "http_503")
        #expect(records[oncall] == ReceiverRecord(lastFailed: at(5), failure: "http_404"))
        #expect(records[silent] == ReceiverRecord())
        let later = try store.records(of: [oncall], since: at(3_600))
        #expect(later[oncall] == ReceiverRecord())
    }
}
