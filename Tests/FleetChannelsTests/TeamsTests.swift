// Cards for Teams: the shape that Workflows takes, its size, and answers that say no with a 200.

import FleetCore
import Foundation
import HTTPExchange
import HTTPTypes
import Testing

@testable import FleetChannels

private let hook =
    "https://prod-00.westeurope.logic.azure.com:443/workflows/0123456789abcdef/triggers/manual/paths/invoke"
    + "?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=abcdefghijklmnopqrstuvwxyz0123456789"

private func deliver(
    _ notification: FleetCore.Notification = sampleNotification(), url: String = hook,
    sender: SenderIdentity = fullSender, answer: ScriptedTransport.Answer = .status(202)
) async throws -> (result: DeliveryResult, call: HTTPCall) {
    let transport = ScriptedTransport(answer)
    let channel = try TeamsChannel(
        receiver: ReceiverName("team"), url: Secret(url), sender: sender, transport: transport)
    let result = await channel.deliver(notification, at: noon)
    return (result, try #require(transport.calls.first))
}

private func card(_ call: HTTPCall) throws -> [String: Any] {
    let attachments = try #require(call.json?["attachments"] as? [[String: Any]])
    return try #require(attachments.first?["content"] as? [String: Any])
}

/// The texts of a card's body, one line for each text block.
private func lines(_ element: Any) -> [String] {
    if let list = element as? [Any] { return list.flatMap(lines) }
    guard let element = element as? [String: Any] else { return [] }
    if let runs = element["inlines"] as? [[String: Any]] {
        return [runs.compactMap { $0["text"] as? String }.joined()]
    }
    return lines(element["items"] ?? [])
}

@Suite struct TeamsTests {
    @Test func `the card of an incident`() async throws {
        let (result, call) = try await deliver()
        #expect(result == .accepted(detail: "team (prod-00.westeurope.logic.azure.com:443) answered 202"))
        #expect(call.method == .post && call.url == hook)
        #expect(call.field("content-type") == "application/json; charset=utf-8")
        #expect(call.json?["type"] as? String == "message")
        let attachment = try #require((call.json?["attachments"] as? [[String: Any]])?.first)
        #expect(attachment["contentType"] as? String == "application/vnd.microsoft.card.adaptive")
        let content = try card(call)
        #expect(content["type"] as? String == "AdaptiveCard" && content["version"] as? String == "1.4")
        #expect(content["$schema"] as? String == "http://adaptivecards.io/schemas/adaptive-card.json")
        #expect(
            lines(content["body"] ?? []) == [
                "[CRITICAL] Room 17 (B2, floor 3) is offline", "Where: Room 17 (B2, floor 3)", "Severity: critical",
                "Likely cause: network or power", "Since: 2026-11-20 07:59:50 UTC",
                "Last seen well: 2026-11-20 07:59:45 UTC", "Evidence: presence: Offline (2026-11-20 07:59:50 UTC)",
                "Tenant: contoso", "Roomwatch · incident 01JD0000000000000000000001 · routes[0]",
            ])
        let actions = try #require(content["actions"] as? [[String: String]])
        #expect(actions.map { $0["type"] } == ["Action.OpenUrl", "Action.OpenUrl"])
        #expect(actions[1]["url"] == "https://wiki.contoso.com/rooms?c=room.offline&x=1")
        #expect(try card(try await deliver(sender: SenderIdentity(version: "1")).call)["actions"] == nil)
    }

    @Test(arguments: [
        (Incident.Status.open, Severity.critical, "attention"), (.open, .warning, "warning"),
        (.acknowledged, .critical, "accent"), (.resolved, .critical, "good"),
    ])
    func `the head has the colour of the state`(status: Incident.Status, severity: Severity, style: String) async throws
    {
        var incident = sampleIncident(severity: severity)
        incident.status = status
        let body = try card(try await deliver(sampleNotification(.updated, incident)).call)["body"] as? [[String: Any]]
        #expect(body?.first?["style"] as? String == style)
    }

    /// A TextBlock and a FactSet read Markdown; a TextRun does not (learn.microsoft.com, "Text features").
    @Test func `no text of a card is read as Markdown, and nobody is mentioned`() async throws {
        let call = try await deliver(sampleNotification(.opened, hugeIncident(name: hostile))).call
        let text = String(decoding: try #require(call.body), as: UTF8.self)
        for word in ["\"TextBlock\"", "\"FactSet\"", "\"entities\"", "\"mention\""] { #expect(!text.contains(word)) }
        #expect(text.contains("<at>all</at>") && text.contains("**bold**"))
        #expect((try card(call)["msteams"] as? [String: String]) == ["width": "Full"])
    }

    @Test(arguments: extremes.indices)
    func `a card stays below 28 KB, however it is counted`(index: Int) async throws {
        let call = try await deliver(sampleNotification(.opened, hugeIncident(name: extremes[index]))).call
        let body = try #require(call.body)
        #expect(body.count < TeamsMessage.maximumBytes)
        #expect(String(decoding: body, as: UTF8.self).utf16.count * 2 < TeamsMessage.maximumBytes)
        let texts = lines(try card(call)["body"] ?? [])
        #expect(texts.allSatisfy { !$0.isEmpty } && texts.count > 5)
    }

    @Test(arguments: [
        (202, "", "accepted"), (200, "1", "accepted"), (200, "", "accepted"), (200, "thank you", "accepted"),
        (
            200, "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with x",
            "retry"
        ),
        (
            200, "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 413 with x",
            "refused"
        ),
        (
            200, "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 502 with x",
            "retry"
        ),
        (200, "<html>guest network</html>", "retry"), (202, #"{"error":{"code":"x"}}"#, "retry"),
        (400, #"{"error":{"code":"TriggerInputSchemaMismatch"}}"#, "refused"), (401, "", "refused"),
        (403, "", "refused"), (404, #"{"error":{"code":"WorkflowNotFound"}}"#, "refused"), (410, "", "refused"),
        (413, "", "refused"), (429, "", "retry"), (500, "", "retry"), (502, "", "retry"), (302, "", "refused"),
    ])
    func `every answer has its consequence`(status: Int, body: String, word: String) async throws {
        let result = try await deliver(answer: .status(status, [:], body)).result
        #expect(result.word == word)
        #expect(!result.text.contains("abcdefghij"))
    }

    @Test func `being throttled is heard in both ways`() async throws {
        let words = "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429"
        #expect(try await deliver(answer: .status(200, [:], words)).result.retryAfter == .seconds(30))
        #expect(try await deliver(answer: .status(429)).result.retryAfter == .seconds(30))
        #expect(try await deliver(answer: .status(429, ["Retry-After": "12"])).result.retryAfter == .seconds(12))
    }

    @Test(arguments: ["", "http://prod-00.westeurope.logic.azure.com/x?sig=1", "https://a b"])
    func `a file without a safe URL is refused`(url: String) async {
        await #expect(throws: ChannelConfigurationError.self) { try await deliver(url: url) }
    }
}
