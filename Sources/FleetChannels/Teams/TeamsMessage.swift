// A message as the Workflows webhook of Teams takes it: one Adaptive Card in a message (learn.microsoft.com,
// "Create and send messages" for webhooks; adaptivecards.io, schema 1.4).

import FleetCore

/// The body of the POST.
struct TeamsMessage: Sendable, Encodable {
    var type = "message"
    var attachments: [Attachment]

    /// Microsoft's limit of a message is 28 KB, and the webhook has been seen to count two bytes a character. The card
    /// stays below by the bounds of its texts; the tests hold the worst of them against this number.
    static let maximumBytes = 28 * 1024

    struct Attachment: Sendable, Encodable {
        var contentType = "application/vnd.microsoft.card.adaptive"
        var content: Card
    }

    struct Card: Sendable, Encodable {
        var schema = "http://adaptivecards.io/schemas/adaptive-card.json"
        var type = "AdaptiveCard"
        /// The newest version that all clients of Teams show.
        var version = "1.4"
        /// For clients that know no cards, and for the preview.
        var fallbackText: String
        var msteams = Width()
        var body: [Element]
        var actions: [OpenURL]?

        enum CodingKeys: String, CodingKey {
            case schema = "$schema"
            case type, version, fallbackText, msteams, body, actions
        }
    }

    struct Width: Sendable, Encodable { var width = "Full" }

    /// A button that opens a page in the browser.
    struct OpenURL: Sendable, Encodable {
        var type = "Action.OpenUrl"
        var title: String
        var url: String
    }

    /// A container or a text of several runs. Texts with words of other people are runs and never a TextBlock or a
    /// FactSet: those read Markdown, and a run does not, so that a room's name can neither format nor link anything,
    /// whatever escapes the many clients of Teams understand.
    struct Element: Sendable, Encodable {
        var type: String
        var style: String?
        var bleed: Bool?
        var spacing: String?
        var separator: Bool?
        var inlines: [Run]?
        var items: [Element]?

        static func text(_ runs: [Run], spacing: String? = nil, separator: Bool? = nil) -> Element {
            Element(type: "RichTextBlock", spacing: spacing, separator: separator, inlines: runs)
        }
    }

    struct Run: Sendable, Encodable {
        var type = "TextRun"
        var text: String
        var size: String?
        var weight: String?
        var isSubtle: Bool?
    }
}

extension TeamsMessage {
    init(_ notification: Notification, from sender: SenderIdentity) {
        let words = IncidentText(notification, from: sender)
        var head: [Element] = [.text([Run(text: words.title, size: "Large", weight: "Bolder")])]
        if let remark = words.remark { head.append(.text([Run(text: remark, weight: "Bolder")], spacing: "Small")) }
        var body = [Element(type: "Container", style: Self.style(words.tone), bleed: true, items: head)]
        for (index, fact) in words.facts.enumerated() {
            let runs = [Run(text: "\(fact.label): ", weight: "Bolder"), Run(text: fact.value)]
            body.append(.text(runs, spacing: index == 0 ? "Medium" : "Small"))
        }
        body.append(.text([Run(text: words.footer, size: "Small", isSubtle: true)], spacing: "Medium", separator: true))
        let actions = words.links.map { OpenURL(title: $0.label, url: $0.url) }
        attachments = [
            Attachment(
                content: Card(fallbackText: words.title, body: body, actions: actions.isEmpty ? nil : actions))
        ]
    }

    /// The colours a container has names for.
    private static func style(_ tone: IncidentText.Tone) -> String {
        switch tone {
        case .critical, .error: "attention"
        case .warning: "warning"
        case .acknowledged: "accent"
        case .resolved: "good"
        }
    }
}
