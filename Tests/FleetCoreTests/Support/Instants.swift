// Every test tells its own time. Second 0 is Friday, 20 November 2026, 08:00 UTC: a working day inside bookable hours.

import FleetCore
import Foundation
import Timekeeping

/// The moment `seconds` after the beginning of a story, on both clocks.
func at(_ seconds: Double) -> Moment {
    Moment(wall: Date(timeIntervalSince1970: 1_795_161_600 + seconds), steady: .seconds(50_000) + .seconds(seconds))
}

extension Presence {
    static let available = Presence(.online, text: "Available")
    static let inACall = Presence(.inUse, text: "Busy/InACall")
    static let offline = Presence(.offline, text: "Offline")
}

extension Reading<Presence> {
    static let good = Reading.value(.available)
    static let inUse = Reading.value(.inACall)
    static let bad = Reading.value(.offline)
    static let saidUnknown = Reading.unknown(.saidUnknown(text: "PresenceUnknown"))
    static let failed = Reading.unknown(.failed("http_503"))
    static let missing = Reading.unknown(.missing)
}

extension DeviceReading {
    static func healthy(asked: Moment, modified: Moment? = nil) -> DeviceReading {
        DeviceReading(
            health: .value(DeviceHealth(isOffline: false, text: "healthy")), asked: asked, modified: modified)
    }

    static func offline(asked: Moment) -> DeviceReading {
        DeviceReading(health: .value(DeviceHealth(isOffline: true, text: "offline")), asked: asked)
    }

    static func failed(asked: Moment) -> DeviceReading {
        DeviceReading(health: .unknown(.failed("http_503")), asked: asked)
    }
}
