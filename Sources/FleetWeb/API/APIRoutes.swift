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

    private let intents: any Intents
    private let tokens: AccessTokens

    public init(intents: any Intents, tokens: AccessTokens) {
        self.intents = intents
        self.tokens = tokens
    }

    public func add(to router: Router<WebContext>) {
        let endpoints = APIEndpoint.all(intents)
        for (path, endpoints) in Dictionary(grouping: endpoints, by: \.path).sorted(by: { $0.key < $1.key }) {
            let methods = Dictionary(endpoints.map { ($0.method, $0) }, uniquingKeysWith: { first, _ in first })
            add(methods, at: path, to: router)
        }
        router.get("\(Self.base)/openapi.yaml") { _, _ in Self.document }
        for method in Self.methods {
            if method != .get {
                router.on("\(Self.base)/openapi.yaml", method: method) { _, _ in
                    Self.refusal(of: method, allowed: "GET")
                }
            }
            for address in [Self.base, "\(Self.base)/**"] {
                router.on(RouterPath(address), method: method) { _, _ in
                    Response.problem(
                        Refusal(.notFound, "there is nothing at this address", remedy: "see \(Self.base)/openapi.yaml"))
                }
            }
        }
    }

    /// The description of this API, open to everybody: it says nothing of the tenant.
    private static var document: Response {
        Response(
            status: .ok, headers: [.contentType: "application/yaml", .xContentTypeOptions: "nosniff"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: PackageResources.openapi_yaml)))
    }

    // MARK: One request

    static let methods: [HTTPRequest.Method] =
        [
            .get, .head, .post, .put, .patch, .delete, .options, .trace, .connect,
        ]
        // Safe like GET and with a body; clients begin to know it.
        + [HTTPRequest.Method("QUERY")].compactMap(\.self)

    private func add(
        _ operations: [HTTPRequest.Method: APIEndpoint], at path: String, to router: Router<WebContext>
    ) {
        let allowed = operations.keys.map(\.rawValue).sorted().joined(separator: ", ")
        for method in Self.methods {
            router.on(RouterPath("\(Self.base)/\(path)"), method: method) { request, context in
                guard let operation = operations[method] else {
                    return Self.refusal(of: method, allowed: allowed)
                }
                return await answer(operation, request, context)
            }
        }
    }

    private static func refusal(of method: HTTPRequest.Method, allowed: String) -> Response {
        var response = Response.problem(
            Refusal(
                .methodNotAllowed, "\(method.rawValue) is not for this address", remedy: "use \(allowed)"))
        response.headers[.allow] = allowed
        return response
    }

    private func answer(_ operation: APIEndpoint, _ request: Request, _ context: WebContext) async -> Response {
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
            // What is sent along where nothing is taken is nobody's business.
            let body = operation.method == .post ? try await Self.body(of: request) : []
            return try await operation.answer(
                APIRequest(
                    asker: asker, parameters: context.parameters, query: query, body: body,
                    contentType: request.headers[.contentType],
                    lastEventID: HTTPField.Name.lastEventID.flatMap { request.headers[$0] },
                    isStillAllowed: { [tokens, authorization = request.headers[.authorization]] in
                        authorization.map { Self.bearer($0, among: tokens)?.isOf(asker) ?? false } ?? true
                    }))
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
            guard let token = Self.bearer(authorization, among: tokens) else {
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

    private static func bearer(_ authorization: String, among tokens: AccessTokens) -> AccessToken? {
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return tokens.current.bearer(of: parts[1].trimmingCharacters(in: .whitespaces))
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
