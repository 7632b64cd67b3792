// Keeps an eye on our own access: what the token allows, whether there is one at all, and, when something was taken away,
// whether it has come back. A token keeps its roles until it ends, so after a refusal the next one is asked for early, at a
// pace that the login service never minds (Detection, Lost access).

public import FleetCore
import FleetGraph
public import GraphClient
public import Logging
public import Timekeeping

/// Watches the access of one tenant until it is cancelled.
public struct AccessLoop: Sendable {
    /// Looking at what is in memory costs nothing; nobody is asked.
    static let interval: Duration = .seconds(15)
    /// While something is refused, a token is replaced when it is this old. The login service counts identical requests in
    /// minutes (AADSTS50196); this is far below.
    static let renewalAge: Duration = .seconds(300)

    private let tenant: TenantName
    private let settings: LiveSettings
    private let client: GraphClient
    private let consentLink: String?
    private let ledger: Ledger
    private let time: any TimeSource
    private let progress: LoopProgress
    private let log: Logger

    /// - Parameter consentLink: where an administrator grants the application's permissions; a managed identity has no
    ///   such page.
    public init(
        tenant: TenantName, settings: LiveSettings, client: GraphClient, consentLink: String?, ledger: Ledger,
        time: any TimeSource, progress: LoopProgress, log: Logger
    ) {
        self.tenant = tenant
        self.settings = settings
        self.client = client
        self.consentLink = consentLink
        self.ledger = ledger
        self.time = time
        self.progress = progress
        self.log = log
    }

    public func run() async {
        let loop = progress.loop("access.\(tenant)")
        var granted: Set<String>?
        while !Task.isCancelled {
            loop.advance(within: Self.interval * 4)
            if let reading = await read() {
                await ledger.accept(reading, tenant: tenant)
                if let grants = reading.grants {
                    let now = Set(grants.filter(\.isGranted).map(\.name))
                    // At the start every loop asks anyway.
                    if let granted, !now.isSubset(of: granted) { settings.noteGrants() }
                    granted = now
                }
            }
            if await ledger.wantsFreshToken(tenant: tenant), await client.tokens.renew(olderThan: Self.renewalAge) {
                log.info("access: something is refused; a new token is asked for in case it was granted meanwhile")
            }
            do {
                try await time.sleep(for: Self.interval)
            } catch {
                break
            }
        }
        loop.retire()
    }

    /// What is known of our access; `nil` before the first token request has ended.
    private func read() async -> AccessReading? {
        guard let last = await client.tokens.lastRequest else { return nil }
        let token = await client.tokens.held
        var modules = settings.values.modules(grantedBy: nil)
        // Optional ones count once they were granted, and calendars where a token shows them (they may be granted in
        // Exchange alone).
        modules.formUnion([.bookings, .serviceHealthEvidence, .signInEvidence])
        if settings.values.commands != .off { modules.insert(.deviceCommands) }
        let now = time.now()
        if let token, !settings.values.modules(grantedBy: token.roles).contains(.bookings) {
            let record = await ledger.capabilities(of: tenant)[.calendars]
            let grant = CalendarGrant(record: record, tokenAsked: token.askedAt)
            if grant.isNoLoss(interval: settings.values.calendars, at: now) { modules.remove(.bookings) }
        }
        return AccessReading(
            grants: PermissionGrant.all(roles: token?.roles, modules: modules),
            refusal: last.error.flatMap { AccessReading.Refusal($0) }, consentLink: consentLink, at: now)
    }
}
