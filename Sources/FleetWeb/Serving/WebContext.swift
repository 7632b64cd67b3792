// What a request brings along beside itself: the connection, because who is at its other end decides what is allowed.

import Glibc
public import Hummingbird
import NIOCore

/// The context of one request.
public struct WebContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    let channel: any Channel

    public init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}

/// Who is at the other end of a connection.
enum Peer: Sendable, Hashable {
    /// A process of this machine, by the name of its user.
    case local(user: String)
    case remote(address: String)
}

extension WebContext {
    /// Asks the kernel who connected; on a unix socket it says so itself (SO_PEERCRED of unix(7)), and nobody can lie.
    func peer() async -> Peer {
        guard case .unixDomainSocket? = channel.localAddress else {
            return .remote(address: channel.remoteAddress?.ipAddress ?? "unknown")
        }
        guard let provider = channel as? any SocketOptionProvider,
            let credentials = try? await Self.credentials(of: provider)
        else { return .local(user: "unix") }
        return .local(user: Self.name(ofUser: credentials.user))
    }

    /// `struct ucred` of unix(7).
    struct PeerCredentials: Sendable {
        var process: Int32 = 0
        var user: UInt32 = 0
        var group: UInt32 = 0
    }

    private static func credentials(of provider: any SocketOptionProvider) async throws -> PeerCredentials {
        let found: EventLoopFuture<PeerCredentials> = provider.unsafeGetSocketOption(
            level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED))
        return try await found.get()
    }

    /// The name in the user database, else `uid` and the number.
    private static func name(ofUser id: UInt32) -> String {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        // getpwuid_r(3) says ERANGE when this is too small; no sane name needs more.
        var buffer = [CChar](repeating: 0, count: 16_384)
        guard getpwuid_r(id, &entry, &buffer, buffer.count, &found) == 0, found != nil, let name = entry.pw_name else {
            return "uid \(id)"
        }
        return String(cString: name)
    }
}
