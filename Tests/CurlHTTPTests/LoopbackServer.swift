// A server that does exactly what a test scripts, down to the byte and the reset. Real sockets on an ephemeral port of
// the loopback interface; one thread accepts, one thread per connection follows the script.

import Foundation
import Glibc
import Synchronization

/// Serves every accepted connection with one script until the test is over.
final class LoopbackServer: Sendable {
    typealias Script = @Sendable (LoopbackConnection) -> Void

    let port: Int
    private let listener: Int32
    private let accepted = Mutex(0)

    /// How many connections have been accepted.
    var connections: Int { accepted.withLock(\.self) }

    init(_ script: @escaping Script) throws {
        signal(SIGPIPE, SIG_IGN)
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 && listen(descriptor, 512) == 0
                    && getsockname(descriptor, pointer, &length) == 0
            }
        }
        guard bound else { throw POSIXError(.EADDRINUSE) }
        port = Int(UInt16(bigEndian: address.sin_port))
        let thread = Thread { [self] in acceptAll(script) }
        thread.start()
    }

    var url: String { "http://127.0.0.1:\(port)" }

    /// Ends the accepting thread. Connections end with their scripts.
    func close() { Glibc.shutdown(listener, Int32(SHUT_RDWR)) }

    private func acceptAll(_ script: @escaping Script) {
        while true {
            let descriptor = accept(listener, nil, nil)
            guard descriptor >= 0 else { break }
            let number = accepted.withLock { count in
                count += 1
                return count
            }
            let thread = Thread {
                let connection = LoopbackConnection(descriptor: descriptor, number: number)
                script(connection)
                connection.close()
            }
            thread.start()
        }
        Glibc.close(listener)
    }
}

/// The server's side of one connection, used by its own thread only.
final class LoopbackConnection {
    /// Counts from 1 in the order of acceptance.
    let number: Int
    private var descriptor: Int32
    private var buffer: [UInt8] = []

    init(descriptor: Int32, number: Int) {
        self.descriptor = descriptor
        self.number = number
    }

    /// The next request: its head as text and its body by Content-Length. `nil` when the client has closed.
    func request() -> (head: String, body: [UInt8])? {
        let end = Array("\r\n\r\n".utf8)
        while true {
            if let range = buffer.firstRange(of: end) {
                let head = String(decoding: buffer[..<range.lowerBound], as: UTF8.self)
                let length =
                    head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
                    .flatMap { Int($0.split(separator: ":")[1].trimmingCharacters(in: .whitespaces)) } ?? 0
                if buffer.count >= range.upperBound + length {
                    let body = Array(buffer[range.upperBound..<(range.upperBound + length)])
                    buffer.removeFirst(range.upperBound + length)
                    return (head, body)
                }
            }
            guard receive() else { return nil }
        }
    }

    /// The next line without its CRLF. `nil` when the client has closed.
    func line() -> String? {
        while true {
            if let range = buffer.firstRange(of: [0x0D, 0x0A]) {
                defer { buffer.removeFirst(range.upperBound) }
                return String(decoding: buffer[..<range.lowerBound], as: UTF8.self)
            }
            guard receive() else { return nil }
        }
    }

    /// Blocks until the client closes or resets the connection.
    func waitForClose() { while receive() {} }

    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, 0) }
            guard count > 0 else { return }
            sent += count
        }
    }

    /// Sends a complete answer with a Content-Length.
    func answer(_ status: String = "200 OK", fields: [String] = [], body: [UInt8] = []) {
        let head = ["HTTP/1.1 \(status)", "Content-Length: \(body.count)"] + fields
        send(Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
    }

    /// Ends the connection with RST instead of FIN.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    func close() {
        guard descriptor >= 0 else { return }
        Glibc.close(descriptor)
        descriptor = -1
    }

    private func receive() -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        guard count > 0 else { return false }
        buffer.append(contentsOf: chunk[..<count])
        return true
    }
}
