// The simulated tenant on a socket. HTTP/1.1 in the clear; with a certificate TLS with HTTP/2 and HTTP/1.1, so that
// clients are rehearsed with the transport they use against Microsoft.

import Foundation
import Hummingbird
import HummingbirdHTTP2
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL
public import ServiceLifecycle
public import TenantSimulator
public import Timekeeping

/// Serves one ``SimulatedTenant``.
public struct TenantServer: Service {
    /// Certificate and key for TLS, as PEM files.
    public struct TLSFiles: Sendable {
        public var certificate: String
        public var key: String

        public init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    private let host: TenantHost
    private let address: (host: String, port: Int)
    private let tls: TLSConfiguration?
    private let onReady: @Sendable (String) -> Void

    /// How long the clock sleeps at most, so that an event injected meanwhile is played in time.
    private static let maximumNap = Duration.milliseconds(250)

    /// - Parameters:
    ///   - port: 0 takes any free one.
    ///   - groundTruth: path of the JSON Lines file; replaced when it exists.
    ///   - onReady: called once with the base URL when connections are accepted.
    /// - Throws: ``TenantServerError`` when a file cannot be read or created.
    public init(
        tenant: SimulatedTenant, host: String, port: Int, tls files: TLSFiles? = nil, groundTruth: String? = nil,
        timeSource: any TimeSource, onReady: @escaping @Sendable (String) -> Void
    ) throws(TenantServerError) {
        self.host = TenantHost(
            tenant: tenant,
            groundTruth: try groundTruth.map { path throws(TenantServerError) in try GroundTruthFile(path: path) },
            time: timeSource)
        address = (host, port)
        tls = try files.map { files throws(TenantServerError) in try Self.configuration(files) }
        self.onReady = onReady
    }

    private static func configuration(_ files: TLSFiles) throws(TenantServerError) -> TLSConfiguration {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(files.certificate).map {
                NIOSSLCertificateSource.certificate($0)
            }
            let key = try NIOSSLPrivateKey(file: files.key, format: .pem)
            return TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key))
        } catch {
            throw TenantServerError(
                "cannot read the TLS certificate \(files.certificate) or its key \(files.key): \(error)")
        }
    }

    /// Serves until the surrounding service group shuts down.
    public func run() async throws {
        let scheme = tls == nil ? "http" : "https"
        let host = host
        let onReady = onReady
        let name = address.host
        var logger = Logger(label: "graph-simulator") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .critical
        let application = Application(
            responder: TenantResponder(host: host, scheme: scheme, viaLoopback: Self.isLoopback(name)),
            server: try tls.map { try .http2Upgrade(tlsConfiguration: $0) } ?? .http1(),
            configuration: ApplicationConfiguration(address: .hostname(name, port: address.port)),
            services: [TenantClock(host: host, maximumNap: Self.maximumNap)],
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? 0
                onReady("\(scheme)://\(name.contains(":") ? "[\(name)]" : name):\(port)")
            },
            logger: logger)
        try await application.run()
    }

    /// Whether only this machine can reach a listener on `host`.
    static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }
}

/// Lets time pass in the tenant while nobody asks, so that the ground truth is written when things happen.
private struct TenantClock: Service {
    let host: TenantHost
    let maximumNap: Duration

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let next = try host.advance()
                let now = host.time.now()
                let nap = next.map { min(now.elapsed(until: $0), maximumNap) } ?? maximumNap
                do {
                    try await host.time.sleep(for: max(nap, .milliseconds(1)))
                } catch is CancellationError {
                    return
                }
            }
        }
    }
}
