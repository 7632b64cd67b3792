// The admin consent page: what Entra asks a person after the sign-in, and the ways on from there. What it cannot trust it
// shows and redirects nowhere; everything else goes back to the application, the state untouched.

import Foundation
import HTTPTypes

extension SimulatedTenant {
    /// Answers GET and POST of `/{tenant}/v2.0/adminconsent` and its older form without a version.
    mutating func answerConsent(tenant: String, query: Substring, _ exchange: Exchange) -> SimulatedResponse {
        requestCounts["login", default: 0] += 1
        let asked: ConsentRequest
        do throws(TokenError) {
            asked = try ConsentRequest(tenant: tenant, query: query, identity: identity)
        } catch {
            return ConsentHTML.trouble(error, exchange)
        }
        switch exchange.request.method {
        case .get:
            return ConsentHTML.page(
                asked, roles: tokenEndpoint.consent.roles, ticket: tokenEndpoint.consent.ticket(for: asked.ticketText),
                target: exchange.request.target)
        case .post:
            let fields = (try? TokenEndpoint.fields(exchange.request.body)) ?? [:]
            guard fields["ticket"] == tokenEndpoint.consent.ticket(for: asked.ticketText) else {
                return ConsentHTML.trouble(
                    TokenError(400, "invalid_request", 165_000, "The form does not belong to this request."), exchange)
            }
            return decide(asked, accepts: fields["decision"] == "accept", exchange)
        default:
            return ConsentHTML.trouble(
                TokenError(405, "invalid_request", 900_561, "The endpoint only accepts GET and POST."), exchange)
        }
    }

    private mutating func decide(
        _ asked: ConsentRequest, accepts: Bool, _ exchange: Exchange
    ) -> SimulatedResponse {
        let refusal = tokenEndpoint.consent.rules.refusal
        var reply: [(String, String)]
        if !accepts {
            reply = [
                ("error", "access_denied"), ("error_subcode", "cancel"),
                ("error_description", "AADSTS65004: User declined to consent to access the app."),
            ]
        } else if !refusal.isEmpty {
            reply = [
                ("error", refusal),
                ("error_description", "AADSTS90094: The grant was refused, as the scenario demands."),
                ("admin_consent", "True"), ("tenant", identity.tenantID),
            ]
        } else {
            tokenEndpoint.consent.grant(at: exchange.unixTime)
            timeline.endRevocations(at: exchange.elapsed)
            let scopes = tokenEndpoint.consent.roles.map { "https://graph.microsoft.com/\($0)" }
            reply = [
                ("admin_consent", "True"), ("tenant", identity.tenantID), ("scope", scopes.joined(separator: " ")),
            ]
        }
        if let state = asked.state { reply.append(("state", state)) }
        let separator = asked.redirectURI.contains("?") ? "&" : "?"
        let query = reply.map { "\($0.0)=\(PercentCoding.encoded($0.1))" }.joined(separator: "&")
        return SimulatedResponse(
            status: 302,
            headerFields: [.location: asked.redirectURI + separator + query, .cacheControl: "no-store"], body: [])
    }
}

/// A request for consent that may be shown.
struct ConsentRequest {
    let clientID: String
    let redirectURI: String
    let state: String?

    /// - Throws: ``TokenError`` for what Entra shows on its own page, because there is no address to send it to.
    init(tenant: String, query: Substring, identity: TenantIdentity) throws(TokenError) {
        let fields = try TokenEndpoint.fields(Array(query.utf8))
        let tenants = [identity.tenantID, "organizations", "contoso.com", "contoso.onmicrosoft.com"]
        guard tenants.contains(tenant.lowercased()) else {
            throw TokenError(
                400, "invalid_request", GUID(tenant) == nil && !tenant.contains(".") ? 900_023 : 90002,
                "Tenant '\(tenant)' not found.")
        }
        guard let client = fields["client_id"], client.lowercased() == identity.clientID else {
            throw TokenError(
                400, "unauthorized_client", 700_016,
                "Application with identifier '\(fields["client_id"] ?? "")' was not found in the directory 'Contoso'.")
        }
        // Without an address people are sent to the first one of the registration.
        let usual = identity.redirectURIs.first ?? "http://localhost/"
        let redirect = fields["redirect_uri"] ?? usual
        guard Self.mayLead(to: redirect, identity.redirectURIs) else {
            throw TokenError(
                400, "invalid_request", 50011,
                "The redirect URI '\(fields["redirect_uri"] ?? "")' specified in the request does not match the redirect "
                    + "URIs configured for the application '\(client)'.")
        }
        if let scope = fields["scope"] {
            guard scope.hasSuffix("/.default"), TokenEndpoint.isGraph(String(scope.dropLast(".default".count))) else {
                throw TokenError(
                    400, "invalid_client", 650_053, "The application asked for scope '\(scope)' that does not exist.")
            }
        }
        clientID = client
        redirectURI = redirect
        state = fields["state"]
    }

    var ticketText: String { "\(clientID) \(redirectURI) \(state ?? "")" }

    /// Entra compares exactly; where nothing is registered here, every address of this machine will do.
    private static func mayLead(to uri: String, _ registered: [String]) -> Bool {
        guard registered.isEmpty else { return registered.contains(uri) }
        guard let parts = URLComponents(string: uri), parts.scheme == "http", parts.user == nil,
            parts.fragment == nil, let host = parts.host
        else { return false }
        return ["localhost", "127.0.0.1", "[::1]", "::1"].contains(host)
    }
}

/// The pages that people see.
enum ConsentHTML {
    static func page(
        _ asked: ConsentRequest, roles: [String], ticket: String, target: String
    ) -> SimulatedResponse {
        let items = roles.map { "<li><code>\(escaped($0))</code></li>" }.joined(separator: "\n")
        let body = """
            <h1>Permissions requested</h1>
            <p><strong>Roomwatch rehearsal</strong> (<code>\(escaped(asked.clientID))</code>) asks for these application
            permissions of Microsoft Graph, for the whole organisation Contoso. This is the simulated tenant.</p>
            <ul>
            \(items)
            </ul>
            <form method="post" action="\(escaped(target))">
            <input type="hidden" name="ticket" value="\(escaped(ticket))">
            <button type="submit" name="decision" value="cancel" id="cancel">Cancel</button>
            <button type="submit" name="decision" value="accept" id="accept">Accept</button>
            </form>
            """
        return html(200, title: "Permissions requested", body)
    }

    static func trouble(_ error: TokenError, _ exchange: Exchange) -> SimulatedResponse {
        html(
            error.status, title: "Sorry, but we're having trouble signing you in",
            """
            <h1>Sorry, but we're having trouble signing you in.</h1>
            <p>AADSTS\(error.code): \(escaped(error.message))</p>
            <p>Request Id: \(escaped(exchange.requestID))</p>
            """)
    }

    private static func html(_ status: Int, title: String, _ body: String) -> SimulatedResponse {
        let text = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>\(escaped(title))</title>
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <style>:root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;\
            padding:0 1rem}button{font:inherit;padding:.4rem 1.4rem;margin-right:.6rem}</style></head>
            <body>
            \(body)
            </body></html>

            """
        return SimulatedResponse(
            status: status,
            headerFields: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"], body: Array(text.utf8))
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    }
}
