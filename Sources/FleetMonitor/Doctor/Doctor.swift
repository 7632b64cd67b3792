// What an operator runs in the first hour and whenever anything seems off. The doctor looks at everything at once and at
// each thing for a bounded time: what hangs is said to hang, and everything else is told all the same.

public import FleetAPI
import Synchronization
public import Timekeeping

/// One thing, or one kind of thing, that the doctor looks at.
///
/// Another part of the house joins by handing the doctor a further examination; what it returns is shown as it is.
public struct Examination: Sendable {
    /// Time for what is in memory, on the disk or one exchange away.
    public static let usualLimit: Duration = .seconds(6)

    /// What is looked at, for the sentence that says that it took too long: `the store`.
    public var name: String
    public var area: CheckBody.Area
    public var tenant: String?
    public var limit: Duration
    public var look: @Sendable () async -> [CheckBody]

    public init(
        _ name: String, area: CheckBody.Area, tenant: String? = nil, limit: Duration = usualLimit,
        look: @escaping @Sendable () async -> [CheckBody]
    ) {
        self.name = name
        self.area = area
        self.tenant = tenant
        self.limit = limit
        self.look = look
    }
}

/// Carries out examinations.
public actor Doctor {
    /// Examinations at once.
    static let concurrency = 16
    /// The whole takes no longer than this, whatever hangs; what was not looked at by then is `unknown`.
    public static let patience: Duration = .seconds(15)
    /// A report is shared with everybody who asks while it is made, and is kept for nobody.
    private var running: Task<DoctorBody, Never>?

    private let examinations: [Examination]
    private let version: String
    private let time: any TimeSource
    /// Examinations whose body has not returned, by their place; one that hangs is not begun a second time.
    private let busy = BusyPlaces()

    public init(_ examinations: [Examination], version: String, time: any TimeSource) {
        self.examinations = examinations
        self.version = version
        self.time = time
    }

    /// Looks at everything.
    public func examine() async -> DoctorBody {
        if let running { return await running.value }
        let task = Task { await self.run() }
        running = task
        let report = await task.value
        running = nil
        return report
    }

    private func run() async -> DoctorBody {
        let began = time.now()
        let end = began.advanced(by: Self.patience)
        var found: [Int: [CheckBody]] = [:]
        await withTaskGroup(of: (place: Int, checks: [CheckBody]).self) { group in
            var waiting = examinations.indices.makeIterator()
            func addNext() {
                guard let place = waiting.next() else { return }
                group.addTask { [self] in (place, await look(at: place, until: end)) }
            }
            for _ in 0..<Self.concurrency { addNext() }
            while let one = await group.next() {
                found[one.place] = one.checks
                addNext()
            }
        }
        let checks = examinations.indices.flatMap { found[$0] ?? [] }
        return DoctorBody(
            at: Timestamp(began.wall), tookMs: Int(began.elapsed(until: time.now()).milliseconds), version: version,
            checks: checks.inReadingOrder)
    }

    private nonisolated func look(at place: Int, until end: Moment) async -> [CheckBody] {
        let examination = examinations[place]
        guard busy.enter(place) else {
            return [Self.silent(examination, "still hangs in the examination before this one")]
        }
        let limit = min(examination.limit, max(.zero, time.now().elapsed(until: end)))
        let checks = await Bounded.value(within: limit, time: time) { [busy] in
            let checks = await examination.look()
            busy.leave(place)
            return checks
        }
        return checks ?? [Self.silent(examination, "was not done within \(Int(limit.seconds)) s")]
    }

    private static func silent(_ examination: Examination, _ what: String) -> CheckBody {
        CheckBody(
            "examination", area: examination.area, tenant: examination.tenant, subject: examination.name, .unknown,
            "Looking at \(examination.name) \(what).",
            remedy: "Ask again in a minute; if it stays, look at the daemon's log (`journalctl -u roomwatchd`).")
    }
}

/// Which examinations are under way.
private final class BusyPlaces: Sendable {
    private let places = Mutex<Set<Int>>([])

    func enter(_ place: Int) -> Bool { places.withLock { $0.insert(place).inserted } }
    func leave(_ place: Int) { places.withLock { _ = $0.remove(place) } }
}
