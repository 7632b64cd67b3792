// How a device's trouble reads on the page. It is a trouble of the room that the device stands in: routes, silences and
// windows find it there, and the device is named beside it.

import struct Foundation.Date
import Timekeeping

/// The page about one condition of one device.
struct DeviceIncident: Sendable {
    var room: Room
    var device: DeviceEntry
    var condition: Condition
    /// What is wrong, confirmed, in order; never empty when an incident is opened.
    var parts: [(problem: DeviceProblem, part: DevicePart)]
    /// Whether the room's building is in its bookable hours now.
    var isBookable: Bool
    /// Whether a booking of the room runs or begins within minutes.
    var isNeeded: Bool
    var meeting: Incident.Meeting?
    var contact: String?
    var now: Date

    /// Never critical: whether the room itself is down is `room.offline`'s to say (Detection, Devices).
    var severity: Severity {
        let kind = device.record.device.kind
        guard kind.isMain || kind == .console else { return .warning }
        if isNeeded { return .error }
        return kind.isMain && isBookable && parts.contains { $0.problem.makesRoomUnusable } ? .error : .warning
    }

    var summary: String {
        var text = "\(room.placedName): \(device.record.device.title), \(sentences)"
        if severity == .error, isNeeded, let meeting {
            let wait = meeting.startsAt.timeIntervalSince(now)
            text += wait > 0 ? "; meeting starts in \(Duration.seconds(wait).inMinutes)" : "; a meeting is running"
        }
        return text
    }

    /// What is wrong, in words.
    var sentences: String { parts.map(\.part.sentence).joined(separator: "; ") }

    var cause: Cause {
        switch condition {
        case .deviceOffline: .networkOrPower
        case .devicePeripheral, .deviceHardware: .peripheral
        case .deviceLogin, .deviceUnexpectedUser: .account
        default: .unknown
        }
    }

    /// What the records said, which device it is, and what to do.
    var evidence: [Evidence] {
        let record = device.record.device
        let facts =
            [
                record.title == record.kind.name ? record.title : "\(record.title) (\(record.kind.name))",
                "id \(record.id)",
            ]
            + [device.record.serialNumber.map { "serial number \($0)" }, device.record.assetTag.map { "asset \($0)" }]
            .compactMap(\.self)
        let listed = device.lastListed.wall
        return [Evidence(source: Evidence.device, reading: facts.joined(separator: ", "), observedAt: listed)]
            + parts.map { problem, part in
                Evidence(
                    source: Evidence.deviceHealth, reading: "\(problem.text): \(part.sentence)",
                    observedAt: part.onset)
            }
            + [Evidence(source: Evidence.remedy, reading: Self.remedy(for: condition), observedAt: listed)]
    }

    func opened(id: UniqueID, tenant: TenantName) -> Incident? {
        guard let first = parts.map(\.part.onset).min() else { return nil }
        var incident = Incident(
            id: id, key: DedupKey(tenant: tenant, condition: condition, subject: .device(device.id)),
            condition: condition, tenant: tenant, severity: severity,
            scope: Incident.Scope(kind: .room, id: room.account.text, name: room.name),
            rooms: [Incident.RoomReference(room)], cause: cause, summary: summary, firstBadAt: first, lastGoodAt: nil,
            openedAt: now, evidence: evidence)
        incident.meeting = meeting
        incident.contact = contact
        return incident
    }

    static func remedy(for condition: Condition) -> String {
        switch condition {
        case .deviceOffline: "Look at its power and its network; a restart cannot reach it"
        case .devicePeripheral: "Look at its cable and power, then choose it in the device's settings"
        case .deviceLogin: "Sign in on the device again; whether its account may sign in is listed with the room"
        case .deviceHardware: "Restart the device; if it stays so, have its hardware looked at"
        case .deviceUnexpectedUser: "Sign out on the device and sign in with the room's account"
        default: "Install the update, or look at why the device does not take it"
        }
    }
}

extension Evidence {
    /// Which device it is.
    static let device = "device"
    /// What its records say.
    static let deviceHealth = "device_health"
}
