// One life of the daemon, from its start to its death. Whatever it had on the way when it died ends there: the world
// hears nothing of a dead daemon, and a dead daemon hears nothing of the world.

import HTTPExchange
import Synchronization
import Timekeeping

/// Whether one run of the daemon still lives.
final class Life: Sendable {
    let number: Int
    let began: Moment
    private let isOver = Mutex(false)

    init(number: Int, began: Moment) {
        self.number = number
        self.began = began
    }

    var isDead: Bool { isOver.withLock { $0 } }
    func end() { isOver.withLock { $0 = true } }

    func checkAlive(_ host: String) throws(HTTPTransportError) {
        if isDead { throw HTTPTransportError(.cancelled, host: host, detail: "the daemon is dead") }
    }

    /// Waits, unless death comes first.
    func wait(_ duration: Duration, host: String, time: ManualTime) async throws(HTTPTransportError) {
        do {
            try await time.sleep(for: duration)
        } catch {
            throw HTTPTransportError(.cancelled, host: host, detail: "cancelled")
        }
        try checkAlive(host)
    }
}
