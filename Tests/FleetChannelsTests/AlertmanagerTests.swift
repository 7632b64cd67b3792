// Alerts for Alertmanager: labels that are legal and stay the alert's own, and replicas of which some are down.

import FleetAPI
import FleetCore
import Foundation
import HTTPExchange
import HTTPTypes
import Synchronization
import Testing
import Timekeeping

@testable import FleetChannels

/// Replicas in memory, by host: each keeps alerts by their labels as Alertmanager does, or is down.
private final class Replicas: HTTPTransport {
    struct State {
        var alerts: [String: [[String: String]: AlertmanagerAlert]] = [:]
        var answers: [String: ScriptedTransport.Answer] = [:]
        var calls: [HTTPCall] = []
    }

    let state = Mutex(State())

    init(_ answers: [String: ScriptedTransport.Answer] = [:]) { state.withLock { $0.answers = answers } }

    func set(_ host: String, _ answer: ScriptedTransport.Answer?) { state.withLock { $0.answers[host] = answer } }

    /// What fires on a replica at an instant.
    func firing(_ host: String, at now: Moment = noon) -> [AlertmanagerAlert] {
        state.withLock { $0.alerts[host, default: [:]].values.filter { $0.endsAt.date > now.wall } }
    }

    var calls: [HTTPCall] { state.withLock { $0.calls } }

    func send(_ call: HTTPCall) async throws(HTTPTransportError) -> HTTPAnswer {
        let url = URLComponents(string: call.url)
        let host = url?.host ?? ""
        let result: Result<HTTPAnswer, HTTPTransportError> = state.withLock { state in
            state.calls.append(call)
            switch state.answers[host] {
            case .failure(let kind, let detail):
                return .failure(HTTPTransportError(kind, host: host, detail: detail))
            case .status(let status, let fields, let body):
                var header = HTTPFields()
                for (name, value) in fields { header[HTTPField.Name(name)!] = value }
                return .success(HTTPAnswer(status: status, headerFields: header, body: Array(body.utf8)))
            case nil: break
            }
            if call.method == .get {
                let filter = url?.queryItems?.first { $0.name == "filter" }?.value ?? ""
                let found = state.alerts[host, default: [:]].values.filter {
                    filter == "dedup_key=\"\($0.labels["dedup_key"] ?? "")\"" && $0.endsAt.date > noon.wall
                }
                return .success(HTTPAnswer(status: 200, body: (try? WireJSON.bytes(of: Array(found))) ?? []))
            }
            for alert in (try? WireJSON.value([AlertmanagerAlert].self, from: call.body ?? [])) ?? [] {
                state.alerts[host, default: [:]][alert.labels] = alert
            }
            return .success(HTTPAnswer(status: 200))
        }
        return try result.get()
    }
}

private func channel(
    _ transport: any HTTPTransport, urls: [String] = ["https://am1.contoso.com"]
) throws -> AlertmanagerChannel {
    try AlertmanagerChannel(receiver: ReceiverName("ledger"), urls: urls, sender: fullSender, transport: transport)
}

private func resolved(_ incident: Incident) -> Incident {
    var incident = incident
    incident.status = .resolved
    incident.resolvedAt = noon.wall
    incident.resolution = .recovered
    return incident
}

