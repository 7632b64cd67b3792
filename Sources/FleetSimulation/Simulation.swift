// One run: the real services over a simulated tenant, first with everything going wrong that the seed thinks of, then
// with everything well, until nothing is left to be told. The same seed takes the same steps, to the byte.

import FleetMonitor
import Foundation
import Systemd
import TenantSimulator
import Timekeeping

/// What came of one seed.
public struct RunReport: Sendable {
    public let seed: UInt64
    public let lines: [String]
    public let violations: [Violation]
    /// Over every request, answer and message; equal for equal runs.
    public let digest: String
    public let counts: [(name: String, number: Int)]
    /// How long after the last fault nothing was left to be told; `nil` when something was left for good.
    public let converged: Duration?
}

/// Runs one seed.
public struct Simulation {
    /// The daemon's file is looked at this often.
    private static let auditInterval: Duration = .seconds(5)
    /// A room that kept falling is calm an hour and a quarter after it stopped; everything else much sooner.
    private static let patience: Duration = .seconds(3 * 3600)

    private let seed: UInt64
    private let safety: Duration
    private let canary: Canary?
    private let isLoud: Bool

    public init(seed: UInt64, safety: Duration = .seconds(7200), canary: Canary? = nil, isLoud: Bool = false) {
        self.seed = seed
        self.safety = safety
        self.canary = canary
        self.isLoud = isLoud
    }

    public func run() throws -> RunReport {
        let plan = RunPlan(seed: seed, safety: safety)
        let time = ManualTime(start: plan.start)
        let log = RunLog(time: time, isLoud: isLoud)
        let course = try Course(plan: plan, time: time, log: log, canary: canary)
        defer { course.end() }
        let converged = try course.run(patience: Self.patience, auditInterval: Self.auditInterval)
        return RunReport(
            seed: seed, lines: log.lines, violations: log.violations, digest: String(log.digest, radix: 16),
            counts: log.counts, converged: converged)
    }
}

/// The course of one run.
final class Course {
    private let plan: RunPlan
    private let time: ManualTime
    private let log: RunLog
    private let surroundings: Incarnation.Surroundings
    private let folder: URL
    private var daemon: Incarnation?
    private var disk: Disk
    private var lives = 0
    private var audit: StoreAudit
    private var people: People
    /// Until then the store may lag behind memory.
    private var lagsUntil: Duration = .zero

    init(plan: RunPlan, time: ManualTime, log: RunLog, canary: Canary?) throws {
        self.plan = plan
        self.time = time
        self.log = log
        let identity = TenantIdentity(clientSecret: "rehearsal")
        let tenant = try SimulatedTenant(
            plan: plan.tenant, identity: identity, scenario: plan.scenario, start: plan.start)
        let oracle = PresenceOracle()
        let bookings = BookingOracle()
        let desks = [
            ReceiverDesk("oncall", .webhook, spells: plan.receivers[0], time: time, log: log, seed: plan.seed),
            ReceiverDesk("pager", .pagerDuty, spells: plan.receivers[1], time: time, log: log, seed: plan.seed),
        ]
        surroundings = Incarnation.Surroundings(
            plan: plan, jobs: JobQueue(), time: time, tenant: SimulatedTransport(tenant, timeSource: time),
            identity: identity, oracle: oracle, bookings: bookings, desks: desks, log: log, canary: canary)
        people = People(jobs: surroundings.jobs, log: log, canary: canary)
        folder = Self.fastFolder.appending(
            path: "roomwatch-simulation-\(ProcessInfo.processInfo.processIdentifier)-\(plan.seed)")
        try? FileManager.default.removeItem(at: folder)
        disk = try Disk(directory: folder.appending(path: "0"))
        audit = StoreAudit(
            oracle: oracle, bookings: bookings, people: PeopleAudit(log: log, plan: plan),
            commands: CommandAudit(log: log, plan: plan), log: log)
    }

    /// Memory where there is some: the kernel keeps the files either way, and thousands of commits wait for no platter.
    private static var fastFolder: URL {
        let memory = URL(fileURLWithPath: "/dev/shm")
        return FileManager.default.isWritableFile(atPath: memory.path(percentEncoded: false))
            ? memory : FileManager.default.temporaryDirectory
    }

    func end() { try? FileManager.default.removeItem(at: folder) }

    /// - Returns: how long it took to converge once all was well.
    func run(patience: Duration, auditInterval: Duration) throws -> Duration? {
        log.say(
            "plan",
            "\(plan.tenant.rooms) rooms in \(plan.tenant.buildings) buildings, "
                + "\(plan.scenario.events.count) events, \(plan.strikes.count) strikes, begins "
                + plan.start.wall.ISO8601Format())
        try begin()
        var strikes = plan.strikes[...]
        while time.elapsed < plan.safety {
            if isCaught { return nil }
            let next = min(time.elapsed + auditInterval, plan.safety)
            if let strike = strikes.first, strike.at <= next {
                strikes.removeFirst()
                pass(until: strike.at)
                try carryOut(strike.strike)
            } else {
                pass(until: next)
            }
            try look()
        }
        log.say("plan", "all is well from here on")
        let healed = time.elapsed
        while time.elapsed - healed < patience {
            for _ in 0..<6 {
                pass(until: time.elapsed + auditInterval * 2)
                try look()
                if isCaught { return nil }
            }
            if try leftovers().isEmpty { break }
        }
        let left = try leftovers()
        for one in left { log.violate(.convergence, one) }
        let converged = left.isEmpty ? time.elapsed - healed : nil
        try finish()
        return converged
    }

