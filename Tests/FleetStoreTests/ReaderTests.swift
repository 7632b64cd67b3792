import FleetCore
import FleetStore
import Foundation
import Synchronization
import Testing

@Suite("Readers and the writer")
struct ReaderTests {
    @Test("A read sees one snapshot while a commit goes through, and does not hold it up")
    func snapshot() throws {
        let directory = try TemporaryDirectory()
        let store = try openStore(directory)
        try store.commit(outageChange(1))
        let failure = Mutex<String?>("not committed")
        let counts = try countIncidentsTwice(in: store) {
            // The writer is another thread, as in the daemon; the reader waits for it while its snapshot is open.
            let thread = Thread {
                do {
                    try store.commit(outageChange(2))
                    failure.withLock { $0 = nil }
                } catch {
                    failure.withLock { $0 = "\(error)" }
                }
            }
            thread.start()
            while !thread.isFinished { sched_yield() }
        }
        #expect(failure.withLock(\.self) == nil)
        #expect(counts == [1, 1])
        #expect(try store.recentIncidents(IncidentQuery()).incidents.count == 2)
    }
}
