// What every test of the transport needs: a server, a transport, and both ended when the test is over.

import CurlHTTP
import Foundation
import HTTPExchange
import Synchronization
import Testing
import Timekeeping

/// Every test runs with proxy variables that lead nowhere: whoever read them would fail. Set once, before the first
/// transport's thread exists, because changing the environment while another thread reads it is not safe.
let environmentNamesADeadProxy: Bool = {
    for name in ["http_proxy", "https_proxy", "all_proxy"] { setenv(name, "http://127.0.0.1:1", 1) }
    return true
}()

/// Runs `body` against a scripted server and shuts everything down afterwards.
func withServer(
    _ script: @escaping LoopbackServer.Script, configuration: CurlConfiguration = CurlConfiguration(),
    _ body: (CurlTransport, LoopbackServer) async throws -> Void
) async throws {
    #expect(environmentNamesADeadProxy)
    let server = try LoopbackServer(script)
    let transport = CurlTransport(configuration: configuration, time: SystemTimeSource())
    do {
        try await body(transport, server)
    } catch {
        await transport.shutdown()
        server.close()
        throw error
    }
    await transport.shutdown()
    server.close()
}

/// The kind of failure, or `nil` when an answer came.
func failure(_ transport: CurlTransport, _ call: HTTPCall) async -> HTTPTransportError? {
    do {
        _ = try await transport.send(call)
        return nil
    } catch {
        return error
    }
}

/// Something that happens once on the server's thread and is awaited by the test.
final class Event: Sendable {
    private let state = Mutex<(happened: Bool, waiters: [CheckedContinuation<Void, Never>])>((false, []))

    func happen() {
        let waiters = state.withLock { state in
            defer { state = (true, []) }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let happened = state.withLock { state in
                if !state.happened { state.waiters.append(continuation) }
                return state.happened
            }
            if happened { continuation.resume() }
        }
    }
}
