// Real files in temporary directories, and FleetCore values with as few words as a test needs.

import FleetCore
import FleetStore
import Foundation
import Logging

/// A directory of its own, removed when the test lets go of it.
final class TemporaryDirectory {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "fleet-store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    var database: String { path("state/roomwatch.sqlite") }

    func path(_ name: String) -> String { url.appending(path: name).path(percentEncoded: false) }
}

let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

/// 2026-11-20 08:00:00 UTC.
let morning = Date(timeIntervalSince1970: 1_795_161_600)

func at(_ seconds: Double) -> Date { Date(timeIntervalSince1970: 1_795_161_600 + seconds) }

let contoso = TenantName("contoso")

func openStore(_ directory: TemporaryDirectory) throws -> Store {
    try Store.open(path: directory.database, now: morning, log: quiet).store
}

/// SplitMix64, so that a failing sequence can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

func account(_ number: Int) -> AccountID {
    let digits = String(number)
    return AccountID("3f0b1c52-6f2e-4a55-9d6c-" + String(repeating: "0", count: 12 - digits.count) + digits)
}

func room(_ number: Int) -> Room {
    Room(
        account: account(number), name: "Room \(number)", email: "room\(number)@contoso.com", building: "B2",
        floor: "3", capacity: 8, licence: "Microsoft_Teams_Rooms_Pro", reason: .licence,
        devices: [RoomDevice(id: "device-\(number)", kind: .teamsRoom, manufacturer: "Contoso", model: "Bar 1")])
}

func id(_ number: Int) -> UniqueID {
    let digits = String(number)
    return UniqueID(stored: "01J" + String(repeating: "0", count: 23 - digits.count) + digits)
}

func incident(_ number: Int, room roomNumber: Int? = nil, opened: Date = morning) -> Incident {
    let room = room(roomNumber ?? number)
    return Incident(
        id: id(number),
        key: DedupKey(tenant: contoso, condition: .roomOffline, subject: .room(room.account)),
        condition: .roomOffline, tenant: contoso, severity: .error,
        scope: Incident.Scope(kind: .room, id: room.account.text, name: room.name),
        rooms: [Incident.RoomReference(room)], cause: .networkOrPower,
        summary: "\(room.name) (B2, floor 3) is offline; meeting starts in 12 min",
        firstBadAt: opened.addingTimeInterval(-10), lastGoodAt: opened.addingTimeInterval(-15), openedAt: opened,
        evidence: [
            Evidence(source: "presence", reading: "Offline", observedAt: opened.addingTimeInterval(-10)),
            Evidence(source: "presence", reading: "Offline", observedAt: opened.addingTimeInterval(-5)),
            Evidence(source: "presence", reading: "Offline", observedAt: opened),
        ])
}

func resolved(_ incident: Incident, at instant: Date) -> Incident {
    var incident = incident
    incident.revision += 1
    incident.status = .resolved
    incident.resolvedAt = instant
    incident.resolution = .recovered
    return incident
}

func notification(
    _ number: Int, of incident: Incident, to receiver: String = "pager", event: FleetCore.Notification.Event = .opened,
    notBefore: Date = morning
) -> FleetCore.Notification {
    FleetCore.Notification(
        id: id(number), receiver: ReceiverName(receiver), event: event, rule: "routes[0]", incident: incident,
        decidedAt: incident.openedAt, notBefore: notBefore)
}

func transition(_ number: Int, at instant: Date = morning, to phase: ConditionState.Phase = .firing) -> Transition {
    Transition(
        tenant: contoso, condition: .roomOffline, subject: account(number).text, from: .pending, to: phase,
        at: instant, decidedAt: instant.addingTimeInterval(0.125), reason: "the third bad answer over 10 s",
        incident: id(number))
}

func track(_ number: Int, firing: Bool = true) -> TrackRecord {
    let down = StateRecord(
        phase: .firing, firstBad: at(-10), fired: at(0.001), streakFirst: nil, streakCount: 0)
    let up = StateRecord(phase: .clear, firstBad: nil, fired: nil, streakFirst: nil, streakCount: 0)
    return TrackRecord(
        tenant: contoso, account: account(number), presence: firing ? down : up, device: up, lastGood: at(-15),
        lastUsable: at(0.001), lastGoodProvedUse: true, inUseAtFirstBad: true, firstBadAfter: at(-15))
}

/// One room that went down, with everything that is written then.
func outageChange(_ number: Int) -> Change {
    var change = Change()
    let incident = incident(number)
    change.tracks = [track(number)]
    change.conditions = [
        ConditionRecord(
            key: DedupKey(tenant: contoso, condition: .tenantBlind, subject: .tenant), tenant: contoso,
            condition: .tenantBlind, subject: "tenant",
            state: StateRecord(
                phase: .recovering, firstBad: at(-300), fired: at(-180), streakFirst: at(-5.5), streakCount: 2))
    ]
    change.transitions = [transition(number)]
    change.incidents = [incident]
    change.notifications = [notification(1_000_000 + number, of: incident)]
    change.observations.begun = [
        RunBegin(tenant: contoso, account: account(number), source: .presence, reading: "Offline", first: at(-10))
    ]
    change.observations.gaps = [
        SweepGap(
            tenant: contoso, source: .presence, outcome: .partial, began: at(-20), ended: at(-18.25), unanswered: 650,
            reason: "http_503")
    ]
    change.observations.checkpoints = [
        SweepCheckpoint(tenant: contoso, source: .presence, completedAt: at(0.25), count: 7)
    ]
    return change
}
