// Almost every first start fails at the token endpoint, with a number. This turns the number into what the operator
// has to do. Behaviour hangs on the OAuth error alone, because Microsoft reserves the right to change the numbers;
// the one exception, the request loop, only ever makes us slower.

public import HTTPExchange
public import Timekeeping

/// Why there is no token.
public struct TokenError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case wrongSecret
        case expiredSecret
        case unknownApplication
        case unknownTenant
        case disabledApplication
        case unknownResource
        case badScope
        case missingConsent
        case missingAssignment
        case assertionOutsideItsTime
        case assertionKeyNotRegistered
        case assertionMalformed
        /// AADSTS70021: no federated credential of the application matches the token.
        case federationUnknown
        /// AADSTS700211, 700212 and 700213: one of its three claims matches none.
        case federationIssuer
        case federationAudience
        case federationSubject
        /// AADSTS700238: a policy of the tenant forbids the issuer.
        case federationForbidden
        /// The token of the other identity provider could not be read: see ``TokenError/file``. Heals with the file.
        case federatedTokenFile
        case conditionalAccess
        /// AADSTS50196: too many identical requests. Nothing is asked for five minutes.
        case requestLoop
        /// 429, 5xx, `temporarily_unavailable`: heals by itself.
        case unavailable
        /// Refused with a code this table does not know.
        case refused
        /// The answer was neither a token nor an OAuth error.
        case malformedAnswer
        /// No answer: see ``TokenError/transport``.
        case unreachable
        /// The certificate cannot sign: see ``TokenError/certificate``.
        case certificate
        /// The machine's identity endpoint is not ready (404, 410, 429, 5xx): heals by itself.
        case identityUnavailable
        /// The machine has no such identity, or may not use it.
        case identityRefused
        /// Nothing answers at the machine's identity endpoint: see ``TokenError/transport``.
        case identityUnreachable
        /// Arc's challenge names no key of its agent.
        case identityChallenge
        /// Arc's key could not be read: see ``TokenError/file``.
        case identityKey
        /// The caller's task was cancelled while it waited.
        case cancelled
        /// More callers wait for one token than are allowed to.
        case tooManyWaiters
    }

    public let kind: Kind
    /// OAuth's `error`, e.g. `invalid_client`.
    public let code: String
    /// The first of Microsoft's numbers, without the prefix AADSTS.
    public let number: Int?
    /// HTTP status; 0 when there was no answer.
    public let status: Int
    /// Microsoft's `trace_id`, for their support.
    public let traceID: String
    /// The authority's own words, for logs: bounded, without control characters, without the credential.
    public let message: String
    public let transport: HTTPTransportError?
    public let certificate: CertificateError?
    public let file: CredentialFileError?
    /// No token is asked for before this moment; `nil` when the next call may try.
    public internal(set) var retryAt: Moment?

    init(
        _ kind: Kind, code: String = "", number: Int? = nil, status: Int = 0, traceID: String = "",
        message: String = "", transport: HTTPTransportError? = nil, certificate: CertificateError? = nil,
        file: CredentialFileError? = nil
    ) {
        self.kind = kind
        self.code = code
        self.number = number
        self.status = status
        self.traceID = traceID
        self.message = message
        self.transport = transport
        self.certificate = certificate
        self.file = file
    }

    /// Whether it may heal without anybody doing anything.
    public var isTransient: Bool {
        switch kind {
        case .unavailable, .malformedAnswer, .cancelled, .tooManyWaiters, .requestLoop, .federatedTokenFile,
            .identityUnavailable:
            true
        case .unreachable, .identityUnreachable: transport?.kind != .tlsRefused && transport?.kind != .malformedURL
        default: false
        }
    }

    /// What the operator should do.
    public var advice: String {
        switch kind {
        case .wrongSecret: "Put the secret's value, not its id, into the secret file."
        case .expiredSecret: "Create a new client secret in the app registration and replace the secret file."
        case .unknownApplication: "Check client_id, and that the application is registered in this tenant and cloud."
        case .unknownTenant: "Check tenant_id and cloud."
        case .disabledApplication: "Enable the application in the tenant."
        case .unknownResource: "Check cloud: the tenant does not know this cloud's Graph."
        case .badScope: "The scope was refused; this is a fault of this program, please report it."
        case .missingConsent: "Grant admin consent for the application's permissions."
        case .missingAssignment: "Assign the application, or switch 'assignment required' off."
        case .assertionOutsideItsTime: "Check this machine's clock."
        case .assertionKeyNotRegistered: "Upload this certificate to the app registration."
        case .assertionMalformed: "Check tenant_id, client_id and cloud; the assertion was not understood."
        case .federationUnknown:
            "Add a federated credential to the app registration with exactly the token's issuer, subject and audience; "
                + "a new one can take minutes to work."
        case .federationIssuer: "Correct the issuer of the federated credential: exactly the token's claim iss."
        case .federationAudience:
            "Have the token issued for the audience api://AzureADTokenExchange (US Gov: …ExchangeUSGov, China: "
                + "…ExchangeChina), and name the same in the federated credential."
        case .federationSubject: "Correct the subject of the federated credential: exactly the token's claim sub."
        case .federationForbidden: "A policy of the tenant forbids this issuer; have it allowed there."
        case .federatedTokenFile: "Put the token there or correct federated_token_file; it is read at every attempt."
        case .identityUnavailable:
            "The machine's identity service is not ready; retrying. If it lasts, assign a managed identity to the machine."
        case .identityRefused:
            "Assign the identity to this machine, or correct managed_identity: system, or the client id of one that is."
        case .identityUnreachable:
            "managed_identity works on Azure alone; let this machine reach its identity endpoint (169.254.169.254)."
        case .identityChallenge: "Something other than Azure Arc's agent answers at IDENTITY_ENDPOINT; check it."
        case .identityKey: "Let the daemon read Arc's keys: SupplementaryGroups=himds in a drop-in of the unit."
        case .conditionalAccess: "A Conditional Access policy for workload identities blocks this machine's address."
        case .requestLoop: "Too many token requests; waiting. Check that nothing else uses this application."
        case .unavailable: "The login service is unavailable; retrying."
        case .refused: "Look the code up at https://login.microsoftonline.com/error and check the credential."
        case .malformedAnswer: "Something other than the login service answered; check proxy and endpoints.login."
        case .unreachable: "Check network, proxy and endpoints.login."
        case .certificate: "Fix the certificate or its key."
        case .cancelled: "Nothing to do."
        case .tooManyWaiters: "The login service is slow; nothing to do unless it lasts."
        }
    }

    public var description: String {
        var text = "No access token: \(kind.rawValue)"
        if status != 0 { text += ", HTTP \(status)" }
        if !code.isEmpty { text += ", \(code)" }
        if let number { text += ", AADSTS\(number)" }
        if let transport { text += ", \(transport)" }
        if let certificate { text += ": \(certificate)" }
        if let file { text += ": \(file)" }
        text += ". \(advice)"
        if !message.isEmpty { text += " The service says: \(message)" }
        if !traceID.isEmpty { text += " (trace \(traceID))" }
        return text
    }
}
