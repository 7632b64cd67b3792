// Deliveries to receivers that are not ours, by hand: an Alertmanager and a mail server on this machine. Each test runs
// only when its variable says where the receiver is; nothing is asserted beyond what they answer, the rest is looked at.
//
//     prometheus-alertmanager --web.listen-address=127.0.0.1:9093 --config.file=… &
//     ROOMWATCH_ALERTMANAGER=http://127.0.0.1:9093 ROOMWATCH_MAIL=plain:127.0.0.1:2525 \
//         swift test --filter RealReceiversTests
//     amtool --alertmanager.url=http://127.0.0.1:9093 alert query -o extended

import CurlHTTP
import FleetCore
import Foundation
import MailExchange
import Testing
import Timekeeping

@testable import FleetChannels

private func variable(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }

private let time = SystemTimeSource()

/// An incident of now, so that a real receiver believes it.
private func present(_ severity: Severity, name: String = "Room 17", number: Int = 17) -> Incident {
    let now = time.now().wall
    var incident = Incident(
        id: UniqueID(stored: "01JD00000000000000000000\(number)"),
        key: DedupKey(tenant: TenantName("contoso"), condition: .roomOffline, subject: .room(AccountID("a\(number)"))),
        condition: .roomOffline, tenant: TenantName("contoso"), severity: severity,
        scope: Incident.Scope(kind: .room, id: "a\(number)", name: name), rooms: [reference(number)],
        cause: .networkOrPower, summary: "\(name) (B2, floor 3) is offline; meeting starts in 12 min",
        firstBadAt: now.addingTimeInterval(-11), lastGoodAt: now.addingTimeInterval(-16), openedAt: now,
        evidence: [FleetCore.Evidence(source: "presence", reading: "Offline", observedAt: now)])
    incident.contact = "Front desk B2, extension 4711"
    incident.meeting = Incident.Meeting(
        startsAt: now.addingTimeInterval(720), endsAt: now.addingTimeInterval(4_320))
    return incident
}

private func resolved(_ incident: Incident) -> Incident {
    var incident = incident
    incident.status = .resolved
    incident.resolvedAt = time.now().wall
    incident.resolution = .recovered
    return incident
}

private func notification(
    _ event: FleetCore.Notification.Event, _ incident: Incident, id: Int
) -> FleetCore.Notification {
    FleetCore.Notification(
        id: UniqueID(stored: "01JDN0000000000000000000\(10 + id)"), receiver: ReceiverName("real"), event: event,
        rule: "routes[0]", incident: incident, decidedAt: time.now().wall, notBefore: time.now().wall)
}

@Suite(.serialized) struct RealReceiversTests {
    @Test(.enabled(if: variable("ROOMWATCH_ALERTMANAGER") != nil))
    func `Alertmanager`() async throws {
        let urls = try #require(variable("ROOMWATCH_ALERTMANAGER")).split(separator: ",").map(String.init)
        let transport = CurlTransport(configuration: CurlConfiguration(), time: time)
        let channel = try AlertmanagerChannel(
            receiver: ReceiverName("real"), urls: urls, sender: fullSender, transport: transport)
        let step = variable("ROOMWATCH_STEP") ?? "open"
        switch step {
        case "open":
            print(await channel.deliver(notification(.opened, present(.warning), id: 1), at: time.now()))
            print(
                await channel.deliver(
                    notification(.opened, present(.error, name: hostile, number: 18), id: 2), at: time.now()))
        case "raise": print(await channel.deliver(notification(.updated, present(.critical), id: 3), at: time.now()))
        case "refresh":
            let incidents = [present(.critical), present(.error, name: hostile, number: 18)]
            print(await channel.refresh(incidents, at: time.now()))
        case "many":
            let began = time.now()
            for number in 100..<600 {
                let result = await channel.deliver(
                    notification(.opened, present(.error, name: "Room \(number)", number: number), id: number),
                    at: time.now())
                #expect(result.word == "accepted")
            }
            print("500 in \(began.elapsed(until: time.now()))")
        default:
            print(await channel.deliver(notification(.resolved, resolved(present(.critical)), id: 4), at: time.now()))
        }
        await transport.shutdown()
    }

    @Test(.enabled(if: variable("ROOMWATCH_MAIL") != nil))
    func `mail`() async throws {
        let parts = try #require(variable("ROOMWATCH_MAIL")).split(separator: ":").map(String.init)
        let transport = CurlMailTransport(
            configuration: CurlConfiguration(caFile: variable("ROOMWATCH_CA")), time: time)
        let credentials = variable("ROOMWATCH_PASSWORD").map { MailCredentials(user: "roomwatch", password: $0) }
        let channel = try EmailChannel(
            receiver: ReceiverName("real"),
            server: MailServer(
                host: parts[1], port: try #require(Int(parts[2])),
                security: try #require(MailServer.Security(rawValue: parts[0])), credentials: credentials),
            from: "roomwatch@contoso.com", to: ["oncall@contoso.com", "facilities@contoso.com"], sender: fullSender,
            transport: transport)
        let incident = present(.critical)
        print(await channel.deliver(notification(.opened, incident, id: 1), at: time.now()))
        print(await channel.deliver(notification(.reminder, incident, id: 2), at: time.now()))
        print(await channel.deliver(notification(.resolved, resolved(incident), id: 3), at: time.now()))
        print(await channel.deliver(notification(.test, incident, id: 4), at: time.now()))
        print(await channel.deliver(notification(.opened, hugeIncident(name: hostile), id: 5), at: time.now()))
        await transport.shutdown()
    }
}