    /// Of a daemon that is broken on purpose it is enough to know that it shows.
    private var isCaught: Bool { surroundings.canary != nil && !log.violations.isEmpty }

    private func leftovers() throws -> [String] {
        guard let daemon else { return ["the daemon is down"] }
        let waiting = surroundings.jobs.perform { [ledger = daemon.ledger] in await ledger.backlog() }
        var found = try disk.read { try FinalAudit.leftovers($0) }
        if waiting > 0, found.isEmpty { found.append("\(waiting) messages wait in memory") }
        return found
    }

    private func finish() throws {
        guard let daemon else { return }
        try audit.compare(with: daemon.disk)
        audit.commands.finish()
        try disk.read { db in
            try FinalAudit(log: log, name: audit.name).judge(db, desks: surroundings.desks)
        }
        _ = try daemon.kill(leaving: folder.appending(path: "end"))
        self.daemon = nil
    }

    // MARK: Time

    private func pass(until end: Duration) {
        let limit = plan.start.advanced(by: end)
        surroundings.jobs.drain()
        while time.step(upTo: limit) {
            surroundings.jobs.drain()
            tellTruth()
        }
        tellTruth()
    }

    /// What really happened since the last look.
    private func tellTruth() {
        for record in surroundings.tenant.groundTruth() {
            log.count("events in the tenant")
            audit.learn(record, at: time.now().steady)
            log.say(
                "truth",
                [record.event, record.room ?? record.building, record.detail, "(cause \(record.cause))"]
                    .compactMap(\.self).joined(separator: " "))
        }
    }

    private func look() throws {
        guard let daemon else { return }
        try audit.look(
            at: daemon.disk, life: daemon.life, now: time.now(),
            isWritable: !daemon.disk.isFull && time.elapsed >= lagsUntil, desks: surroundings.desks,
            submissions: surroundings.tenant.submissions())
        for overdue in daemon.progress.feed.overdue() {
            log.violate(.loopsKeepTheirWord, "\(overdue.name) is overdue")
        }
    }

    // MARK: Lives and deaths

    private func begin() throws {
        lives += 1
        log.count("lives")
        log.say("daemon", "starts, life \(lives)")
        daemon = try Incarnation(number: lives, disk: disk, in: surroundings)
        surroundings.jobs.drain()
    }

    private func carryOut(_ strike: RunPlan.Strike) throws {
        let next = folder.appending(path: "\(lives)")
        switch strike {
        case .crash(let jobs, let away):
            guard let daemon else { return }
            let ran = run(jobs: jobs)
            log.say("daemon", "is killed after \(ran) more jobs")
            disk = try daemon.kill(leaving: next)
            self.daemon = nil
            pass(until: time.elapsed + away)
            try begin()
        case .restart(let away):
            guard let daemon else { return }
            log.say("daemon", "is stopped")
            disk = try daemon.stop(leaving: next) { pass(until: time.elapsed + $0) }
            self.daemon = nil
            pass(until: time.elapsed + away)
            try begin()
        case .diskFull:
            guard let daemon else { return }
            log.say("disk", "is full")
            try disk.fill(true, store: daemon.store)
        case .diskFree:
            guard let daemon else { return }
            log.say("disk", "has space again")
            try disk.fill(false, store: daemon.store)
            lagsUntil = time.elapsed + .seconds(20)
        case .person(let deed):
            guard let daemon else { return }
            try people.carryOut(deed, on: daemon, at: time.now(), audit: &audit.people)
            surroundings.jobs.drain()
        case .wallStep(let step):
            log.say("clock", "the wall clock is set by \(Int(step.seconds)) s")
            time.stepWall(by: step)
        }
    }

    /// Runs so many jobs, letting time pass when nobody has any left; at most a minute of it.
    private func run(jobs: Int) -> Int {
        let limit = time.now().advanced(by: .seconds(60))
        var ran = 0
        while ran < jobs {
            ran += surroundings.jobs.drain(atMost: jobs - ran)
            guard ran < jobs, time.step(upTo: limit) else { break }
        }
        return ran
    }
}

extension RunReport {
    /// A run that could not go on.
    public init(stopped seed: UInt64, by error: any Error) {
        self.init(
            seed: seed, lines: [],
            violations: [Violation(invariant: .convergence, at: .zero, text: "the run stopped: \(error)")],
            digest: "", counts: [], converged: nil)
    }
}
