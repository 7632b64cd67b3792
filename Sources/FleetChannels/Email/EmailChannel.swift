// Mail through the operator's own server. A mail is accepted when the server has taken it for somebody: what it does
// with it afterwards comes back to the sender's mailbox, never here.

public import FleetCore
public import MailExchange
public import Timekeeping

/// Tells people by mail (config `receivers[].email`).
public struct EmailChannel: Channel {
    public let receiver: ReceiverName
    public var rate: DeliveryRate { ChannelKind.email.rate }
    private let server: MailServer
    private let message: MailMessage
    private let sender: SenderIdentity
    private let transport: any MailTransport

    /// - Parameters:
    ///   - from: the sender's address; answers and reports of failed delivery go there.
    ///   - to: the recipients' addresses, at least one.
    /// - Throws: ``ChannelConfigurationError`` when an address can never work.
    public init(
        receiver: ReceiverName, server: MailServer, from: String, to: [String], sender: SenderIdentity,
        transport: any MailTransport
    ) throws(ChannelConfigurationError) {
        guard !to.isEmpty else { throw ChannelConfigurationError(receiver, "it names nobody to write to") }
        guard ([from] + to).allSatisfy(Self.isAddress) else {
            throw ChannelConfigurationError(receiver, "one of its addresses is not of the form name@host.contoso.com")
        }
        self.receiver = receiver
        self.server = server
        self.message = MailMessage(from: from, to: to)
        self.sender = sender
        self.transport = transport
    }

    public func deliver(_ notification: Notification, at now: Moment) async -> DeliveryResult {
        let mail = MailCall(
            server: server, sender: message.from, recipients: message.to,
            message: message.bytes(notification, from: sender),
            limits: MailLimits(total: ChannelLimits.mailAttempt))
        do {
            return .accepted(detail: accepted(try await transport.send(mail)))
        } catch {
            return judge(error)
        }
    }

    /// A message that some recipients got is not sent again, because the others would get it twice; who did not get it
    /// is named.
    private func accepted(_ receipt: MailReceipt) -> String {
        let said = quotable(receipt.reply)
        guard !receipt.refused.isEmpty else { return "\(self.name) took it: \(said)" }
        let refused = receipt.refused.map { "\($0.address) (\($0.code) \(quotable($0.reply)))" }
        let count = message.to.count - receipt.refused.count
        return "\(self.name) took it for \(count) of \(message.to.count): \(said); "
            + "not for \(refused.joined(separator: ", "))"
    }

    private func judge(_ error: MailTransportError) -> DeliveryResult {
        let happened = "\(name): \(quotable(error.detail))"
        switch error.kind {
        case .rejected(let code) where code >= 500:
            return .refused(reason: "\(happened); check the receiver's from and to, and what the server allows")
        case .authenticationRefused(let code) where code >= 500:
            return .refused(reason: "\(happened); check the receiver's user and password_file")
        case .tlsRefused:
            return .refused(reason: "\(happened); check the server's certificate, starttls and the configured ca_file")
        case .malformed:
            return .refused(reason: "\(happened); correct the receiver's smtp, from and to")
        case .rejected, .authenticationRefused, .nameNotResolved, .connectRefused, .timedOut, .brokenConnection,
            .cancelled, .transportUnavailable:
            return .retry(reason: happened, retryAfter: nil)
        }
    }

    private var name: String { "\(receiver) (\(server.host):\(server.port))" }

    /// The server's words on one line, without the password, should a server ever repeat it.
    private func quotable(_ text: String) -> String {
        var clean = text.oneLine(ChannelLimits.quotedCharacters)
        if let password = server.credentials?.password, !password.isEmpty {
            clean = clean.replacing(password, with: "<redacted>")
        }
        return clean
    }

    /// A dot-atom and a host (RFC 5321, section 4.1.2); quoted local parts and letters beyond ASCII are refused.
    static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count <= 254, (1...64).contains(parts[0].utf8.count), !parts[1].isEmpty
        else { return false }
        return parts.allSatisfy { part in
            part.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { atom in
                !atom.isEmpty
                    && atom.utf8.allSatisfy { byte in
                        switch byte {
                        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                            UInt8(ascii: "0")...UInt8(ascii: "9"):
                            true
                        default: "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
                        }
                    }
            }
        }
    }
}

extension EmailChannel: CustomStringConvertible, CustomReflectable {
    public var description: String { "email \(name)" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
