// Repeats to a receiver that forgets what it was told: Alertmanager drops its alerts when it restarts and ends those
// that nobody repeats. Repetitions are no notifications: they bring nothing new, and one that fails is followed by the
// next.

public import FleetChannels
import FleetCore
import FleetStore
import Foundation
import Logging
public import Timekeeping

/// Refreshes one receiver until it is cancelled.
public struct RefreshLoop<Channel: RefreshingChannel>: Sendable {
    private let channel: Channel
    private let ledger: Ledger
    private let time: any TimeSource
    private let progress: LoopProgress
    private let log: Logger

    public init(channel: Channel, ledger: Ledger, time: any TimeSource, progress: LoopProgress, log: Logger) {
        self.channel = channel
        self.ledger = ledger
        self.time = time
        self.progress = progress
        self.log = log
    }

    public func run() async {
        let loop = progress.loop("refresh.\(channel.receiver)")
        var lastWord = ""
        while !Task.isCancelled {
            let now = time.now()
            let since = now.advanced(by: Duration.zero - Channel.resolvedRetention)
            if let incidents = await ledger.incidentsToRepeat(to: channel.receiver, resolvedSince: since) {
                // As many attempts as there may be batches, one after the other, and then the wait.
                loop.advance(within: Channel.refreshLimit + Channel.refreshInterval)
                let word = Self.word(of: await channel.refresh(incidents, at: now))
                // Said when it changes: a receiver that is down is down for many minutes.
                if word != lastWord, !word.isEmpty { log.warning("\(channel.receiver): repeating failed: \(word)") }
                lastWord = word
            }
            loop.advance(within: Channel.refreshInterval)
            do {
                try await time.sleep(for: Channel.refreshInterval)
            } catch {
                break
            }
        }
        loop.retire()
    }

    private static func word(of result: DeliveryResult) -> String {
        switch result {
        case .accepted: ""
        case .retry(let reason, _), .refused(let reason): reason
        }
    }
}

extension Ledger {
    /// What a receiver should believe; `nil` when the store cannot say, in which case nothing is repeated.
    func incidentsToRepeat(to receiver: ReceiverName, resolvedSince since: Moment) -> [Incident]? {
        do throws(StoreError) {
            return try store.incidentsToRepeat(receiver: receiver, resolvedSince: since.wall)
        } catch {
            noteStoreFailure(error, at: time.now())
            return nil
        }
    }
}
