// What every answer and every failure means (Telling, Retries), and that no text of ours gives a secret away.

import FleetCore
import Foundation
import HTTPExchange
import Testing
import Timekeeping

@testable import FleetChannels

private let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
private let routingKey = "0123456789abcdef0123456789ABCDEF"
private let url = "https://hooks.contoso.com:8443/services/T0KEN-IN-PATH?key=T0KEN%2DIN-QUERY"

private func webhook(_ answer: ScriptedTransport.Answer) throws -> WebhookChannel {
    try WebhookChannel(
        receiver: ReceiverName("oncall"), url: Secret(url), secret: Secret(secret), sender: sender,
        transport: ScriptedTransport(answer))
}

private func pagerDuty(_ answer: ScriptedTransport.Answer) throws -> PagerDutyChannel {
    try PagerDutyChannel(
        receiver: ReceiverName("pager"), routingKey: Secret(routingKey + "\n"), sender: sender,
        transport: ScriptedTransport(answer))
}

@Suite struct VerdictTests {
    @Test(arguments: 100...599)
    func `every status`(status: Int) async throws {
        let expected =
            switch status {
            case 200...299: "accepted"
            case 300...399, 400, 401, 403, 404, 410, 413: "refused"
            default: "retry"
            }
        let result = try await webhook(.status(status)).deliver(sampleNotification(), at: noon)
        #expect(result.word == expected)
        #expect(result.text.contains("oncall (hooks.contoso.com:8443) answered \(status)"))
        #expect(result.text.contains("redirects are not followed") == (300...399).contains(status))
        let page = try await pagerDuty(.status(status)).deliver(sampleNotification(), at: noon)
        // A 200 that is not PagerDuty's own has reached nobody.
        #expect(page.word == (expected == "accepted" && status != 202 ? "retry" : expected))
    }

    @Test(arguments: HTTPTransportError.Kind.allCases)
    func `every failure of the transport`(kind: HTTPTransportError.Kind) async throws {
        let isFinal = kind == .tlsRefused || kind == .malformedURL
        for result in [
            try await webhook(.failure(kind, "certificate has expired")).deliver(sampleNotification(), at: noon),
            try await pagerDuty(.failure(kind, "certificate has expired")).deliver(sampleNotification(), at: noon),
        ] {
            #expect(result.word == (isFinal ? "refused" : "retry"))
            #expect(result.text.contains(kind.rawValue) && result.text.contains("certificate has expired"))
            #expect(result.retryAfter == nil)
        }
    }

    @Test(arguments: [
        ("0", 0), ("7", 7), (" 120 ", 120), ("3600", 3600), ("86400", 3600), ("99999999999999999999999", 3600),
        ("Fri, 20 Nov 2026 08:01:01 GMT", 59.75), ("Friday, 20-Nov-26 08:01:01 GMT", 59.75),
        ("Fri Nov 20 08:01:01 2026", 59.75), ("Fri, 20 Nov 2026 07:00:00 GMT", 0), ("Fri Nov  6 08:01:01 2026", 0),
        ("Sun, 06-Nov-94 08:49:37 GMT", 0), ("Fri, 20 Nov 2096 08:01:01 GMT", 3600),
        ("-5", nil), ("1.5", nil), ("soon", nil), ("", nil), ("Fri, 32 Nov 2026 08:01:01 GMT", nil),
        ("Fri, 20 Foo 2026 08:01:01 GMT", nil), ("Fri, 20 Nov 2026 08:01:01 CET", nil), ("٣", nil),
    ])
    func `Retry-After as number or date, bounded`(value: String, seconds: Double?) async throws {
        #expect(RetryAfter.wait(value, at: noon) == seconds.map { .seconds($0) })
        for status in [408, 429, 500, 503] {
            let result = try await webhook(.status(status, ["Retry-After": value])).deliver(
                sampleNotification(), at: noon)
            #expect(result.retryAfter == seconds.map { .seconds($0) })
        }
    }

    @Test func `secrets are in no text`() async throws {
        let echo = "\(url) /services/T0KEN-IN-PATH T0KEN-IN-QUERY T0KEN%2DIN-QUERY \(secret) \(routingKey)"
        let reply = #"{"status":"invalid event","message":"\#(routingKey) \#(routingKey.lowercased())"}"#
        var texts: [String] = []
        for answer in [
            ScriptedTransport.Answer.status(400, [:], reply), .status(429, [:], reply), .status(202, [:], reply),
            .status(200, [:], reply), .failure(.tlsRefused, echo), .failure(.brokenConnection, echo),
        ] {
            let webhook = try webhook(answer)
            let pagerDuty = try pagerDuty(answer)
            // A webhook's signing secret and another receiver's key cannot reach its transport's words.
            texts.append(
                await webhook.deliver(sampleNotification(), at: noon).text
                    .replacing(secret, with: "").replacing(routingKey, with: ""))
            texts.append(
                await pagerDuty.deliver(sampleNotification(), at: noon).text
                    .replacing(url, with: "").replacing(secret, with: "")
                    .replacing("/services/T0KEN-IN-PATH T0KEN-IN-QUERY T0KEN%2DIN-QUERY", with: ""))
            for value in [webhook, pagerDuty] as [Any] {
                var dumped = ""
                dump(value, to: &dumped)
                texts += ["\(value)", String(reflecting: value), dumped]
            }
        }
        let event = try PagerDutyEvent(sampleNotification(), routingKey: Secret(routingKey), from: sender)
        var dumped = ""
        dump(event, to: &dumped)
        texts += ["\(event)", String(reflecting: event), dumped]
        for held in [secret, url, routingKey] {
            var dumped = ""
            dump(Secret(held), to: &dumped)
            texts += ["\(Secret(held))", String(reflecting: Secret(held)), dumped]
        }
        for text in texts {
            for needle in ["T0KEN", "MfKQ9r8G", routingKey, routingKey.lowercased()] {
                #expect(!text.contains(needle), "\(text)")
            }
        }
    }

    @Test func `a receiver's words stay on one line and short`() async throws {
        let reply =
            #"{"status":"invalid event","message":"one\n\u001b[31mtwo\#(String(repeating: "x", count: 9_000))"}"#
        let text = try await pagerDuty(.status(400, [:], reply)).deliver(sampleNotification(), at: noon).text
        #expect(text.contains("invalid event; one [31mtwo") || text.contains("invalid event; one  [31mtwo"))
        #expect(text.count < 500 && !text.contains { $0.isNewline })
    }
}
