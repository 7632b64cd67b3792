// A credential that ends stops everything at once, so the log says it every day for a month before.

public import FleetCore
public import Logging
public import Timekeeping

/// Warns of one tenant's credential until it is cancelled.
public struct CredentialWatch: Sendable {
    static let interval: Duration = .seconds(86_400)
    /// The first time when the first lines of a start have gone by.
    static let firstDelay: Duration = .seconds(30)

    private let tenant: TenantName
    private let expiry: @Sendable () -> CredentialExpiry
    private let time: any TimeSource
    private let progress: LoopProgress
    private let log: Logger

    public init(
        tenant: TenantName, time: any TimeSource, progress: LoopProgress, log: Logger,
        expiry: @escaping @Sendable () -> CredentialExpiry
    ) {
        self.tenant = tenant
        self.expiry = expiry
        self.time = time
        self.progress = progress
        self.log = log
    }

    public func run() async {
        let loop = progress.loop("credential.\(tenant)")
        var pause = Self.firstDelay
        while !Task.isCancelled {
            loop.advance(within: pause)
            do {
                try await time.sleep(for: pause)
            } catch {
                break
            }
            if let warning = expiry().warning(at: time.now().wall) { log.warning("credential: \(warning)") }
            pause = Self.interval
        }
        loop.retire()
    }
}
