// A client, its tokens, a scripted network and a hand-moved clock, wired as the daemon wires them.

import GraphClient
import HTTPExchange
import HTTPTypes
import Logging
import Timekeeping

struct Rig {
    static let secret = "s3cret+with&all~of%it"

    let time: ManualTime
    let transport: ScriptedTransport
    let tokens: TokenSource
    let client: GraphClient

    init(
        time: ManualTime = ManualTime(), credential: GraphCredential = .clientSecret(Secret(Rig.secret)),
        budgets: [GraphService: RequestBudget] = RequestBudget.defaults, seed: UInt64 = 1,
        login: @escaping ScriptedTransport.Script = { _, number in .token("token-\(number)") },
        graph: @escaping ScriptedTransport.Script = { _, _ in .json("{}") }
    ) throws {
        self.time = time
        transport = ScriptedTransport(time: time, login: login, graph: graph)
        let endpoints = try GraphEndpoints(.global)
        let random = RandomSource(SeededGenerator(state: seed))
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        tokens = TokenSource(
            endpoints: endpoints, tenant: "contoso.onmicrosoft.com", clientID: "app-1", credential: credential,
            transport: transport, time: time, random: random, logger: logger)
        client = GraphClient(
            endpoints: endpoints, tokens: tokens, transport: transport, time: time, random: random, logger: logger,
            userAgent: "NONISV|Contoso|Roomwatch/1.0", budgets: budgets)
    }

    /// A GET that waits up to ten minutes.
    static func patient(_ service: GraphService = .identity) -> GraphRequest {
        var request = GraphRequest(.get, GraphPath("users"), service: service)
        request.patience = .wait(upTo: .seconds(600))
        return request
    }

    /// A GET that fails at once.
    static func impatient(_ service: GraphService = .presence) -> GraphRequest {
        GraphRequest(.get, GraphPath("communications", "presences"), service: service)
    }

    /// The error of a request that is expected to fail.
    func failure(_ request: GraphRequest) async -> GraphError? {
        do {
            _ = try await client.send(request)
            return nil
        } catch {
            return error
        }
    }
}
