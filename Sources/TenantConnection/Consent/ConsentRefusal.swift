// Why an administrator's consent did not come about, and what to do. Entra's own sentence helps its support; people need
// the next step.

/// A refusal of the consent page.
public struct ConsentRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    /// OAuth's `error`, e.g. `access_denied`.
    public let code: String
    /// Entra's words: bounded and harmless to a terminal.
    public let words: String
    public let isCancelled: Bool

    private static let longestWords = 400

    init(code: String, description: String, subcode: String) {
        self.code = String(code.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }.prefix(64))
        words = String(
            String.UnicodeScalarView(
                description.unicodeScalars.prefix(Self.longestWords).map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate: " "
                    default: scalar
                    }
                }))
        isCancelled = subcode == "cancel"
    }

    /// The next step.
    public var remedy: String {
        switch code {
        case "access_denied" where isCancelled || words.contains("AADSTS65004"):
            "Somebody pressed Cancel. Open the link again and press Accept."
        case "access_denied":
            "Sign in with an account that may consent: Privileged Role Administrator, or Global Administrator."
        case "permission_denied":
            "That account may not grant application permissions of Microsoft Graph. It takes a Privileged Role "
                + "Administrator or a Global Administrator; a Cloud Application Administrator is not enough."
        case "invalid_client":
            "Check client_id and the cloud, and that the permissions of the registration exist there: Entra does not "
                + "accept the application as it is registered."
        case "unauthorized_client":
            "The application is not known in this tenant: check client_id and tenant_id, and that the registration is "
                + "of this tenant and cloud."
        case "invalid_request":
            "Compare the redirect URI of the registration with the one above, character by character and with its port."
        case "invalid_scope", "invalid_resource", "invalid_target":
            "Check the cloud: this tenant does not know its Microsoft Graph."
        case "consent_required", "interaction_required", "login_required":
            "Open the link again, sign in as an administrator and press Accept."
        case "server_error", "temporarily_unavailable":
            "Entra is in trouble; wait some minutes and open the link again."
        default: "Look the code up at https://login.microsoftonline.com/error, and open the link again afterwards."
        }
    }

    public var description: String {
        words.isEmpty
            ? "Consent was refused (\(code)). \(remedy)"
            : "Consent was refused (\(code)). \(remedy) Entra says: \(words)"
    }
}
