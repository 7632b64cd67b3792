// Nobody notices a pager that has stopped working until a room fails. So once an hour a room that does not exist fails:
// its bad answers are judged, its incident is committed, and its page goes through the outbox to a receiver that is part
// of the daemon. What real pages pass through is proved to work, and how long it takes is measured.

public import FleetChannels
public import FleetCore
import CoreMetrics
import Foundation
public import Logging
import Synchronization
public import Timekeeping

/// The receiver inside the daemon that the synthetic room's pages go to.
public final class LoopbackChannel: Channel {
    /// What it heard lately; older words are dropped.
    static let maximumHeard = 16

    public static let profile = ReceiverProfile(name: ReceiverName("roomwatch-loopback"), isPaging: false)
    public let receiver = LoopbackChannel.profile.name
    private let heard = Mutex<[(event: FleetCore.Notification.Event, incident: UniqueID)]>([])

    public init() {}

    public var rate: DeliveryRate { ChannelKind.webhook.rate }

    public func deliver(_ notification: FleetCore.Notification, at now: Moment) async -> DeliveryResult {
        heard.withLock { heard in
            heard.append((notification.event, notification.incident.id))
            if heard.count > Self.maximumHeard { heard.removeFirst() }
        }
        return .accepted(detail: "loopback")
    }

    /// Whether the newest word was that one; forgets it.
    func hears(_ event: FleetCore.Notification.Event) -> Bool {
        heard.withLock { heard in
            guard heard.last?.event == event || (event == .opened && heard.last?.event == .reopened) else {
                return false
            }
            heard.removeAll()
            return true
        }
    }
}

/// Lets the synthetic room fail and come back, once an hour.
public final class SyntheticRoom: Sendable {
    public static let interval: Duration = .seconds(3600)
    /// The first time soon after the start: a wrong installation shows in the first minutes.
    static let firstDelay: Duration = .seconds(60)
    /// Between two answers, as a sweep would give them.
    static let step: Duration = .seconds(5)
    /// An end that takes longer counts as lost.
    static let patience: Duration = .seconds(90)

    private let ledger: Ledger
    private let channel: LoopbackChannel
    private let progress: LoopProgress
    private let time: any TimeSource
    private let log: Logger
    private let newest = LastOutcome<Outcome>()

    /// How a round ended.
    public struct Outcome: Sendable, Hashable {
        public var at: Moment
        /// What was not heard in time; `nil` when it got through.
        public var trouble: String?
    }

    public init(
        ledger: Ledger, channel: LoopbackChannel, progress: LoopProgress, time: any TimeSource, log: Logger
    ) {
        self.ledger = ledger
        self.channel = channel
        self.progress = progress
        self.time = time
        self.log = log
    }

    /// Why the newest round did not get through; `nil` when it did or none was made yet.
    public var trouble: String? { newest.value?.trouble }

    /// How the newest round ended; `nil` before the first.
    public var lastRound: Outcome? { newest.value }

    public func run() async {
        let loop = progress.loop("synthetic room")
        var next = time.now().advanced(by: Self.firstDelay)
        while !Task.isCancelled {
            let now = time.now()
            loop.advance(within: now.elapsed(until: next) + Self.patience * 2)
            do {
                try await time.sleep(until: next)
            } catch {
                break
            }
            let trouble = await round()
            guard !Task.isCancelled else { break }
            note(trouble)
            next = time.now().advanced(by: Self.interval)
        }
        loop.retire()
    }

    private func note(_ trouble: String?) {
        let before = newest.value?.trouble
        newest.set(Outcome(at: time.now(), trouble: trouble))
        if let trouble {
            log.critical("the synthetic room did not get through: \(trouble); pages may be lost")
        } else {
            log.log(level: before == nil ? .info : .notice, "the synthetic room got through")
        }
    }

    /// One failure and one recovery.
    ///
    /// - Returns: what was not heard in time, in words.
    func round() async -> String? {
        if await !reaches(.opened, while: Presence(.offline, text: "Offline")) {
            return "its page was not delivered within \(Int(Self.patience.seconds)) s"
        }
        if await !reaches(.resolved, while: Presence(.online, text: "Available")) {
            return "its resolve was not delivered within \(Int(Self.patience.seconds)) s"
        }
        return nil
    }

    private func reaches(_ event: FleetCore.Notification.Event, while presence: Presence) async -> Bool {
        let deadline = time.now().advanced(by: Self.patience)
        while time.now().steady < deadline.steady, !Task.isCancelled {
            await ledger.acceptSynthetic(presence)
            do {
                try await time.sleep(for: Self.step)
            } catch {
                return false
            }
            if channel.hears(event) { return true }
        }
        return channel.hears(event)
    }
}

extension Room {
    /// The room that does not exist.
    public static let synthetic = Room(
        account: AccountID("synthetic"), name: "Synthetic room", email: "synthetic@roomwatch.invalid",
        reason: .included)
}

extension Ledger {
    /// One answer about the synthetic room, judged like any other.
    func acceptSynthetic(_ presence: Presence) {
        let now = time.now()
        guard let request = own.pages(of: .steady).first ?? own.pages(of: .suspect).first else { return }
        let decision = own.accept(
            PresencePage(
                request: request, answers: request.accounts.map { _ in PresenceAnswer(.value(presence)) }, asked: now,
                received: now))
        carryOut(decision, tenant: .roomwatch, at: now)
    }
}

extension Incident {
    /// Whether it is the rehearsal of the synthetic room, which is nobody's trouble: it stays out of every list.
    var isSynthetic: Bool { tenant == .roomwatch && condition == .roomOffline }
}
