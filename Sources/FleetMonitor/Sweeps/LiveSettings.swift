// What a reload may change while the loops run: how often they ask, and whom. Everything else needs a restart.

public import FleetCore
public import struct Foundation.Date
import Synchronization

/// The settings of one tenant's loops, replaced as a whole by a reload.
public final class LiveSettings: Sendable {
    public struct Values: Sendable, Hashable {
        public var presence: Duration
        public var suspect: Duration
        public var devices: Duration
        public var places: Duration
        public var calendars: Duration
        public var scope: InventoryScope
        public var readsDevices: Bool
        public var readsPlaces: Bool
        public var readsLicences: Bool
        /// How long passwords of room accounts live.
        public var passwords: PasswordPolicy
        /// When the client secret ends, as the configuration says; `nil` when it does not.
        public var secretExpires: Date?
        /// Whether devices may be asked to do something.
        public var commands: Commands

        /// What the configuration says of commands.
        public enum Commands: Sendable, Hashable {
            case off
            /// They are there where the permission is.
            case ifGranted
            /// The configuration asks for them by name, so a permission that is missing is a lack.
            case wanted
        }

        public init(
            presence: Duration, suspect: Duration, devices: Duration, places: Duration, scope: InventoryScope,
            readsDevices: Bool, readsPlaces: Bool, readsLicences: Bool, calendars: Duration = .seconds(300),
            secretExpires: Date? = nil, passwords: PasswordPolicy = PasswordPolicy(), commands: Commands = .ifGranted
        ) {
            self.commands = commands
            self.passwords = passwords
            self.secretExpires = secretExpires
            self.presence = presence
            self.suspect = suspect
            self.devices = devices
            self.places = places
            self.calendars = calendars
            self.scope = scope
            self.readsDevices = readsDevices
            self.readsPlaces = readsPlaces
            self.readsLicences = readsLicences
        }

        /// Whether the inventory read by these settings is another one than that read by `other`.
        func listsOtherwise(than other: Values) -> Bool {
            scope != other.scope || readsDevices != other.readsDevices || readsPlaces != other.readsPlaces
                || readsLicences != other.readsLicences || passwords != other.passwords
        }

        func interval(of lane: TenantFleet.Lane) -> Duration {
            switch lane {
            case .steady: presence
            case .suspect: suspect
            }
        }
    }

    private let state: Mutex<Values>

    public init(_ values: Values) { state = Mutex(values) }

    public var values: Values { state.withLock { $0 } }

    private let grantsSeen = Mutex(0)

    /// How often permissions were gained while running: what was refused before is worth another question now.
    var grants: Int { grantsSeen.withLock { $0 } }

    /// Permissions were gained.
    func noteGrants() {
        grantsSeen.withLock { $0 += 1 }
        replaced.ring()
    }

    /// Rung when the settings were replaced; the inventory is the one that waits for it, because its waits are long.
    let replaced = Bell()

    public func replace(with values: Values) {
        state.withLock { $0 = values }
        replaced.ring()
    }
}
