// SQLite calls block. They run on a thread of their own, so that the cooperative pool, which has as many threads as the
// machine has cores, never waits for a disk.

import Dispatch

/// A serial executor off the cooperative pool; the Ledger lives on it. Simulations hand the Ledger another.
public final class StoreExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "roomwatch.store", qos: .userInitiated)

    public init() {}

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedSerialExecutor()
        queue.async { job.runSynchronously(on: executor) }
    }
}
