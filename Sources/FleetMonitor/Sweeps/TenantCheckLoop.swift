// Reads what chooses the cause of a dark place: Microsoft's posts and how our own sign-in went. Detection never waits for
// it: pages go out without, and what is learned follows (Detection, Scope collapse).

public import FleetCore
import FleetGraph
public import GraphClient
public import Logging
public import Timekeeping

/// Keeps the evidence beside presence fresh for one tenant until it is cancelled.
public struct TenantCheckLoop: Sendable {
    /// While nothing is wrong: so that a page has the newest post from the beginning. Far below 800 requests an hour
    /// (Graph facts, Limits).
    static let calmInterval: Duration = .seconds(600)
    /// While a place is dark or the tenant blind.
    static let troubleInterval: Duration = .seconds(60)
    /// How often a permission that is missing is looked for again (Graph facts, Errors).
    static let deniedRetry: Duration = .seconds(3600)
    /// What one read may take: the pages of a list, each within one request's time-out.
    static let longestRead: Duration = .seconds(300)
    private static let role = ServiceHealthCapability.role

    let tenant: TenantName
    private let client: GraphClient
    private let reader: ServiceHealthReader
    private let ledger: Ledger
    private let time: any TimeSource
    private let progress: LoopProgress
    private let log: Logger
    /// Rung when a place goes dark.
    let bell = Bell()

    public init(
        tenant: TenantName, client: GraphClient, ledger: Ledger, time: any TimeSource, progress: LoopProgress,
        log: Logger
    ) {
        self.tenant = tenant
        self.client = client
        reader = ServiceHealthReader(client: client, time: time)
        self.ledger = ledger
        self.time = time
        self.progress = progress
        self.log = log
    }

    public func run() async {
        let loop = progress.loop("check.\(tenant)")
        var memory = Memory()
        while !Task.isCancelled {
            loop.advance(within: Self.longestRead)
            let isTroubled = await ledger.needsTenantCheck(tenant: tenant)
            if let reading = await tokenEndpoint() { await ledger.accept(reading, tenant: tenant) }
            // A grant that came meanwhile is in the token before the hour is over.
            let carries = await client.tokens.held?.carries(Self.role) ?? false
            let isGranted = memory.capability == .notGranted && !memory.hadRole && carries
            if isGranted || memory.isDue(at: time.now(), isTroubled: isTroubled) { await read(&memory) }
            memory.hadRole = await client.tokens.held?.carries(Self.role) ?? false
            guard !Task.isCancelled else { break }
            loop.advance(within: Self.troubleInterval + Self.longestRead)
            await bell.wait(until: time.now().advanced(by: Self.troubleInterval), time: time)
        }
        loop.retire()
    }

    private struct Memory {
        var lastRead: Moment?
        /// Whether the token carried the role at the last look; one that is refused in spite of it gains nothing.
        var hadRole = false
        var capability: ServiceHealthCapability?
        /// The state that the operator heard of last; a failure that passes is not worth a line.
        var said: ServiceHealthCapability?

        func isDue(at now: Moment, isTroubled: Bool) -> Bool {
            guard let lastRead else { return true }
            let interval =
                capability?.isDenied == true
                ? TenantCheckLoop.deniedRetry
                : isTroubled ? TenantCheckLoop.troubleInterval : TenantCheckLoop.calmInterval
            return lastRead.elapsed(until: now) >= interval
        }
    }

    private func read(_ memory: inout Memory) async {
        memory.lastRead = time.now()
        let read = await reader.read()
        guard !Task.isCancelled else { return }
        memory.capability = read.capability
        await ledger.note(.serviceHealth, of: tenant, CapabilityRecord(read.capability, at: time.now()))
        if case .transient = read.capability {
            log.info("service health: \(read.capability.text)")
        } else if memory.said != read.capability {
            memory.said = read.capability
            log.notice("service health: \(read.capability.text)")
        }
        await ledger.accept(read.reading, tenant: tenant)
    }

    /// How the last token request ended, whoever made it; none is made for this.
    private func tokenEndpoint() async -> TokenEndpointReading? {
        guard let last = await client.tokens.lastRequest else { return nil }
        guard let error = last.error else { return TokenEndpointReading(outcome: .answered, at: last.endedAt) }
        switch error.kind {
        // Our own doing, of which nothing follows for Microsoft.
        case .cancelled, .tooManyWaiters, .certificate, .requestLoop, .federatedTokenFile, .identityRefused,
            .identityUnreachable, .identityChallenge, .identityKey:
            return nil
        default: break
        }
        let outcome: TokenEndpointReading.Outcome =
            switch error.kind {
            case .unreachable: .unreachable
            case .unavailable, .malformedAnswer, .identityUnavailable: .failing
            default: .refused
            }
        let number = error.number.map { ", AADSTS\($0)" } ?? (error.status > 0 ? ", HTTP \(error.status)" : "")
        return TokenEndpointReading(outcome: outcome, detail: error.kind.rawValue + number, at: last.endedAt)
    }
}

extension AccessToken {
    /// Whether it carries a role, as far as that can be read.
    func carries(_ role: String) -> Bool {
        roles?.contains { $0.lowercased() == role.lowercased() } ?? false
    }
}
