// The addresses under /api/v1 (Contract, HTTP): each with the role it takes and the intent it asks for.

public import FleetAPI
import Foundation
import HTTPTypes
public import Hummingbird
import Logging
import NIOCore

/// The API of people and scripts.
public struct APIRoutes: Sendable {
    static let base = "/api/v1"
    /// Bytes of a request's body.
    static let maximumBody = 64 * 1024
    static let auditLimit = 1...1_000

    private let intents: any Intents
    private let tokens: AccessTokens

    public init(intents: any Intents, tokens: AccessTokens) {
        self.intents = intents
        self.tokens = tokens
    }

    /// One method of an address.
    private struct Operation: Sendable {
        var role: Role
        var parameters: Set<String> = []
        var body: @Sendable (APIRequest) async throws -> Response
    }

    public func add(to router: Router<WebContext>) {
        for (path, operations) in table { add(operations, at: path, to: router) }
        for method in Self.methods {
            router.on("\(Self.base)/**", method: method) { _, _ in
                Response.problem(
                    Refusal(.notFound, "there is nothing at this address", remedy: "see the contract for what there is")
                )
            }
        }
    }

    private var table: [(String, [HTTPRequest.Method: Operation])] {
        incidentTable + quietTable + otherTable
    }

    private var incidentTable: [(String, [HTTPRequest.Method: Operation])] {
        let intents = intents
        return [
            (
                "incidents",
                [
                    .get: Operation(
                        role: .viewer, parameters: ["tenant", "condition", "status", "severity", "cursor", "limit"]
                    ) { request in
                        try .data(
                            await intents.incidents(
                                IncidentsQuery(
                                    tenant: request.query["tenant"], condition: request.query["condition"],
                                    statuses: request.query.list("status"),
                                    severities: request.query.list("severity"), cursor: request.query["cursor"],
                                    limit: try request.query.number(
                                        "limit", in: 1...IncidentsQuery.maximumLimit,
                                        else: IncidentsQuery.defaultLimit)), for: request.asker))
                    }
                ]
            ),
            (
                "incidents/:id",
                [
                    .get: Operation(role: .viewer) { request in
                        try .data(await intents.incident(request.parameter("id"), for: request.asker))
                    }
                ]
            ),
            (
                "incidents/:id/acknowledge",
                [
                    .post: Operation(role: .operator) { request in
                        let note = try request.read(NoteRequest.self, mayBeAbsent: NoteRequest())
                        return try .data(
                            IncidentDocument.Content(
                                incident: await intents.acknowledge(
                                    request.parameter("id"), note, for: request.asker)))
                    }
                ]
            ),
            (
                "incidents/:id/resolve",
                [
                    .post: Operation(role: .operator) { request in
                        let note = try request.read(NoteRequest.self, mayBeAbsent: NoteRequest())
                        return try .data(
                            IncidentDocument.Content(
                                incident: await intents.resolve(request.parameter("id"), note, for: request.asker)))
                    }
                ]
            ),
            (
                "incidents/:id/comments",
                [
                    .post: Operation(role: .facilities) { request in
                        let comment = try request.read(CommentRequest.self)
                        return try .data(
                            CommentContent(
                                comment: await intents.comment(
                                    on: request.parameter("id"), comment, for: request.asker)), status: .created)
                    }
                ]
            ),
        ]
    }

    private var quietTable: [(String, [HTTPRequest.Method: Operation])] {
        let intents = intents
        return [
            (
                "silences",
                [
                    .get: Operation(role: .viewer) { request in
                        try .data(SilenceList(silences: await intents.silences(for: request.asker)))
                    },
                    .post: Operation(role: .operator) { request in
                        let silence = try request.read(SilenceRequest.self)
                        return try .data(
                            SilenceContent(silence: await intents.create(silence, for: request.asker)),
                            status: .created)
                    },
                ]
            ),
            (
                "silences/preview",
                [
                    .post: Operation(role: .viewer) { request in
                        let silence = try request.read(SilenceRequest.self)
                        return try .data(
                            PreviewContent(preview: await intents.preview(silence, for: request.asker)))
                    }
                ]
            ),
            (
                "silences/:id",
                [
                    .delete: Operation(role: .operator) { request in
                        try .data(
                            SilenceContent(
                                silence: await intents.expireSilence(request.parameter("id"), for: request.asker)))
                    }
                ]
            ),
            (
                "maintenance",
                [
                    .get: Operation(role: .viewer) { request in
                        try .data(WindowList(windows: await intents.windows(for: request.asker)))
                    },
                    .post: Operation(role: .operator) { request in
                        let window = try request.read(WindowRequest.self)
                        return try .data(
                            WindowContent(window: await intents.plan(window, for: request.asker)), status: .created)
                    },
                ]
            ),
            (
                "maintenance/:id",
                [
                    .delete: Operation(role: .operator) { request in
                        try await intents.cancelWindow(request.parameter("id"), for: request.asker)
                        return Response(status: .noContent, headers: [.cacheControl: "no-store"])
                    }
                ]
            ),
        ]
    }

