// How the daemon itself runs: how often it asks, where it keeps what it knows, who may talk to it.

public import FleetCore

/// `poll`, except for `presence` and `suspect`, which belong to the rules of detection.
public struct PollConfiguration: Sendable, Hashable {
    public var devices: Duration = .seconds(300)
    /// Not acted on in this version.
    public var calls: Duration = .seconds(300)
    public var places: Duration = .seconds(6 * 3600)
    public var calendars: Duration = .seconds(300)

    public init() {}
}

/// `commands`: what may be asked of devices.
public struct CommandConfiguration: Sendable, Hashable {
    /// Without it commands are there where their permission is.
    public var isEnabled: Bool?
    public var rules = CommandRules()

    public init() {}
}

/// `store`.
public struct StoreConfiguration: Sendable, Hashable {
    /// Absolute path of the SQLite file.
    public var path = "/var/lib/roomwatch/roomwatch.sqlite"
    /// How long runs of observations are kept.
    public var observations: Duration = .seconds(90 * 86_400)
    public var incidents: Duration = .seconds(400 * 86_400)
    /// Not acted on in this version.
    public var calls: Duration = .seconds(90 * 86_400)

    public init() {}
}

/// `api`.
public struct APIConfiguration: Sendable, Hashable {
    public var listen = ListenAddress(host: "127.0.0.1", port: 8470)
    /// Absolute path of the unix socket.
    public var socket = "/run/roomwatch/roomwatchd.sock"
    /// The file with the hashes of bearer tokens; without it only the unix socket may ask anything of the API.
    public var tokensFile: SecretReference?
    /// Base of the links in notifications, without a slash at its end.
    public var externalURL: String?
    /// Somebody else terminates TLS, so listening beyond loopback is allowed.
    public var behindProxy = false

    public init() {}
}

/// A host and a port to listen on.
public struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// An IPv4 or IPv6 address without brackets, or `localhost`.
    public var host: String
    /// 0 lets the system choose.
    public var port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    public var isLoopback: Bool { WebAddress.isLoopback(host: host) }

    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// `http`: everything that leaves the machine.
public struct OutboundConfiguration: Sendable, Hashable {
    /// Base URL of a proxy; `nil` for none.
    public var proxy: String?
    /// PEM certificates to trust instead of those of the system.
    public var caFile: SecretReference?

    public init() {}
}

/// `heartbeat`: the dead man's switch.
public struct HeartbeatConfiguration: Sendable, Hashable {
    /// The file with the URL; the URL is as good as a password.
    public var urlFile: SecretReference
    public var every: Duration
}

/// `log`.
public struct LogConfiguration: Sendable, Hashable {
    public var level: Level = .info

    public enum Level: String, Sendable, Hashable, CaseIterable {
        case debug, info, notice, warning, error
    }

    public init() {}
}
