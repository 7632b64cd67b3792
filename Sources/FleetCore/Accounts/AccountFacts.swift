// What the directory says about whether a room's account can sign in, in our words and before anything is concluded.

public import struct Foundation.Date

/// What the directory says about signing in with one account.
public struct AccountFacts: Sendable, Hashable {
    /// What the account holds; `nil` where the directory did not say.
    public var licences: [HeldLicence]?
    /// Assignments of Teams Rooms products that are not as they should be.
    public var licenceErrors: [LicenceError]
    public var passwordChanged: Date?
    /// Whether the account's own policy lets its password live for ever.
    public var passwordNeverExpires: Bool
    /// Whether a directory on the premises rules over the password.
    public var isSynchronised: Bool

    public init(
        licences: [HeldLicence]? = nil, licenceErrors: [LicenceError] = [], passwordChanged: Date? = nil,
        passwordNeverExpires: Bool = false, isSynchronised: Bool = false
    ) {
        self.licences = licences
        self.licenceErrors = licenceErrors
        self.passwordChanged = passwordChanged
        self.passwordNeverExpires = passwordNeverExpires
        self.isSynchronised = isSynchronised
    }
}

/// One product that an account holds.
public struct HeldLicence: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        case room
        /// Teams Rooms Basic, of which a tenant may use only some.
        case basicRoom
        /// Teams Shared Devices: made for panels and phones.
        case sharedDevices
        /// A product for people.
        case user
        /// Nobody here knows what it is, so nothing follows from it.
        case unrecognised
    }

    public var kind: Kind
    /// The part number where it is known, else the SKU id.
    public var name: String

    public init(_ kind: Kind, name: String) {
        self.kind = kind
        self.name = name
    }
}

/// An assignment that Microsoft marks as faulty, in its words.
public struct LicenceError: Sendable, Hashable {
    public var product: String
    /// `Error`, `Disabled`, `ActiveWithError`, or a word that nobody has seen before.
    public var state: String
    /// `CountViolation`, …; `nil` where none is given.
    public var error: String?
    /// Whether the product does not work for the account at all.
    public var isBlocking: Bool

    public init(product: String, state: String, error: String?, isBlocking: Bool) {
        self.product = product
        self.state = state
        self.error = error
        self.isBlocking = isBlocking
    }
}

/// How long passwords of room accounts live (config `inventory.password_expiry`). Graph tells it only to those who may
/// read domains, which is more than a monitor should be granted.
public struct PasswordPolicy: Sendable, Hashable {
    public enum Lifetime: Sendable, Hashable {
        /// The operator did not say.
        case unknown
        case never
        case days(Int)
    }

    /// Accounts that live in the cloud alone.
    public var cloud: Lifetime
    /// Accounts that follow a directory on the premises.
    public var onPremises: Lifetime

    public init(cloud: Lifetime = .unknown, onPremises: Lifetime = .unknown) {
        self.cloud = cloud
        self.onPremises = onPremises
    }

    /// Microsoft's default where a tenant lets passwords expire; many tenants do not.
    public static let assumedDays = 90
}
