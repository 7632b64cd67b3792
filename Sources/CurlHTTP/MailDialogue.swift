// What was said over SMTP, as far as it matters: libcurl reports one code for the whole conversation, and which of
// several recipients was refused is only in the conversation itself. Of our own lines nothing but the verb and a
// recipient is kept, because one of them is the password.

import MailExchange

/// The replies of the server, each with the command it answers to.
struct MailDialogue {
    /// A reply is a few lines; more than this is not listened to.
    static let maximumReplyBytes = 4_096
    static let maximumQuote = 200

    /// A reply's code and its words on one line.
    struct Reply: Equatable {
        var code: Int
        var words: String
    }

    private enum Command: Equatable {
        case greeting
        case recipient(String)
        case other(String)
    }

    private var command = Command.greeting
    private var partial = ""
    /// The newest reply before the farewell.
    private(set) var lastReply: Reply?
    private(set) var refused: [RefusedRecipient] = []
    /// The server has answered to the whole message.
    private(set) var verdict: Reply?
    private(set) var isAuthenticating = false
    /// QUIT has been said; whatever is answered to it changes nothing.
    private(set) var isOver = false
    private var dataReplies = 0

    /// A command of ours.
    mutating func said(_ bytes: UnsafeRawBufferPointer) {
        let line = String(decoding: bytes.prefix(512), as: UTF8.self)
        let verb = line.prefix { $0.isLetter }.uppercased()
        switch verb {
        case "RCPT":
            let address = line.split(separator: "<", maxSplits: 1).last?.split(separator: ">").first ?? ""
            command = .recipient(String(address))
        case "AUTH":
            isAuthenticating = true
            command = .other(verb)
        case "QUIT":
            isOver = true
        case "MAIL", "EHLO", "HELO", "STARTTLS", "DATA":
            isAuthenticating = false
            command = .other(verb)
        default:
            // The rest of a SASL exchange: never looked at.
            break
        }
    }

    /// Lines of the server; the last line of a reply has a space behind its code (RFC 5321, section 4.2.1).
    mutating func heard(_ bytes: UnsafeRawBufferPointer) {
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            guard line.utf8.count >= 3, let code = Int(line.prefix(3)) else { continue }
            let words = line.dropFirst(4)
            if partial.utf8.count < Self.maximumReplyBytes { partial += (partial.isEmpty ? "" : " ") + words }
            guard line.dropFirst(3).first != "-" else { continue }
            ended(Reply(code: code, words: Self.printable(partial)))
            partial = ""
        }
    }

    private mutating func ended(_ reply: Reply) {
        guard !isOver else { return }
        lastReply = reply
        switch command {
        case .recipient(let address):
            if reply.code >= 400 {
                refused.append(RefusedRecipient(address: address, code: reply.code, reply: reply.words))
            }
        case .other("DATA"):
            dataReplies += 1
            if dataReplies > 1 || reply.code != 354 { verdict = reply }
        case .greeting, .other:
            break
        }
    }

    /// Words of somebody else's: bounded and without control characters.
    static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.prefix(maximumQuote)))
    }
}
