// What Graph lets us do in each tenant, as the loops last found it. Kept in memory only: after a restart every loop finds
// it out anew within its first round.

public import FleetCore
import Foundation
public import Timekeeping

/// What is known about one thing that a tenant may or may not offer.
public struct CapabilityRecord: Sendable, Hashable {
    public enum State: String, Sendable, Hashable, CaseIterable {
        case available
        /// Works in part, or not at this moment.
        case degraded
        /// Missing for a reason that stays until an administrator acts.
        case unavailable
        /// Microsoft took it away.
        case retired
        /// The configuration does not ask for it.
        case off
    }

    public var state: State
    /// One line for the operator.
    public var detail: String
    public var checked: Moment

    public init(_ state: State, _ detail: String, checked: Moment) {
        self.state = state
        self.detail = detail
        self.checked = checked
    }
}

/// The names under which capabilities are kept, listed and measured.
public enum Capability: String, Sendable, Hashable, CaseIterable {
    case presence
    case directory
    case devices
    case deviceHealth = "device_health"
    case places
    case calendars
    case serviceHealth = "service_health"
    case permissions
    case signIns = "sign_ins"
    case commands
}

extension Ledger {
    /// Keeps how a loop found a capability.
    public func note(_ capability: Capability, of tenant: TenantName, _ record: CapabilityRecord) {
        capabilities[tenant, default: [:]][capability] = record
    }

    /// Everything known, presence included, which the sweeps tell.
    func capabilities(of tenant: TenantName) -> [Capability: CapabilityRecord] {
        var known = capabilities[tenant] ?? [:]
        if let sweep = sweeps[tenant], let last = sweep.last {
            let isBlind = fleets[tenant]?.isBlind ?? false
            known[.presence] =
                switch (sweep.failure, isBlind) {
                case (nil, false): CapabilityRecord(.available, "Presence of every room is read.", checked: last)
                case (let failure, false):
                    CapabilityRecord(
                        .degraded, "The newest sweep was not complete: \(failure ?? "no reason given").", checked: last)
                case (let failure, true):
                    CapabilityRecord(
                        .unavailable,
                        "Most rooms give no usable answer\(failure.map { ": \($0)" } ?? ""); states stand still.",
                        checked: last)
                }
        }
        return known
    }
}
