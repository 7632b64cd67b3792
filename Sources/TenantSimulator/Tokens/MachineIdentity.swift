// The instance metadata service of a virtual machine, as far as it hands out tokens. Azure shows it on a link-local
// address; here it answers on loopback, so that a daemon with a managed identity is rehearsed whole.

import HTTPTypes

extension SimulatedTenant {
    static let identityPath = ["metadata", "identity", "oauth2", "token"]

    /// Answers as the metadata service does: numbers are text, and errors are its own.
    mutating func answerIdentity(query: Substring, _ exchange: Exchange) -> SimulatedResponse {
        requestCounts["identity", default: 0] += 1
        if let fault = takeFault(for: .login), let struck = strike(fault, service: .login, exchange) { return struck }
        guard exchange.request.method == .get else {
            return Self.refused(405, "method_not_allowed", "GET is asked for.")
        }
        let fields = (try? TokenEndpoint.fields(Array(query.utf8))) ?? [:]
        let request = exchange.request.headerFields
        guard HTTPField.Name("Metadata").flatMap({ request[$0] })?.lowercased() == "true",
            HTTPField.Name("X-Forwarded-For").flatMap({ request[$0] }) == nil
        else { return Self.refused(400, "bad_request_102", "Required metadata header not specified") }
        guard fields["api-version"] == "2018-02-01" else {
            return Self.refused(400, "invalid_request", "The api-version is missing or not supported.")
        }
        guard let resource = fields["resource"], TokenEndpoint.isGraph(resource) else {
            return Self.refused(400, "invalid_resource", "AADSTS500011: The resource principal was not found.")
        }
        guard (fields["client_id"] ?? identity.clientID).lowercased() == identity.clientID else {
            return Self.refused(400, "invalid_request", "Identity not found")
        }
        let now = exchange.unixTime
        let lifetime = tokenEndpoint.grant.expiresIn
        let token = tokenEndpoint.issue(now: now, id: exchange.requestID, roles: grantedRoles(at: exchange))
        let body: JSONValue = [
            "access_token": .string(token), "client_id": .string(identity.clientID),
            "expires_in": .string(String(lifetime)), "expires_on": .string(String(now + lifetime)),
            "ext_expires_in": .string(String(lifetime)), "not_before": .string(String(now)),
            "resource": .string(resource), "token_type": "Bearer",
        ]
        return SimulatedResponse(status: 200, headerFields: Self.plainJSON, body: body.bytes)
    }

    private static let plainJSON: HTTPFields = [.contentType: "application/json; charset=utf-8"]

    private static func refused(_ status: Int, _ error: String, _ description: String) -> SimulatedResponse {
        let body: JSONValue = ["error": .string(error), "error_description": .string(description)]
        return SimulatedResponse(status: status, headerFields: plainJSON, body: body.bytes)
    }
}

extension TokenEndpoint {
    /// Whether a resource means Microsoft Graph, with or without the slash at its end.
    static func isGraph(_ resource: String) -> Bool {
        resources.contains(resource.hasSuffix("/") ? String(resource.dropLast()) : resource)
    }
}