@Suite struct AlertmanagerTests {
    @Test func `the alert of an incident`() async throws {
        let replicas = Replicas()
        let result = try await channel(replicas, urls: ["https://am1.contoso.com/prefix/"])
            .deliver(sampleNotification(), at: noon)
        #expect(result == .accepted(detail: "ledger: accepted by 1 of 1"))
        #expect(
            replicas.calls[0].url
                == "https://am1.contoso.com/prefix/api/v2/alerts?filter=dedup_key%3D%22contoso%3Aroom.offline%3Aa17%22")
        let call = replicas.calls[1]
        #expect(call.method == .post && call.url == "https://am1.contoso.com/prefix/api/v2/alerts")
        let body = try JSONSerialization.jsonObject(with: Data(call.body ?? [])) as? [[String: Any]]
        let alert = try #require(body?.first)
        #expect(Set(alert.keys) == ["labels", "annotations", "startsAt", "endsAt", "generatorURL"])
        #expect(
            alert["labels"] as? [String: String] == [
                "alertname": "RoomOffline", "condition": "room.offline", "severity": "critical", "tenant": "contoso",
                "scope": "room", "building": "B2", "floor": "3", "room": "Room 17",
                "dedup_key": "contoso:room.offline:a17", "monitor": "roomwatch",
            ])
        let annotations = alert["annotations"] as? [String: String]
        #expect(annotations?["summary"] == "Room 17 (B2, floor 3) is offline")
        #expect(annotations?["runbook_url"] == "https://wiki.contoso.com/rooms?c=room.offline&x=1")
        #expect(annotations?["description"]?.contains("Likely cause: network or power\n") == true)
        #expect(alert["startsAt"] as? String == "2026-11-20T07:59:50.000Z")
        #expect(alert["endsAt"] as? String == "2026-11-20T09:00:01.250Z")
        #expect(
            alert["generatorURL"] as? String
                == "https://roomwatch.contoso.com/incidents/01JD0000000000000000000001")
    }

    @Test func `a resolve ends the alert at the recovery`() async throws {
        let replicas = Replicas()
        let channel = try channel(replicas)
        _ = await channel.deliver(sampleNotification(), at: noon)
        #expect(replicas.firing("am1.contoso.com").count == 1)
        _ = await channel.deliver(sampleNotification(.resolved, resolved(sampleIncident())), at: noon)
        #expect(replicas.firing("am1.contoso.com").isEmpty)
    }

    @Test func `a severity that rises leaves no alert of the lower one`() async throws {
        let replicas = Replicas()
        let channel = try channel(replicas)
        _ = await channel.deliver(sampleNotification(.opened, sampleIncident(severity: .warning)), at: noon)
        _ = await channel.deliver(sampleNotification(.updated, sampleIncident(severity: .critical)), at: noon)
        #expect(replicas.firing("am1.contoso.com").map { $0.labels["severity"] } == ["critical"])
        // A room that moved, and a resolve that no longer knows what was said before.
        var moved = sampleIncident(severity: .critical)
        moved.name([reference(17, building: "B9")])
        _ = await channel.deliver(sampleNotification(.resolved, resolved(moved)), at: noon)
        #expect(replicas.firing("am1.contoso.com").isEmpty)
    }

    @Test func `a replica that is down holds up nobody and is told by the next refresh`() async throws {
        let replicas = Replicas(["am2.contoso.com": .failure(.connectRefused, "refused")])
        let channel = try channel(replicas, urls: ["https://am1.contoso.com", "https://am2.contoso.com"])
        let result = await channel.deliver(sampleNotification(), at: noon)
        #expect(result.word == "accepted" && result.text.contains("1 of 2") && result.text.contains("am2.contoso.com"))
        #expect(replicas.firing("am1.contoso.com").count == 1 && replicas.firing("am2.contoso.com").isEmpty)
        replicas.set("am2.contoso.com", nil)
        #expect(await channel.refresh([sampleIncident()], at: noon).word == "accepted")
        #expect(replicas.firing("am2.contoso.com").count == 1)
        // The refresh also brings the resolve that a replica missed.
        replicas.set("am2.contoso.com", .failure(.totalTimedOut, ""))
        _ = await channel.deliver(sampleNotification(.resolved, resolved(sampleIncident())), at: noon)
        #expect(replicas.firing("am2.contoso.com").count == 1)
        replicas.set("am2.contoso.com", nil)
        _ = await channel.refresh([resolved(sampleIncident())], at: noon)
        #expect(replicas.firing("am2.contoso.com").isEmpty)
    }

    @Test func `an alert outlives a pause of Roomwatch and not its end`() async throws {
        let replicas = Replicas()
        let channel = try channel(replicas)
        _ = await channel.deliver(sampleNotification(), at: noon)
        let later = noon.advanced(by: .seconds(3_500))
        #expect(replicas.firing("am1.contoso.com", at: later).count == 1)
        #expect(replicas.firing("am1.contoso.com", at: noon.advanced(by: .seconds(3_601))).isEmpty)
        _ = await channel.refresh([sampleIncident()], at: later)
        #expect(replicas.firing("am1.contoso.com", at: noon.advanced(by: .seconds(7_000))).count == 1)
        #expect(AlertmanagerChannel.refreshInterval * 3 < .seconds(AlertmanagerAlert.lifetime))
    }

    @Test func `twenty thousand alerts are repeated in parts`() async throws {
        let replicas = Replicas()
        let incidents = Array(repeating: sampleIncident(), count: 1_001)
        #expect(try await channel(replicas).refresh(incidents, at: noon).word == "accepted")
        #expect(replicas.calls.count == 6)
        #expect(try await channel(replicas).refresh([], at: noon).word == "accepted")
    }

    @Test(arguments: [
        (ScriptedTransport.Answer.status(400, [:], "start time must be before end time"), "refused"),
        (.status(401), "refused"), (.status(500), "retry"), (.status(503, ["Retry-After": "9"]), "retry"),
        (.failure(.tlsRefused), "refused"), (.failure(.connectTimedOut), "retry"),
    ])
    func `when no replica takes it, the mildest answer decides`(answer: ScriptedTransport.Answer, word: String)
        async throws
    {
        let one = try await channel(Replicas(["am1.contoso.com": answer])).deliver(sampleNotification(), at: noon)
        #expect(one.word == word)
        let both = Replicas(["am1.contoso.com": answer, "am2.contoso.com": .status(503, ["Retry-After": "9"])])
        let urls = ["https://am1.contoso.com", "https://am2.contoso.com"]
        #expect(try await channel(both, urls: urls).deliver(sampleNotification(), at: noon).word == "retry")
        let refused = Replicas(["am1.contoso.com": answer, "am2.contoso.com": .status(401)])
        #expect(try await channel(refused, urls: urls).deliver(sampleNotification(), at: noon).word == word)
    }

    @Test(arguments: Condition.allCases)
    func `names are those of Prometheus`(condition: Condition) {
        let name = AlertmanagerAlert.name(of: condition)
        #expect(name.first?.isUppercase == true && name.allSatisfy { $0.isASCII && $0.isLetter })
        #expect(AlertmanagerAlert.name(of: .roomNeverSeen) == "RoomNeverSeen")
    }

    @Test(arguments: extremes.indices)
    func `labels and annotations are bounded and never empty`(index: Int) async throws {
        let alert = AlertmanagerAlert(
            hugeIncident(name: extremes[index]), event: .opened, from: fullSender, at: noon.wall)
        #expect(alert.labels.values.allSatisfy { (1...256).contains($0.utf16.count) })
        #expect(alert.labels.keys.allSatisfy { $0.allSatisfy { $0.isLetter || $0 == "_" } })
        #expect(try WireJSON.bytes(of: alert).count < 32_000)
        #expect(alert.startsAt <= alert.endsAt)
    }

    @Test func `an alert never ends before it begins, and a test is labelled`() {
        var incident = resolved(sampleIncident())
        incident.resolvedAt = incident.firstBadAt.addingTimeInterval(-60)
        let alert = AlertmanagerAlert(incident, event: .resolved, from: sender, at: noon.wall)
        #expect(alert.endsAt == alert.startsAt)
        let test = AlertmanagerAlert(sampleIncident(), event: .test, from: sender, at: noon.wall)
        #expect(test.labels["test"] == "true" && test.annotations["summary"]?.hasPrefix("TEST: ") == true)
        #expect(test.endsAt.date == noon.wall.addingTimeInterval(300))
    }

    @Test func `without a replica there is no channel`() {
        #expect(throws: ChannelConfigurationError.self) { try channel(Replicas(), urls: []) }
        #expect(throws: ChannelConfigurationError.self) { try channel(Replicas(), urls: ["https://a.b/?x=1"]) }
    }
}
