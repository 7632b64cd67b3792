// A notification as a mail of RFC 5322: the same words as everywhere, once as plain text and once as HTML.

import FleetCore

import struct Foundation.Date

/// Words a mail. Pure: the same notification always makes the same bytes, so a repeated delivery is recognised by its
/// Message-ID and shows the same text.
struct MailMessage: Sendable {
    var from: String
    var to: [String]

    func bytes(_ notification: Notification, from sender: SenderIdentity) -> [UInt8] {
        let words = IncidentText(notification, from: sender, bounds: .mail)
        // Quoted-printable never writes `=_`, so no line of a part can be mistaken for the boundary (RFC 2045, 6.7).
        let boundary = "=_roomwatch_\(notification.id.text.filter { $0.isASCII && ($0.isLetter || $0.isNumber) })"
        var lines = header(notification, words: words, sender: sender)
        lines += ["MIME-Version: 1.0", "Content-Type: multipart/alternative;\r\n boundary=\"\(boundary)\"", ""]
        lines += part("text/plain", MailBody.plain(words), boundary: boundary)
        lines += part("text/html", MailBody.html(words), boundary: boundary)
        lines += ["--\(boundary)--", ""]
        return Array(lines.joined(separator: MailText.lineEnd).utf8)
    }

    private func part(_ type: String, _ text: String, boundary: String) -> [String] {
        [
            "--\(boundary)", "Content-Type: \(type); charset=utf-8", "Content-Transfer-Encoding: quoted-printable", "",
            MailText.quotedPrintable(text),
        ]
    }

    private func header(_ notification: Notification, words: IncidentText, sender: SenderIdentity) -> [String] {
        let domain = from.split(separator: "@").last.map(String.init) ?? "roomwatch.invalid"
        // All messages of an incident refer to one id, which no message bears: readers gather them under it (RFC 5322,
        // section 3.6.4), whichever of them was the first to arrive.
        let thread = "<incident.\(Self.word(notification.incident.id.text))@\(domain)>"
        var lines = [
            "Date: \(UTCTime.mailDate(notification.decidedAt))", "From: Roomwatch <\(from)>",
            MailText.folded("To", to.enumerated().map { $0 + 1 < to.count ? "\($1)," : $1 }),
            MailText.field("Subject", words.title), "Message-ID: <\(Self.word(notification.id.text))@\(domain)>",
            "References: \(thread)",
        ]
        if notification.event != .opened { lines.append("In-Reply-To: \(thread)") }
        // RFC 3834, section 5.1; and Microsoft's MS-OXCMAIL for Exchange, which sends receipts and absence notes
        // otherwise. `Precedence` is left out: RFC 2076 discourages it, and `bulk` would sort a page away.
        lines += ["Auto-Submitted: auto-generated", "X-Auto-Response-Suppress: All"]
        // RFC 2156, section 5.3.4: phones ring for it.
        if words.tone == .critical { lines.append("Importance: high") }
        lines.append(MailText.field("X-Mailer", sender.userAgent))
        return lines
    }

    /// An id as the left side of a Message-ID may hold it.
    private static func word(_ text: String) -> String {
        String(text.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }.prefix(64))
    }
}
