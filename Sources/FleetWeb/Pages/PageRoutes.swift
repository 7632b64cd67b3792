// The pages that people look at (Contract, HTTP): drawn by the server from the same intents as the API, usable without
// script, and kept true by a small one. Everything is served from here; nothing is fetched from the internet.

import FleetAPI
import Foundation
import HTTPTypes
import Logging
public import Hummingbird
import NIOCore
public import Timekeeping

/// The dashboard.
public struct PageRoutes: Sendable {
    static let cookie = "roomwatch_session"
    /// Bytes of a form.
    static let maximumForm = 16 * 1024

    let intents: any Intents
    let sessions: Sessions
    let templates: PageTemplates
    let time: any TimeSource
    /// Whether browsers reach the daemon through TLS, so that the cookie must not travel without.
    private let isSecure: Bool

    /// - Parameter externalURL: `api.external_url`; with https the cookie is for https only.
    /// - Throws: an error of the template language, which only a broken build has.
    public init(
        intents: any Intents, tokens: AccessTokens, externalURL: String?, time: any TimeSource
    ) throws {
        self.intents = intents
        self.time = time
        sessions = Sessions(tokens: tokens, time: time)
        templates = try PageTemplates()
        isSecure = externalURL?.lowercased().hasPrefix("https:") ?? false
    }

    public func add(to router: Router<WebContext>) {
        router.get("assets/style.css") { _, _ in
            Self.asset(PackageResources.style_css, type: "text/css; charset=utf-8")
        }
        router.get("assets/live.js") { _, _ in
            Self.asset(PackageResources.live_js, type: "text/javascript; charset=utf-8")
        }
        router.get("sign-in") { request, _ in signIn(next: request.uri.queryParameters["next"].map(String.init)) }
        router.post("sign-in") { request, context in await signedIn(request, context) }
        router.post("sign-out") { request, _ in await signedOut(request) }

        get("/", router) { _, session in try await fleetPage(session, building: nil) }
        get("/buildings/:tenant/:name", router) { request, session in
            try await fleetPage(session, building: (request.parameter("tenant"), request.parameter("name")))
        }
        get("/incidents", router) { request, session in try await incidentsPage(request, session) }
        get("/incidents/:id", router) { request, session in
            try await incidentPage(request.parameter("id"), session)
        }
        get("/rooms", router) { request, session in try await roomsPage(request, session) }
        get("/quiet", router) { _, session in try await quietPage(session) }
        get("/rooms/:id", router) { request, session in try await roomPage(request.parameter("id"), session) }
        get("/delivery", router) { _, session in try await deliveryPage(session) }
        get("/capabilities", router) { _, session in try await capabilitiesPage(session) }
        get("/doctor", router) { _, session in try await doctorPage(session) }
        addDevices(to: router)
        router.get("live") { request, context in await live(request, context) }

        act("/incidents/:id/acknowledge", .operator, router) { id, _, session in
            _ = try await intents.acknowledge(id, NoteRequest(), for: session.asker)
            return .to("/incidents/\(id)")
        }
        act("/incidents/:id/resolve", .operator, router) { id, _, session in
            _ = try await intents.resolve(id, NoteRequest(), for: session.asker)
            return .to("/incidents/\(id)")
        }
        act("/incidents/:id/comment", .facilities, router) { id, form, session in
            let comment = CommentRequest(text: form["text"] ?? "")
            _ = try await intents.comment(on: id, comment, for: session.asker)
            return .to("/incidents/\(id)")
        }
        act("/incidents/:id/silence", .operator, router) { id, form, session in
            try await silence(id, form, session)
            // Where it stands with its end, and with the button that ends it.
            return .to("/quiet")
        }
        act("/silences/preview", .operator, router) { _, form, session in
            try await previewPage(form, session)
        }
        act("/silences", .operator, router) { _, form, session in
            try await createSilence(form, session)
        }
        act("/silences/:id/expire", .operator, router) { id, _, session in
            _ = try await intents.expireSilence(id, for: session.asker)
            return .to("/quiet")
        }
        act("/windows/:id/cancel", .operator, router) { id, _, session in
            try await intents.cancelWindow(id, for: session.asker)
            return .to("/quiet")
        }
    }

