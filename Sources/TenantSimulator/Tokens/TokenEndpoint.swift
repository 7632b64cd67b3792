// The token endpoint: client credentials by secret or by certificate, refused with the codes Entra uses.

/// Who the simulated tenant is and which app it knows.
public struct TenantIdentity: Sendable {
    /// GUID of the tenant.
    public var tenantID: String
    /// GUID of the app registration.
    public var clientID: String
    public var clientSecret: String
    /// The certificate that may sign client assertions; `nil` refuses all of them.
    public var certificate: RegisteredCertificate?

    public init(
        tenantID: String = "3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0001",
        clientID: String = "3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0002", clientSecret: String,
        certificate: RegisteredCertificate? = nil
    ) {
        self.tenantID = tenantID.lowercased()
        self.clientID = clientID.lowercased()
        self.clientSecret = clientSecret
        self.certificate = certificate
    }
}

/// State of the token endpoint.
struct TokenEndpoint: Sendable {
    let identity: TenantIdentity
    let grant: Scenario.Token
    var tokens: AccessTokens
    /// Ids of assertions used, with their expiry in Unix seconds; forgotten once they could not be used anyway.
    private var usedAssertions: [String: Int] = [:]
    private(set) var issued = 0

    /// More living assertion ids than this are not remembered: the oldest go first.
    private static let maximumUsed = 10_000

    private static let assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    private static let resources = ["https://graph.microsoft.com", "00000003-0000-0000-c000-000000000000"]

    init(identity: TenantIdentity, grant: Scenario.Token, seed: UInt64) {
        self.identity = identity
        self.grant = grant
        tokens = AccessTokens(identity: identity, seed: seed)
    }

    /// Answers a token request.
    ///
    /// - Parameters:
    ///   - tenant: the path segment before `/oauth2`.
    ///   - now: Unix seconds.
    ///   - roles: what the application is granted now.
    mutating func respond(
        tenant: String, form: [UInt8], origin: String, now: Int, requestID: String, roles: [String],
        isSecretExpired: Bool = false
    ) throws(TokenError) -> JSONValue {
        try checkTenant(tenant)
        let fields = try Self.fields(form)
        guard let grantType = fields["grant_type"] else { throw Self.missing("grant_type") }
        guard grantType == "client_credentials" else {
            throw TokenError(
                400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type '\(grantType)'.")
        }
        guard let client = fields["client_id"] else { throw Self.missing("client_id") }
        guard client.lowercased() == identity.clientID else {
            throw TokenError(
                400, "unauthorized_client", 700_016,
                "Application with identifier '\(client)' was not found in the directory 'Contoso'.")
        }
        try checkScope(fields["scope"], origin: origin)
        try checkCredential(fields, tenant: tenant, origin: origin, now: now)
        if isSecretExpired, fields["client_assertion"] == nil {
            throw TokenError(
                401, "invalid_client", 7_000_222,
                "The provided client secret keys for app '\(identity.clientID)' are expired.")
        }
        issued += 1
        let token = tokens.issue(roles: roles, now: now, lifetime: grant.expiresIn, id: requestID)
        return [
            "token_type": "Bearer", "expires_in": .int(grant.expiresIn), "ext_expires_in": .int(grant.expiresIn),
            "access_token": .string(token),
        ]
    }

    private func checkTenant(_ tenant: String) throws(TokenError) {
        let name = tenant.lowercased()
        if name == identity.tenantID || name == "contoso.com" || name == "contoso.onmicrosoft.com" { return }
        if GUID(tenant) == nil, !tenant.contains(".") {
            throw TokenError(
                400, "invalid_request", 900_023,
                "Specified tenant identifier '\(tenant)' is neither a valid DNS name, nor a valid external domain.")
        }
        throw TokenError(
            400, "invalid_request", 90002,
            "Tenant '\(tenant)' not found. Check to make sure you have the correct tenant ID and are signing into the "
                + "correct cloud.")
    }

    private func checkScope(_ scope: String?, origin: String) throws(TokenError) {
        guard let scope else { throw Self.missing("scope") }
        guard scope.hasSuffix("/.default"), !scope.contains(" ") else {
            throw TokenError(
                400, "invalid_scope", 1_002_012,
                "The provided value for scope \(scope) is not valid. Client credential flows must have a scope value "
                    + "with /.default suffixed to the resource identifier (application ID URI).")
        }
        let resource = String(scope.dropLast("/.default".count))
        guard Self.resources.contains(resource) || resource == origin else {
            throw TokenError(
                400, "invalid_resource", 500_011,
                "The resource principal named \(resource) was not found in the tenant named Contoso.")
        }
    }

    private mutating func checkCredential(
        _ fields: [String: String], tenant: String, origin: String, now: Int
    ) throws(TokenError) {
        if let assertion = fields["client_assertion"] {
            guard fields["client_assertion_type"] == Self.assertionType else {
                throw Self.missing("client_assertion_type")
            }
            let audiences = [origin, "https://login.microsoftonline.com"].flatMap { host in
                [tenant, identity.tenantID].flatMap { ["\(host)/\($0)/oauth2/v2.0/token", "\(host)/\($0)/v2.0"] }
            }
            let check = ClientAssertion(
                certificate: identity.certificate, clientID: identity.clientID, audiences: audiences, now: now)
            let (id, expires) = try check.verified(assertion)
            usedAssertions = usedAssertions.filter { $0.value > now - ClientAssertion.tolerance }
            guard usedAssertions[id] == nil else {
                throw TokenError(401, "invalid_client", 50027, "The client assertion was used before ('jti' replay).")
            }
            if usedAssertions.count >= Self.maximumUsed { usedAssertions.removeAll() }
            usedAssertions[id] = expires
        } else if let secret = fields["client_secret"] {
            guard Self.same(secret, identity.clientSecret) else {
                throw TokenError(
                    401, "invalid_client", 7_000_215,
                    "Invalid client secret provided. Ensure the secret being sent in the request is the client secret "
                        + "value, not the client secret ID, for a secret added to app '\(identity.clientID)'.")
            }
            guard !grant.secretExpired else {
                throw TokenError(
                    401, "invalid_client", 7_000_222,
                    "The provided client secret keys for app '\(identity.clientID)' are expired. Visit the Azure portal to "
                        + "create new keys for your app, or consider using certificate credentials for added security.")
            }
        } else {
            throw TokenError(
                401, "invalid_client", 7_000_218,
                "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.")
        }
    }

    /// Compares without telling by its duration how much of the secret was right.
    private static func same(_ first: String, _ second: String) -> Bool {
        let (left, right) = (Array(first.utf8), Array(second.utf8))
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func missing(_ name: String) -> TokenError {
        TokenError(
            400, "invalid_request", 900_144, "The request body must contain the following parameter: '\(name)'.")
    }

    private static func fields(_ form: [UInt8]) throws(TokenError) -> [String: String] {
        let malformed = TokenError(
            400, "invalid_request", 9_002_313, "Invalid request. Request is malformed or invalid.")
        guard let text = String(validating: form, as: UTF8.self) else { throw malformed }
        var fields: [String: String] = [:]
        for item in text.split(separator: "&") {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentCoding.decoded(parts[0], plusIsSpace: true),
                let value = PercentCoding.decoded(parts.count > 1 ? parts[1] : "", plusIsSpace: true)
            else { throw malformed }
            fields[name] = value
        }
        return fields
    }
}
