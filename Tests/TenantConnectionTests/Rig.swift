// A tenant, a clock that runs ahead of every short wait, and an administrator who reads the terminal: the parts of a
// connection without a socket to the world and without a second of waiting.

import Foundation
import GraphClient
import HTTPExchange
import HTTPTypes
import Synchronization
import TenantSimulator
import Timekeeping

@testable import TenantConnection

/// Short waits end at once and move the clock; waits for a person last until they are cancelled.
final class HastyTime: TimeSource {
    private let state: Mutex<Moment>
    private let personsPatience: Duration

    init(personsPatience: Duration = .seconds(120)) {
        state = Mutex(Moment(wall: Date(timeIntervalSince1970: 1_772_438_400), steady: .seconds(1000)))
        self.personsPatience = personsPatience
    }

    func now() -> Moment { state.withLock { $0 } }

    func sleep(until deadline: Moment) async throws {
        try Task.checkCancellation()
        let wait = now().elapsed(until: deadline)
        guard wait < personsPatience else {
            // Ends when the task is cancelled: nobody yields anything.
            let (never, sink) = AsyncStream.makeStream(of: Void.self)
            for await _ in never {}
            sink.finish()
            throw CancellationError()
        }
        state.withLock { $0 = $0.advanced(by: max(.zero, wait)) }
    }
}

/// A terminal whose person answers what they read.
final class Administrator: ConnectionConsole {
    typealias Deed = @Sendable (_ link: String) async -> String?

    let pasted: AsyncStream<String>?
    let isAttended: Bool
    private let sink: AsyncStream<String>.Continuation
    private let said = Mutex<[String]>([])
    private let steps = Mutex<[String]>([])
    private let deed: Deed

    /// - Parameters:
    ///   - deed: what the person pastes after the link was shown.
    init(isAttended: Bool = true, deed: @escaping Deed = { _ in nil }) {
        let (lines, sink) = AsyncStream.makeStream(of: String.self)
        pasted = lines
        self.sink = sink
        self.isAttended = isAttended
        self.deed = deed
    }

    var text: String { said.withLock { $0.joined(separator: "\n") } }
    var progressLines: [String] { steps.withLock { $0 } }

    func say(_ text: String) {
        said.withLock { $0.append(text) }
        guard let link = text.firstMatch(of: /https?:\/\/\S+adminconsent\S+/).map({ String($0.output) }) else { return }
        Task {
            if let answer = await deed(link) { sink.yield(answer) }
        }
    }

    func progress(_ text: String) { steps.withLock { $0.append(text) } }
    func open(_ url: String) {}

    func paste(_ text: String) { sink.yield(text) }
}

struct Rig {
    static let tenantID = "3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0001"
    static let clientID = "3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0002"

    let time: HastyTime
    let transport: SimulatedTransport
    let folder: Scratch

    init(_ change: (inout Scenario.Consent) -> Void = { $0.granted = false }) throws {
        time = HastyTime()
        var scenario = Scenario.quiet
        change(&scenario.consent)
        transport = SimulatedTransport(
            try SimulatedTenant(
                plan: TenantPlan(rooms: 8, buildings: 2), identity: TenantIdentity(clientSecret: "rehearsal"),
                scenario: scenario, start: time.now()), timeSource: time)
        folder = try Scratch()
    }

    /// What an administrator does at the page, and the address that the browser is sent to.
    func decide(_ decision: String) -> Administrator.Deed {
        { [transport] link in
            guard let page = try? await transport.send(HTTPCall(.get, link)),
                let ticket = String(decoding: page.body, as: UTF8.self).firstMatch(of: /name="ticket" value="([^"]+)"/)
            else { return nil }
            let body = "ticket=\(ticket.output.1)&decision=\(decision)"
            let answer = try? await transport.send(HTTPCall(.post, link, body: Array(body.utf8)))
            return answer?.headerFields[.location]
        }
    }

    func plan(
        secret: String = "rehearsal", modules: [ModuleChoice] = ModuleChoice.usual, tenant: String = tenantID
    ) -> ConnectionPlan {
        ConnectionPlan(
            name: "contoso", tenant: tenant, clientID: Self.clientID, cloud: .global,
            endpoints: EndpointReplacements(), modules: ModuleChoice.modules(modules),
            credential: .secret(Secret(secret)))
    }

    func settings(_ change: (inout Connection.Settings) -> Void = { _ in }) -> Connection.Settings {
        var settings = Connection.Settings()
        settings.port = 0
        settings.places = WritingPlan.Places(
            configuration: folder.path("etc/roomwatch.yaml"), credentialStore: folder.path("credstore"),
            dropIns: folder.path("dropins"))
        settings.receiver = (
            .webhook(url: "https://hooks.contoso.com/roomwatch"), Secret("whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0")
        )
        change(&settings)
        return settings
    }

    func run(
        _ console: Administrator, plan: ConnectionPlan? = nil, settings: Connection.Settings? = nil,
        tokenTransport: (any HTTPTransport)? = nil
    ) async throws -> ConnectionReport {
        let plan = plan ?? self.plan()
        let credential: GraphCredential =
            switch plan.credential {
            case .secret(let secret): .clientSecret(secret)
            case .managedIdentity(let id):
                .managedIdentity(ManagedIdentity(.virtualMachine(base: ManagedIdentity.linkLocalBase), clientID: id))
            default: .clientSecret(Secret(""))
            }
        let count = Mutex(0)
        return try await Connection(
            plan, settings: settings ?? self.settings(), credential: credential, transport: transport,
            tokenTransport: tokenTransport ?? transport, time: time, random: RandomSource(),
            nonce: {
                count.withLock { count in
                    count += 1
                    return "nonce-\(count)"
                }
            }, console: console, userAgent: "NONISV|Roomwatch|test"
        ).run()
    }
}

/// A folder of its own, removed with the value.
final class Scratch: Sendable {
    let root: String

    init() throws {
        root = FileManager.default.temporaryDirectory.appending(path: "roomwatch-connect-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    func path(_ name: String) -> String { "\(root)/\(name)" }

    func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

    func mode(_ name: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path(name))
        return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? -1
    }
}
