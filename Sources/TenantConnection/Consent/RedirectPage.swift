// The last thing the administrator sees: what happened, and that the terminal goes on. Whole in itself, because the page
// is on a machine that may have no way to the internet, and legible for whoever reads it, in light and dark.

/// What the browser is answered.
struct RedirectPage: Sendable, Hashable {
    var status: Int
    var title: String
    /// Paragraphs.
    var text: [String]

    init(_ reply: ConsentReply) {
        switch reply {
        case .granted:
            status = 200
            title = "Consent was given"
            text = [
                "Roomwatch may now read what this organisation has granted.",
                "Go back to the terminal: it tries every permission and says what is left to do. You can close this page.",
            ]
        case .refused(let refusal):
            status = 200
            title = "Consent was refused"
            text = [refusal.remedy]
            if !refusal.words.isEmpty { text.append("Entra says: \(refusal.words)") }
            text.append("Nothing was changed. Go back to the terminal: it says what to do next.")
        case .foreign:
            status = 400
            title = "This reply belongs to another attempt"
            text = [
                "Its state is not the one that this run of roomctl connect sent, so it was not believed.",
                "Open the newest link that the terminal shows. The terminal still waits.",
            ]
        case .unreadable:
            status = 400
            title = "This is no reply of the consent page"
            text = ["Open the link that the terminal shows. The terminal still waits."]
        }
    }

    init(refused status: Int) {
        self.status = status
        title = status == 404 ? "There is nothing here" : "This request is not understood"
        text = ["This address waits for the reply of Microsoft's consent page, and for nothing else."]
    }

    /// The whole answer as it goes over the wire.
    var bytes: [UInt8] {
        let body = Array(html.utf8)
        let reason =
            switch status {
            case 200: "OK"
            case 404: "Not Found"
            case 405: "Method Not Allowed"
            case 431: "Request Header Fields Too Large"
            default: "Bad Request"
            }
        var head = [
            "HTTP/1.1 \(status) \(reason)", "Content-Type: text/html; charset=utf-8", "Content-Length: \(body.count)",
            "Cache-Control: no-store", "Referrer-Policy: no-referrer", "X-Content-Type-Options: nosniff",
            "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
            "Connection: close",
        ]
        if status == 405 { head.append("Allow: GET") }
        return Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
    }

    private var html: String {
        let paragraphs = text.map { "<p>\(Self.escaped($0))</p>" }.joined(separator: "\n")
        let tone = status == 200 && title.hasSuffix("given") ? "good" : "bad"
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(Self.escaped(title)) - Roomwatch</title>
            <style>
            :root { color-scheme: light dark; --good: #0b6a2f; --bad: #a1260d; }
            @media (prefers-color-scheme: dark) { :root { --good: #7bd69a; --bad: #ffa28c; } }
            body { font: 1.05rem/1.55 system-ui, sans-serif; max-width: 38rem; margin: 12vh auto; padding: 0 1.2rem; }
            h1 { font-size: 1.6rem; border-left: .35rem solid; padding-left: .8rem; }
            h1.good { border-color: var(--good); color: var(--good); }
            h1.bad { border-color: var(--bad); color: var(--bad); }
            p { overflow-wrap: anywhere; }
            small { opacity: .8; }
            </style>
            </head>
            <body>
            <main>
            <h1 class="\(tone)">\(Self.escaped(title))</h1>
            \(paragraphs)
            <p><small>Roomwatch, roomctl connect</small></p>
            </main>
            </body>
            </html>

            """
    }

    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    }
}
