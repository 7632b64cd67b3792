// Slack's messages against the limits of Block Kit and the answers of incoming webhooks.

import FleetCore
import Foundation
import HTTPExchange
import HTTPTypes
import Testing

@testable import FleetChannels

private let hook = "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX"

private func deliver(
    _ notification: FleetCore.Notification = sampleNotification(), url: String = hook,
    sender: SenderIdentity = fullSender, answer: ScriptedTransport.Answer = .status(200, [:], "ok")
) async throws -> (result: DeliveryResult, call: HTTPCall) {
    let transport = ScriptedTransport(answer)
    let channel = try SlackChannel(
        receiver: ReceiverName("chat"), url: Secret(url + "\n"), sender: sender, transport: transport)
    let result = await channel.deliver(notification, at: noon)
    return (result, try #require(transport.calls.first))
}

/// Every text object of a message, wherever it stands.
private func texts(_ json: Any) -> [[String: Any]] {
    if let list = json as? [Any] { return list.flatMap(texts) }
    guard let object = json as? [String: Any] else { return [] }
    let own = ["mrkdwn", "plain_text"].contains(object["type"] as? String ?? "") ? [object] : []
    return own + object.values.flatMap(texts)
}

@Suite struct SlackTests {
    @Test func `the message of an incident`() async throws {
        let (result, call) = try await deliver()
        #expect(result == .accepted(detail: "chat (hooks.slack.com) answered 200: ok"))
        #expect(call.method == .post && call.url == hook)
        #expect(call.field("content-type") == "application/json; charset=utf-8")
        let json = try #require(call.json)
        #expect(json["text"] as? String == "[CRITICAL] Room 17 (B2, floor 3) is offline")
        #expect(json["mrkdwn"] as? Bool == false && json["unfurl_links"] as? Bool == false)
        let blocks = try #require(json["blocks"] as? [[String: Any]])
        #expect(blocks.map { $0["type"] as? String } == ["header", "section", "section", "context"])
        #expect(
            (blocks[0]["text"] as? [String: Any])?["text"] as? String
                == "🔴 [CRITICAL] Room 17 (B2, floor 3) is offline")
        let fields = (blocks[1]["fields"] as? [[String: Any]])?.compactMap { $0["text"] as? String }
        #expect(
            fields == [
                "*Where*\nRoom 17 (B2, floor 3)", "*Severity*\ncritical", "*Likely cause*\nnetwork or power",
                "*Since*\n<!date^1795161590^{date_short_pretty} {time_secs}|2026-11-20 07:59:50 UTC>",
                "*Last seen well*\n<!date^1795161585^{date_short_pretty} {time_secs}|2026-11-20 07:59:45 UTC>",
                "*Evidence*\npresence: Offline (2026-11-20 07:59:50 UTC)", "*Tenant*\ncontoso",
            ])
        #expect(
            (blocks[2]["text"] as? [String: Any])?["text"] as? String
                == "<https://roomwatch.contoso.com/incidents/01JD0000000000000000000001|Open in Roomwatch> · "
                + "<https://wiki.contoso.com/rooms?c=room.offline&amp;x=1|Runbook>")
    }

    @Test func `what the header has no room for stands beneath it`() async throws {
        let long = sampleIncident(summary: String(repeating: "offline & ", count: 25))
        let json = try #require(try await deliver(sampleNotification(.reminder, long)).call.json)
        let blocks = try #require(json["blocks"] as? [[String: Any]])
        let header = try #require((blocks[0]["text"] as? [String: Any])?["text"] as? String)
        #expect(header.hasPrefix("🔴 [CRITICAL] Reminder: offline &amp; ") && header.hasSuffix("…"))
        let section = try #require((blocks[1]["text"] as? [String: Any])?["text"] as? String)
        #expect(
            section.hasPrefix("Reminder: offline &amp; ")
                && section.hasSuffix("Nobody has acknowledged this incident yet."))
    }

    @Test func `a test is marked in the header and in the text`() async throws {
        let json = try #require(try await deliver(sampleNotification(.test)).call.json)
        #expect((json["text"] as? String)?.hasPrefix("[TEST] ") == true)
        #expect(texts(json).contains { ($0["text"] as? String)?.contains("This is a TEST") == true })
    }

    @Test func `nobody is called and nothing is formatted by a name`() async throws {
        let call = try await deliver(sampleNotification(.opened, hugeIncident(name: hostile)), sender: sender).call
        let json = try #require(call.json)
        let all = texts(json).compactMap { $0["text"] as? String } + [json["text"] as? String ?? ""]
        for text in all {
            // What is left of `<…>` is ours: dates and links.
            let controls = text.split(separator: "<").dropFirst().map { String($0.prefix(6)) }
            #expect(controls.allSatisfy { $0.hasPrefix("!date^") || $0.hasPrefix("https:") }, "\(text)")
        }
        for text in texts(json) where text["type"] as? String == "mrkdwn" {
            #expect(text["verbatim"] as? Bool == true)
            // Bold is our own label, nothing else.
            let marks = (text["text"] as? String ?? "").filter { "*~`".contains($0) }
            #expect(marks == "**" || marks.isEmpty)
        }
        #expect(all.contains { $0.contains("&lt;!channel&gt;") } && all.contains { $0.contains("ˍxˍ") })
        #expect(SlackText.formatted("room_17_b") == "room_17_b")
    }

    @Test(arguments: extremes.indices)
    func `the limits hold at the extremes`(index: Int) async throws {
        let call = try await deliver(sampleNotification(.opened, hugeIncident(name: extremes[index]))).call
        let json = try #require(call.json)
        let blocks = try #require(json["blocks"] as? [[String: Any]])
        #expect(blocks.count <= 50)
        for block in blocks {
            let length = ((block["text"] as? [String: Any])?["text"] as? String)?.utf16.count
            #expect((1...(block["type"] as? String == "header" ? 150 : 3_000)).contains(length ?? 1))
            let fields = (block["fields"] as? [[String: Any]]) ?? []
            #expect(fields.count <= 10)
            #expect(fields.allSatisfy { (1...2_000).contains(($0["text"] as? String)?.utf16.count ?? 0) })
        }
        #expect(try #require(json["text"] as? String).utf16.count <= 3_000)
        #expect(try #require(call.body).count < 40_000)
    }

    @Test(arguments: [
        (200, "ok", "accepted"), (200, "", "accepted"), (200, "<html>welcome</html>", "retry"),
        (400, "invalid_payload", "refused"), (400, "no_text", "refused"), (403, "action_prohibited", "refused"),
        (403, "invalid_token", "refused"), (404, "channel_not_found", "refused"), (404, "no_service", "refused"),
        (410, "channel_is_archived", "refused"), (500, "no_active_hooks", "refused"), (500, "rollup_error", "retry"),
        (429, "rate_limited", "retry"), (503, "", "retry"), (302, "", "refused"), (418, "", "retry"),
        (200, "channel_is_archived", "refused"),
    ])
    func `every answer has its consequence`(status: Int, body: String, word: String) async throws {
        let result = try await deliver(answer: .status(status, [:], body)).result
        #expect(result.word == word)
        #expect(!result.text.contains("XXXX") && !result.text.contains("/services"))
    }

    @Test func `a throttled message waits as long as it is told`() async throws {
        #expect(try await deliver(answer: .status(429, ["Retry-After": "7"])).result.retryAfter == .seconds(7))
        #expect(try await deliver(answer: .status(429)).result.retryAfter == .seconds(30))
    }

    @Test(arguments: ["", "no url", "http://hooks.slack.com/services/x", "ftp://hooks.slack.com/x", "https://"])
    func `a file without a safe URL is refused`(url: String) async {
        await #expect(throws: ChannelConfigurationError.self) { try await deliver(url: url) }
    }

    @Test func `this machine may be spoken to in clear`() async throws {
        #expect(try await deliver(url: "http://127.0.0.1:9000/hook").result.word == "accepted")
    }

    @Test func `a repeated attempt has the same body, and nothing shows the secret`() async throws {
        #expect(try await deliver().call.body == deliver(answer: .status(500)).call.body)
        let channel = try SlackChannel(
            receiver: ReceiverName("chat"), url: Secret(hook), sender: sender,
            transport: ScriptedTransport(.status(200)))
        #expect("\(channel)" == "slack chat (hooks.slack.com)")
        var dumped = ""
        dump(channel, to: &dumped)
        #expect(!dumped.contains("XXXX"))
        #expect(try await deliver(answer: .failure(.tlsRefused)).result.word == "refused")
        #expect(try await deliver(answer: .failure(.totalTimedOut)).result.word == "retry")
    }
}
