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

    /// A permission that a module has.
    public struct Granted: Sendable, Hashable {
        public var module: FleetModule
        /// The least permission that would be enough.
        public var permission: String
        /// The broader permission that stands in for it; `nil` when it is granted itself.
        public var broader: String?
    }

    public var missing: [Missing]
    /// What is needed and there, be it by a broader permission.
    public var granted: [Granted]
    /// Granted, but more than anything that is switched on needs.
    public var excess: [String]
    /// The same with what each would let somebody do, the most dangerous first.
    public var excessGrants: [ExcessGrant]
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
        self.granted = needs.compactMap { need in
            guard let role = need.sufficient.first(where: { granted.contains($0.lowercased()) }) else { return nil }
            let isItself = need.least.contains(role)
            return Granted(module: need.module, permission: need.permission, broader: isItself ? nil : role)
        }
        let least = Set(needs.flatMap(\.least).map { $0.lowercased() })
        var seen: Set<String> = []
        let beyond = roles.filter { !least.contains($0.lowercased()) && seen.insert($0.lowercased()).inserted }.sorted()
        excess = beyond.map(Self.readable).filter { !$0.isEmpty }
        let ours = Set(PermissionNeed.all.flatMap(\.least).map { $0.lowercased() })
        excessGrants = excess.map { role in
            // Where commands are switched off, a grant that commands devices is more than an unused one.
            let isOurs = ours.contains(role.lowercased()) && !PermissionNeed.commanding.contains(role.lowercased())
            return ExcessGrant(role, ours: isOurs)
        }.sorted { ($1.danger, $0.role) < ($0.danger, $1.role) }
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
            + excessGrants.map { grant in
                let remedy = remedy(of: grant)
                // Where nothing else is known of it, the sentence has said it.
                let reason = grant.danger > .unused ? " \(grant.reason)" : ""
                if replacements[grant.role] != nil {
                    return "The application permission \(grant.role) is broader than needed; \(remedy).\(reason)"
                }
                return
                    "The application permission \(grant.role) is granted but nothing that is switched on uses it; "
                    + "\(remedy).\(reason)"
            }
    }

    /// `grant X instead and remove it`, or `remove it`.
    public func remedy(of grant: ExcessGrant) -> String {
        guard let least = replacements[grant.role] else { return "remove it" }
        return "grant \(least.joined(separator: " and ")) instead and remove it"
    }
}
