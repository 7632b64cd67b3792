// The daemon listens on a TCP address, on a socket file of its own, or on a socket that systemd opened before it and
// keeps over restarts. Hummingbird serves the first two; for the third its channel is put on the inherited descriptor.

import Foundation
import Glibc
public import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
import NIOExtras
import NIOPosix
public import ServiceLifecycle

/// Where requests come in.
public enum Listener: Sendable, Hashable, CustomStringConvertible {
    case address(host: String, port: Int)
    case socket(path: String)
    /// A listening socket inherited from systemd (sd_listen_fds(3)).
    case inherited(fileDescriptor: Int32, name: String)

    public var description: String {
        switch self {
        case .address(let host, let port): "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
        case .socket(let path): "unix:\(path)"
        case .inherited(_, let name): "systemd socket \(name)"
        }
    }
}

/// A listener that cannot be opened.
public struct ListenerError: Error, Sendable, CustomStringConvertible {
    public let listener: Listener
    public let reason: String
    public let remedy: String

    init(_ listener: Listener, _ reason: String, remedy: String = anotherProcess) {
        self.listener = listener
        self.reason = reason
        self.remedy = remedy
    }

    init(_ listener: Listener, errorNumber: Int32) {
        let remedy =
            switch errorNumber {
            case ENOENT: "its folder does not exist: make it, or change api.socket"
            case EACCES, EPERM: "the daemon's user may not listen there: change its rights, or api.listen or api.socket"
            case EADDRNOTAVAIL: "no interface of this machine has that address: change api.listen"
            default: Self.anotherProcess
            }
        self.init(listener, String(cString: strerror(errorNumber)), remedy: remedy)
    }

    private static let anotherProcess = "stop the other process, or change api.listen or api.socket"

    public var description: String {
        "cannot listen on \(listener): \(reason); \(remedy)"
    }
}

/// Serves the routes on one listener until it is shut down gracefully.
public struct WebServer: Service {
    /// Connections at one time; a client that opens more waits.
    static let maximumConnections = 256
    static let idleTimeout: TimeAmount = .seconds(60)

    private let listener: Listener
    private let responder: RouterResponder<WebContext>
    private let log: Logger
    private let connections: Int
    private let onListening: @Sendable (String) async -> Void

    /// - Parameter onListening: called once with the address in use, which tells the port when 0 was asked for.
    public init(
        listener: Listener, router: Router<WebContext>, log: Logger,
        onListening: @escaping @Sendable (String) async -> Void
    ) {
        self.init(
            listener: listener, router: router, log: log, connections: Self.maximumConnections,
            onListening: onListening)
    }

    /// The same with another bound, for tests.
    init(
        listener: Listener, router: Router<WebContext>, log: Logger, connections: Int,
        onListening: @escaping @Sendable (String) async -> Void
    ) {
        self.listener = listener
        self.connections = connections
        self.responder = router.buildResponder()
        self.log = log
        self.onListening = onListening
    }

    public func run() async throws {
        switch listener {
        case .address(let host, let port): try await serve(.hostname(host, port: port))
        case .socket(let path):
            guard !Self.isAnswered(path) else { throw ListenerError(listener, "another process listens there") }
            try await serve(.unixDomainSocket(path: path))
        case .inherited(let descriptor, _): try await serve(inherited: descriptor)
        }
    }

    private func serve(_ address: BindAddress) async throws {
        let onListening = onListening
        let description = listener.description
        let path: String? = if case .socket(let file) = listener { file } else { nil }
        let application = Application(
            responder: responder, server: .http1(configuration: .init(idleTimeout: Self.idleTimeout)),
            configuration: ApplicationConfiguration(
                address: address, serverName: "roomwatch",
                availableConnectionsDelegate: MaximumAvailableConnections(connections)),
            onServerRunning: { channel in
                // Whoever is in the group of the directory may use the socket; nobody else (contract: 0660).
                if let path { chmod(path, 0o660) }
                guard let port = channel.localAddress?.port, let colon = description.lastIndex(of: ":") else {
                    await onListening(description)
                    return
                }
                await onListening(description[..<colon] + ":\(port)")
            }, logger: log)
        do {
            try await application.run()
        } catch let error as IOError {
            throw ListenerError(listener, errorNumber: error.errnoCode)
        }
    }

    /// Whether somebody accepts connections on a socket file. One that nobody answers was left behind by a crash and is
    /// replaced.
    private static func isAnswered(_ path: String) -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }

    private func serve(inherited descriptor: Int32) async throws {
        let responder = responder
        let log = log
        let connections = connections
        let http = HTTP1Channel(
            responder: { (request, writer: consuming ResponseWriter, channel) in
                let context = WebContext(
                    source: ApplicationRequestContextSource(channel: channel, logger: log))
                let response = try await responder.respond(to: request, context: context)
                try await writer.write(response: response.head, body: response.body)
            }, configuration: .init(idleTimeout: Self.idleTimeout))
        // Without it a stop would wait for every kept-alive connection to become idle.
        let quiescing = ServerQuiescingHelper(group: MultiThreadedEventLoopGroup.singleton)
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        quiescing.makeServerChannelHandler(channel: channel))
                    try channel.pipeline.syncOperations.addHandler(
                        AvailableConnectionsChannelHandler(maxConnections: connections))
                }
            }
            .childChannelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
            .bind(
                NIOBSDSocket.Handle(descriptor), cleanupExistingSocketFile: false, serverBackPressureStrategy: nil
            ) { channel in http.setup(channel: channel, logger: log) }
        await onListening(listener.description)
        try await withGracefulShutdownHandler {
            try await server.executeThenClose { inbound in
                await withDiscardingTaskGroup { group in
                    do {
                        for try await connection in inbound {
                            group.addTask { await http.handle(value: connection, logger: log) }
                        }
                    } catch {
                        log.error("the inherited socket failed: \(error)")
                    }
                }
            }
        } onGracefulShutdown: {
            quiescing.initiateShutdown(promise: nil)
        }
    }
}
