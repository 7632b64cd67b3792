// A mail that has passed every check that can be made before anything is sent: an address with a line end in it would
// be a command of its own.

import MailExchange

/// A mail libcurl may hand over as it stands.
struct CheckedMail: Sendable {
    let call: MailCall
    let url: String
    /// `host:port`.
    let host: String
    let caFile: String?

    init(_ call: MailCall, configuration: CurlConfiguration) throws(MailTransportError) {
        self.call = call
        caFile = configuration.caFile
        let server = call.server
        let host = "\(server.host):\(server.port)"
        self.host = host
        func refusal(_ detail: String) -> MailTransportError {
            MailTransportError(.malformed, host: host, detail: detail)
        }
        guard Self.isHost(server.host), (1...65_535).contains(server.port) else {
            throw refusal("the server is no host name or address with a port")
        }
        guard !call.recipients.isEmpty else { throw refusal("the mail has no recipient") }
        guard ([call.sender] + call.recipients).allSatisfy(Self.isAddress) else {
            throw refusal("an address is not one word of ASCII with one @")
        }
        guard call.message.count <= call.limits.messageBytes else {
            throw refusal("the mail is larger than \(call.limits.messageBytes) bytes")
        }
        if let credentials = server.credentials {
            guard !(credentials.user + credentials.password).utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
                throw refusal("the user or the password holds a control character")
            }
        }
        url = "\(server.security == .tls ? "smtps" : "smtp")://\(host)"
    }

    private static func isHost(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: ".-_[]:".utf8.contains(byte)
                }
            }
    }

    private static func isAddress(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">") }
            && text.utf8.filter { $0 == UInt8(ascii: "@") }.count == 1
    }
}
