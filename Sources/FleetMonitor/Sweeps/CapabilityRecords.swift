// From what the readers of Graph found to what people are shown of it.

import FleetCore
import FleetGraph
import Timekeeping

extension CapabilityRecord {
    init(_ capability: DeviceCapability, at now: Moment) {
        let state: State =
            switch capability {
            case .available: .available
            case .notGranted, .metered: .unavailable
            case .retired: .retired
            case .transient, .stale: .degraded
            }
        self.init(state, capability.text, checked: now)
    }

    /// - Parameter quarantined: devices that could not be read several times in a row.
    init(_ capability: DeviceHealthCapability, quarantined: Int, at now: Moment) {
        let state: State =
            switch capability {
            case .available: .available
            case .notGranted, .metered: .unavailable
            case .retired: .retired
            case .transient, .noRecord: .degraded
            }
        let more = quarantined == 0 || capability.isGone ? "" : " \(Self.quarantineText(quarantined))"
        self.init(state, capability.text + more, checked: now)
    }

    static func quarantineText(_ count: Int) -> String {
        switch count {
        case 0: "Every device that is asked answers."
        case 1: "1 device cannot be read and is asked ever more rarely."
        default: "\(count) devices cannot be read and are asked ever more rarely."
        }
    }

    init(_ capability: CalendarCapability, at now: Moment) {
        let state: State =
            switch capability {
            case .available: .available
            case .notGranted, .outOfScope: .unavailable
            case .transient: .degraded
            }
        self.init(state, capability.text, checked: now)
    }

    init(_ capability: ServiceHealthCapability, at now: Moment) {
        let state: State =
            switch capability {
            case .available: .available
            case .notGranted, .notOffered: .unavailable
            case .transient: .degraded
            }
        self.init(state, capability.text, checked: now)
    }

    init(_ capability: SignInCapability, at now: Moment) {
        let state: State =
            switch capability {
            case .available, .untried: .available
            case .notGranted, .refused, .notLicensed, .notOffered: .unavailable
            case .transient: .degraded
            }
        self.init(state, capability.text, checked: now)
    }

    init(_ capability: CommandCapability, at now: Moment) {
        let state: State =
            switch capability {
            case .available: .available
            case .notGranted, .metered: .unavailable
            case .retired: .retired
            case .transient: .degraded
            }
        self.init(state, capability.text, checked: now)
    }

    /// A source that is read or is not, without more to say about it.
    init(_ what: String, isRead: Bool, at now: Moment) {
        self.init(
            isRead ? .available : .degraded,
            isRead ? "\(what) is read." : "\(what) could not be read this time; it is tried again.", checked: now)
    }

    init(_ review: PermissionReview, at now: Moment) {
        self.init(
            review.missing.isEmpty ? .available : .unavailable,
            review.remarks.isEmpty ? "Exactly what is needed is granted." : review.remarks.joined(separator: " "),
            checked: now)
    }
}
