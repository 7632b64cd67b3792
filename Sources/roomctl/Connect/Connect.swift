// From an app registration to a tenant that is watched. What is not on the command line is asked, where somebody sits who
// can answer; secrets never are on the command line, because every user of the machine can read that.

import ArgumentParser
import CurlHTTP
import FleetAPI
import Foundation
import GraphClient
import TenantConnection
import Timekeeping

struct Connect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Connect a Microsoft 365 tenant: permissions, admin consent, a try of each, configuration.",
        discussion: """
            Asks for what is not given, when it runs in a terminal. Says which permissions to put into the app registration, \
            shows the link for the administrator's consent and waits for the reply on http://localhost, or for its address to \
            be pasted. Then every permission is tried with one harmless read, and configuration, secrets and the drop-in of \
            the unit are written. It does not speak to the daemon.

            Secrets are asked for without echo, or come from files or standard input.

            Exit codes: 0 connected, 1 not connected (the remedy is said), 2 wrong arguments.
            """)

    @OptionGroup(title: "Tenant") var identity: ConnectIdentity
    @OptionGroup(title: "Credential; one kind") var credential: ConnectCredential
    @OptionGroup(title: "Who is told") var receiver: ConnectReceiver
    @OptionGroup(title: "Consent") var consent: ConnectConsent
    @OptionGroup(title: "What is written") var writing: ConnectWriting

    @Option(name: [.short, .long], help: "table or json; with json everything but the result goes to standard error.")
    var output: OutputFormat = .table

    func run() async throws {
        let time = SystemTimeSource()
        let console = TerminalConsole(
            isQuiet: output == .json, readsReplies: consent.paste, hasSecretOnInput: credential.secretStdin)
        HiddenInput.restoreOnInterrupt()
        let questions = Questions(console: console)
        let plan = try await plan(questions)
        var settings = Connection.Settings()
        try consent.apply(to: &settings)
        try writing.apply(to: &settings)
        settings.proxy = identity.proxy ?? ""
        if settings.writesConfiguration { settings.receiver = try receiver.plan(questions) }
        let outbound = CurlTransport(
            configuration: CurlConfiguration(
                caFile: identity.absoluteCAFile, proxy: identity.proxy, userAgent: "roomctl/\(Version.text)"),
            time: time)
        // A managed identity's address means this very machine, so no proxy may stand between.
        let machine = CurlTransport(configuration: CurlConfiguration(userAgent: "roomctl/\(Version.text)"), time: time)
        let connection = try Connection(
            plan, settings: settings, credential: try await ConnectCredential.live(plan, now: time.now()),
            transport: outbound, tokenTransport: plan.credential.isManagedIdentity ? machine : outbound, time: time,
            random: RandomSource(), nonce: Nonce.make, console: console,
            userAgent: "NONISV|Roomwatch|roomctl/\(Version.text)")
        let report: ConnectionReport
        do {
            report = try await connection.run()
        } catch let fault as ConnectionFault where output == .json {
            write(ConnectionFaultBody(fault))
            Terminal.remark("roomctl: \(fault)")
            throw ExitCode(1)
        }
        console.endProgress()
        show(report, settings, console)
        if !report.isConnected || !report.detects { throw ExitCode(1) }
    }

    private func plan(_ questions: Questions) async throws -> ConnectionPlan {
        let tenant = try questions.text(
            identity.tenant, "--tenant", "Directory (tenant) id, or a verified domain", check: Words.isTenant,
            "is neither a GUID nor a domain")
        let stem = tenant.split(separator: ".").first.map { $0.lowercased() } ?? ""
        let usual = Words.isGUID(tenant) || !Words.isTenantName(stem) ? "main" : stem
        let name = try questions.text(
            identity.name, "--name", "Short name of your own for it, in keys and pages", usual: usual,
            check: Words.isTenantName, "is no name: use at most 63 of a-z, 0-9 and hyphen, and not roomwatch")
        let modules = try identity.modules(questions)
        let kind = try credential.kind(questions)
        var clientID: String?
        if case .managedIdentity(let id) = kind {
            clientID = id
        } else {
            clientID = try questions.text(
                identity.clientId, "--client-id", "Application (client) id", check: Words.isGUID, "is no GUID"
            ).lowercased()
        }
        return ConnectionPlan(
            name: name, tenant: tenant.lowercased(), clientID: clientID, cloud: identity.cloud,
            endpoints: EndpointReplacements(
                login: identity.login, graph: identity.graph, identity: identity.identity,
                caFile: identity.absoluteCAFile),
            modules: modules, credential: try credential.plan(kind, name: name, questions))
    }

    private func show(_ report: ConnectionReport, _ settings: Connection.Settings, _ console: TerminalConsole) {
        if output == .json {
            return write(ConnectionBody(report))
        }
        let table = ConnectTables.permissions(report)
        if output == .plain { return Terminal.write(table.plain) }
        Terminal.write(table.text(width: nil, isColoured: console.isColoured) + "\n")
        Terminal.write(ConnectTables.ending(report, settings))
    }
}

extension Connect {
    private func write(_ body: some Encodable) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // Texts and flags always encode.
        guard let bytes = try? encoder.encode(body) else { return }
        Terminal.write(String(decoding: bytes, as: UTF8.self) + "\n")
    }
}

/// Texts that nobody can guess.
enum Nonce {
    @Sendable static func make() -> String {
        text(bytes: 32).replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// A secret for signatures, as Standard Webhooks writes them.
    static func webhookSecret() -> String { "whsec_" + text(bytes: 32) }

    private static func text(bytes count: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return Data(bytes).base64EncodedString()
    }
}
