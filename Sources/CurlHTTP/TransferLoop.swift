// The event loop: one thread that owns every libcurl handle. libcurl's handles are not thread-safe and its calls do not
// suspend, so they live on a thread of their own rather than on Swift's cooperative pool.

import CLibcurl
import Foundation
import Glibc
import Timekeeping

/// Bounds of one loop.
struct LoopBounds: Sendable {
    var concurrentTransfers: Int
    var connectionsPerHost: Int
    var keptConnections: Int
}

/// Runs transfers by id until it is told to stop. Made and used on its own thread only; callers hold the inbox.
final class TransferLoop {
    /// Handles kept for reuse. A handle is some kilobytes; more than this many are needed only in bursts.
    static let keptHandles = 32
    /// How long the loop sleeps at most. Nothing depends on it: whatever needs the loop wakes it.
    static let longestSleep = Duration.seconds(60)

    private let inbox: TransferInbox
    private let bounds: LoopBounds
    private let time: any TimeSource
    private let multi: MultiHandle
    private var running: [TransferID: any Transfer] = [:]
    private var identifiers: [UnsafeMutableRawPointer: TransferID] = [:]
    private var idleHandles: [EasyHandle] = []
    /// The earliest review among the running transfers; may be too early, never too late.
    private var nextReview: Duration?

    /// Starts a loop on a thread of its own, which ends after `inbox` was told to stop.
    static func launch(inbox: TransferInbox, bounds: LoopBounds, time: any TimeSource) {
        let thread = Thread {
            Self.leaveSignalsToOtherThreads()
            let reason: TransferEnd
            if let loop = TransferLoop(inbox: inbox, bounds: bounds, time: time) {
                reason = loop.run()
            } else {
                reason = .broken("libcurl could not be initialised: memory or file descriptors are short")
            }
            for plan in inbox.close(reason) { plan.neverBegan(reason) }
            inbox.finish()
        }
        thread.name = "libcurl"
        thread.start()
    }

    private init?(inbox: TransferInbox, bounds: LoopBounds, time: any TimeSource) {
        guard
            Self.initialised == CURLE_OK,
            let multi = MultiHandle(
                connectionsPerHost: bounds.connectionsPerHost, keptConnections: bounds.keptConnections)
        else { return nil }
        self.inbox = inbox
        self.bounds = bounds
        self.time = time
        self.multi = multi
        inbox.attach(multi.wakeupHandle)
    }

    /// libcurl's global state, made once for the process as curl_global_init(3) asks.
    private static let initialised: CURLcode = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    /// A signal for the process must not interrupt this thread, and a write to a connection that the peer has closed
    /// must not end the process with SIGPIPE.
    private static func leaveSignalsToOtherThreads() {
        var signals = sigset_t()
        sigfillset(&signals)
        for synchronous in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT] { sigdelset(&signals, synchronous) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// - Returns: why it ended.
    private func run() -> TransferEnd {
        var reason = TransferEnd.stopped
        while true {
            let now = time.now().steady
            let work = inbox.take(places: bounds.concurrentTransfers - running.count, at: now)
            for id in work.cancelled { end(id, .cancelled) }
            for plan in work.expired { plan.neverBegan(.deadlinePassed) }
            for entry in work.starting { start(entry.plan, as: entry.id, at: now) }
            if work.stopping { break }
            let code = turn(at: now, waitingUntil: work.nextDeadline)
            if code != CURLM_OK {
                reason = .broken("the event loop failed: \(String(cString: curl_multi_strerror(code)))")
                break
            }
        }
        // The inbox closes first: from here on nobody may touch the multi handle, and nothing new comes in.
        let left = inbox.close(reason)
        for id in running.keys.sorted() { end(id, reason) }
        for plan in left { plan.neverBegan(reason) }
        return reason
    }

    /// Lets libcurl work, reports what has ended, and sleeps unless a place has become free for somebody who waits.
    private func turn(at now: Duration, waitingUntil deadline: Duration?) -> CURLMcode {
        let full = running.count >= bounds.concurrentTransfers
        let performed = multi.perform()
        guard performed == CURLM_OK else { return performed }
        while let completion = multi.nextCompletion() {
            guard let id = identifiers[completion.easy] else { continue }
            end(id, .finished(completion.code))
        }
        if let due = nextReview, due <= now { reviewAll(at: now) }
        if full, deadline != nil, running.count < bounds.concurrentTransfers { return CURLM_OK }
        let wakeAt = [nextReview, deadline].compactMap(\.self).min()
        let sleep = min(Self.longestSleep, wakeAt.map { $0 - time.now().steady } ?? Self.longestSleep)
        // Rounded up: a sleep that ends just before the deadline would be followed by many of zero length.
        return multi.poll(milliseconds: sleep > .zero ? Int32(sleep.milliseconds) + 1 : 0)
    }

    private func start(_ plan: any TransferPlan, as id: TransferID, at now: Duration) {
        guard let easy = idleHandles.popLast() ?? EasyHandle() else {
            return plan.neverBegan(.broken("libcurl could not make a transfer: memory is short"))
        }
        let transfer = plan.makeTransfer(on: easy, over: multi.sockets, at: now)
        guard easy.refusal == CURLE_OK else { return transfer.end(.finished(easy.refusal)) }
        let added = multi.add(easy)
        guard added == CURLM_OK else {
            return transfer.end(
                .broken("libcurl took no more transfers: \(String(cString: curl_multi_strerror(added)))"))
        }
        running[id] = transfer
        identifiers[easy.raw] = id
        review(id, transfer, at: now)
    }

    private func reviewAll(at now: Duration) {
        nextReview = nil
        for (id, transfer) in running { review(id, transfer, at: now) }
    }

    private func review(_ id: TransferID, _ transfer: any Transfer, at now: Duration) {
        switch transfer.review(at: now) {
        case .askAgain(let next): nextReview = min(nextReview ?? next, next)
        case .giveUp(let reason): end(id, reason)
        }
    }

    /// Ends a running transfer; unknown ids have ended already.
    private func end(_ id: TransferID, _ reason: TransferEnd) {
        guard let transfer = running.removeValue(forKey: id) else { return }
        let easy = transfer.easy
        identifiers[easy.raw] = nil
        if reason == .deadlinePassed || reason == .stalled { transfer.abandonSilentConnection() }
        if !reason.isFinished { transfer.willGiveUp() }
        multi.remove(easy)
        transfer.end(reason)
        easy.reset()
        if idleHandles.count < Self.keptHandles { idleHandles.append(easy) }
    }
}
