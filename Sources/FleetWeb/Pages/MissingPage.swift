// An address that nothing stands at. Whoever mistyped one, or kept an old link, is led back instead of looking at an
// empty page.

import FleetAPI
import HTTPTypes
import Hummingbird

/// Draws a page where the router found no address; the API says so itself, as a problem.
struct MissingPage: RouterMiddleware {
    let pages: PageRoutes

    func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound && request.method == .get {
            return pages.missing(request)
        }
    }
}

extension PageRoutes {
    func missing(_ request: Request) -> Response {
        struct Model {
            var title: String
        }
        let refusal = Refusal(
            .notFound, "There is nothing at this address.", remedy: "It may have been mistyped, or be an old link.")
        guard let session = session(of: request) else {
            return Self.html(templates.text("missing", Model(title: refusal.kind.title)), status: .notFound)
        }
        return problem(refusal, session)
    }
}
