// `receivers`: where notifications go. Whatever can lead into nothing (a fallback that does not exist, two receivers
// that fall back on one another) is found here and not in the night of the outage.

import FleetCore

extension Reading {
    /// The receivers, and for each the line of its name.
    func receivers(_ document: Section) -> (receivers: [ReceiverConfiguration], lines: [ReceiverName: Field]) {
        let remedy = "name at least one receiver: receivers: [{name, webhook: {url, secret_file}}]"
        guard let field = document.required("receivers", remedy: remedy),
            let items = field.list(maximum: Self.maximumEntries)
        else { return ([], [:]) }
        if items.isEmpty { field.refuse("is empty", remedy: remedy) }
        var lines: [ReceiverName: Field] = [:]
        var fallbacks: [ReceiverName: Field] = [:]
        let receivers = items.compactMap { receiver($0, lines: &lines, fallbacks: &fallbacks) }
        refuseLostFallbacks(fallbacks, known: lines)
        refuseFallbackCircles(receivers, fallbacks)
        return (receivers, lines)
    }

    private func receiver(
        _ item: Field, lines: inout [ReceiverName: Field], fallbacks: inout [ReceiverName: Field]
    ) -> ReceiverConfiguration? {
        let kinds = ["webhook", "pagerduty", "alertmanager", "teams", "slack", "email"]
        guard let section = item.section(["name", "fallback", "escalate"] + kinds) else { return nil }
        let name = receiverName(section, lines: &lines)
        let written = kinds.filter { section[$0] != nil }
        guard written.count == 1 else {
            section.refuse(
                written.isEmpty ? "has no channel" : "has more than one channel: \(written.joined(separator: ", "))",
                remedy: "give every receiver exactly one of \(kinds.joined(separator: ", "))")
            return nil
        }
        let channel =
            section["webhook"].flatMap(webhook) ?? section["pagerduty"].flatMap(pagerDuty)
            ?? section["alertmanager"].flatMap(alertmanager) ?? section["teams"].flatMap(teams)
            ?? section["slack"].flatMap(slack) ?? section["email"].flatMap(email)
        let fallback = section["fallback"]?.text(maximum: 64).map { ReceiverName($0) }
        guard let name else { return nil }
        fallbacks[name] = section["fallback"]
        guard let channel else { return nil }
        var receiver = ReceiverConfiguration(name: name, channel: channel, fallback: fallback)
        if let escalate = section["escalate"] {
            receiver.escalates = escalate.boolean() ?? false
            if !receiver.ownsAcknowledgement {
                note(
                    line: escalate.line, key: escalate.key,
                    "only changes something for pagerduty and alertmanager; every other receiver is reminded anyway")
            }
        }
        return receiver
    }

    private func receiverName(_ section: Section, lines: inout [ReceiverName: Field]) -> ReceiverName? {
        guard let field = section.required("name", remedy: "give the receiver a name, such as oncall"),
            let text = field.text()
        else { return nil }
        guard Identifiers.isReceiverName(text) else {
            field.refuse(
                "\(text.quoted) is no receiver name", remedy: "use at most 64 of A-Z, a-z, 0-9, dot, underscore, hyphen"
            )
            return nil
        }
        let name = ReceiverName(text)
        guard lines[name] == nil else {
            field.refuse(
                "\(text.quoted) is the name of an earlier receiver", remedy: "give every receiver its own name")
            return nil
        }
        lines[name] = field
        return name
    }

    private func webhook(_ field: Field) -> ReceiverConfiguration.Channel? {
        guard let section = field.section(["url", "secret_file"]) else { return nil }
        let url = section.required("url", remedy: "write the address that takes the webhook").flatMap {
            WebAddress.read($0, rule: WebAddress.Rule(allowsQuery: true, keepsTrailingSlash: true))
        }
        let secret = section.required("secret_file", remedy: "name the file with the signing secret")?.fileReference()
        guard let url, let secret else { return nil }
        return .webhook(url: url, secret: secret)
    }

