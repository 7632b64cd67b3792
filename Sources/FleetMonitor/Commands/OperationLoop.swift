// Carries out what people ask of one tenant's devices. Each request leaves the house once: it is written down before, and
// what came of it after; a daemon that ends anywhere between leaves an operation that the next start looks up instead of
// sending it again. Monitoring never waits for any of this (Commands).

public import FleetCore
public import FleetGraph
public import Logging
public import Timekeeping

/// Sends and follows the operations of one tenant until it is cancelled or drained.
public struct OperationLoop: Sendable {
    /// Operations that are being sent or looked at at the same time. Each asks Graph for one thing after the other, so
    /// this stays far below the 30 requests a second of the device API, and below a third of our own budget for it.
    static let concurrency = 4
    /// While something waits for the guards or is followed.
    static let pace: Duration = .seconds(2)
    /// While there is nothing to do; a command that is taken rings.
    static let idle: Duration = .seconds(30)
    /// A device whose operations could not be read is asked for again after this.
    static let retry: Duration = .seconds(30)
    /// How often commands that are gone are looked for again (Graph facts, Errors).
    static let probeInterval: Duration = .seconds(3600)
    /// What one operation may take at once: the pages of a list and one request, each within its time-out.
    static let longestStep: Duration = .seconds(300)

    let tenant: TenantName
    private let settings: LiveSettings
    private let commander: DeviceCommander
    private let ledger: Ledger
    private let time: any TimeSource
    private let progress: LoopProgress
    private let drain: Drain
    private let log: Logger
    /// Rung when a command is taken.
    let bell = Bell()

    public init(
        tenant: TenantName, settings: LiveSettings, commander: DeviceCommander, ledger: Ledger, time: any TimeSource,
        progress: LoopProgress, drain: Drain, log: Logger
    ) {
        self.tenant = tenant
        self.settings = settings
        self.commander = commander
        self.ledger = ledger
        self.time = time
        self.progress = progress
        self.drain = drain
        self.log = log
    }

    private enum Event: Sendable {
        /// One step of an operation is over; what it said of commands altogether, if it asked.
        case stepped(UniqueID, CommandCapability?)
        case woken
    }

    private struct Memory {
        var capability: CommandCapability?
        var isSwitchedOff = false
        var probedAt: Moment?
        var grants = 0
        /// Whether the list of devices went with the commands: when it is back, they may be.
        var isListGone = false
        /// What the operator heard of last; a failure that passes is not worth a line.
        var said: String?

        var maySend: Bool { capability?.isGone != true && !isSwitchedOff }

        /// What has left is followed as long as Graph can be read, which takes less than sending does.
        var mayLook: Bool {
            switch capability {
            case .metered, .retired: false
            case .available, .notGranted, .transient, nil: true
            }
        }
    }

