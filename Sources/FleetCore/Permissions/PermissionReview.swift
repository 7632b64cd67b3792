// A missing permission switches off exactly its module, and the operator hears which and what to grant; a permission
// that nothing here uses is a risk, and the operator hears that too (Design, Permissions).

/// A part of Roomwatch that needs permissions of its own.
public enum FleetModule: String, Sendable, Hashable, CaseIterable {
    case detection
    case devices
    case deviceCommands = "device_commands"
    case callHealth = "call_health"
    case telephony
    case smartBuildings = "smart_buildings"
    case bookings
    case signInEvidence = "sign_in_evidence"
    case serviceHealthEvidence = "service_health_evidence"
    case licenceEvidence = "licence_evidence"
}

/// What the roles of a token allow.
public struct PermissionReview: Sendable, Hashable {
    /// A permission that a module lacks.
    public struct Missing: Sendable, Hashable {
        public var module: FleetModule
        /// The least permission that would be enough.
        public var permission: String
        /// What does not work without it.
        public var loss: String
    }

    public var missing: [Missing]
    /// Granted, but more than anything that is switched on needs.
    public var excess: [String]
    /// For a permission in ``excess`` that is in use because a smaller one is not granted: the smaller ones.
    public var replacements: [String: [String]]

    /// Reviews the app roles of a token.
    ///
    /// - Parameters:
    ///   - roles: the claim `roles`; `nil` when the token could not be read, of which nothing follows.
    ///   - modules: what the operator wants to use.
    /// - Returns: `nil` for unreadable roles.
    public init?(roles: [String]?, modules: Set<FleetModule> = Set(FleetModule.allCases)) {
        guard let roles else { return nil }
        let granted = Set(roles.map { $0.lowercased() })
        let needs = PermissionNeed.all.filter { modules.contains($0.module) }
        missing = needs.filter { need in !need.sufficient.contains { granted.contains($0.lowercased()) } }
            .map { Missing(module: $0.module, permission: $0.permission, loss: $0.loss) }
        let least = Set(needs.flatMap(\.least).map { $0.lowercased() })
        var seen: Set<String> = []
        let beyond = roles.filter { !least.contains($0.lowercased()) && seen.insert($0.lowercased()).inserted }.sorted()
        excess = beyond.map(Self.readable).filter { !$0.isEmpty }
        var replacements: [String: [String]] = [:]
        for need in needs where !need.least.contains(where: { granted.contains($0.lowercased()) }) {
            for role in excess where need.broader.contains(where: { $0.lowercased() == role.lowercased() }) {
                replacements[role, default: []].append(need.permission)
            }
        }
        self.replacements = replacements
    }

    /// A role comes out of a token and goes into log lines and tables: without what could break a line, and bounded.
    private static func readable(_ role: String) -> String {
        String(role.unicodeScalars.filter { (0x21...0x7E).contains($0.value) }.prefix(256).map(Character.init))
    }

    /// One line for the operator each: what is off and why, then what is granted for nothing.
    public var remarks: [String] {
        missing.map {
            "\($0.loss) Grant the application permission \($0.permission) and admin consent to switch it on."
        }
            + excess.map { role in
                if let least = replacements[role] {
                    return "The application permission \(role) is broader than needed; grant "
                        + "\(least.joined(separator: " and ")) instead and remove it."
                }
                return
                    "The application permission \(role) is granted but nothing that is switched on uses it; remove it."
            }
    }
}
