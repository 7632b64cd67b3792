import FleetCore
import FleetStore
import Foundation
import Testing

@Suite("Forgetting")
struct RetentionTests {
    let directory: TemporaryDirectory
    let store: Store
    private let policy = RetentionPolicy(observations: .seconds(1_000), incidents: .seconds(10_000))

    init() throws {
        directory = try TemporaryDirectory()
        store = try openStore(directory)
    }

    private func forget(at seconds: Double, chunk: Int = 1_000) throws -> Int {
        var deleted = 0
        while true {
            let step = try store.applyRetention(policy, at: at(seconds), chunk: chunk)
            #expect(step.deleted <= chunk)
            deleted += step.deleted
            if !step.hasMore { return deleted }
        }
    }

    @Test("Observations go after their time; the open run stays however old it is")
    func observations() throws {
        var change = Change()
        change.observations.begun = [
            RunBegin(tenant: contoso, account: account(1), source: .presence, reading: "Available", first: at(0)),
            RunBegin(tenant: contoso, account: account(1), source: .presence, reading: "Busy", first: at(100)),
            RunBegin(tenant: contoso, account: account(1), source: .presence, reading: "Offline", first: at(200)),
        ]
        change.observations.gaps = [0.0, 500].map {
            SweepGap(
                tenant: contoso, source: .presence, outcome: .failed, began: at($0), ended: at($0 + 1), unanswered: 1,
                reason: "timed_out")
        }
        try store.commit(change)
        #expect(try forget(at: 1_101) == 2)
        #expect(try runs() == ["Busy", "Offline"])
        #expect(try forget(at: 1_000_000) == 2)
        #expect(try runs() == ["Offline"])
        #expect(try store.gaps(tenant: contoso, from: at(0), to: at(1_000)).isEmpty)
    }

    @Test("Resolved incidents go with all that was told of them; open ones and waiting rows stay")
    func incidents() throws {
        for number in 1...3 { try store.commit(outageChange(number)) }
        var change = Change()
        change.incidents = [resolved(incident(1), at: at(10)), resolved(incident(3), at: at(10))]
        try store.commit(change)
        // Of incident 1 everything was delivered; 2 is still open; of 3 the page still waits.
        try store.record(
            [1, 2].map {
                DeliveryAttempt(
                    notification: id(1_000_000 + $0), began: at(11), latency: .zero, outcome: .accepted)
            })
        #expect(try forget(at: 9_000) == 1)
        #expect(try store.recentIncidents(IncidentQuery()).incidents.count == 3)

        // Incident 1, its notification and the transitions of 1 and 3; the gap went before.
        #expect(try forget(at: 1_000_000) == 4)
        #expect(try store.recentIncidents(IncidentQuery()).incidents.map(\.id) == [id(3), id(2)])
        #expect(try store.notifications(of: id(1)).isEmpty)
        #expect(try store.deliveries(of: id(1_000_001)).isEmpty)
        #expect(try store.notifications(of: id(2)).map(\.state) == [.accepted])
        #expect(try store.notifications(of: id(3)).map(\.state) == [.waiting])
        #expect(try store.transitions(tenant: contoso, since: at(-1e6)).map(\.incident) == [id(2)])
    }

    @Test("It works in bites of the given size, and the space is given back")
    func chunks() throws {
        var change = Change()
        for number in 1...3_000 {
            let done = resolved(incident(number), at: at(1))
            change.incidents.append(done)
            change.transitions.append(transition(number))
        }
        try store.commit(change)
        let before = try figures(of: store).pages
        let first = try store.applyRetention(policy, at: at(1_000_000), chunk: 100)
        #expect(first == RetentionStep(deleted: 100, hasMore: true))
        #expect(try forget(at: 1_000_000, chunk: 700) == 5_900)
        let after = try figures(of: store)
        #expect(after.pages < before / 2, "\(before) pages, then \(after.pages)")
        #expect(try store.applyRetention(policy, at: at(1_000_000)) == RetentionStep(deleted: 0, hasMore: false))
    }

    private func runs() throws -> [String] {
        try store.runs(tenant: contoso, from: at(-1e6), to: at(1e6)).map(\.reading)
    }
}
