// What the daemon serves: liveness, readiness, figures and the API. Pages stand at `/`.

import Foundation
public import Hummingbird

/// What the routes need to know of the daemon.
public struct WebSources: Sendable {
    /// Why the daemon is not ready, one line each; empty when it is.
    public var unready: @Sendable () async -> [String]
    /// Figures that are read when asked for.
    public var gauges: @Sendable () async -> [Gauge]

    public init(
        unready: @escaping @Sendable () async -> [String], gauges: @escaping @Sendable () async -> [Gauge]
    ) {
        self.unready = unready
        self.gauges = gauges
    }
}

/// Methods that nobody here has heard of are not implemented, whatever they are asked of (RFC 9110, section 9.1).
private struct KnownMethods: RouterMiddleware {
    func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        guard APIRoutes.methods.contains(request.method) else {
            return Response(status: .notImplemented, headers: [.cacheControl: "no-store"])
        }
        return try await next(request, context)
    }
}

/// The daemon's routes.
public enum WebApplication {
    /// `/healthz`, `/readyz` and `/metrics`, open to everybody who can reach the listener, and `/api/v1` for those who
    /// may (Contract, HTTP).
    public static func router(
        registry: MetricRegistry, sources: WebSources, api: APIRoutes? = nil, pages: PageRoutes? = nil
    ) -> Router<WebContext> {
        let router = Router(context: WebContext.self)
        router.add(middleware: KnownMethods())
        if let pages { router.add(middleware: MissingPage(pages: pages)) }
        api?.add(to: router)
        pages?.add(to: router)
        router.get("healthz") { _, _ in
            text("ok\n")
        }
        router.get("readyz") { _, _ in
            let reasons = await sources.unready()
            guard reasons.isEmpty else {
                return text(reasons.joined(separator: "\n") + "\n", status: .serviceUnavailable)
            }
            return text("ready\n")
        }
        router.get("metrics") { _, _ in
            let gauges = await sources.gauges()
            var response = text(PrometheusText.render(registry, gauges: gauges))
            response.headers[.contentType] = PrometheusText.contentType
            return response
        }
        refuseOtherMethods(at: router)
        return router
    }

    /// Answers the methods that an address does not have with 405 and those that it has (RFC 9110, section 15.5.6); the
    /// API does so itself, as a problem.
    private static func refuseOtherMethods(at router: Router<WebContext>) {
        let known = Dictionary(grouping: router.routes, by: { "\($0.path)" })
        for (path, routes) in known where !path.hasPrefix(APIRoutes.base) {
            let methods = Set(routes.map(\.method))
            let allowed = methods.map(\.rawValue).sorted().joined(separator: ", ")
            for method in APIRoutes.methods where !methods.contains(method) {
                router.on(RouterPath(path), method: method) { request, _ in
                    var response = text(
                        "\(request.method.rawValue) is not for this address\n", status: .methodNotAllowed)
                    response.headers[.allow] = allowed
                    return response
                }
            }
        }
    }

    private static func text(_ body: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
    }
}
