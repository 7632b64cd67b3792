// Every task and every actor of a rehearsal runs on this one queue, on the thread that drains it. When the queue is
// empty, everybody waits for the clock or for a receiver, so it is known that nothing more can happen by itself; and the
// same rehearsal takes the same steps every time.

import Synchronization

/// Runs jobs one after another, only while somebody drains it.
public final class JobQueue: TaskExecutor {
    private struct Entry: Sendable {
        var job: UnownedJob
        var actor: ActorExecutor?
    }

    private let entries = Mutex<[Entry]>([])

    public init() {}

    public func enqueue(_ job: consuming ExecutorJob) { append(Entry(job: UnownedJob(job), actor: nil)) }

    /// An executor for an actor whose jobs take their place in this queue.
    public func serialExecutor() -> any SerialExecutor { ActorExecutor(self) }

    /// Runs whatever can run, until everybody waits.
    public func drain() { drain(atMost: .max) }

    /// Runs at most so many jobs; what is left stands as it is. A crash between two jobs is made of this.
    ///
    /// - Returns: how many ran.
    @discardableResult
    public func drain(atMost limit: Int) -> Int {
        var ran = 0
        while ran < limit {
            let batch = entries.withLock { entries in
                defer { entries = [] }
                return entries
            }
            if batch.isEmpty { break }
            for place in batch.indices {
                if ran == limit {
                    entries.withLock { $0.insert(contentsOf: batch[place...], at: 0) }
                    return ran
                }
                run(batch[place])
                ran += 1
            }
        }
        return ran
    }

    private func run(_ entry: Entry) {
        if let actor = entry.actor {
            entry.job.runSynchronously(on: actor.asUnownedSerialExecutor())
        } else {
            entry.job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }

    private func append(_ entry: Entry) { entries.withLock { $0.append(entry) } }

    private final class ActorExecutor: SerialExecutor {
        private let queue: JobQueue

        init(_ queue: JobQueue) { self.queue = queue }

        func enqueue(_ job: consuming ExecutorJob) { queue.append(Entry(job: UnownedJob(job), actor: self)) }
    }
}