    /// What a form leads to.
    enum Outcome: Sendable {
        case to(String)
        case page(String)
        /// The form again as it was typed, with what is wrong beside it.
        case wrong(String)
    }

    // MARK: Signing in

    private func signIn(next: String?, isWrong: Bool = false) -> Response {
        struct Model {
            var next: String
            var isWrong: Bool
        }
        let text = templates.text("sign-in", Model(next: Self.local(next), isWrong: isWrong))
        return Self.html(text, status: isWrong ? .forbidden : .ok)
    }

    private func signedIn(_ request: Request, _ context: WebContext) async -> Response {
        guard let form = await Self.form(of: request) else { return signIn(next: nil, isWrong: true) }
        let token = (form["token"] ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
        guard let session = sessions.begin(token: token, origin: await origin(of: context)) else {
            return signIn(next: form["next"], isWrong: true)
        }
        var response = Self.redirect(to: Self.local(form["next"]))
        response.headers[.setCookie] = cookieText(session.id, seconds: Int(Sessions.lifetime.components.seconds))
        return response
    }

    private func signedOut(_ request: Request) async -> Response {
        if let session = session(of: request), let form = await Self.form(of: request),
            form["form_key"] == session.formKey
        {
            sessions.end(session.id)
        }
        var response = Self.redirect(to: "/sign-in")
        response.headers[.setCookie] = cookieText("", seconds: 0)
        return response
    }

    private func cookieText(_ value: String, seconds: Int) -> String {
        "\(Self.cookie)=\(value); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Strict\(isSecure ? "; Secure" : "")"
    }

    func session(of request: Request) -> Session? {
        request.cookies[Self.cookie].flatMap { sessions.session($0.value) }
    }

    private func origin(of context: WebContext) async -> String {
        switch await context.peer() {
        case .local: "unix"
        case .remote(let address): address
        }
    }

    /// A path of this site; whatever else was asked for is the start page.
    private static func local(_ path: String?) -> String {
        guard let path = path?.removingPercentEncoding, path.hasPrefix("/"), !path.hasPrefix("//"),
            !path.contains("\\"), path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return "/" }
        return path
    }

    // MARK: One request

    func get(
        _ path: String, _ router: Router<WebContext>,
        body: @escaping @Sendable (PageRequest, Session) async throws -> String
    ) {
        router.get(RouterPath(path)) { request, context in
            guard let session = session(of: request) else {
                let wanted = request.uri.string.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
                return Self.redirect(to: "/sign-in?next=\(wanted)")
            }
            do {
                return Self.html(try await body(PageRequest(request, context), session))
            } catch let refusal as Refusal {
                return problem(refusal, session)
            } catch {
                context.logger.error("a page failed: \(error)")
                return problem(
                    Refusal(.failed, "the daemon failed at this page", remedy: "look at its log, and report it"),
                    session)
            }
        }
    }

