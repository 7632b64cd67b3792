// The two bodies of a mail. The HTML has its styles in its tags, because many readers drop a style sheet, loads nothing
// from anywhere, and sets no colour for text or page: the reader's own, light or dark, are the readable ones.

enum MailBody {
    static func plain(_ words: IncidentText) -> String {
        var lines = [words.title, ""]
        if let remark = words.remark { lines += [remark, ""] }
        lines += words.facts.map { "\($0.label): \($0.value)" }
        if !words.links.isEmpty { lines.append("") }
        lines += words.links.map { "\($0.label): \($0.url)" }
        // The marker of RFC 3676, section 4.3: what follows is a signature.
        lines += ["", "-- ", words.footer, ""]
        return lines.joined(separator: "\n")
    }

    static func html(_ words: IncidentText) -> String {
        let colour = colour(words.tone)
        let rows = words.facts.map { fact in
            """
            <tr><th align="left" valign="top" style="padding:3px 16px 3px 0;font-weight:600;white-space:nowrap">\
            \(MailText.html(fact.label))</th>
            <td dir="auto" valign="top" style="padding:3px 0">\(MailText.html(fact.value))</td></tr>
            """
        }
        let buttons = words.links.map { link in
            """
            <a href="\(MailText.html(link.url))" style="display:inline-block;margin:0 12px 8px 0;padding:8px 14px;\
            border:1px solid \(colour);border-radius:4px;text-decoration:none;color:inherit">\
            \(MailText.html(link.label))</a>
            """
        }
        let remark = words.remark.map { "<p style=\"margin:0 0 14px\">\(MailText.html($0))</p>\n" } ?? ""
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
            <title>\(MailText.html(words.title))</title></head>
            <body style="margin:0;padding:16px;font:15px/1.45 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif">
            <div style="max-width:640px;border-left:6px solid \(colour);padding:2px 0 2px 16px">
            <p style="margin:0 0 8px"><span style="background:\(colour);color:#ffffff;font-weight:700;font-size:12px;\
            letter-spacing:.04em;padding:3px 8px;border-radius:3px">\(MailText.html(words.mark))</span></p>
            <h1 dir="auto" style="margin:0 0 12px;font-size:20px;line-height:1.3">\(MailText.html(words.headline))</h1>
            \(remark)<table role="presentation" cellspacing="0" cellpadding="0" style="margin:0 0 16px;font-size:14px">
            \(rows.joined(separator: "\n"))
            </table>
            \(buttons.joined(separator: "\n"))
            <p style="margin:12px 0 0;font-size:12px;opacity:.75">\(MailText.html(words.footer))</p>
            </div></body></html>

            """
    }

    /// White text on each of them has a contrast of 4.5 or more (WCAG 2.1, criterion 1.4.3).
    private static func colour(_ tone: IncidentText.Tone) -> String {
        switch tone {
        case .critical: "#b3261e"
        case .error: "#b84300"
        case .warning: "#8a6100"
        case .acknowledged: "#2b62b3"
        case .resolved: "#1b7a3d"
        }
    }
}
