// A client of a few lines over plain sockets, so that the server is tested by something that shares no code with it.

import Foundation
import Glibc

enum LoopbackError: Error {
    case failed(String, Int32)
    case noAnswer
}

struct Answer: Sendable {
    var status: Int
    var fields: [String: String]
    var body: String
}

enum LoopbackClient {
    /// Asks once on a thread of its own, because the calls block.
    static func get(_ path: String, port: Int) async throws -> Answer {
        try await onThread {
            let (descriptor, result) = connected(to: port)
            return try exchange(request(path), on: descriptor, connected: result)
        }
    }

    private static func connected(to port: Int) -> (descriptor: Int32, result: Int32) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return (descriptor, result)
    }

    /// A request with a method and header fields over TCP.
    static func send(
        _ method: String, _ path: String, fields: [String: String] = [:], port: Int
    ) async throws -> Answer {
        try await onThread {
            let (descriptor, result) = connected(to: port)
            return try exchange(request(path, method, fields), on: descriptor, connected: result)
        }
    }

    /// A request with a method, header fields and a body over a unix socket.
    static func send(
        _ method: String, _ path: String, fields: [String: String] = [:], body: String? = nil, socket name: String
    ) async throws -> Answer {
        try await onThread {
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            let result = withUnixAddress(name) { connect(descriptor, $0, $1) }
            return try exchange(request(path, method, fields, body), on: descriptor, connected: result)
        }
    }

    private static func request(
        _ path: String, _ method: String = "GET", _ fields: [String: String] = [:], _ body: String? = nil
    ) -> String {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: localhost", "Connection: close"]
        lines += fields.map { "\($0): \($1)" }
        if let body { lines.append("Content-Length: \(body.utf8.count)") }
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")
    }

    static func get(_ path: String, socket name: String) async throws -> Answer {
        try await onThread {
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            let result = withUnixAddress(name) { connect(descriptor, $0, $1) }
            return try exchange(request(path), on: descriptor, connected: result)
        }
    }

    /// A listening socket as systemd would hand it over.
    static func listeningSocket(at path: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard withUnixAddress(path, { bind(descriptor, $0, $1) }) == 0, listen(descriptor, 8) == 0 else {
            throw LoopbackError.failed("listening on \(path)", errno)
        }
        return descriptor
    }

    fileprivate static func withUnixAddress<Result>(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8).prefix(107)) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    private static func exchange(_ text: String, on descriptor: Int32, connected: Int32) throws -> Answer {
        defer { close(descriptor) }
        guard connected == 0 else { throw LoopbackError.failed("connecting", errno) }
        // A server that never answers fails the test instead of hanging it.
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let request = Array(text.utf8)
        // A server that refuses a large body answers and closes before it has read all of it.
        var sent = 0
        while sent < request.count {
            let count = Glibc.send(
                descriptor, Array(request[sent...]), request.count - sent, Int32(MSG_NOSIGNAL))
            if count <= 0 { break }
            sent += count
        }
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0 { throw LoopbackError.failed("reading", errno) }
            if count == 0 { break }
            received += buffer.prefix(count)
        }
        return try parse(String(decoding: received, as: UTF8.self))
    }

    private static func parse(_ text: String) throws -> Answer {
        guard let end = text.range(of: "\r\n\r\n") else { throw LoopbackError.noAnswer }
        let head = text[..<end.lowerBound].components(separatedBy: "\r\n")
        guard let status = Int(head[0].split(separator: " ")[1]) else { throw LoopbackError.noAnswer }
        var fields: [String: String] = [:]
        for line in head.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            fields[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        return Answer(status: status, fields: fields, body: String(text[end.upperBound...]))
    }

    fileprivate static func onThread<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            // A thread of its own: the queues of Dispatch are those that the server under test runs on.
            Thread { continuation.resume(with: Result { try body() }) }.start()
        }
    }
}

/// A connection that stays open between requests, as those of browsers and scrapers do.
final class HeldConnection: Sendable {
    private let descriptor: Int32

    init(to path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let descriptor = descriptor
        guard LoopbackClient.withUnixAddress(path, { connect(descriptor, $0, $1) }) == 0 else {
            throw LoopbackError.failed("connecting", errno)
        }
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    func ask(_ path: String, fields: [String: String] = [:]) throws {
        let lines = fields.map { "\($0): \($1)\r\n" }.joined()
        let request = Array("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\(lines)\r\n".utf8)
        guard write(descriptor, request, request.count) == request.count else {
            throw LoopbackError.failed("writing", errno)
        }
    }

    /// The status of the next answer; its short body comes with it.
    func status() async throws -> Int { try await LoopbackClient.onThread { try self.read() } }

    /// Whether a text comes before the end of a stream.
    func hears(_ text: String) async throws -> Bool {
        try await LoopbackClient.onThread { try self.received { $0.contains(text) }.contains(text) }
    }

    /// Whether a stream ends, and a text never came.
    func ends(without text: String) async throws -> Bool {
        try await LoopbackClient.onThread { try !self.received { _ in false }.contains(text) }
    }

    /// What comes until it is enough, or until the end.
    private func received(isEnough: (String) -> Bool) throws -> String {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while !isEnough(String(decoding: received, as: UTF8.self)),
            !received.suffix(5).elementsEqual("0\r\n\r\n".utf8)
        {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0 { throw LoopbackError.failed("reading", errno) }
            if count == 0 { break }
            received += buffer.prefix(count)
        }
        return String(decoding: received, as: UTF8.self)
    }

    private func read() throws -> Int {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while !received.suffix(3).elementsEqual("ok\n".utf8) {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { throw LoopbackError.failed("reading", errno) }
            received += buffer.prefix(count)
        }
        return Int(String(decoding: received, as: UTF8.self).split(separator: " ")[1]) ?? 0
    }

    /// Whether something can be read without waiting.
    var hasAnswer: Bool {
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) > 0
    }

    func end() { close(descriptor) }
}
