// The receiver's half of Standard Webhooks 1.0.0 (github.com/standard-webhooks/standard-webhooks, spec), written apart
// from the daemon's half: if both shared the code, a wrong signature would verify itself.

import Crypto
import Foundation

/// Verifies messages that were signed with one symmetric secret.
struct WebhookSignature: Sendable {
    /// Why a message is refused.
    enum Refusal: String, Error, CustomStringConvertible {
        case incomplete = "a webhook-… header field is missing"
        case stale = "webhook-timestamp is more than five minutes away"
        case wrong = "no signature fits"

        var description: String { rawValue }
    }

    /// The specification's example of a tolerance against replays.
    private static let tolerance: Double = 300

    private let key: SymmetricKey

    init(key: SymmetricKey) { self.key = key }

    /// The secret as the daemon's `secret_file` holds it.
    var secretText: String { "whsec_" + key.withUnsafeBytes { Data($0) }.base64EncodedString() }

    /// - Throws: ``Refusal`` unless one of the signatures is right.
    func verify(id: String?, timestamp: String?, signatures: String?, body: [UInt8], at now: Date) throws(Refusal) {
        guard let id, let timestamp, let signatures, let seconds = Double(timestamp) else { throw .incomplete }
        guard abs(now.timeIntervalSince1970 - seconds) <= Self.tolerance else { throw .stale }
        let signed = Array("\(id).\(timestamp).".utf8) + body
        for one in signatures.split(separator: " ") where one.hasPrefix("v1,") {
            guard let code = Data(base64Encoded: String(one.dropFirst(3))) else { continue }
            if HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: signed, using: key) { return }
        }
        throw .wrong
    }
}
