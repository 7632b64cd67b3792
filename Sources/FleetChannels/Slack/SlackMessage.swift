// A message as Slack's incoming webhooks take it, laid out with Block Kit (docs.slack.dev: "Sending messages using
// incoming webhooks", "Formatting message text", and the reference of the blocks, which gives the limits).

import FleetAPI
import FleetCore

import struct Foundation.Date

/// The body of the POST.
struct SlackMessage: Sendable, Encodable {
    /// What notifications show, and readers that know no blocks.
    var text: String
    var blocks: [Block]
    /// Links lead to the operator's own pages; a preview of a login form helps nobody.
    var unfurlLinks = false
    var unfurlMedia = false
    var isMarkdown = false

    enum CodingKeys: String, CodingKey {
        case text, blocks
        case unfurlLinks = "unfurl_links"
        case unfurlMedia = "unfurl_media"
        case isMarkdown = "mrkdwn"
    }

    /// Slack's limits, in characters.
    enum Limits {
        static let header = 150
        static let sectionText = 3_000
        static let fieldText = 2_000
        static let fieldsPerSection = 10
        static let blocks = 50
    }

    /// A header, section or context block.
    struct Block: Sendable, Encodable {
        var type: String
        var text: Text?
        var fields: [Text]?
        var elements: [Text]?
    }

    struct Text: Sendable, Encodable {
        var type: String
        var text: String
        /// Plain texts only: whether `:name:` becomes a picture.
        var emoji: Bool?
        /// Formatted texts only: URLs, channels and names in them stay text.
        var verbatim: Bool?

        static func plain(_ text: String) -> Text { Text(type: "plain_text", text: text, emoji: false) }
        static func formatted(_ text: String) -> Text { Text(type: "mrkdwn", text: text, verbatim: true) }
    }
}

extension SlackMessage {
    init(_ notification: Notification, from sender: SenderIdentity) {
        let words = IncidentText(notification, from: sender)
        text = SlackText.escaped(words.title)
        let title = "\(SlackText.symbol(words.tone)) \(words.title)"
        let header = SlackText.escaped(title.shortened(Limits.header), limit: Limits.header)
        // What the header had no room for is said in full beneath it.
        let isCut = header != SlackText.escaped(title)
        let lines = [isCut ? words.headline : nil, words.remark].compactMap { $0.map(SlackText.formatted) }
        blocks = [Block(type: "header", text: .plain(header))]
        if !lines.isEmpty { blocks.append(Block(type: "section", text: .formatted(lines.joined(separator: "\n")))) }
        for part in words.facts.chunked(by: Limits.fieldsPerSection) {
            blocks.append(Block(type: "section", fields: part.map { .formatted(SlackText.field($0)) }))
        }
        let links = words.links.map { SlackText.link($0) }
        if !links.isEmpty {
            blocks.append(Block(type: "section", text: .formatted(links.joined(separator: " · "))))
        }
        blocks.append(Block(type: "context", elements: [.formatted(SlackText.formatted(words.footer))]))
    }
}

/// Slack's escapes.
enum SlackText {
    /// `&`, `<` and `>` are Slack's only control characters: `<!channel>` would call everybody, `<url|text>` would hide
    /// where a link leads.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// The same, shortened until the escaped text is within the limit too, for fields whose limit counts what is sent.
    static func escaped(_ text: String, limit: Int) -> String {
        var rest = text
        while true {
            let candidate = escaped(rest)
            let excess = candidate.utf16.count - limit
            if excess <= 0 { return candidate }
            // An escape is at most five units for one, so a fifth of the excess is always too much.
            rest = rest.shortened(max(1, rest.utf16.count - max(1, excess / 5)))
        }
    }

    /// Text for a formatted field. Slack has no escape for the marks of bold, italic, strike and code, so those that
    /// could begin or end a run give way to letters that look like them; an underscore within a word does nothing.
    static func formatted(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        var safe = String.UnicodeScalarView()
        for (index, scalar) in scalars.enumerated() {
            switch scalar {
            case "*": safe.append("∗")
            case "~": safe.append("∼")
            case "`": safe.append("ˋ")
            case "_":
                let isWithinWord =
                    index > 0 && index + 1 < scalars.count && scalars[index - 1].isWordPart
                    && scalars[index + 1].isWordPart
                safe.append(isWithinWord ? "_" : "ˍ")
            default: safe.append(scalar)
            }
        }
        return escaped(String(safe))
    }

    /// `*Since*` and, beneath it, the instant in the reader's own time zone.
    static func field(_ fact: IncidentText.Fact) -> String {
        let value = formatted(fact.value)
        guard let instant = fact.instant else { return "*\(fact.label)*\n\(value)" }
        let seconds = Timestamp(instant).milliseconds / 1_000
        return "*\(fact.label)*\n<!date^\(seconds)^{date_short_pretty} {time_secs}|\(value)>"
    }

    /// URLs hold no blank and nothing beyond ASCII here; what would end the link is encoded.
    static func link(_ link: IncidentText.Link) -> String {
        let url = link.url.replacing("&", with: "&amp;").replacing("<", with: "%3C").replacing(">", with: "%3E")
            .replacing("|", with: "%7C")
        return "<\(url)|\(escaped(link.label))>"
    }

    static func symbol(_ tone: IncidentText.Tone) -> String {
        switch tone {
        case .critical: "🔴"
        case .error: "🟠"
        case .warning: "🟡"
        case .acknowledged: "🔵"
        case .resolved: "🟢"
        }
    }
}

extension Unicode.Scalar {
    fileprivate var isWordPart: Bool { properties.isAlphabetic || properties.numericType != nil }
}

extension Array {
    /// Consecutive parts of at most `size` elements.
    func chunked(by size: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
    }
}
