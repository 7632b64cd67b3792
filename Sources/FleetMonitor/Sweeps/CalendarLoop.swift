// Free/busy of every room, twenty at a time. A round is patient and stays within its share of the budget; a room that
// just failed is read beside it, at once. Calendars help detection and never hold it up.

public import FleetCore
public import FleetGraph
public import Logging
public import Timekeeping

/// Keeps the agendas of one tenant's rooms fresh until it is cancelled.
public struct CalendarLoop: Sendable {
    /// Calls of a round on their way at once. Each is made on behalf of another mailbox, so none comes near Exchange's
    /// limit of four (Graph facts, Limits); eight read 20,000 rooms within five minutes at 2.4 s a call.
    static let concurrency = 8
    /// Calls for failed rooms on their way at once.
    static let errandConcurrency = 4
    /// While no room is known, they are asked for this often.
    static let emptyRetry: Duration = .seconds(10)
    /// Slices in a row that bring nothing end a round: the next one begins with the rooms that were left out.
    static let mostFailures = 3
    /// How often a permission that is missing is looked for again (Graph facts, Errors).
    static let deniedRetry: Duration = .seconds(3600)
    /// What one slice may take: the reader's own bound, one request's patience and its time-out.
    static let longestSlice: Duration = ScheduleReader.longestRead + .seconds(100)
    /// A wait is cut into pieces, so that a reload takes effect soon.
    static let longestPause: Duration = .seconds(60)

    let tenant: TenantName
    private let settings: LiveSettings
    private let reader: ScheduleReader
    private let rooms: any CalendarRooms
    private let sink: any AgendaSink
    private let time: any TimeSource
    private let progress: LoopProgress
    private let log: Logger
    let errands = CalendarErrands()

    public init(
        tenant: TenantName, settings: LiveSettings, reader: ScheduleReader, rooms: any CalendarRooms,
        sink: any AgendaSink, time: any TimeSource, progress: LoopProgress, log: Logger
    ) {
        self.tenant = tenant
        self.settings = settings
        self.reader = reader
        self.rooms = rooms
        self.sink = sink
        self.time = time
        self.progress = progress
        self.log = log
    }

