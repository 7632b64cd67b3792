// The ten minutes in order: say what is needed, see whether a token can be had at all, send a person to the consent page,
// wait for the roles, try them, write. Each step ends with a name for what stopped it.

import FleetCore
import Foundation
public import GraphClient
public import HTTPExchange
import Logging
public import Timekeeping

/// Where a connection speaks, and hears of what a person pastes.
public protocol ConnectionConsole: Sendable {
    /// A paragraph that stays.
    func say(_ text: String)
    /// A line that the next one may replace.
    func progress(_ text: String)
    /// Lines that a person typed while the consent is waited for; `nil` where nobody can.
    var pasted: AsyncStream<String>? { get }
    /// Whether somebody sits there who can try again.
    var isAttended: Bool { get }
    /// Asks the desktop to open a page; only called when the person wished it.
    func open(_ url: String)
}

/// One run of connecting a tenant.
public struct Connection: Sendable {
    public struct Settings: Sendable {
        /// `nil` takes the usual port, or any free one when it is taken.
        public var port: Int?
        public var opensBrowser = false
        /// Whether a consent is asked for at all; without, the roles are taken as they are.
        public var asksForConsent = true
        /// How long a person may take at the consent page.
        public var consentLimit: Duration = .seconds(900)
        /// How long new roles may take to show in tokens.
        public var roleLimit: Duration = .seconds(300)
        public var isDryRun = false
        /// Whether files that are there may be replaced.
        public var replaces = false
        public var places = WritingPlan.Places.usual
        /// Whether the configuration is written; otherwise only the tenant's entry is shown.
        public var writesConfiguration = true
        public var receiver: (plan: ReceiverPlan, secret: Secret?)?
        /// Whether the configuration that is there is the shipped example, untouched; it is replaced without being asked.
        public var configurationIsExample = false
        /// Proxy for everything that leaves the machine, without credentials; empty for none.
        public var proxy = ""

        public init() {}
    }

    let plan: ConnectionPlan
    let settings: Settings
    let credential: GraphCredential
    let endpoints: GraphEndpoints
    let transport: any HTTPTransport
    let tokenTransport: any HTTPTransport
    let time: any TimeSource
    let random: RandomSource
    /// A fresh text that nobody can guess.
    let nonce: @Sendable () -> String
    let console: any ConnectionConsole
    let userAgent: String

    /// - Parameters:
    ///   - tokenTransport: for a managed identity one without a proxy; otherwise the same.
    ///   - nonce: 128 random bits or more as text of letters, digits, hyphen and underscore.
    public init(
        _ plan: ConnectionPlan, settings: Settings, credential: GraphCredential, transport: any HTTPTransport,
        tokenTransport: any HTTPTransport, time: any TimeSource, random: RandomSource,
        nonce: @escaping @Sendable () -> String, console: any ConnectionConsole, userAgent: String
    ) throws(ConnectionFault) {
        self.plan = plan
        self.settings = settings
        self.credential = credential
        do throws(GraphEndpointsError) {
            endpoints = try GraphEndpoints(plan.cloud, login: plan.endpoints.login, graph: plan.endpoints.graph)
        } catch {
            throw ConnectionFault("\(error)", remedy: "Correct --login or --graph.")
        }
        self.transport = transport
        self.tokenTransport = tokenTransport
        self.time = time
        self.random = random
        self.nonce = nonce
        self.console = console
        self.userAgent = userAgent
    }

    /// Connects the tenant.
    ///
    /// - Throws: ``ConnectionFault``, or `CancellationError`.
    public func run() async throws -> ConnectionReport {
        var report = ConnectionReport(plan)
        let needs = PermissionNeed.least(for: plan.modules)
        console.say(ConnectionText.needs(needs))
        try checkPlaces()
        let wait = RoleWait(needs: needs, time: time, source: tokenSource)
        var outcome = try await wait.first { console.progress($0) }
        if case .failed(let error) = outcome {
            guard error.mayHealByConsent else {
                throw ConnectionFault("There is no access token: \(error.summary)", remedy: error.advice)
            }
            console.say(
                "There is no token yet: \(error.summary)\n\(error.advice) Where the application is registered in another "
                    + "tenant, the consent mends it.")
        }
        if case .token(let roles?) = outcome, needs.allSatisfy({ $0.isMet(by: roles) }) {
            console.say("Every permission is granted already.")
            report.consent = .granted
        } else {
            report.consent = try await consent(&report)
            outcome = try await wait.wait(upTo: settings.roleLimit) { console.progress($0) }
        }
        let roles: [String]?
        switch outcome {
        case .token(let read): roles = read
        case .failed(let error):
            throw ConnectionFault("There is no access token: \(error.summary)", remedy: error.advice)
        }
        report.results = await PermissionTrial(
            client: client(), time: time, isAssigned: plan.credential.isManagedIdentity
        )
        .results(of: needs, roles: roles) { console.progress($0) }
        report.excess = PermissionReview(roles: roles, modules: plan.modules)?.excess ?? []
        if report.detects {
            try write(&report)
        } else {
            console.say("Nothing is written: without these two permissions no room can be watched.")
        }
        return report
    }

