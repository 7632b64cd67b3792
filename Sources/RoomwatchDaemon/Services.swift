// The daemon's parts as services: started in the order of the list, stopped in reverse, so that nothing outlives what it
// writes to.

import FleetCore
import FleetMonitor
import FleetStore
import Foundation
import Logging
import ServiceLifecycle
import Systemd
import Timekeeping

/// A loop that runs until the daemon stops. Ending by itself would leave a part of the watch dead, so that is an error.
struct LoopService: Service {
    let name: String
    let body: @Sendable () async -> Void

    func run() async throws {
        await cancelWhenGracefulShutdown { await body() }
        if !Task.isShuttingDownGracefully, !Task.isCancelled { throw DaemonError.loopEnded("\(name) ended by itself") }
    }
}

/// Loops that send what cannot be taken back stop by draining instead of being cut off: messages, and commands to devices.
///
/// All of them are one service: services are stopped one after the other, and a loop that ended while another service
/// was being stopped would count as one that died.
struct DeliveryService: Service {
    let loops: [DeliveryLoop]
    let operations: [OperationLoop]
    let drain: Drain
    let time: any TimeSource

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for loop in loops {
                    group.addTask {
                        await loop.run()
                        try check("a delivery loop")
                    }
                }
                for loop in operations {
                    group.addTask {
                        await loop.run()
                        try check("a loop that carries commands out")
                    }
                }
                try await group.waitForAll()
            }
        } onGracefulShutdown: {
            drain.begin(at: time.now())
        }
    }

    private func check(_ loop: String) throws(DaemonError) {
        guard drain.deadline == nil, !Task.isCancelled else { return }
        throw .loopEnded("\(loop) ended by itself")
    }
}

/// First to start, last to stop: what waits in memory is written, then the file is closed.
struct StoreService: Service {
    let store: Store
    let ledger: Ledger
    let log: Logger

    func run() async throws {
        // A cancelled wait ends like a graceful one: either way the store must be closed.
        try? await gracefulShutdown()
        await ledger.finish()
        do throws(StoreError) {
            try store.close()
        } catch {
            log.error("store: \(error)")
        }
    }
}

/// Feeds the watchdog while every loop keeps its word.
struct PulseService: Service {
    let notifier: ServiceNotifier
    let feed: WatchdogFeed
    let log: Logger

    func run() async throws {
        await withGracefulShutdownHandler {
            await pulse()
        } onGracefulShutdown: {
            do throws(ServiceNotifierError) {
                try notifier.stopping()
            } catch {
                log.warning("\(error)")
            }
        }
    }

    /// Where systemd expects no pulse it only waits for the stop.
    private func pulse() async {
        guard let interval = notifier.watchdogInterval else {
            try? await gracefulShutdown()
            return
        }
        await cancelWhenGracefulShutdown {
            await feed.run(every: interval, pulse: { try notifier.watchdog() }, status: { try notifier.status($0) })
        }
    }
}

/// Keeps the line in `systemctl status` fresh.
struct StatusService: Service {
    static let interval: Duration = .seconds(5)

    let notifier: ServiceNotifier
    let parts: DaemonParts

    func run() async throws {
        await cancelWhenGracefulShutdown {
            repeat {
                let lines = await parts.ledger.census().map { one in
                    let open = one.open.values.reduce(0, +)
                    return "\(one.tenant): \(one.rooms) rooms, \(open) incidents open\(one.isBlind ? ", BLIND" : "")"
                }
                do throws(ServiceNotifierError) {
                    if parts.progress.feed.overdue().isEmpty { try notifier.status(lines.joined(separator: "; ")) }
                } catch {
                    parts.log.warning("\(error)")
                }
            } while (try? await parts.time.sleep(for: Self.interval)) != nil
        }
    }
}

extension RoutingTree {
    /// The tree with the receiver of the synthetic room.
    var probed: RoutingTree {
        var tree = self
        tree.probe = Probe(room: Room.synthetic.account, receiver: LoopbackChannel.profile)
        tree.receivers[LoopbackChannel.profile.name] = LoopbackChannel.profile
        return tree
    }
}
