// The store as a whole: a copy of it, streamed. It takes an operator and no admin: beyond what operators read anyway it
// holds the audit trail, which guards nothing, and a nightly copy over the unix socket must not need an admin's token
// lying on the machine. A token that is bound to a tenant gets none.

import FleetAPI
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle

extension APIEndpoint {
    static func keeping(_ intents: any Intents) -> [APIEndpoint] {
        [
            APIEndpoint(.post, "backup", .operator) { request in
                .backup(try await intents.backup(for: request.asker), while: request.isStillAllowed)
            }
        ]
    }
}

extension HTTPField.Name {
    /// RFC 9530: the digest of what is sent, over all of it.
    static let reprDigest = HTTPField.Name("Repr-Digest")
}

/// Why the rest of a backup is not sent; the connection breaks off, so that nobody takes the part for the whole.
private enum BackupEnd: Error {
    case noLongerAllowed
    case daemonStops
}

extension Response {
    /// - Parameter isAllowed: asked before each piece.
    static func backup(
        _ stream: any BackupStream, while isAllowed: @escaping @Sendable () -> Bool
    ) -> Response {
        let stamp = stream.newest.map { $0.description.filter { $0.isNumber }.prefix(14) } ?? "empty"
        var headers: HTTPFields = [
            .contentType: "application/octet-stream", .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
            .contentDisposition: "attachment; filename=\"roomwatch-\(stamp).sqlite\"",
        ]
        if let name = HTTPField.Name.reprDigest {
            headers[name] = "sha-256=:\(Data(stream.digest).base64EncodedString()):"
        }
        let body = ResponseBody(contentLength: stream.bytes) { writer in
            while true {
                guard isAllowed() else { throw BackupEnd.noLongerAllowed }
                guard !Task.isShuttingDownGracefully else { throw BackupEnd.daemonStops }
                let piece = try await stream.next()
                guard !piece.isEmpty else { break }
                try await writer.write(ByteBuffer(bytes: piece))
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }
}