    private func pagerDuty(_ field: Field) -> ReceiverConfiguration.Channel? {
        guard let section = field.section(["routing_key_file", "url"]) else { return nil }
        let key = section.required("routing_key_file", remedy: "name the file with the integration key")
        let reference = key?.fileReference()
        var url: String? = ReceiverConfiguration.defaultPagerDutyURL
        if let written = section["url"] {
            url = WebAddress.read(written)
            if let base = url, base.hasSuffix("/v2/enqueue") {
                written.refuse("is the whole address, not its base", remedy: "end it before /v2/enqueue")
                url = nil
            }
        }
        guard let url, let reference else { return nil }
        return .pagerDuty(url: url, routingKey: reference)
    }

    /// Replicas, each as a base URL.
    private func alertmanager(_ field: Field) -> ReceiverConfiguration.Channel? {
        guard let section = field.section(["urls"]),
            let urls = section.required("urls", remedy: "name every replica: urls: [https://alertmanager.contoso.com]"),
            let items = urls.list(maximum: Self.maximumReplicas)
        else { return nil }
        if items.isEmpty { urls.refuse("is empty", remedy: "name every replica of the Alertmanager") }
        var bases: [String] = []
        for item in items {
            guard let base = WebAddress.read(item) else { continue }
            if base.hasSuffix("/api/v2/alerts") || base.hasSuffix("/api/v2") {
                item.refuse("is the address of the API, not its base", remedy: "end it before /api/v2")
            } else if bases.contains(base) {
                item.refuse("is named twice", remedy: "name every replica once")
            } else {
                bases.append(base)
            }
        }
        return bases.count == items.count && !bases.isEmpty ? .alertmanager(urls: bases) : nil
    }

    private static let maximumReplicas = 16

    private func teams(_ field: Field) -> ReceiverConfiguration.Channel? {
        secretURL(field, remedy: "name the file with the URL of the workflow's webhook").map { .teams(url: $0) }
    }

    private func slack(_ field: Field) -> ReceiverConfiguration.Channel? {
        secretURL(field, remedy: "name the file with the URL of the incoming webhook").map { .slack(url: $0) }
    }

    /// The URL of a chat's webhook is its only secret, so it stands in a file.
    private func secretURL(_ field: Field, remedy: String) -> SecretReference? {
        guard let section = field.section(["url_file"]) else { return nil }
        guard let file = section.required("url_file", remedy: remedy), let reference = file.fileReference() else {
            return nil
        }
        guard !reference.name.contains("://") else {
            file.refuse("holds the URL itself, which is a secret", remedy: remedy)
            return nil
        }
        return reference
    }

    private func refuseLostFallbacks(_ fallbacks: [ReceiverName: Field], known: [ReceiverName: Field]) {
        for field in fallbacks.values {
            guard case .scalar(let text, _) = field.node.content, known[ReceiverName(text)] == nil else { continue }
            field.refuse(
                "no receiver is called \(text.quoted)",
                remedy: NearestName.remedy(for: text, among: known.keys.map(\.text).sorted()))
        }
    }

    private func refuseFallbackCircles(_ receivers: [ReceiverConfiguration], _ fallbacks: [ReceiverName: Field]) {
        let next = Dictionary(
            receivers.compactMap { receiver in receiver.fallback.map { (receiver.name, $0) } },
            uniquingKeysWith: { first, _ in first })
        for receiver in receivers {
            var path = [receiver.name]
            while let following = path.last.flatMap({ next[$0] }), !path.contains(following) { path.append(following) }
            guard let last = path.last, next[last] == receiver.name else { continue }
            let circle = (path + [receiver.name]).map(\.text).joined(separator: " → ")
            fallbacks[receiver.name]?.refuse(
                "falls back in a circle: \(circle)", remedy: "remove the fallback of one of them")
        }
    }
}
