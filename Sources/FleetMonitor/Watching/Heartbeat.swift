// The dead man's switch: a service elsewhere expects to hear of us, and tells people when it does not. It hears only
// while every loop keeps its word and the synthetic room gets through, so that silence means what people take it for.

public import HTTPExchange
import HTTPTypes
public import Logging
import Synchronization
public import Timekeeping

/// Calls a URL as long as all is well (config `heartbeat`).
public struct Heartbeat: Sendable {
    /// A call that takes longer has not been heard.
    static let patience: Duration = .seconds(10)

    private let url: Secret
    private let interval: Duration
    private let transport: any HTTPTransport
    private let health: @Sendable () -> String?
    private let progress: LoopProgress
    private let time: any TimeSource
    private let log: Logger
    private let newest = LastOutcome<Outcome>()

    /// How a call ended.
    public struct Outcome: Sendable, Hashable {
        public var at: Moment
        /// Why it was not heard; `nil` when it was.
        public var trouble: String?
    }

    /// How the newest call ended; `nil` before the first.
    public var lastBeat: Outcome? { newest.value }

    /// - Parameters:
    ///   - url: where to call; as good as a password, so it is never shown.
    ///   - health: why nobody must hear of us at present, in words; `nil` while all is well.
    public init(
        url: Secret, every interval: Duration, transport: any HTTPTransport, progress: LoopProgress,
        time: any TimeSource, log: Logger, health: @escaping @Sendable () -> String?
    ) {
        self.url = url
        self.interval = interval
        self.transport = transport
        self.progress = progress
        self.time = time
        self.log = log
        self.health = health
    }

    public func run() async {
        let loop = progress.loop("heartbeat")
        var said: String?
        while !Task.isCancelled {
            let trouble = await beat()
            newest.set(Outcome(at: time.now(), trouble: trouble))
            if trouble != said {
                if let trouble {
                    log.error("heartbeat: \(trouble); whoever waits for it will raise the alarm")
                } else if said != nil {
                    log.notice("heartbeat: heard again")
                }
                said = trouble
            }
            loop.advance(within: interval + Self.patience)
            do {
                try await time.sleep(for: interval)
            } catch {
                break
            }
        }
        loop.retire()
    }

    /// Calls once.
    ///
    /// - Returns: why it was not heard, in words that name nothing secret.
    func beat() async -> String? {
        if let trouble = health() { return "not sent, because \(trouble)" }
        let call = url.withRevealed { url in
            HTTPCall(
                .get, url,
                limits: HTTPLimits(total: Self.patience, stall: Self.patience, responseBytes: 64 * 1024))
        }
        do {
            let answer = try await transport.send(call)
            guard (200..<300).contains(answer.status) else { return "the other side answered \(answer.status)" }
            return nil
        } catch {
            return "the other side was not reached (\(error.kind))"
        }
    }
}

/// The newest of something, for whoever asks beside the loop.
final class LastOutcome<Value: Sendable>: Sendable {
    private let kept = Mutex<Value?>(nil)

    var value: Value? { kept.withLock { $0 } }
    func set(_ value: Value) { kept.withLock { $0 = value } }
}
