// Who belongs to a common trouble of devices, and when it is over.

import struct Foundation.Date
import Timekeeping

/// The common trouble of devices that share a model or a version.
struct CohortTrack: Sendable, Hashable {
    /// Devices that still lack it, by id in lower case.
    var members: Set<String> = []
    /// How many they were at most.
    var most = 0
    /// The span in which they lost it.
    var onsets: ClosedRange<Date>
    var isPartial = false
    /// When a member was last well again; after a restart when it was read.
    var lastLeft: Moment?
    /// Whether members came or went since it was last written.
    var isNews = false

    init(onset: Date, isPartial: Bool = false) {
        onsets = onset...onset
        self.isPartial = isPartial
    }

    mutating func join(_ device: String, onset: Date) {
        members.insert(device)
        most = max(most, members.count)
        onsets = min(onsets.lowerBound, onset)...max(onsets.upperBound, onset)
        isNews = true
    }

    /// Whether a device that lost the same thing then belongs to it.
    func takes(onset: Date) -> Bool {
        let window = DeviceRules.commonWindow.seconds
        return onset.timeIntervalSince(onsets.lowerBound) >= -window
            && onset.timeIntervalSince(onsets.upperBound) <= window
    }

    /// Whether nobody is left, or for a while so few that they speak for themselves.
    func isOver(at now: Moment) -> Bool {
        if members.isEmpty { return true }
        guard members.count < DeviceRules.commonCount, members.count * 5 <= most else { return false }
        return lastLeft.map { $0.elapsed(until: now) >= DeviceRules.commonPatience } ?? true
    }
}