    private var otherTable: [(String, [HTTPRequest.Method: Operation])] {
        let intents = intents
        return [
            (
                "rooms/:id/explain",
                [
                    .get: Operation(role: .viewer) { request in
                        try .data(
                            ExplanationContent(
                                explanation: await intents.explain(
                                    room: request.parameter("id"), for: request.asker)))
                    }
                ]
            ),
            (
                "receivers",
                [
                    .get: Operation(role: .viewer) { request in
                        try .data(ReceiverList(receivers: await intents.receivers(for: request.asker)))
                    }
                ]
            ),
            (
                "receivers/:name/test",
                [
                    .post: Operation(role: .operator) { request in
                        try .data(
                            ReceiverTestContent(
                                test: await intents.test(
                                    receiver: request.parameter("name"), for: request.asker)))
                    }
                ]
            ),
            (
                "audit",
                [
                    .get: Operation(role: .admin, parameters: ["limit"]) { request in
                        let limit = try request.query.number("limit", in: Self.auditLimit, else: 100)
                        return try .data(AuditList(audit: await intents.audit(limit: limit, for: request.asker)))
                    }
                ]
            ),
        ]
    }

    // MARK: One request

    private static let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options]

    private func add(
        _ operations: [HTTPRequest.Method: Operation], at path: String, to router: Router<WebContext>
    ) {
        let allowed = operations.keys.map(\.rawValue).sorted().joined(separator: ", ")
        for method in Self.methods {
            router.on(RouterPath("\(Self.base)/\(path)"), method: method) { request, context in
                guard let operation = operations[method] else {
                    var response = Response.problem(
                        Refusal(
                            .methodNotAllowed, "\(method.rawValue) is not for this address",
                            remedy: "use \(allowed)"))
                    response.headers[.allow] = allowed
                    return response
                }
                return await answer(operation, request, context)
            }
        }
    }

    private func answer(_ operation: Operation, _ request: Request, _ context: WebContext) async -> Response {
        do {
            let asker = try await asker(of: request, context)
            guard asker.role >= operation.role else {
                throw Refusal(
                    .forbidden,
                    "this takes the role \(operation.role.rawValue), and \(asker.name) is \(asker.role.rawValue)",
                    remedy: operation.role == .admin
                        ? "use the token of an admin; the unix socket alone never is one"
                        : "use a token with that role, or the unix socket on the monitor's own machine")
            }
            let query = try Query(request, allowing: operation.parameters)
            let body = try await Self.body(of: request)
            return try await operation.body(
                APIRequest(
                    asker: asker, parameters: context.parameters, query: query, body: body,
                    contentType: request.headers[.contentType]))
        } catch let refusal as Refusal {
            return .problem(refusal)
        } catch {
            context.logger.error("the API failed: \(error)")
            return .problem(
                Refusal(.failed, "the daemon failed at this request", remedy: "look at its log, and report it"))
        }
    }

    /// The bearer of the token, else the user at the other end of the unix socket, who acts as operator.
    private func asker(of request: Request, _ context: WebContext) async throws(Refusal) -> Asker {
        let peer = await context.peer()
        let origin =
            switch peer {
            case .local: "unix"
            case .remote(let address): address
            }
        if let authorization = request.headers[.authorization] {
            let parts = authorization.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "bearer",
                let token = tokens.current.bearer(of: parts[1].trimmingCharacters(in: .whitespaces))
            else {
                throw Refusal(
                    .unauthenticated, "the token is not one of this daemon",
                    remedy: "send Authorization: Bearer with a token whose hash is in api.tokens_file")
            }
            return Asker(name: token.name, role: token.role, tenant: token.tenant, origin: origin)
        }
        guard case .local(let user) = peer else {
            throw Refusal(
                .unauthenticated, "this takes a token",
                remedy:
                    "send Authorization: Bearer with a token whose hash is in api.tokens_file, or use the unix socket")
        }
        return Asker(name: user, role: .operator, origin: origin)
    }

    private static func body(of request: Request) async throws(Refusal) -> [UInt8] {
        do {
            return [UInt8](buffer: try await request.body.collect(upTo: maximumBody))
        } catch {
            throw Refusal(
                .tooLarge, "the body is larger than \(maximumBody) bytes", remedy: "send less")
        }
    }
}
