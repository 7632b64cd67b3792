// One loop for each receiver: a slow or dead receiver holds up nobody else, and within a receiver only the messages of
// one key wait for each other.

public import FleetChannels
import FleetCore
import FleetStore
public import Timekeeping

/// Sends what is due to one receiver until it is cancelled.
public struct DeliveryLoop: Sendable {
    /// Messages of different keys that are on their way to one receiver at the same time.
    static let concurrency = 8
    /// The outbox is looked at this often even if no bell rings.
    static let longestWait: Duration = .seconds(15)

    private let channel: any Channel
    private let ledger: Ledger
    private let time: any TimeSource
    private let progress: LoopProgress
    private let drain: Drain
    private let bell = Bell()
    private let bucket: TokenBucket

    /// - Parameter bucket: how fast the receiver may be written to; without it at the channel's own rate.
    public init(
        channel: any Channel, bucket: TokenBucket? = nil, ledger: Ledger, time: any TimeSource, progress: LoopProgress,
        drain: Drain
    ) {
        self.drain = drain
        self.channel = channel
        self.bucket = bucket ?? channel.rate.bucket
        self.ledger = ledger
        self.time = time
        self.progress = progress
    }

    private enum Event: Sendable {
        case delivered
        case woken
    }

    public func run() async {
        await ledger.register(bell)
        drain.ring(bell)
        let loop = progress.loop("delivery.\(channel.receiver)")
        var bucket = bucket
        await withTaskGroup(of: Event.self) { group in
            var busy = 0
            var isWaiting = false
            while !Task.isCancelled {
                let patience = await fill(&group, busy: &busy, bucket: &bucket)
                if let deadline = drain.deadline {
                    if busy == 0 || time.now().steady >= deadline.steady { break }
                }
                if !isWaiting {
                    isWaiting = true
                    let deadline = await nextLook(noEarlierThan: patience)
                    group.addTask {
                        await bell.wait(until: deadline, time: time)
                        return .woken
                    }
                }
                loop.advance(within: ChannelLimits.attempt + Self.longestWait)
                switch await group.next() {
                case .delivered:
                    busy -= 1
                    // What the attempt made due, its repetition say, may come before the look that is waited for.
                    bell.ring()
                case .woken, nil: isWaiting = false
                }
            }
            group.cancelAll()
        }
        loop.retire()
    }

    /// Starts as many deliveries as places and tokens allow.
    ///
    /// - Returns: how long until there is a token again, when that is what stopped it.
    private func fill(
        _ group: inout TaskGroup<Event>, busy: inout Int, bucket: inout TokenBucket
    ) async -> Duration {
        let room = Self.concurrency - busy
        guard room > 0 else { return .zero }
        var waiting = await ledger.take(receiver: channel.receiver, limit: room)[...]
        while let entry = waiting.first {
            if let wait = bucket.take(at: time.now()) {
                await ledger.putBack(Array(waiting))
                return wait
            }
            waiting.removeFirst()
            busy += 1
            group.addTask { await deliver(entry) }
        }
        return .zero
    }

    private func nextLook(noEarlierThan patience: Duration) async -> Moment {
        let now = time.now()
        var wait = Self.longestWait
        if let due = await ledger.nextDue(receiver: channel.receiver) { wait = min(wait, now.elapsed(until: due)) }
        if patience > .zero { wait = patience }
        if let deadline = drain.deadline { wait = min(wait, now.elapsed(until: deadline)) }
        return now.advanced(by: max(wait, .milliseconds(1)))
    }

    private func deliver(_ entry: OutboxEntry) async -> Event {
        let began = time.now()
        let result = await channel.deliver(entry.notification, at: began)
        // A message that was cut off by our own shutdown keeps its place in the outbox without a mark.
        if Task.isCancelled {
            await ledger.putBack([entry])
        } else {
            await ledger.settle(entry, began: began, result: result)
        }
        return .delivered
    }
}
