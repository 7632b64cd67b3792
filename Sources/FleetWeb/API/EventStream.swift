// The stream of events (WHATWG HTML, "Server-sent events"): a page shows a transition within a second, and a browser that
// lost its connection comes back by itself with the id of the last event that it saw.

import FleetAPI
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle

extension HTTPField.Name {
    /// What a browser sends when it comes back.
    static let lastEventID = HTTPField.Name("Last-Event-ID")
}

extension Response {
    /// Streams until the listener goes or the daemon stops.
    ///
    /// - Parameter isAllowed: asked before each batch: who loses the right to listen in mid-stream hears no more.
    static func events(
        _ subscription: any EventSubscription, while isAllowed: @escaping @Sendable () -> Bool
    ) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "text/event-stream", .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
            ],
            body: ResponseBody(asyncSequence: EventBytes(subscription: subscription, isAllowed: isAllowed)))
    }
}

/// The stream's bytes, batch by batch, until the daemon stops; when the listener goes, writing ends it.
private struct EventBytes: AsyncSequence, Sendable {
    let subscription: any EventSubscription
    let isAllowed: @Sendable () -> Bool

    struct AsyncIterator: AsyncIteratorProtocol {
        let subscription: any EventSubscription
        let isAllowed: @Sendable () -> Bool

        mutating func next() async throws -> ByteBuffer? {
            let subscription = subscription
            let batch = await cancelWhenGracefulShutdown { await subscription.next() }
            guard !Task.isCancelled, !Task.isShuttingDownGracefully, isAllowed() else { return nil }
            return ByteBuffer(bytes: try EventText.bytes(of: batch))
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(subscription: subscription, isAllowed: isAllowed) }
}

/// Events as the specification writes them.
enum EventText {
    static func bytes(of batch: EventBatch) throws -> [UInt8] {
        // The id of a batch without events keeps the browser's memory fresh: what is not its business has passed.
        if batch.isReset { return Array("event: reset\ndata: {}\nid: \(batch.lastID)\n\n".utf8) }
        guard !batch.events.isEmpty else { return Array(": still here\nid: \(batch.lastID)\n\n".utf8) }
        var bytes: [UInt8] = []
        for (index, event) in batch.events.enumerated() {
            let (name, data) =
                switch event.content {
                case .room(let change): ("room", try WireJSON.bytes(of: change))
                case .incident(let news): ("incident", try WireJSON.bytes(of: news))
                case .operation(let news): ("operation", try WireJSON.bytes(of: news))
                }
            bytes += Array("event: \(name)\ndata: ".utf8) + data + Array("\n".utf8)
            if index == batch.events.count - 1 { bytes += Array("id: \(batch.lastID)\n".utf8) }
            bytes += Array("\n".utf8)
        }
        return bytes
    }
}