    func act(
        _ path: String, _ role: Role, _ router: Router<WebContext>,
        body: @escaping @Sendable (String, [String: String], Session) async throws -> Outcome
    ) {
        router.post(RouterPath(path)) { request, context in
            guard let session = session(of: request) else { return Self.redirect(to: "/sign-in") }
            do {
                guard let form = await Self.form(of: request), form["form_key"] == session.formKey else {
                    throw Refusal(.forbidden, "the form is not one of this session", remedy: "open the page again")
                }
                guard session.asker.role >= role else {
                    throw Refusal(
                        .forbidden, "this takes the role \(role.rawValue)", remedy: "sign in with such a token")
                }
                guard form.values.allSatisfy(\.isPlain) else { throw Refusal.notPlain }
                // A form that is about nothing in particular has no id in its address.
                let id = context.parameters.get("id") == nil ? "" : try PageRequest(request, context).parameter("id")
                switch try await body(id, form, session) {
                case .to(let address): return Self.redirect(to: address)
                case .page(let text): return Self.html(text)
                case .wrong(let text): return Self.html(text, status: .badRequest)
                }
            } catch let refusal as Refusal {
                return problem(refusal, session)
            } catch {
                context.logger.error("a form failed: \(error)")
                return problem(
                    Refusal(.failed, "the daemon failed at this form", remedy: "look at its log, and report it"),
                    session)
            }
        }
    }

    private func live(_ request: Request, _ context: WebContext) async -> Response {
        guard let session = session(of: request) else { return Self.html("", status: .unauthorized) }
        do throws(Refusal) {
            let last = HTTPField.Name.lastEventID.flatMap { request.headers[$0] }
            return .events(try await intents.listen(after: last, for: session.asker)) { [sessions] in
                sessions.session(session.id) != nil
            }
        } catch {
            return problem(error, session)
        }
    }

    func problem(_ refusal: Refusal, _ session: Session) -> Response {
        struct Model {
            var title: String
            var detail: String
            var remedy: String
        }
        let model = Model(title: refusal.kind.title, detail: refusal.detail, remedy: refusal.remedy)
        return Self.html(
            templates.page("problem", model, title: refusal.kind.title, at: "", for: session),
            status: HTTPResponse.Status(code: refusal.kind.status))
    }

    // MARK: On the wire

    private static func form(of request: Request) async -> [String: String]? {
        let media = request.headers[.contentType]?.split(separator: ";").first.map(String.init)
        guard media?.lowercased() == "application/x-www-form-urlencoded",
            let buffer = try? await request.body.collect(upTo: maximumForm),
            let text = buffer.getString(at: buffer.readerIndex, length: buffer.readableBytes)
        else { return nil }
        return FormFields.dictionary(of: text)
    }

    /// What browsers are allowed to do with a page: nothing that it does not need (Content Security Policy Level 3).
    private static let policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
        + "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

    private static let guards: [(HTTPField.Name?, String)] = [
        (HTTPField.Name("Content-Security-Policy"), policy), (HTTPField.Name("X-Content-Type-Options"), "nosniff"),
        (HTTPField.Name("Referrer-Policy"), "no-referrer"), (HTTPField.Name("X-Frame-Options"), "DENY"),
    ]

    private static func guarded(_ fields: HTTPFields) -> HTTPFields {
        var fields = fields
        for case (let name?, let value) in guards { fields[name] = value }
        return fields
    }

    static func html(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: guarded([.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"]),
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    private static func redirect(to path: String) -> Response {
        Response(status: .seeOther, headers: guarded([.location: path, .cacheControl: "no-store"]))
    }

    private static func asset(_ bytes: [UInt8], type: String) -> Response {
        Response(
            status: .ok, headers: guarded([.contentType: type, .cacheControl: "no-cache"]),
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

/// What a page was asked with.
struct PageRequest: Sendable {
    private let parameters: Parameters
    let query: [String: String]

    init(_ request: Request, _ context: WebContext) {
        parameters = context.parameters
        query = FormFields.dictionary(of: request.uri.query ?? "")
    }

    func parameter(_ name: String) throws(Refusal) -> String {
        guard let text = parameters.get(name)?.removingPercentEncoding, !text.isEmpty else {
            throw Refusal(.notFound, "the address names nothing", remedy: "go to the fleet")
        }
        return text
    }

    /// What was written into a field; `nil` for a field that was left empty.
    func filled(_ name: String) -> String? {
        let text = query[name]?.trimmingCharacters(in: .whitespaces) ?? ""
        return text.isEmpty ? nil : text
    }
}
