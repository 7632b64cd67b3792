// Every task and every actor of a test runs on this one queue, on the thread of the test. When the queue is empty,
// everybody waits for the clock or for a receiver, so the test knows that nothing more can happen by itself; and the
// same test takes the same steps every time.

import Synchronization

/// Runs jobs one after another, only while somebody drains it.
final class JobQueue: TaskExecutor {
    private struct Entry: Sendable {
        var job: UnownedJob
        var actor: ActorExecutor?
    }

    private let entries = Mutex<[Entry]>([])

    func enqueue(_ job: consuming ExecutorJob) { append(Entry(job: UnownedJob(job), actor: nil)) }

    /// An executor for the Ledger whose jobs take their place in this queue.
    func serialExecutor() -> any SerialExecutor { ActorExecutor(self) }

    /// Runs whatever can run, until everybody waits.
    func drain() {
        while true {
            let batch = entries.withLock { entries in
                defer { entries = [] }
                return entries
            }
            if batch.isEmpty { return }
            for entry in batch {
                if let actor = entry.actor {
                    entry.job.runSynchronously(on: actor.asUnownedSerialExecutor())
                } else {
                    entry.job.runSynchronously(on: asUnownedTaskExecutor())
                }
            }
        }
    }

    private func append(_ entry: Entry) { entries.withLock { $0.append(entry) } }

    private final class ActorExecutor: SerialExecutor {
        private let queue: JobQueue

        init(_ queue: JobQueue) { self.queue = queue }

        func enqueue(_ job: consuming ExecutorJob) { queue.append(Entry(job: UnownedJob(job), actor: self)) }
    }
}
