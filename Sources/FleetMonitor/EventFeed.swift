// People who look at a page want to see a transition within a second, and a hundred of them must cost the Ledger no more
// than one. It appends here while it commits; whoever listens reads from this ring at their own pace.

public import FleetAPI
import FleetCore
import struct Foundation.Date
import Synchronization
import Timekeeping

/// The newest events, for the stream of the API.
public final class EventFeed: Sendable {
    /// Events that are remembered; a listener that is further behind starts over.
    static let capacity = 4_096
    /// At once; fewer than the connections of a listener, so that streams cannot keep out who asks or acknowledges.
    static let maximumListeners = 100

    /// Tells one run of the daemon from the next, because sequences begin anew.
    public let epoch: String

    private struct State {
        var events: [FeedEvent] = []
        var last: UInt64 = 0
        var bells: [UInt64: Bell] = [:]
        var lastListener: UInt64 = 0

        mutating func add(_ content: FeedEvent.Content, of tenant: TenantName) {
            last += 1
            events.append(FeedEvent(sequence: last, tenant: tenant.text, content: content))
        }
    }

    private let state = Mutex(State())

    public init(epoch: String) { self.epoch = epoch }

    /// What a listener reads.
    public enum Page: Sendable, Hashable {
        case events([FeedEvent])
        /// More has happened than is remembered, or the sequence is not one of this run.
        case lost(newest: UInt64)
    }

    /// The newest sequence; 0 before the first event.
    public var newest: UInt64 { state.withLock(\.last) }

    /// Events after a sequence, the oldest first.
    public func events(after sequence: UInt64) -> Page {
        state.withLock { state in
            guard sequence <= state.last else { return .lost(newest: state.last) }
            let missing = state.last - sequence
            guard missing <= UInt64(state.events.count) else { return .lost(newest: state.last) }
            return .events(Array(state.events.suffix(Int(missing))))
        }
    }

    func append(_ change: Change, at now: Moment) {
        // The rehearsal of the synthetic room is nobody's news.
        let isNews: (TenantName, Condition) -> Bool = { $0 != .roomwatch || $1 != .roomOffline }
        let allTransitions = change.transitions.filter { isNews($0.tenant, $0.condition) }
        let allIncidents = change.incidents.filter { !$0.isSynthetic }
        let allOperations = change.commands.operations
        let count = allTransitions.count + allIncidents.count + allOperations.count
        guard count > 0 else { return }
        // A fleet that falls at once brings more than is remembered; only what can be kept is put into words.
        let operations = allOperations.suffix(Self.capacity)
        let incidents = allIncidents.suffix(Self.capacity - operations.count)
        let transitions = allTransitions.suffix(Self.capacity - operations.count - incidents.count)
        let bells = state.withLock { state in
            let skipped = count - transitions.count - incidents.count - operations.count
            if skipped > 0 { state.events.removeAll() }
            state.last += UInt64(skipped)
            for one in transitions { state.add(.room(one.change), of: one.tenant) }
            for one in incidents { state.add(.incident(one.news), of: one.tenant) }
            for one in operations { state.add(.operation(one.news(at: now.wall)), of: one.tenant) }
            // Trimmed in bulk, so that an event costs no copy of the ring.
            if state.events.count > 2 * Self.capacity {
                state.events.removeFirst(state.events.count - Self.capacity)
            }
            return Array(state.bells.values)
        }
        for bell in bells { bell.ring() }
    }

    /// Has a bell rung at every event until ``forget(_:)``; `nil` when there are too many already.
    func register(_ bell: Bell) -> UInt64? {
        state.withLock { state in
            guard state.bells.count < Self.maximumListeners else { return nil }
            state.lastListener += 1
            state.bells[state.lastListener] = bell
            return state.lastListener
        }
    }

    func forget(_ listener: UInt64) { state.withLock { _ = $0.bells.removeValue(forKey: listener) } }
}

/// One listener of the feed.
final class FeedListener: EventSubscription {
    /// A listener that hears nothing is told so this often, which keeps its connection open through proxies.
    static let silence: Duration = .seconds(15)

    private let feed: EventFeed
    private let time: any TimeSource
    private let tenant: String?
    private let bell = Bell()
    private let registration: UInt64
    private let position: Mutex<UInt64?>

    /// - Parameters:
    ///   - after: the id of the last event that was heard; `nil` for what comes from now on.
    ///   - tenant: the only tenant that is listened to.
    /// - Returns: `nil` when the feed has no place left.
    init?(to feed: EventFeed, after: String?, tenant: String?, time: any TimeSource) {
        guard let registration = feed.register(bell) else { return nil }
        self.feed = feed
        self.time = time
        self.tenant = tenant
        self.registration = registration
        position = Mutex(after.map { feed.sequence(of: $0) } ?? feed.newest)
    }

    deinit { feed.forget(registration) }

    func next() async -> EventBatch {
        let batch = take()
        guard batch.events.isEmpty, !batch.isReset else { return batch }
        await bell.wait(until: time.now().advanced(by: Self.silence), time: time)
        return take()
    }

    private func take() -> EventBatch {
        position.withLock { position in
            let page = position.map { feed.events(after: $0) } ?? .lost(newest: feed.newest)
            switch page {
            case .lost(let newest):
                position = newest
                return EventBatch(events: [], isReset: true, lastID: feed.id(of: newest))
            case .events(let events):
                if let last = events.last { position = last.sequence }
                let mine = events.filter { tenant == nil || $0.tenant == tenant }
                return EventBatch(events: mine, isReset: false, lastID: feed.id(of: position ?? 0))
            }
        }
    }
}

extension EventFeed {
    /// `<epoch>-<sequence>`, what a browser sends back as `Last-Event-ID`.
    func id(of sequence: UInt64) -> String { "\(epoch)-\(sequence)" }

    /// The sequence that an id stands for; `nil` when it is of another run or of nobody's.
    func sequence(of id: String) -> UInt64? {
        let parts = id.split(separator: "-")
        return parts.count == 2 && parts[0] == epoch ? UInt64(parts[1]) : nil
    }
}

extension Transition {
    fileprivate var change: FeedEvent.RoomChange {
        FeedEvent.RoomChange(
            tenant: tenant.text, room: subject, condition: condition.rawValue, from: from.rawValue, to: to.rawValue,
            at: Timestamp(at))
    }
}

extension Incident {
    fileprivate var news: FeedEvent.IncidentNews {
        FeedEvent.IncidentNews(
            tenant: tenant.text, id: id.text, revision: revision, condition: condition.rawValue,
            severity: severity.rawValue, status: status.rawValue, summary: summary)
    }
}

extension OperationRecord {
    fileprivate func news(at instant: Date) -> FeedEvent.OperationNews {
        FeedEvent.OperationNews(
            tenant: tenant.text, id: id.text, command: command.text, room: room.text, device: device,
            state: state.word, detail: state.detail, at: Timestamp(instant))
    }
}
