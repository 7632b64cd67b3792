// The command: reads what the operator wants, makes the only clock, and prints the line that scripts wait for.

import ArgumentParser
import CommandEntry
import Foundation
import Logging
import ServiceLifecycle
import TenantServer
import TenantSimulator
import Timekeeping
import UnixSignals
import Yams

@main
struct GraphSimulator: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "graph-simulator",
        abstract: "A simulated Microsoft 365 tenant: token endpoint, Microsoft Graph, and rooms that fail.",
        discussion: """
            Prints 'ready http://HOST:PORT' as its first line once it accepts connections, and runs until SIGTERM or SIGINT.
            On loopback, GET /_simulator/state tells what it sees, GET /_simulator/operations what was asked of devices and \
            what became of it, and POST /_simulator/events makes something happen.
            The client secret is best given by the environment variable ROOMWATCH_SIMULATOR_SECRET: arguments can be read \
            by every user of this machine. Without either, one is made up and printed on standard error.
            """)

    @Option(help: "Address to listen on; port 0 takes a free one.")
    var listen = "127.0.0.1:0"

    @Option(help: "Number of Teams Rooms.")
    var rooms = 200

    @Option(help: "Number of buildings.")
    var buildings = 5

    @Option(help: "Seed of everything that looks like chance.")
    var seed: UInt64 = 1

    @Option(help: "Scenario: 'quiet', 'busy', or a YAML or JSON file.")
    var scenario = "quiet"

    @Option(help: "File for what really happens, one JSON object a line; replaced when it exists.")
    var groundTruth: String?

    @Option(help: "PEM certificate; with --tls-key it turns on TLS with HTTP/2.")
    var tlsCert: String?

    @Option(help: "PEM private key of --tls-cert.")
    var tlsKey: String?

    @Option(help: "GUID of the tenant.")
    var tenantId = "3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0001"

    @Option(help: "GUID of the app registration.")
    var clientId = "3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0002"

    @Option(help: "Client secret. Visible to every user of this machine: prefer ROOMWATCH_SIMULATOR_SECRET.")
    var clientSecret: String?

    @Option(help: "PEM certificate that may sign client assertions.")
    var clientCertificate: String?

    @Option(help: "Issuer of the federated credential; its tokens may stand in place of a signed assertion.")
    var federatedIssuer: String?

    @Option(help: "Subject of the federated credential.")
    var federatedSubject: String?

    @Option(help: "Audience of the federated credential.")
    var federatedAudience = FederatedIdentity.defaultAudience

    @Flag(help: "Begin without admin consent: tokens carry no roles until somebody accepts on the consent page.")
    var withoutConsent = false

    @Option(
        help: "A role granted beside those of the scenario, such as TeamworkDevice.ReadWrite.All; may be given again.")
    var grant: [String] = []

    @Option(help: "A role that is never granted, as if the registration did not ask for it; may be given again.")
    var withhold: [String] = []

    @Option(help: "The error with which every consent ends, such as permission_denied.")
    var refuseConsent: String?

    @Option(help: "A redirect URI that is registered; without any, every address of this machine may be used.")
    var redirectUri: [String] = []

    func validate() throws {
        if address == nil { throw ValidationError("--listen '\(listen)' is not HOST:PORT, for instance 127.0.0.1:0") }
        if rooms < 1 || rooms > Self.maximumRooms {
            throw ValidationError("--rooms must be from 1 to \(Self.maximumRooms)")
        }
        if buildings < 1 { throw ValidationError("--buildings must be at least 1") }
        if (federatedIssuer == nil) != (federatedSubject == nil) {
            throw ValidationError("--federated-issuer and --federated-subject go together")
        }
        if (tlsCert == nil) != (tlsKey == nil) { throw ValidationError("--tls-cert and --tls-key go together") }
        for (name, value) in [("--tenant-id", tenantId), ("--client-id", clientId)] where GUID(value) == nil {
            throw ValidationError("\(name) '\(value)' is not a GUID")
        }
    }

    private static let maximumRooms = 200_000

    private var address: (host: String, port: Int)? {
        guard let colon = listen.lastIndex(of: ":"), let port = UInt16(listen[listen.index(after: colon)...]) else {
            return nil
        }
        let host = listen[..<colon].trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        return host.isEmpty ? nil : (host, Int(port))
    }

    func run() async throws {
        let server = try prepared()
        var configuration = ServiceGroupConfiguration(
            services: [.init(service: server)], gracefulShutdownSignals: [.sigterm, .sigint],
            logger: Logger(label: "graph-simulator") { _ in SwiftLogNoOpLogHandler() })
        // Connections that hang because a scenario says so must not hold up the end.
        configuration.maximumGracefulShutdownDuration = .seconds(2)
        try await ServiceGroup(configuration: configuration).run()
    }

    /// The server with its tenant, ready to run.
    ///
    /// Kept out of ``run()`` and never inlined: the optimizer of Swift 6.3.1 crashes while splitting an async function that
    /// has swallowed these typed throws.
    @inline(never)
    private func prepared() throws -> TenantServer {
        guard let address else { throw ValidationError("--listen is not HOST:PORT") }
        let time = SystemTimeSource()
        let certificate = try clientCertificate.map { try RegisteredCertificate(pem: Self.text(of: $0)) }
        let tenant = try SimulatedTenant(
            plan: TenantPlan(rooms: rooms, buildings: buildings, seed: seed),
            identity: TenantIdentity(
                tenantID: tenantId, clientID: clientId, clientSecret: secret(), certificate: certificate,
                federated: federated, redirectURIs: redirectUri),
            scenario: played(try readScenario()), start: time.now())
        return try TenantServer(
            tenant: tenant, host: address.host, port: address.port,
            tls: tlsCert.flatMap { certificate in
                tlsKey.map { TenantServer.TLSFiles(certificate: certificate, key: $0) }
            },
            groundTruth: groundTruth, timeSource: time,
            onReady: { url in Self.write("ready \(url)", to: .standardOutput) })
    }

    /// One line, unbuffered. Whoever closed the pipe does not want to read it, so a failure is left alone.
    private static func write(_ line: String, to handle: FileHandle) {
        try? handle.write(contentsOf: Data((line + "\n").utf8))
    }

    private func secret() -> String {
        if let clientSecret { return clientSecret }
        if let given = ProcessInfo.processInfo.environment["ROOMWATCH_SIMULATOR_SECRET"], !given.isEmpty {
            return given
        }
        let made = UUID().uuidString.lowercased()
        Self.write("client secret \(made)", to: .standardError)
        return made
    }

    private var federated: FederatedIdentity? {
        guard let federatedIssuer, let federatedSubject else { return nil }
        return FederatedIdentity(issuer: federatedIssuer, subject: federatedSubject, audience: federatedAudience)
    }

    /// The scenario with what the command line says about roles and consent.
    private func played(_ scenario: Scenario) -> Scenario {
        var scenario = scenario
        scenario.token.roles += grant.filter { !scenario.token.roles.contains($0) }
        if withoutConsent { scenario.consent.granted = false }
        scenario.consent.withheld += withhold
        if let refuseConsent { scenario.consent.refusal = refuseConsent }
        return scenario
    }

    private func readScenario() throws -> Scenario {
        if let builtIn = Scenario.named(scenario, buildings: min(buildings, rooms), rooms: rooms) { return builtIn }
        do {
            return try YAMLDecoder().decode(Scenario.self, from: Self.text(of: scenario))
        } catch let error as DecodingError {
            throw TenantServerError("scenario \(scenario): \(Self.words(error))")
        }
    }

    private static func words(_ error: DecodingError) -> String {
        switch error {
        case .dataCorrupted(let context), .typeMismatch(_, let context), .valueNotFound(_, let context),
            .keyNotFound(_, let context):
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            return "\(path.isEmpty ? "top level" : path): \(context.debugDescription)"
        @unknown default: return "\(error)"
        }
    }

    private static func text(of path: String) throws -> String {
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw TenantServerError("cannot read \(path): \(error.localizedDescription)")
        }
    }

    static func main() async { await CommandEntry.run(Self.self) }
}
