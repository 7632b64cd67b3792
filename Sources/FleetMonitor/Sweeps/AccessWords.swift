// Why the login service gives no token, as people say it. Behaviour hangs on the kind alone; the number is for those who
// look it up.

import FleetCore
import GraphClient

extension AccessReading.Refusal {
    /// - Returns: `nil` for what heals by itself or is nobody's refusal.
    init?(_ error: TokenError) {
        guard let words = Self.words(error.kind) else { return nil }
        let number = error.number.map { " (AADSTS\($0))" } ?? (error.status > 0 ? " (HTTP \(error.status))" : "")
        var remedy = error.advice
        // Secrets are read at the start (Contract, Configuration).
        if error.kind == .wrongSecret || error.kind == .expiredSecret { remedy += " Then restart roomwatchd." }
        self.init(sentence: words + number, remedy: String(remedy.dropLast(remedy.hasSuffix(".") ? 1 : 0)))
    }

    private static func words(_ kind: TokenError.Kind) -> String? {
        switch kind {
        case .wrongSecret: "the client secret is wrong"
        case .expiredSecret: "the client secret expired"
        case .unknownApplication: "the tenant does not know the application"
        case .unknownTenant: "the tenant is unknown"
        case .disabledApplication: "the application is disabled"
        case .unknownResource: "the tenant does not know this cloud's Graph"
        case .badScope: "the scope was refused"
        case .missingConsent: "admin consent is missing"
        case .missingAssignment: "the application is not assigned"
        case .assertionOutsideItsTime: "the certificate's assertion is outside its time"
        case .assertionKeyNotRegistered: "the certificate is not registered with the application"
        case .assertionMalformed: "the certificate's assertion was not understood"
        case .federationUnknown, .federationIssuer, .federationAudience, .federationSubject:
            "no federated credential of the application matches the token"
        case .federationForbidden: "a policy of the tenant forbids the issuer of the federated token"
        case .federatedTokenFile: "the federated token cannot be read"
        case .identityRefused: "the machine has no managed identity that it may use"
        case .identityUnreachable: "nothing answers at the machine's identity endpoint"
        case .identityChallenge, .identityKey: "the key of the machine's Azure agent cannot be read"
        case .conditionalAccess: "Conditional Access blocks the application"
        case .refused: "the login service refuses the application"
        case .certificate: "the certificate or its key cannot be used"
        case .requestLoop, .unavailable, .malformedAnswer, .unreachable, .identityUnavailable, .cancelled,
            .tooManyWaiters:
            nil
        }
    }
}
