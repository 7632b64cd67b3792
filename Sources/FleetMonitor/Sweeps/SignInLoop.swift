// Asks the sign-in log about rooms in trouble. Nothing waits for it: pages go out without, and what is learned follows as
// an update (Detection, Sign-ins).

public import FleetCore
import FleetGraph
import Foundation
public import GraphClient
public import Logging
public import Timekeeping

/// Reads the sign-ins of one tenant's rooms in trouble until it is cancelled.
public struct SignInLoop: Sendable {
    /// How often rooms in trouble are looked for.
    static let interval: Duration = .seconds(30)
    /// Rooms of one round; the log answers three or four questions in ten seconds.
    static let roundLimit = 20
    /// How often a permission that is missing is looked for again (Graph facts, Errors).
    static let deniedRetry: Duration = .seconds(3600)
    /// A licence of the tenant's is bought more seldom than a permission is granted.
    static let unlicensedRetry: Duration = .seconds(6 * 3600)
    /// What one room may take: two requests, each with its patience and its time-out.
    static let longestRead: Duration = .seconds(300)
    /// What happened this long before an outage may matter.
    static let lookback = 86_400.0

    private let tenant: TenantName
    private let client: GraphClient
    private let reader: SignInReader
    private let ledger: Ledger
    private let time: any TimeSource
    private let progress: LoopProgress
    private let log: Logger

    public init(
        tenant: TenantName, client: GraphClient, ledger: Ledger, time: any TimeSource, progress: LoopProgress,
        log: Logger
    ) {
        self.tenant = tenant
        self.client = client
        reader = SignInReader(client: client, time: time)
        self.ledger = ledger
        self.time = time
        self.progress = progress
        self.log = log
    }

    public func run() async {
        let loop = progress.loop("sign-ins.\(tenant)")
        var memory = Memory()
        while !Task.isCancelled {
            loop.advance(within: Self.longestRead)
            // A missing role is known without a question, and said once, in calm times already.
            switch await reader.hasRole() {
            case false: await note(.notGranted, &memory)
            case true where memory.capability == nil || memory.capability == .notGranted: await note(.untried, &memory)
            default: break
            }
            if await mayAsk(memory) { await round(&memory, loop) }
            guard !Task.isCancelled else { break }
            loop.advance(within: Self.interval + Self.longestRead)
            do {
                try await time.sleep(for: Self.interval)
            } catch {
                break
            }
        }
        loop.retire()
    }

    private struct Memory {
        var capability: SignInCapability?
        /// The state that the operator heard of last; a failure that passes is not worth a line.
        var said: SignInCapability?
        var deniedAt: Moment?
        /// When the beta refused to show silent renewals; the interactive sign-ins go on without.
        var silentDeniedAt: Moment?
    }

    private func mayAsk(_ memory: Memory) async -> Bool {
        guard let deniedAt = memory.deniedAt, let capability = memory.capability, capability.isDenied else {
            return true
        }
        let retry = capability == .notLicensed ? Self.unlicensedRetry : Self.deniedRetry
        return deniedAt.elapsed(until: time.now()) >= retry
    }

    private func round(_ memory: inout Memory, _ loop: LoopProgress.Loop) async {
        for (account, since) in await ledger.roomsWorthSignIns(tenant: tenant, limit: Self.roundLimit) {
            loop.advance(within: Self.longestRead)
            let from = since.addingTimeInterval(-Self.lookback)
            let read = await reader.read(account, since: from, silent: false)
            guard !Task.isCancelled else { return }
            await note(read.capability, &memory)
            // The others would be refused, or fail, as well.
            guard read.capability == .available, case .value(let seen) = read.reading.signIns else { return }
            var reading = read.reading
            if maySeeSilent(memory) {
                let silent = await reader.read(account, since: from, silent: true)
                guard !Task.isCancelled else { return }
                memory.silentDeniedAt = silent.capability.isDenied ? time.now() : nil
                if case .value(let more) = silent.reading.signIns { reading.signIns = .value(seen + more) }
            }
            await ledger.accept(reading, of: account, tenant: tenant)
        }
    }

    private func maySeeSilent(_ memory: Memory) -> Bool {
        memory.silentDeniedAt.map { $0.elapsed(until: time.now()) >= Self.deniedRetry } ?? true
    }

    private func note(_ capability: SignInCapability, _ memory: inout Memory) async {
        if capability.isDenied { memory.deniedAt = time.now() }
        memory.capability = capability
        await ledger.note(.signIns, of: tenant, CapabilityRecord(capability, at: time.now()))
        if case .transient = capability {
            log.info("sign-ins: \(capability.text)")
        } else if memory.said != capability {
            memory.said = capability
            log.notice("sign-ins: \(capability.text)")
        }
    }
}
