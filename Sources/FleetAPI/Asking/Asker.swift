// Who asks. The listener finds it out; what is allowed follows from it alone, and the audit trail repeats it.

/// What somebody may do; each role may do what those before it may (Contract, HTTP).
public enum Role: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    /// Reads.
    case viewer
    /// Also comments.
    case facilities
    /// Also acknowledges, resolves, silences, plans, commands devices, tests and backs up.
    case `operator`
    /// Also reads the audit trail, and overrides the guards of commands.
    case admin

    public static func < (a: Role, b: Role) -> Bool { a.rank < b.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// A person or a script that asks for something.
public struct Asker: Sendable, Hashable {
    /// The name of the token, or of the unix user on the socket.
    public var name: String
    public var role: Role
    /// The only tenant that is seen and touched; `nil` for all of them.
    public var tenant: String?
    /// `unix`, or the address of the peer.
    public var origin: String

    public init(name: String, role: Role, tenant: String? = nil, origin: String) {
        self.name = name
        self.role = role
        self.tenant = tenant
        self.origin = origin
    }

    /// Whether a tenant is any of their business.
    public func mayTouch(tenant: String) -> Bool { self.tenant == nil || self.tenant == tenant }
}
