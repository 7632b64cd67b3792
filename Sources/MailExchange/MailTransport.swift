// The port itself. Encryption that was asked for cannot be lost on the way, and certificates are always verified.

/// Hands one message to a server.
public protocol MailTransport: Sendable {
    /// - Throws: ``MailTransportError`` when the server did not take the message for any recipient. Cancelling the calling
    ///   task ends the conversation and throws the kind ``MailTransportError/Kind/cancelled``.
    func send(_ mail: MailCall) async throws(MailTransportError) -> MailReceipt
}

/// The server has taken the message over.
public struct MailReceipt: Sendable, Hashable {
    /// Its words, one line: `2.0.0 Ok: queued as 4C1F`.
    public var reply: String
    /// The recipients that it refused while it accepted others.
    public var refused: [RefusedRecipient]

    public init(reply: String, refused: [RefusedRecipient] = []) {
        self.reply = reply
        self.refused = refused
    }
}

/// A recipient and what the server said against it.
public struct RefusedRecipient: Sendable, Hashable {
    public var address: String
    /// The reply's code (RFC 5321, section 4.2); 4yz may heal, 5yz will not.
    public var code: Int
    public var reply: String

    public init(address: String, code: Int, reply: String) {
        self.address = address
        self.code = code
        self.reply = reply
    }
}

/// Why the server did not take the message.
public struct MailTransportError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong, in the terms an operator can act on.
    public enum Kind: Sendable, Hashable {
        /// The call itself cannot be sent: no recipient, an address with a control character, too large.
        case malformed
        case nameNotResolved
        case connectRefused
        case timedOut
        /// The certificate or the handshake was refused, or STARTTLS was required and is not offered.
        case tlsRefused
        /// The server said no; the code is of RFC 5321, section 4.2.
        case rejected(code: Int)
        /// The user or the password was refused.
        case authenticationRefused(code: Int)
        /// The conversation ended before the server had answered to the whole message.
        case brokenConnection
        case cancelled
        case transportUnavailable
    }

    public let kind: Kind
    /// Host and port.
    public let host: String
    /// The server's or the transport's words, free of secrets.
    public let detail: String

    public init(_ kind: Kind, host: String, detail: String) {
        self.kind = kind
        self.host = host
        self.detail = detail
    }

    public var description: String { "\(kind) (\(host)): \(detail)" }
}