    public func run() async {
        let end = Bell()
        drain.ring(bell)
        drain.ring(end)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await carryOut() }
            group.addTask { await waitForEnd(ringing: end) }
            await group.next()
            group.cancelAll()
        }
    }

    /// What is on its way when the daemon stops may still be answered, for a while.
    private func waitForEnd(ringing end: Bell) async {
        while !Task.isCancelled {
            if let deadline = drain.deadline {
                // A cancelled sleep ends like a finished one.
                try? await time.sleep(until: deadline)
                return
            }
            await end.wait(until: time.now().advanced(by: Self.probeInterval), time: time)
        }
    }

    private func carryOut() async {
        let loop = progress.loop("operations.\(tenant)")
        var memory = Memory()
        await withTaskGroup(of: Event.self) { group in
            var busy: Set<UniqueID> = []
            var isWaiting = false
            while !Task.isCancelled {
                loop.advance(within: Self.longestStep)
                if drain.deadline != nil {
                    if busy.isEmpty { break }
                } else {
                    await examine(&memory)
                    await fill(&group, &busy, memory)
                }
                if !isWaiting {
                    isWaiting = true
                    let deadline = await nextLook()
                    group.addTask {
                        await bell.wait(until: deadline, time: time)
                        return .woken
                    }
                }
                loop.advance(within: Self.longestStep + Self.idle)
                switch await group.next() {
                case .stepped(let id, let capability):
                    busy.remove(id)
                    if let capability, !Task.isCancelled { await note(capability, &memory) }
                    // Its place is free, and its next step may be due before the look that is waited for.
                    bell.ring()
                case .woken, nil: isWaiting = false
                }
            }
            group.cancelAll()
        }
        loop.retire()
    }

    private func nextLook() async -> Moment {
        let isBusy = await ledger.hasOperations(tenant: tenant)
        return time.now().advanced(by: isBusy ? Self.pace : Self.idle)
    }

    // MARK: Steps

    /// Starts as many steps as there are places; what has left already goes before what has not.
    private func fill(_ group: inout TaskGroup<Event>, _ busy: inout Set<UniqueID>, _ memory: Memory) async {
        guard busy.count < Self.concurrency else { return }
        let limit = Self.concurrency + busy.count
        for operation in await ledger.dueLooks(tenant: tenant, limit: limit) where !busy.contains(operation.id) {
            guard busy.count < Self.concurrency else { return }
            guard memory.mayLook else {
                // Nobody can be asked, and nothing is followed for ever.
                await ledger.take(nil, of: operation.id, tenant: tenant)
                continue
            }
            busy.insert(operation.id)
            group.addTask { await look(at: operation) }
        }
        // Also while nothing may leave: what waited too long learns it here.
        for operation in await ledger.releasable(tenant: tenant, limit: limit) where !busy.contains(operation.id) {
            guard memory.maySend, busy.count < Self.concurrency else { return }
            busy.insert(operation.id)
            group.addTask { await send(operation) }
        }
    }

    /// Sends a request, once.
    private func send(_ operation: Operation) async -> Event {
        let known: [ListedOperation]
        switch await commander.operations(of: operation.device) {
        case .success(let listed): known = listed
        case .failure(let failure):
            if !failure.capability.isGone, !Task.isCancelled {
                let why = FailureText.words(failure.kind)
                await ledger.hold(
                    operation.id, tenant: tenant,
                    why: "what the device is doing could not be read (\(why)); it is tried again",
                    notBefore: time.now().advanced(by: Self.retry))
            }
            return .stepped(operation.id, failure.capability)
        }
        // Who is about to stop begins nothing that it could not see the end of.
        guard !Task.isCancelled, drain.deadline == nil,
            await ledger.begin(operation.id, tenant: tenant, knowing: known)
        else { return .stepped(operation.id, nil) }
        let began = time.now()
        let submission = await commander.submit(operation.action, to: operation.device)
        // A request that our own stop cut off may have left: it stays as it was written, and the next start looks it up.
        guard !Task.isCancelled || submission.answer.isDefinite else { return .stepped(operation.id, nil) }
        await ledger.take(submission.answer, of: operation.id, tenant: tenant, began: began)
        return .stepped(operation.id, submission.capability)
    }

    /// Asks Graph how far an operation is.
    private func look(at operation: Operation) async -> Event {
        let read = await commander.operations(of: operation.device)
        guard !Task.isCancelled else { return .stepped(operation.id, nil) }
        switch read {
        case .success(let listed):
            await ledger.take(listed, of: operation.id, tenant: tenant)
            // That operations can be read does not say that they can be asked for.
            return .stepped(operation.id, nil)
        case .failure(let failure):
            await ledger.take(nil, of: operation.id, tenant: tenant)
            return .stepped(operation.id, failure.capability)
        }
    }

    // MARK: Whether commands can be had

    /// Finds out what can be known without a command: what the configuration and the token say, and once an hour whether
    /// what was gone is back.
    private func examine(_ memory: inout Memory) async {
        let isOff = settings.values.commands == .off
        if isOff != memory.isSwitchedOff {
            memory.isSwitchedOff = isOff
            // Whatever was known of Graph before is found out anew.
            memory.capability = nil
            memory.probedAt = nil
            if !isOff {
                memory.said = nil
                await ledger.setCommands(available: true, why: nil, tenant: tenant)
            }
        }
        if isOff {
            await say(
                .off, "Commands to devices are off: the configuration says so (commands.enabled).", isAvailable: false,
                &memory)
            return
        }
        switch memory.capability {
        case nil, .transient:
            if let found = await commander.capability() { await note(found, &memory) }
        case .notGranted:
            switch await commander.capability() {
            // A grant that came meanwhile is in the token before the hour is over.
            case .available?: await note(.available, &memory)
            // A token that cannot be read says nothing.
            case nil: await probe(&memory)
            case .notGranted?, .metered?, .retired?, .transient?: break
            }
        case .available:
            // A token that lost the role says so before a command is refused.
            if case .notGranted(let role)? = await commander.capability() {
                await note(.notGranted(role: role), &memory)
                return
            }
            // When the list of devices vanishes the commands mostly went with it, and whoever gives the next one should
            // hear of that instead of waiting.
            let isListGone = await isListGone(after: memory.isListGone)
            let isNews = isListGone && !memory.isListGone
            memory.isListGone = isListGone
            if isNews { await ask(&memory) }
        case .metered, .retired:
            await probe(&memory)
        }
    }

    private func probe(_ memory: inout Memory) async {
        let now = time.now()
        let isDue = memory.probedAt.map { $0.elapsed(until: now) >= Self.probeInterval } ?? false
        let isListGone = await isListGone(after: memory.isListGone)
        let isListBack = memory.isListGone && !isListGone
        memory.isListGone = isListGone
        if isDue || isListBack || settings.grants != memory.grants { await ask(&memory) }
    }

    /// Whether Graph has no list of devices any more; a read that failed in passing leaves what was known.
    private func isListGone(after before: Bool) async -> Bool {
        switch await ledger.capabilities(of: tenant)[.devices]?.state {
        case .retired?, .unavailable?: true
        case .available?: false
        default: before
        }
    }

    /// Finds out without a command whether there are any.
    private func ask(_ memory: inout Memory) async {
        guard let device = await ledger.anyDevice(tenant: tenant) else { return }
        memory.probedAt = time.now()
        memory.grants = settings.grants
        switch await commander.operations(of: device) {
        case .success: await note(.available, &memory)
        case .failure(let failure): await note(failure.capability, &memory)
        }
    }

    private func note(_ capability: CommandCapability, _ memory: inout Memory) async {
        if capability.isGone, memory.capability?.isGone != true {
            memory.probedAt = time.now()
            memory.grants = settings.grants
        }
        if case .transient = capability {
            // It says nothing of commands altogether, so what was known stays.
            if memory.capability == nil { memory.capability = capability }
            log.info("commands: \(capability.text)")
            return
        }
        memory.capability = capability
        let record = CapabilityRecord(capability, at: time.now())
        await say(record.state, record.detail, isAvailable: !capability.isGone, &memory)
    }

    private func say(
        _ state: CapabilityRecord.State, _ text: String, isAvailable: Bool, _ memory: inout Memory
    ) async {
        await ledger.note(.commands, of: tenant, CapabilityRecord(state, text, checked: time.now()))
        await ledger.setCommands(available: isAvailable, why: isAvailable ? nil : text, tenant: tenant)
        guard memory.said != text else { return }
        memory.said = text
        log.notice("commands: \(text)")
    }
}

extension SubmissionAnswer {
    /// Whether it tells for certain what became of the request.
    fileprivate var isDefinite: Bool {
        switch self {
        case .accepted, .alreadyRunning, .refused: true
        // Of a request that we cut off ourselves nobody says what it was when the wire was closed.
        case .notSent, .unheard: false
        }
    }
}
