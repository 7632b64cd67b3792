// One command that the back end has taken for a device. The back end owns it from then on: it runs when the device can be
// reached, however long that takes, and nobody who lost the answer can take it back.

/// The commands of the device API, by the words of a scenario.
public enum DeviceCommand: String, Sendable, Codable, CaseIterable {
    case restart
    case updateSoftware = "update_software"
    case runDiagnostics = "run_diagnostics"

    /// The command that this last segment of a path asks for.
    init?(segment: String) {
        switch segment.lowercased() {
        case "restart": self = .restart
        case "updatesoftware": self = .updateSoftware
        case "rundiagnostics": self = .runDiagnostics
        default: return nil
        }
    }
}

/// The software of a device, by the words of a scenario.
public enum SoftwareType: String, Sendable, Codable, CaseIterable {
    case adminAgent = "admin_agent"
    case operatingSystem = "operating_system"
    case teamsClient = "teams_client"
    case firmware
    case partnerAgent = "partner_agent"
    case companyPortal = "company_portal"

    /// Graph's word for it, which also begins the names of its properties.
    var name: String {
        switch self {
        case .adminAgent: "adminAgent"
        case .operatingSystem: "operatingSystem"
        case .teamsClient: "teamsClient"
        case .firmware: "firmware"
        case .partnerAgent: "partnerAgent"
        case .companyPortal: "companyPortal"
        }
    }

    init?(name: String) {
        guard let found = Self.allCases.first(where: { $0.name.lowercased() == name.lowercased() }) else { return nil }
        self = found
    }
}

/// A command under way or over.
struct DeviceOperation: Sendable {
    enum Phase: Sendable {
        case queued, running, succeeded, failed, cancelled
        var isOpen: Bool { self == .queued || self == .running }
    }

    /// What happens to it next.
    enum Step: Sendable {
        case start, goDown, comeBack, finish, fail
    }

    let id: GUID
    let device: Int
    /// Counts all operations; the draws of its course hang on it.
    let ordinal: Int
    let cause: Int
    let command: DeviceCommand
    /// What an update is about.
    let software: SoftwareType?
    let version: String?
    /// Whether somebody in the admin centre began it.
    let isForeign: Bool
    let faults: [OperationFault]
    let created: Duration
    var phase = Phase.queued
    var started: Duration?
    var completed: Duration?
    var lastAction: Duration
    var error: (code: String, message: String)?
    /// Restarts that an update still needs.
    var restartsLeft = 0
    /// What waits for the device to be on the air again.
    var pending: Step?

    func fault(_ kind: OperationFault.Kind) -> OperationFault? { faults.first { $0.kind == kind } }

    mutating func end(_ phase: Phase, at now: Duration) {
        self.phase = phase
        completed = now
        lastAction = now
    }
}

/// The operations of all devices. Old ones are forgotten, as a back end does, but never one that is open.
struct OperationBook: Sendable {
    /// Operations kept of one device.
    static let kept = 50

    private(set) var byDevice: [Int: [DeviceOperation]] = [:]
    private(set) var issued = 0

    func open(on device: Int) -> DeviceOperation? { byDevice[device]?.last { $0.phase.isOpen } }

    var openCount: Int { byDevice.values.reduce(0) { $0 + $1.count { $0.phase.isOpen } } }

    subscript(device: Int, id: GUID) -> DeviceOperation? {
        get { byDevice[device]?.first { $0.id == id } }
        set {
            guard let newValue, let index = byDevice[device]?.firstIndex(where: { $0.id == id }) else { return }
            byDevice[device]?[index] = newValue
        }
    }

    mutating func nextOrdinal() -> Int {
        issued += 1
        return issued
    }

    mutating func add(_ operation: DeviceOperation) {
        var all = byDevice[operation.device] ?? []
        if all.count >= Self.kept, let oldest = all.firstIndex(where: { !$0.phase.isOpen }) { all.remove(at: oldest) }
        all.append(operation)
        byDevice[operation.device] = all
    }
}
