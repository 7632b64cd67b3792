// What Graph offers in a tenant, and how near we are to being told to be quiet.

import FleetAPI
import FleetCore
import FleetGraph
import GraphClient
import Timekeeping

/// How the loops found what Graph offers.
struct CapabilityFacts: Sendable {
    /// The token in hand.
    struct Token: Sendable {
        /// `nil` where they cannot be read.
        var roles: [String]?
        var asked: Moment
    }

    var tenant: String
    var token: Token?
    /// What the token says of permissions is judged by itself, so it is not among these.
    var known: [(name: Capability, record: CapabilityRecord)]

    /// Sweeps end every few seconds, whatever comes of them; one that takes longer than this hangs.
    static let silence: Duration = .seconds(60)

    func judged(at now: Moment) -> [CheckBody] {
        let presence = known.first { $0.name == .presence }?.record
        guard let presence else {
            return [
                CheckBody(
                    "graph.capability", area: .graph, tenant: tenant, subject: Capability.presence.rawValue, .unknown,
                    "No sweep over the rooms has ended yet.",
                    remedy: "See token, network and rooms; ask again in a minute.")
            ] + checks(at: now)
        }
        let age = presence.checked.elapsed(until: now)
        guard age > Self.silence else { return checks(at: now) }
        return [
            CheckBody(
                "graph.sweep", area: .graph, tenant: tenant, .problem,
                "No sweep over the rooms has ended for \(age.inWords): Graph takes requests and does not answer them.",
                remedy: "See network and service; what is shown of rooms is as old as that.",
                checkedAt: Timestamp(presence.checked.wall))
        ] + checks(at: now)
    }

    private func checks(at now: Moment) -> [CheckBody] {
        known.map { name, record in
            if let missing = permission(missedBy: name, record) {
                return CheckBody(
                    "graph.capability", area: .graph, tenant: tenant, subject: name.rawValue, .unknown,
                    "\(record.detail) That was \(record.checked.elapsed(until: now).inWords) ago, with an earlier token; "
                        + "the one in hand lacks \(missing).",
                    remedy: "See permissions.", checkedAt: Timestamp(record.checked.wall))
            }
            return CheckBody(
                "graph.capability", area: .graph, tenant: tenant, subject: name.rawValue,
                Self.status(of: name, record.state), record.detail,
                remedy: Self.remedy(of: name, record.state), checkedAt: Timestamp(record.checked.wall))
        }
    }

    /// The permission without which a good record is of the past: it was read with an earlier token, and the one in hand
    /// does not carry it.
    private func permission(missedBy name: Capability, _ record: CapabilityRecord) -> String? {
        guard record.state == .available, let token, let roles = token.roles,
            record.checked.steady < token.asked.steady, let permission = Self.permission(of: name),
            let need = PermissionNeed.all.first(where: { $0.permission == permission }), !need.isMet(by: roles)
        else { return nil }
        return permission
    }

    private static func permission(of name: Capability) -> String? {
        switch name {
        case .presence: "Presence.Read.All"
        case .directory: "User.Read.All"
        case .devices, .deviceHealth: "TeamworkDevice.Read.All"
        case .places: "Place.Read.All"
        case .calendars: "Calendars.ReadBasic.All"
        case .serviceHealth: ServiceHealthCapability.role
        case .signIns: SignInCapability.role
        case .commands: CommandCapability.role
        case .permissions: nil
        }
    }

    static func status(of name: Capability, _ state: CapabilityRecord.State) -> CheckBody.Status {
        let isVital = name == .presence || name == .directory
        let isOptional = name == .serviceHealth || name == .signIns || name == .commands
        return switch state {
        case .available, .off: .ok
        case .degraded: isVital ? .warning : .notice
        case .unavailable: isVital ? .problem : isOptional ? .notice : .warning
        case .retired: .notice
        }
    }

    private static func remedy(of name: Capability, _ state: CapabilityRecord.State) -> String? {
        switch state {
        case .available, .off: nil
        case .retired:
            switch name {
            case .commands: "Nothing to do; `commands.enabled: false` ends the question."
            case .deviceHealth: "Nothing to do; `inventory.devices: false` ends the question."
            default: "Nothing to do; `inventory.\(name.rawValue): false` ends the question."
            }
        case .degraded:
            name == .presence
                ? "It is asked again every few seconds; see token, network and clock if it stays."
                : "It is tried again by itself; see token, network and clock if it stays."
        case .unavailable:
            name == .presence || name == .directory
                ? "See token, network and permissions: without this nothing is detected."
                : "See permissions; detection goes on without it."
        }
    }
}

/// How much of what Microsoft allows is used.
struct ThrottleFacts: Sendable {
    /// The share of our own budget from which it is said.
    static let high = 0.8
    /// A request for quiet is told for so long.
    static let recent: Duration = .seconds(3600)

    var tenant: String
    var snapshot: GraphSnapshot

    func judged(at now: Moment) -> [CheckBody] {
        var checks: [CheckBody] = []
        var fullest: (share: Double, words: String)?
        for (service, traffic) in snapshot.traffic.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let uses = traffic.uses.map { use in (share: Double(use.used) / Double(use.window.limit), use: use) }
            guard let most = uses.max(by: { $0.share < $1.share }) else { continue }
            let words = Self.words(service, most.use)
            if most.share >= fullest?.share ?? 0 { fullest = (most.share, words) }
            if let until = snapshot.closedUntil[service] {
                checks.append(
                    check(
                        service, .warning,
                        "Graph asked for quiet: no \(service) request is sent for another "
                            + "\(max(.zero, now.elapsed(until: until)).inWords). \(words)"))
            } else if let last = traffic.lastThrottled, last.elapsed(until: now) < Self.recent {
                checks.append(
                    check(
                        service, .notice,
                        "Graph asked for quiet \(last.elapsed(until: now).inWords) ago, \(traffic.throttled) times in "
                            + "all. \(words)"))
            } else if most.share >= Self.high {
                checks.append(
                    check(
                        service, .notice,
                        "\(words) Requests wait for their turn\(traffic.waiting > 0 ? ", \(traffic.waiting) now" : "")."
                    ))
            }
        }
        guard checks.isEmpty else { return checks }
        return [
            CheckBody(
                "graph.throttling", area: .graph, tenant: tenant, .ok,
                "Graph has not asked for quiet\(fullest.map { "; nearest to a limit: \($0.words)" } ?? ".")")
        ]
    }

    private func check(_ service: GraphService, _ status: CheckBody.Status, _ summary: String) -> CheckBody {
        CheckBody(
            "graph.throttling", area: .graph, tenant: tenant, subject: service.rawValue, status, summary,
            remedy: "Roomwatch waits as asked. If it repeats, look whether another program uses the same application "
                + "(give each its own), or ask less often (poll).")
    }

    /// `presence: 31 of 1200 requests in 30 s (Microsoft documents 1500).`
    static func words(_ service: GraphService, _ use: ServiceTraffic.Use) -> String {
        let documented = service.documentedLimits.first { $0.per == use.window.per }
        let units = service == .identity ? "resource units" : "requests"
        return "\(service): \(use.used) of \(use.window.limit) \(units) in \(use.window.per.inWords)"
            + (documented.map { " (Microsoft documents \($0.limit))." } ?? ".")
    }
}
