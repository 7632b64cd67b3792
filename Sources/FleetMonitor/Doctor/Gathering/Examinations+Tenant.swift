// What is looked at in one tenant. Everything but the token is in memory already; the token is asked for where none is in
// hand, as the next sweep would.

import FleetAPI
public import FleetCore
import FleetGraph
public import GraphClient
import Timekeeping

extension Examination {
    /// The examinations of one tenant.
    ///
    /// - Parameter expiry: when its credential ends, as it is known now.
    public static func ofTenant(
        _ tenant: TenantName, client: GraphClient, settings: LiveSettings, ledger: Ledger, time: any TimeSource,
        expiry: @escaping @Sendable () -> CredentialExpiry
    ) -> [Examination] {
        let name = tenant.text
        return [
            Examination("the token of \(name)", area: .token, tenant: name) {
                await TokenFacts(tenant: name, client: client, time: time).judged(at: time.now())
            },
            Examination("the credential of \(name)", area: .credential, tenant: name) {
                expiry().judged(tenant: name, at: time.now().wall)
            },
            Examination("the clock against \(name)", area: .clock, tenant: name) {
                let login = await client.tokens.serverClock
                let graph = client.snapshot().serverClock
                let hosts = [(client.endpoints.loginHost, login), (client.endpoints.graphHost, graph)]
                // One host may be both, a simulator say.
                let isOne = client.endpoints.loginHost == client.endpoints.graphHost
                return ClockFacts(
                    tenant: name, hosts: isOne ? [(client.endpoints.graphHost, graph ?? login)] : hosts
                ).judged()
            },
            Examination("the permissions of \(name)", area: .permissions, tenant: name) {
                let token = await Bounded.value(within: TokenFacts.patience, time: time) {
                    try? await client.tokens.token()
                }.flatMap(\.self)
                let calendars = await ledger.capabilities(of: tenant)[.calendars]
                // What is missing in the list of calendars is judged like any other permission here.
                let modules = settings.values.modules(grantedBy: token?.roles).union([
                    .bookings, .serviceHealthEvidence, .signInEvidence,
                ])
                return PermissionFacts(
                    tenant: name, review: PermissionReview(roles: token?.roles, modules: modules),
                    asked: token?.askedAt,
                    readsCalendars: token.map {
                        CalendarGrant(record: calendars, tokenAsked: $0.askedAt).isProved
                    } ?? false
                ).judged(at: time.now())
            },
            Examination("what Graph offers in \(name)", area: .graph, tenant: name) {
                let known = await ledger.capabilities(of: tenant)
                let token = await client.tokens.held
                let now = time.now()
                return CapabilityFacts(
                    tenant: name, token: token.map { CapabilityFacts.Token(roles: $0.roles, asked: $0.askedAt) },
                    known: Capability.allCases.compactMap { one in
                        one == .permissions ? nil : known[one].map { (one, $0) }
                    }
                ).judged(at: now) + ThrottleFacts(tenant: name, snapshot: client.snapshot()).judged(at: now)
            },
            Examination("the rooms of \(name)", area: .rooms, tenant: name) {
                await ledger.coverage(of: tenant)?.judged() ?? []
            },
            Examination("the room accounts of \(name)", area: .accounts, tenant: name) {
                await RoomAccountFacts(
                    tenant: name, rooms: ledger.knownAccounts(tenant: tenant).count,
                    found: ledger.accountFindings(of: tenant),
                    isRead: ledger.capabilities(of: tenant)[.directory]?.state == .available
                ).judged(at: time.now().wall)
            },
        ]
    }
}

extension TokenFacts {
    init(tenant: String, client: GraphClient, time: any TimeSource) async {
        self.tenant = tenant
        token = await Bounded.value(within: Self.patience, time: time) {
            do throws(TokenError) {
                let token = try await client.tokens.token()
                return .success(Lifetime(asked: token.askedAt, expires: token.expiresAt))
            } catch {
                return .failure(error)
            }
        }
        if case .success? = token { newestFailure = await client.tokens.lastRequest?.error }
        let login = await client.tokens.serverClock
        clockBehind = login.flatMap { abs($0.ahead) >= ClockFacts.problem ? $0.likely : nil }
    }
}

extension LiveSettings.Values {
    /// The modules that are switched on, for a review of permissions.
    ///
    /// Calendars may be granted in Exchange alone, where no token shows it, and service health and commands are optional;
    /// they count as switched on where a role says so, and otherwise their own loops say what their absence costs.
    func modules(grantedBy roles: [String]?) -> Set<FleetModule> {
        var modules: Set<FleetModule> = [.detection]
        if readsDevices { modules.insert(.devices) }
        if readsPlaces { modules.insert(.smartBuildings) }
        if readsLicences { modules.insert(.licenceEvidence) }
        if roles?.contains(where: { $0.hasPrefix("Calendars.") }) == true { modules.insert(.bookings) }
        if roles?.contains(ServiceHealthCapability.role) == true { modules.insert(.serviceHealthEvidence) }
        if roles?.contains(SignInCapability.role) == true { modules.insert(.signInEvidence) }
        let mayCommand = roles?.contains { $0.lowercased() == CommandCapability.role.lowercased() } ?? false
        if commands == .wanted || (commands == .ifGranted && mayCommand) { modules.insert(.deviceCommands) }
        return modules
    }
}