    private func tokenSource() -> TokenSource {
        TokenSource(
            endpoints: endpoints, tenant: plan.tenant, clientID: plan.clientID ?? "", credential: credential,
            transport: tokenTransport, time: time, random: random, logger: Self.silent)
    }

    private func client() -> GraphClient {
        GraphClient(
            endpoints: endpoints, tokens: tokenSource(), transport: transport, time: time, random: random,
            logger: Self.silent, userAgent: userAgent)
    }

    /// The client's log lines are the daemon's; here everything is said once, in order.
    private static let silent = Logger(label: "connect") { _ in SwiftLogNoOpLogHandler() }

    // MARK: Consent

    private func consent(_ report: inout ConnectionReport) async throws -> ConnectionReport.Consent {
        let guide = RegistrationGuide(modules: plan.modules)
        if case .managedIdentity(let clientID) = plan.credential {
            console.say(guide.assignment(clientID: clientID, graph: endpoints.graph))
            return .assigned
        }
        guard settings.asksForConsent, let clientID = plan.clientID else {
            console.say(guide.registration(redirectURI: nil))
            return .skipped
        }
        let state = nonce()
        let listener = try await listener(state: state)
        let link = endpoints.adminConsentURL(
            tenant: plan.tenant, clientID: clientID, redirectURI: listener.redirectURI, state: state)
        console.say(guide.registration(redirectURI: listener.redirectURI))
        console.say(ConnectionText.consent(link: link, listener: listener, canPaste: console.pasted != nil))
        if settings.opensBrowser { console.open(link) }
        let wait = ConsentWait(
            state: state, limit: settings.consentLimit, time: time, console: console)
        let result: Result<String?, any Error>
        do {
            result = .success(try await wait.tenant(from: listener.replies))
        } catch {
            result = .failure(error)
        }
        await listener.close()
        let tenant = try result.get()
        if let tenant {
            guard !ConsentReply.isGUID(plan.tenant) || plan.tenant.lowercased() == tenant else {
                throw ConnectionFault(
                    "Consent was given in another tenant, \(tenant)",
                    remedy: "Sign in with an administrator of \(plan.tenant), or connect that other tenant.")
            }
            report.tenantID = tenant
        }
        console.say("Consent was given. Entra takes up to some minutes until new tokens show it.")
        return .given
    }

    private func listener(state: String) async throws(ConnectionFault) -> RedirectListener {
        if let port = settings.port { return try await RedirectListener.open(port: port, state: state) }
        do throws(ConnectionFault) {
            return try await RedirectListener.open(port: RedirectListener.usualPort, state: state)
        } catch {
            console.say("Port \(RedirectListener.usualPort) is taken, so another one is used this time.")
            return try await RedirectListener.open(port: 0, state: state)
        }
    }

    // MARK: Writing

    private func writing(_ tenantID: String) -> WritingPlan {
        WritingPlan(
            plan, tenantID: tenantID, receiver: settings.writesConfiguration ? settings.receiver : nil,
            proxy: settings.proxy, replacesConfiguration: settings.configurationIsExample, places: settings.places)
    }

    /// Obstacles on the disk are told before somebody has gone to the trouble of consenting. A configuration that comes
    /// out different only in the tenant's id counts as the same here; the writing itself looks again.
    private func checkPlaces() throws(ConnectionFault) {
        guard !settings.isDryRun else { return }
        try FileWriter(replaces: settings.replaces).check(writing(plan.tenant).files)
    }

    private func write(_ report: inout ConnectionReport) throws(ConnectionFault) {
        let writing = writing(report.tenantID)
        if settings.isDryRun {
            console.say("This is what would be written:\n\n\(writing.preview)")
        } else {
            let writer = FileWriter(replaces: settings.replaces)
            for file in writing.files {
                let outcome = try writer.write(file, token: nonce())
                report.files.append(ConnectionReport.File(path: file.path, outcome: outcome))
            }
        }
        guard !settings.writesConfiguration else { return }
        let existing = FileManager.default.contents(atPath: writing.configurationPath) ?? Data()
        if String(decoding: existing, as: UTF8.self).contains(writing.stanza) {
            console.say("\(writing.configurationPath) names this tenant already and was left as it is.")
            return
        }
        console.say(
            "\(writing.configurationPath) is there already and was left as it is. Add this entry to its tenants:\n\n"
                + writing.stanza)
    }
}

extension TokenError {
    /// What Entra said, without the advice, which stands on its own.
    var summary: String {
        var text = kind.rawValue
        if status != 0 { text += ", HTTP \(status)" }
        if let number { text += ", AADSTS\(number)" }
        if let transport { text += ", \(transport)" }
        if let certificate { text += ": \(certificate)" }
        if let file { text += ": \(file)" }
        if !message.isEmpty { text += ". The service says: \(message)" }
        return text
    }
}
