// The symmetric signature scheme of Standard Webhooks 1.0.0 (github.com/standard-webhooks/standard-webhooks, spec).

import HTTPExchange
import Crypto
import Foundation

import struct FleetCore.ReceiverName

/// Signs messages with every key of a receiver, so that a secret can be changed without losing a message.
struct WebhookSigner: Sendable, CustomStringConvertible, CustomReflectable {
    private let keys: [SymmetricKey]

    /// The specification's bounds of a symmetric secret.
    private static let keyBytes = 24...64
    /// Rotation needs two; more would only lengthen the header.
    private static let maximumKeys = 4
    private static let prefix = "whsec_"

    /// - Parameter secret: one secret, or several divided by white space. A secret is base64 behind `whsec_`; the
    ///   prefix may be missing, as in the specification's own libraries, and what remains is base64 all the same.
    init(_ secret: Secret, receiver: ReceiverName) throws(ChannelConfigurationError) {
        let words = secret.withRevealed { $0 }.split(whereSeparator: \.isWhitespace)
        guard (1...Self.maximumKeys).contains(words.count) else {
            throw ChannelConfigurationError(
                receiver, "its secret file holds \(words.count) secrets; it must hold 1 to \(Self.maximumKeys)")
        }
        var keys: [SymmetricKey] = []
        for (index, word) in words.enumerated() {
            let place = "secret \(index + 1) of \(words.count)"
            if word.hasPrefix("whsk_") || word.hasPrefix("whpk_") {
                throw ChannelConfigurationError(
                    receiver, "\(place) is an ed25519 key, which is not supported; use a symmetric secret (whsec_…)")
            }
            let encoded = word.hasPrefix(Self.prefix) ? word.dropFirst(Self.prefix.count) : word
            guard let key = Data(base64Encoded: String(encoded)) else {
                throw ChannelConfigurationError(
                    receiver, "\(place) is not base64; make one with: echo whsec_$(openssl rand -base64 32)")
            }
            guard Self.keyBytes.contains(key.count) else {
                throw ChannelConfigurationError(
                    receiver, "\(place) is \(key.count) bytes long; Standard Webhooks demands 24 to 64")
            }
            keys.append(SymmetricKey(data: key))
        }
        self.keys = keys
    }

    /// The value of `webhook-signature`: a `v1` signature by each key in the order of the file.
    func signatures(id: String, timestamp: Int64, body: [UInt8]) -> String {
        let signed = Array("\(id).\(timestamp).".utf8) + body
        return keys.map { key in
            let code = HMAC<SHA256>.authenticationCode(for: signed, using: key)
            return "v1,\(Data(code).base64EncodedString())"
        }.joined(separator: " ")
    }

    var description: String { "WebhookSigner(\(keys.count) keys)" }
    var customMirror: Mirror { Mirror(self, children: [:]) }
}
