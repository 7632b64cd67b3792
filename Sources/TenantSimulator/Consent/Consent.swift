// What an administrator has granted. Entra hands out tokens to an application that nobody consented to, only without
// roles, and a grant shows in tokens some time after it was given: both are what a connecting person stumbles over.

import Crypto
import Foundation

/// Who may do what, and since when.
struct Consent: Sendable {
    let rules: Scenario.Consent
    /// What the registration asks for, without what the scenario withholds.
    private let requested: [String]
    /// Unix seconds; `nil` while nobody has consented.
    private(set) var grantedAt: Int?
    private let key: SymmetricKey

    init(rules: Scenario.Consent, roles: [String], seed: UInt64, secret: String) {
        self.rules = rules
        requested = roles.filter { !rules.withheld.contains($0) }
        grantedAt = rules.granted ? .min : nil
        key = SymmetricKey(data: SHA256.hash(data: Data("roomwatch-consent \(seed) \(secret)".utf8)))
    }

    /// What the page shows and a consent grants.
    var roles: [String] { requested }

    /// The roles that a token carries which is issued at `now`.
    func roles(at now: Int) -> [String] {
        guard let grantedAt, grantedAt == .min || now >= grantedAt + Int(rules.takes.duration.components.seconds) else {
            return []
        }
        return requested
    }

    mutating func grant(at now: Int) {
        if grantedAt == nil { grantedAt = now }
    }

    /// Ties a form to the request that it was shown for, so that another page cannot consent in somebody's name.
    func ticket(for request: String) -> String {
        Base64URL.encoded(Array(HMAC<SHA256>.authenticationCode(for: Data(request.utf8), using: key)))
    }
}

extension Scenario {
    /// What becomes of the application's permissions.
    public struct Consent: Sendable, Codable {
        /// Whether an administrator has consented before the rehearsal begins.
        public var granted = true
        /// Roles that are never granted, as if the registration did not ask for them.
        public var withheld: [String] = []
        /// The error with which every consent ends, such as `permission_denied`; empty for none.
        public var refusal = ""
        /// How long a consent takes to show in tokens.
        public var takes = DurationText(.zero)

        enum CodingKeys: String, CodingKey, CaseIterable {
            case granted, withheld, refusal, takes
        }

        public init() {}

        public init(from decoder: any Decoder) throws {
            let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
            granted = try container.decodeIfPresent(Bool.self, forKey: .granted) ?? granted
            withheld = try container.decodeIfPresent([String].self, forKey: .withheld) ?? withheld
            refusal = try container.decodeIfPresent(String.self, forKey: .refusal) ?? refusal
            takes = try container.decodeIfPresent(DurationText.self, forKey: .takes) ?? takes
        }
    }
}
