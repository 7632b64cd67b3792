// What a connecting person chooses is named in their words; what it means for permissions stands in the one table.

public import FleetCore

/// A part of Roomwatch that can be chosen, as the command line writes it. Detection is always there.
public enum ModuleChoice: String, Sendable, Hashable, CaseIterable {
    case devices
    case commands
    case places
    case calendars
    case calls
    case telephony
    case signIns = "sign-ins"
    case serviceHealth = "service-health"
    case licences

    public var module: FleetModule {
        switch self {
        case .devices: .devices
        case .commands: .deviceCommands
        case .places: .smartBuildings
        case .calendars: .bookings
        case .calls: .callHealth
        case .telephony: .telephony
        case .signIns: .signInEvidence
        case .serviceHealth: .serviceHealthEvidence
        case .licences: .licenceEvidence
        }
    }

    /// What is chosen when nothing is said: everything that needs no right to change anything.
    public static let usual: [ModuleChoice] = [.devices, .places, .calendars, .serviceHealth, .licences]

    /// Detection and what was chosen.
    public static func modules(_ choices: some Sequence<ModuleChoice>) -> Set<FleetModule> {
        Set(choices.map(\.module)).union([.detection])
    }
}
