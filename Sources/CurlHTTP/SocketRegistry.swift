// libcurl keeps an HTTP/2 connection when one of its streams is given up. That is right while the connection lives; but
// when a firewall has forgotten it, every later request would join it and be given up in turn. So the loop remembers
// its sockets, and closes the connection on which a transfer heard nothing until it was given up.

import CLibcurl
import Glibc

/// The sockets of one loop. Used on its thread only.
final class SocketRegistry {
    /// A transfer's view of its connection: how much had been heard there when it last had reason to believe in it.
    struct Listening {
        let localPort: Int32
        var mark: UInt64 = 0
    }

    private var sockets: Set<curl_socket_t> = []
    /// Deliveries by local port, for all transfers of a connection together. As many entries as open connections.
    private var deliveries: [Int32: UInt64] = [:]

    /// The registry must outlive every connection the transfer may open.
    func register(with easy: EasyHandle) {
        easy.setSocketCallbacks(
            open: openSocket, close: closeSocket, pointer: Unmanaged.passUnretained(self).toOpaque())
    }

    func listen(localPort: Int32) -> Listening {
        Listening(localPort: localPort, mark: deliveries[localPort] ?? 0)
    }

    /// A transfer has received something over its connection.
    func heard(_ connection: inout Listening) {
        let mark = (deliveries[connection.localPort] ?? 0) + 1
        // Port 0 is a Unix socket or an unknown connection: those are not shared between transfers.
        if connection.localPort != 0 { deliveries[connection.localPort] = mark }
        connection.mark = mark
    }

    /// Ends the connection if nobody has heard anything there since the transfer itself did. Its other transfers fail
    /// as broken connections, which they are.
    func shutDownIfSilent(_ connection: Listening) {
        guard connection.localPort != 0, connection.mark == deliveries[connection.localPort] ?? 0 else { return }
        shutDown(localPort: connection.localPort, SHUT_RDWR)
    }

    /// Ends one or both directions of a connection; 0 is none.
    func shutDown(localPort: Int32, _ direction: Int) {
        guard localPort != 0 else { return }
        for socket in sockets where Self.localPort(of: socket) == localPort {
            Glibc.shutdown(socket, Int32(direction))
        }
    }

    fileprivate func open(_ address: curl_sockaddr) -> curl_socket_t {
        let descriptor = socket(address.family, address.socktype | Int32(SOCK_CLOEXEC.rawValue), address.protocol)
        if descriptor >= 0 { sockets.insert(descriptor) }
        return descriptor
    }

    fileprivate func close(_ descriptor: curl_socket_t) -> Int32 {
        sockets.remove(descriptor)
        deliveries[Self.localPort(of: descriptor)] = nil
        return Glibc.close(descriptor)
    }

    /// The port, or 0 when the socket has none.
    private static func localPort(of socket: curl_socket_t) -> Int32 {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &address) { storage in
            let found = storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) }
            guard found == 0 else { return 0 }
            // The port is at the same place in sockaddr_in and sockaddr_in6.
            switch Int32(storage.pointee.ss_family) {
            case AF_INET, AF_INET6:
                return storage.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    Int32(UInt16(bigEndian: $0.pointee.sin_port))
                }
            default: return 0
            }
        }
    }
}

private func openSocket(
    _ registry: UnsafeMutableRawPointer?, _: curlsocktype, _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    guard let registry, let address else { return -1 }
    return Unmanaged<SocketRegistry>.fromOpaque(registry).takeUnretainedValue().open(address.pointee)
}

private func closeSocket(_ registry: UnsafeMutableRawPointer?, _ descriptor: curl_socket_t) -> Int32 {
    guard let registry else { return Glibc.close(descriptor) }
    return Unmanaged<SocketRegistry>.fromOpaque(registry).takeUnretainedValue().close(descriptor)
}
