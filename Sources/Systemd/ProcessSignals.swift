// Signals arrive on any thread at any instant; the daemon wants them one at a time, in a task, and none lost because
// another was faster. Dispatch does the delicate part: it blocks the signal in every thread and reads a signalfd.

// Dispatch's sources may be used from any thread (dispatch_source_create(3)); its overlay just does not say so yet.
@preconcurrency import Dispatch
import Glibc
import Synchronization

/// The signals by which a service is asked to do something.
public enum ProcessSignal: Sendable, Hashable, CaseIterable {
    /// SIGTERM: stop.
    case terminate
    /// SIGINT: stop, asked at a terminal.
    case interrupt
    /// SIGHUP: read the configuration again.
    case hangup

    var number: Int32 {
        switch self {
        case .terminate: SIGTERM
        case .interrupt: SIGINT
        case .hangup: SIGHUP
        }
    }

    /// Lets a write to a closed connection fail with EPIPE instead of ending the process. Call it first of all.
    public static func ignoreBrokenPipe() {
        signal(SIGPIPE, SIG_IGN)
    }
}

/// Takes signals over for the rest of the process's life and hands them to one consumer.
///
/// Like the kernel's, its memory is one bit per signal: a signal that comes again before it was consumed is the same
/// signal, so nothing grows and no SIGTERM is lost behind a row of SIGHUPs. Stopping goes before reloading.
public final class ProcessSignals: AsyncSequence, Sendable {
    public typealias Element = ProcessSignal

    private let pending = Mutex<Set<ProcessSignal>>([])
    private let wakeUps: AsyncStream<Void>
    private let wakeUp: AsyncStream<Void>.Continuation
    private let sources = Mutex<[any DispatchSourceSignal]>([])

    /// Returns once every signal of `signals` is caught; from then on none of them ends the process.
    public static func trapping(_ signals: Set<ProcessSignal>) async -> ProcessSignals {
        let trapped = ProcessSignals()
        for signal in signals { await trapped.trap(signal) }
        return trapped
    }

    private init() {
        // One waiting wake-up is enough: the consumer looks at all pending signals each time.
        (wakeUps, wakeUp) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    deinit {
        for source in sources.withLock({ $0 }) { source.cancel() }
    }

    private func trap(_ signal: ProcessSignal) async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let source = DispatchSource.makeSignalSource(signal: signal.number)
            source.setRegistrationHandler { continuation.resume() }
            source.setEventHandler { [weak self] in self?.receive(signal) }
            sources.withLock { $0.append(source) }
            source.activate()
        }
    }

    func receive(_ signal: ProcessSignal) {
        pending.withLock { _ = $0.insert(signal) }
        wakeUp.yield()
    }

    private func takePending() -> ProcessSignal? {
        pending.withLock { waiting in
            guard let first = ProcessSignal.allCases.first(where: waiting.contains) else { return nil }
            return waiting.remove(first)
        }
    }

    /// One consumer only: two would share the signals between them.
    public func makeAsyncIterator() -> Iterator {
        Iterator(signals: self, wakeUps: wakeUps.makeAsyncIterator())
    }

    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let signals: ProcessSignals
        fileprivate var wakeUps: AsyncStream<Void>.Iterator

        /// The next signal; `nil` once the consuming task is cancelled.
        public mutating func next() async -> ProcessSignal? {
            while !Task.isCancelled {
                if let signal = signals.takePending() { return signal }
                guard await wakeUps.next() != nil else { return nil }
            }
            return nil
        }

        /// The next signal; `nil` once the consuming task is cancelled.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> ProcessSignal? {
            while !Task.isCancelled {
                if let signal = signals.takePending() { return signal }
                guard await wakeUps.next(isolation: actor) != nil else { return nil }
            }
            return nil
        }
    }
}
