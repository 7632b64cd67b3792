// A receiver in memory: it answers what the test wrote down and keeps what it was sent.

import FleetChannels
import FleetCore
import Foundation
import HTTPExchange
import HTTPTypes
import Synchronization
import Timekeeping

final class ScriptedTransport: HTTPTransport {
    enum Answer: Sendable {
        case status(Int, [String: String] = [:], String = "")
        case failure(HTTPTransportError.Kind, String = "")
    }

    private let script: Mutex<[Answer]>
    private let sent = Mutex<[HTTPCall]>([])

    /// The last answer repeats.
    init(_ answers: Answer...) { script = Mutex(answers) }

    var calls: [HTTPCall] { sent.withLock { $0 } }

    func send(_ call: HTTPCall) async throws(HTTPTransportError) -> HTTPAnswer {
        sent.withLock { $0.append(call) }
        let answer = script.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
        switch answer {
        case .failure(let kind, let detail):
            throw HTTPTransportError(kind, host: "hooks.contoso.com", detail: detail)
        case .status(let status, let fields, let body):
            var header = HTTPFields()
            for (name, value) in fields { header[HTTPField.Name(name)!] = value }
            return HTTPAnswer(status: status, headerFields: header, body: Array(body.utf8))
        }
    }
}

extension HTTPCall {
    func field(_ name: String) -> String? { headerFields[HTTPField.Name(name)!] }

    var json: [String: Any]? {
        body.flatMap { try? JSONSerialization.jsonObject(with: Data($0)) } as? [String: Any]
    }
}

extension DeliveryResult {
    var text: String {
        switch self {
        case .accepted(let detail): detail
        case .retry(let reason, _): reason
        case .refused(let reason): reason
        }
    }

    var word: String {
        switch self {
        case .accepted: "accepted"
        case .retry: "retry"
        case .refused: "refused"
        }
    }

    var retryAfter: Duration? {
        if case .retry(_, let wait) = self { wait } else { nil }
    }
}

/// 2026-11-20T08:00:01.250Z.
let noon = Moment(wall: Date(timeIntervalSince1970: 1_795_161_601.250), steady: .seconds(1_000))

let sender = SenderIdentity(version: "1.2.3", externalURL: "https://roomwatch.contoso.com/")

func reference(_ number: Int, building: String? = "B2") -> Incident.RoomReference {
    Incident.RoomReference(
        id: AccountID("A\(number)"), name: "Room \(number)", email: "room\(number)@contoso.com", building: building,
        floor: "3")
}

func sampleIncident(
    rooms: [Incident.RoomReference] = [reference(17)],
    scope: Incident.Scope = Incident.Scope(kind: .room, id: "a17", name: "Room 17"),
    summary: String = "Room 17 (B2, floor 3) is offline", severity: Severity = .critical
) -> Incident {
    let tenant = TenantName("contoso")
    return Incident(
        id: UniqueID(stored: "01JD0000000000000000000001"),
        key: DedupKey(tenant: tenant, condition: .roomOffline, subject: .room(AccountID("a17"))),
        condition: .roomOffline, tenant: tenant, severity: severity, scope: scope, rooms: rooms,
        cause: .networkOrPower, summary: summary, firstBadAt: noon.wall.addingTimeInterval(-11.25),
        lastGoodAt: noon.wall.addingTimeInterval(-16.25), openedAt: noon.wall.addingTimeInterval(-0.05),
        evidence: [
            FleetCore.Evidence(
                source: "presence", reading: "Offline", observedAt: noon.wall.addingTimeInterval(-11.25))
        ])
}

func sampleNotification(
    _ event: FleetCore.Notification.Event = .opened, _ incident: Incident = sampleIncident()
) -> FleetCore.Notification {
    FleetCore.Notification(
        id: UniqueID(stored: "01JDN000000000000000000001"), receiver: ReceiverName("oncall"), event: event,
        rule: "routes[0]", incident: incident, decidedAt: noon.wall, notBefore: noon.wall)
}
