// Serves routes on a socket of their own for as long as a test asks them.

@testable import FleetWeb
import Foundation
import Hummingbird
import Logging

/// - Parameter body: gets the path of the socket.
func serve(
    _ router: Router<WebContext>, _ body: @escaping @Sendable (String) async throws -> Void
) async throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "rw-\(UUID().uuidString.prefix(8)).sock")
        .path(percentEncoded: false)
    let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let (addresses, said) = AsyncStream.makeStream(of: String.self)
    let server = WebServer(listener: .socket(path: path), router: router, log: log) { said.yield($0) }
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            defer { said.finish() }
            do { try await server.run() } catch is CancellationError {}
        }
        for await _ in addresses {
            try await body(path)
            break
        }
        group.cancelAll()
        try await group.waitForAll()
    }
    try? FileManager.default.removeItem(atPath: path)
}
