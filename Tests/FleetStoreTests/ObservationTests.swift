import FleetCore
import FleetStore
import Foundation
import Testing

@Suite("Observations")
struct ObservationTests {
    let directory: TemporaryDirectory
    let store: Store

    init() throws {
        directory = try TemporaryDirectory()
        store = try openStore(directory)
    }

    private func commit(_ edit: (inout ObservationChange) -> Void) throws {
        var change = Change()
        edit(&change.observations)
        try store.commit(change)
    }

    private func begin(_ reading: String, _ seconds: Double, room: Int = 1, source: Source = .presence) -> RunBegin {
        RunBegin(tenant: contoso, account: account(room), source: source, reading: reading, first: at(seconds))
    }

    private func end(_ seconds: Double, _ count: Int, room: Int = 1) -> RunEnd {
        RunEnd(tenant: contoso, account: account(room), source: .presence, last: at(seconds), count: count)
    }

    private func checkpoint(_ seconds: Double, _ count: Int) -> SweepCheckpoint {
        SweepCheckpoint(tenant: contoso, source: .presence, completedAt: at(seconds), count: count)
    }

    /// `reading first-last count`, with `…` behind an open one.
    private func runs(_ from: Double = -1e6, _ to: Double = 1e6, room: Int? = nil) throws -> [String] {
        try store.runs(tenant: contoso, account: room.map(account), from: at(from), to: at(to)).map { run in
            let first = Int(run.first.timeIntervalSince(morning))
            let last = Int(run.last.timeIntervalSince(morning))
            return "\(run.reading) \(first)-\(last)\(run.isOpen ? "…" : "") \(run.count.map(String.init) ?? "?")"
        }
    }

    @Test("An open run is as long as the newest complete sweep says")
    func extending() throws {
        try commit { $0.begun = [begin("Available", 0), begin("Offline", 3, source: .devices)] }
        #expect(try runs() == ["Offline 3-3… ?", "Available 0-0… ?"])
        try commit { $0.checkpoints = [checkpoint(50, 10)] }
        #expect(try runs() == ["Offline 3-3… ?", "Available 0-50… ?"])
        try commit { $0.checkpoints = [checkpoint(55, 11)] }
        try commit {
            $0.ended = [end(55, 12)]
            $0.begun = [begin("Offline", 60)]
        }
        #expect(try runs(room: 1) == ["Offline 3-3… ?", "Available 0-55 12", "Offline 60-60… ?"])
    }

    @Test("Ending a run that does not exist is harmless; beginning one ends the open one")
    func disorder() throws {
        try commit { $0.ended = [end(5, 2)] }
        #expect(try runs().isEmpty)
        try commit { $0.begun = [begin("Available", 10)] }
        try commit { $0.begun = [begin("Offline", 20)] }
        #expect(try runs() == ["Available 10-20 ?", "Offline 20-20… ?"])
        // The wall clock was set back: no run may end before it began, and one alone is open.
        try commit { $0.begun = [begin("Busy", 15)] }
        #expect(try runs() == ["Available 10-20 ?", "Busy 15-15… ?", "Offline 20-20 ?"])
    }

    @Test("A repeated change neither ends the new run nor begins it twice")
    func repeated() throws {
        let change: (inout ObservationChange) -> Void = {
            $0.ended = [end(15, 4)]
            $0.begun = [begin("Offline", 20)]
            $0.gaps = [
                SweepGap(
                    tenant: contoso, source: .presence, outcome: .failed, began: at(16), ended: at(18), unanswered: 9,
                    reason: "timed_out")
            ]
        }
        try commit { $0.begun = [begin("Available", 0)] }
        for _ in 0..<3 { try commit(change) }
        #expect(try runs() == ["Available 0-15 4", "Offline 20-20… ?"])
        #expect(try store.gaps(tenant: contoso, from: at(0), to: at(100)).count == 1)
    }

    @Test("A range gives the runs and gaps that touch it, and no others")
    func ranges() throws {
        for step in 0..<10 {
            let start = Double(step) * 10
            try commit {
                $0.begun = [begin("r\(step)", start), begin("other", start, room: 2)]
            }
            try commit {
                $0.ended = [end(start + 8, 2)]
                $0.gaps = [
                    SweepGap(
                        tenant: contoso, source: .presence, outcome: .partial, began: at(start), ended: at(start + 1),
                        unanswered: step, reason: "http_503")
                ]
            }
        }
        #expect(try runs(25, 41, room: 1) == ["r2 20-28 2", "r3 30-38 2", "r4 40-48 2"])
        #expect(try runs(29, 40, room: 1) == ["r3 30-38 2"])
        #expect(try runs(-50, 0, room: 1).isEmpty)
        #expect(try runs(room: 3).isEmpty)
        #expect(try store.gaps(tenant: contoso, from: at(11), to: at(20)).map(\.unanswered) == [1])
        #expect(try store.gaps(tenant: contoso, source: .devices, from: at(0), to: at(99)).isEmpty)
    }

    @Test("After a start the runs of the last life end where it last looked")
    func endOpenRuns() throws {
        try commit {
            $0.begun = [begin("Available", 0), begin("Healthy", 1, source: .devices), begin("Busy", 80, room: 2)]
            $0.checkpoints = [checkpoint(50, 10)]
        }
        try store.endOpenRuns(tenant: contoso)
        #expect(try runs(room: 1) == ["Healthy 1-1 ?", "Available 0-50 ?"])
        #expect(try runs(room: 2) == ["Busy 80-80 ?"])
        try commit { $0.begun = [begin("Available", 100)] }
        #expect(try runs(room: 1) == ["Healthy 1-1 ?", "Available 0-50 ?", "Available 100-100… ?"])
    }
}
