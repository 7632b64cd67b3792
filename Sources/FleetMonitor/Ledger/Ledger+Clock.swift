// Rows of the outbox are due by the wall clock, because that is all that survives a restart. When somebody corrects the
// clock, what waits keeps its distance from the present: a page is neither an hour late nor sent before its wait is over.

import FleetCore
import FleetStore
import Foundation
import Logging
import Timekeeping

extension Ledger {
    /// A smaller difference is the clock being steered, not set.
    static let clockStep = 1.0

    /// Notices that the wall clock was set; asked before anything is compared with it.
    func watchClock(at now: Moment) {
        let ahead = now.wall.timeIntervalSince1970 - now.steady.seconds
        defer { wallAhead = ahead }
        guard let before = wallAhead, abs(ahead - before) >= Self.clockStep else { return }
        let step = ahead - before
        let length = Duration.seconds(abs(step)).inWords
        log.warning("the wall clock was set \(step > 0 ? "forward" : "back") by \(length); no timer moves with it")
        memory.shift(by: step)
        do throws(StoreError) {
            try store.shiftWaiting(by: step)
        } catch {
            noteStoreFailure(error, at: now)
        }
    }
}