    /// Has the agendas of `accounts` read at once, unless they were a moment ago. Returns without waiting.
    public func refresh(_ accounts: some Sequence<AccountID>) {
        errands.add(accounts, at: time.now())
    }

    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await runRounds() }
            group.addTask { await runErrands() }
        }
    }

    // MARK: Rounds

    /// What one round remembers for the next.
    private struct Memory {
        var capability: CalendarCapability?
        /// How long the last whole round took.
        var took: Duration?
        var pace: CalendarPace?
        /// How many grants were seen when the round began.
        var grants = 0
    }

    private func runRounds() async {
        let loop = progress.loop("calendars.\(tenant)")
        var memory = Memory()
        while !Task.isCancelled {
            loop.advance(within: Self.longestSlice)
            let began = time.now()
            memory.grants = settings.grants
            await round(&memory, loop)
            do {
                var next = began.advanced(by: due(memory))
                // A round that took longer than its interval still leaves a breath for others.
                next = later(next, time.now().advanced(by: .seconds(1)))
                while time.now().steady < next.steady {
                    let pause = min(Self.longestPause, max(time.now().elapsed(until: next), .milliseconds(1)))
                    loop.advance(within: pause + Self.longestSlice)
                    try await time.sleep(for: pause)
                    // A reload may have shortened the interval while we waited.
                    let soonest = began.advanced(by: due(memory))
                    if soonest.steady < next.steady { next = soonest }
                }
            } catch {
                break
            }
        }
        loop.retire()
    }

    private func later(_ a: Moment, _ b: Moment) -> Moment { a.steady < b.steady ? b : a }

    /// The time from the beginning of one round to that of the next.
    private func due(_ memory: Memory) -> Duration {
        guard let pace = memory.pace else { return Self.emptyRetry }
        if memory.capability?.isDenied == true { return settings.grants == memory.grants ? Self.deniedRetry : .zero }
        return pace.limit == .asked ? settings.values.calendars : max(pace.interval, settings.values.calendars)
    }

    private func round(_ memory: inout Memory, _ loop: LoopProgress.Loop) async {
        let roster = await rooms.calendarRooms(tenant: tenant)
        guard roster.count > 0 else {
            memory.pace = nil
            return
        }
        let began = time.now()
        let wasDenied = memory.capability == .notGranted
        let slices = slices(roster)
        // Without the permission one question is enough to learn that it is still missing.
        let tally = await readAll(wasDenied ? Array(slices.prefix(1)) : slices, loop)
        guard !Task.isCancelled else { return }
        if wasDenied, !tally.capability.isDenied, slices.count > 1 {
            let rest = await readAll(Array(slices.dropFirst()), loop)
            close(tally.adding(rest), of: slices.count, roster, began: began, &memory)
        } else {
            close(tally, of: slices.count, roster, began: began, &memory)
        }
        guard !Task.isCancelled else { return }
        if let capability = memory.capability {
            await sink.note(.calendars, of: tenant, CapabilityRecord(capability, at: time.now()))
        }
        await sink.noteSource(
            .calendars, tenant: tenant, succeeded: tally.answered * 2 > tally.read,
            isRetired: memory.capability?.isDenied == true, interval: due(memory))
    }

    /// Notes how a round ended, and tells what changed.
    private func close(
        _ tally: Tally, of slices: Int, _ roster: CalendarRoster, began: Moment, _ memory: inout Memory
    ) {
        errands.setOpen(!tally.capability.isDenied)
        if memory.capability != tally.capability {
            memory.capability = tally.capability
            log.notice("calendars: \(tally.capability.text)")
        }
        // A round that was cut short says nothing about how long one takes.
        if tally.read == slices { memory.took = began.elapsed(until: time.now()) }
        let asked = settings.values.calendars
        let pace = CalendarPace(rooms: roster.count, asked: asked, lastRound: memory.took)
        if pace.limit != memory.pace?.limit, pace.limit != .asked || memory.pace != nil {
            log.notice("calendars: \(pace.text(rooms: roster.count, asked: asked))")
        }
        memory.pace = pace
        if tally.read < slices, !tally.capability.isDenied {
            log.notice(
                "calendars: the round ended after \(tally.read) of \(slices) calls; the next begins with the rest")
        }
    }

    /// Rooms in trouble first, then those whose agenda is oldest.
    private func slices(_ roster: CalendarRoster) -> [[CalendarRoom]] {
        let last = errands.lastReads(of: Set((roster.inTrouble + roster.others).map(\.account)))
        let others = roster.others.enumerated().sorted { a, b in
            let (first, second) = (last[a.element.account], last[b.element.account])
            if first == second { return a.offset < b.offset }
            guard let first else { return true }
            guard let second else { return false }
            return first < second
        }
        let all = roster.inTrouble + others.map(\.element)
        return stride(from: 0, to: all.count, by: ScheduleReader.mostRooms).map {
            Array(all[$0..<min($0 + ScheduleReader.mostRooms, all.count)])
        }
    }

    /// How the slices of a round ended.
    private struct Tally {
        var read = 0
        var answered = 0
        var failuresInARow = 0
        var lastFailure: CalendarCapability?

        /// Denials count only when nothing was answered: some mailboxes outside the scope are a matter of those rooms.
        var capability: CalendarCapability { answered > 0 ? .available : lastFailure ?? .available }

        var isHopeless: Bool {
            if case .notGranted? = lastFailure, answered == 0 { return true }
            return failuresInARow >= CalendarLoop.mostFailures && lastFailure?.isDenied != true
        }

        mutating func count(_ read: ScheduleRead) {
            self.read += 1
            if read.capability == .available {
                answered += 1
                failuresInARow = 0
            } else {
                failuresInARow += 1
                lastFailure = read.capability
            }
        }

        func adding(_ other: Tally) -> Tally {
            var sum = self
            sum.read += other.read
            sum.answered += other.answered
            sum.lastFailure = other.lastFailure ?? lastFailure
            return sum
        }
    }

    private func readAll(_ slices: [[CalendarRoom]], _ loop: LoopProgress.Loop) async -> Tally {
        var tally = Tally()
        await withTaskGroup(of: ScheduleRead.self) { group in
            var waiting = slices.makeIterator()
            for _ in 0..<Self.concurrency {
                guard let slice = waiting.next() else { break }
                group.addTask { await reader.read(slice, haste: .round) }
            }
            while let read = await group.next() {
                if Task.isCancelled { break }
                tally.count(read)
                await hand(over: read)
                loop.advance(within: Self.longestSlice)
                guard !tally.isHopeless, let slice = waiting.next() else { continue }
                group.addTask { await reader.read(slice, haste: .round) }
            }
            group.cancelAll()
        }
        return tally
    }

    private func hand(over read: ScheduleRead) async {
        errands.note(read.agendas)
        await sink.accept(read.agendas, tenant: tenant)
    }

    // MARK: Errands

    private func runErrands() async {
        let loop = progress.loop("calendars.\(tenant).errands")
        while !Task.isCancelled {
            loop.advance(within: Self.longestPause + Self.longestSlice)
            let wanted = errands.take()
            if wanted.isEmpty {
                await errands.bell.wait(until: time.now().advanced(by: Self.longestPause), time: time)
            } else {
                await run(wanted, loop)
            }
        }
        loop.retire()
    }

    private func run(_ accounts: [AccountID], _ loop: LoopProgress.Loop) async {
        let roster = await rooms.calendarRooms(tenant: tenant)
        let wanted = Set(accounts)
        let chosen = (roster.inTrouble + roster.others).filter { wanted.contains($0.account) }
        await withTaskGroup(of: ScheduleRead.self) { group in
            var start = 0
            func addNext() {
                guard start < chosen.count else { return }
                let slice = Array(chosen[start..<min(start + ScheduleReader.mostRooms, chosen.count)])
                start += slice.count
                group.addTask { await reader.read(slice, haste: .atOnce) }
            }
            for _ in 0..<Self.errandConcurrency { addNext() }
            while let read = await group.next() {
                if Task.isCancelled { break }
                await hand(over: read)
                loop.advance(within: Self.longestPause + Self.longestSlice)
                addNext()
            }
            group.cancelAll()
        }
    }
}
