// What can be wrong with a device, one by one, so that each has a beginning and an end of its own. The texts are kept in
// the store and shown in histories.

/// One thing that can be wrong with a device.
public enum DeviceProblem: Sendable, Hashable {
    /// The device is off the air; nothing that it says of its parts counts then.
    case offline
    /// All peripherals of a kind together: a room with two displays has one problem when either is lost.
    case peripheral(PeripheralKind)
    case login(LoginService)
    case hardware(HardwarePart)
    /// An update that is offered and not taken.
    case software(SoftwareKind)
    /// Somebody else than the room's account is signed in.
    case unexpectedUser

    public var condition: Condition {
        switch self {
        case .offline: .deviceOffline
        case .peripheral: .devicePeripheral
        case .login: .deviceLogin
        case .hardware: .deviceHardware
        case .software: .deviceSoftware
        case .unexpectedUser: .deviceUnexpectedUser
        }
    }

    /// `offline`, `peripheral: microphone`, `login: teams`.
    public var text: String {
        switch self {
        case .offline: "offline"
        case .peripheral(let kind): "peripheral: \(kind.rawValue)"
        case .login(let service): "login: \(service.rawValue)"
        case .hardware(let part): "hardware: \(part.rawValue)"
        case .software(let kind): "software: \(kind.rawValue)"
        case .unexpectedUser: "unexpected_user"
        }
    }

    /// Every problem there can be.
    public static let all: [DeviceProblem] =
        [.offline, .unexpectedUser] + PeripheralKind.allCases.map(DeviceProblem.peripheral)
        + LoginService.allCases.map(DeviceProblem.login) + HardwarePart.allCases.map(DeviceProblem.hardware)
        + SoftwareKind.allCases.map(DeviceProblem.software)

    private static let byText = Dictionary(all.map { ($0.text, $0) }, uniquingKeysWith: { first, _ in first })

    /// A problem read back from its text; `nil` for a text of no problem.
    public init?(text: String) {
        guard let known = Self.byText[text] else { return nil }
        self = known
    }

    /// Whether a meeting cannot be held in the room without it: nobody is heard or seen, nothing is shown, or there is
    /// no Teams at all. A camera, a calendar on the console or a guest's cable is missed less.
    public var makesRoomUnusable: Bool {
        switch self {
        case .peripheral(let kind):
            switch kind {
            case .microphone, .speaker, .communicationSpeaker, .display: true
            case .roomCamera, .contentCamera: false
            }
        case .login(let service): service == .teams
        case .hardware(let part): part == .compute
        case .offline, .software, .unexpectedUser: false
        }
    }
}

extension DeviceProblem: Comparable {
    public static func < (a: DeviceProblem, b: DeviceProblem) -> Bool { a.text < b.text }
}

extension DeviceProblem: Codable, CodingKeyRepresentable {
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let known = DeviceProblem(text: text) else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "'\(text)' is no problem"))
        }
        self = known
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    public var codingKey: any CodingKey { PlainKey(text) }
    public init?(codingKey: some CodingKey) { self.init(text: codingKey.stringValue) }

    private struct PlainKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(_ text: String) { stringValue = text }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}

extension PeripheralKind {
    /// As people call it.
    public var name: String {
        switch self {
        case .roomCamera: "room camera"
        case .contentCamera: "content camera"
        case .microphone: "microphone"
        case .speaker: "speaker"
        case .communicationSpeaker: "communication speaker"
        case .display: "display"
        }
    }
}

extension SoftwareKind {
    /// As people call it.
    public var name: String {
        switch self {
        case .teamsClient: "Teams app"
        case .adminAgent: "admin agent"
        case .operatingSystem: "operating system"
        case .firmware: "firmware"
        case .partnerAgent: "partner agent"
        case .companyPortal: "Company Portal"
        }
    }
}

extension DeviceKind {
    /// As people call it.
    public var name: String {
        switch self {
        case .teamsRoom: "room system"
        case .collaborationBar: "collaboration bar"
        case .surfaceHub: "Surface Hub"
        case .panel: "panel"
        case .console: "console"
        case .phone: "phone"
        case .display: "display"
        case .other: "device"
        }
    }
}

extension RoomDevice {
    /// The manufacturer's name for it, else what it is: `Acme Bar 20`, `console`.
    public var title: String {
        let words = [manufacturer, model].compactMap(\.self)
        return words.isEmpty ? kind.name : words.joined(separator: " ")
    }
}
