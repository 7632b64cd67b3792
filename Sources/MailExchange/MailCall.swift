// One mail and one way to hand it over, as plain values. The port is as narrow as the one for HTTP, so that what words
// a mail never knows how it travels, and a test can stand in for the server.

/// A finished message and everything the transport must know to hand it to a server.
public struct MailCall: Sendable {
    public var server: MailServer
    /// The envelope's sender, a bare address.
    public var sender: String
    /// The envelope's recipients, bare addresses; at least one.
    public var recipients: [String]
    /// The message of RFC 5322: header, empty line, body, with CRLF at the end of every line.
    public var message: [UInt8]
    public var limits: MailLimits

    public init(
        server: MailServer, sender: String, recipients: [String], message: [UInt8], limits: MailLimits = MailLimits()
    ) {
        self.server = server
        self.sender = sender
        self.recipients = recipients
        self.message = message
        self.limits = limits
    }
}

/// The server that takes mail from us.
public struct MailServer: Sendable {
    /// How the connection is protected.
    public enum Security: String, Sendable, Hashable, CaseIterable {
        /// TLS from the first byte (RFC 8314), port 465.
        case tls
        /// TLS after STARTTLS (RFC 3207); a server that does not offer it gets no mail.
        case startTLS
        /// None. For this machine only.
        case plain
    }

    public var host: String
    public var port: Int
    public var security: Security
    /// `nil` hands mail over without authentication.
    public var credentials: MailCredentials?

    public init(host: String, port: Int, security: Security, credentials: MailCredentials? = nil) {
        self.host = host
        self.port = port
        self.security = security
        self.credentials = credentials
    }
}

/// A user and a password; the password never shows.
public struct MailCredentials: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public let user: String
    /// For the transport only.
    public let password: String

    public init(user: String, password: String) {
        self.user = user
        self.password = password
    }

    public var description: String { "MailCredentials(\(user), <redacted>)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// How long and how large one delivery may become.
public struct MailLimits: Sendable, Hashable {
    /// From the call to the server's answer to the whole message. There is no limit of its own for the connection:
    /// servers greet late on purpose, and answer to a wrong password later still.
    public var total: Duration
    public var messageBytes: Int

    public init(total: Duration = .seconds(25), messageBytes: Int = 1024 * 1024) {
        self.total = total
        self.messageBytes = messageBytes
    }
}
