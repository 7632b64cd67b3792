// The tight loop: ask, judge page by page, start again on time. One sweep of a lane is in flight at a time; a tick that
// finds its lane busy is skipped and counted, so a slow Graph never piles up requests.

public import FleetCore
public import FleetGraph
import CoreMetrics
public import Timekeeping

/// Sweeps one lane of one tenant until it is cancelled.
public struct PresenceSweep: Sendable {
    /// Pages of one sweep that are on their way at the same time.
    static let concurrency = 32
    /// No page may take longer than this, whatever the interval is.
    static let shortestPatience: Duration = .seconds(5)

    private let tenant: TenantName
    private let lane: TenantFleet.Lane
    private let settings: LiveSettings
    private let reader: PresenceReader
    private let ledger: Ledger
    private let time: any TimeSource
    private let progress: LoopProgress
    private let metrics: MonitorMetrics
    private let firstSweeps: FirstSweeps

    public init(
        tenant: TenantName, lane: TenantFleet.Lane, settings: LiveSettings, reader: PresenceReader, ledger: Ledger,
        time: any TimeSource, progress: LoopProgress, metrics: MonitorMetrics, firstSweeps: FirstSweeps
    ) {
        self.tenant = tenant
        self.lane = lane
        self.settings = settings
        self.reader = reader
        self.ledger = ledger
        self.time = time
        self.progress = progress
        self.metrics = metrics
        self.firstSweeps = firstSweeps
    }

    public func run() async {
        let loop = progress.loop("sweep.\(tenant).\(lane.rawValue)")
        var next = time.now()
        while !Task.isCancelled {
            let interval = settings.values.interval(of: lane)
            let patience = max(interval, Self.shortestPatience)
            await sweep(patience: patience)
            // The fast lane is empty at first, and not asking anybody is no attempt.
            if lane == .steady { firstSweeps.mark(tenant) }
            next = next.advanced(by: interval)
            let now = time.now()
            while next.steady <= now.steady {
                next = next.advanced(by: interval)
                metrics.skippedSweeps.increment()
            }
            loop.advance(within: interval + patience * 2)
            do {
                try await time.sleep(until: next)
            } catch {
                break
            }
        }
        loop.retire()
    }

    /// How the pages of one sweep ended.
    private struct Tally {
        var asked = 0
        var unanswered = 0
        /// Why the newest page that lacks answers lacks them; empty while none does.
        var reason = ""

        var outcome: SweepOutcome {
            if reason.isEmpty { return .complete }
            return unanswered == asked ? .failed : .partial
        }

        mutating func count(_ read: PresenceRead) {
            asked += read.answers.count
            guard !read.isComplete else { return }
            unanswered += read.answers.count {
                if case .unknown(.failed) = $0.reading { true } else { false }
            }
            reason = read.failure ?? "partly_answered"
        }
    }

    private func sweep(patience: Duration) async {
        let pages = await ledger.pages(of: lane, tenant: tenant)
        // An empty fast lane is the normal case and no sweep at all.
        guard !pages.isEmpty else { return }
        let began = time.now()
        var tally = Tally()
        await withTaskGroup(of: (SweepPage, PresenceRead).self) { group in
            var waiting = pages.makeIterator()
            for _ in 0..<Self.concurrency {
                guard let page = waiting.next() else { break }
                group.addTask { (page, await reader.read(page.accounts, timeout: patience)) }
            }
            while let (page, read) = await group.next() {
                if Task.isCancelled { break }
                tally.count(read)
                await ledger.accept(
                    PresencePage(request: page, answers: read.answers, asked: read.asked, received: read.received),
                    tenant: tenant)
                if let page = waiting.next() {
                    group.addTask { (page, await reader.read(page.accounts, timeout: patience)) }
                }
            }
            group.cancelAll()
        }
        guard !Task.isCancelled else { return }
        await ledger.endSweep(
            lane, tenant: tenant, outcome: tally.outcome, began: began, unanswered: tally.unanswered,
            reason: tally.reason)
    }
}
