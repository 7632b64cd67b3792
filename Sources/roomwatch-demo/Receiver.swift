// The receiver of the webhooks: this very program, so that what is measured is the whole way from Graph to the one who
// is called.

import FleetAPI
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Timekeeping

/// Takes webhooks on a free port of the loopback interface until it is shut down gracefully.
struct Receiver: Service {
    static let path = "/roomwatch"
    /// The contract promises bodies below 20 KB; this leaves room for other versions.
    private static let maximumBody = 64 * 1024

    let signature: WebhookSignature
    let time: any TimeSource
    let onListening: @Sendable (Int) -> Void
    let onNotice: @Sendable (Notice) async -> Void
    /// Called with the reason when a message is refused.
    let onRefusal: @Sendable (String) async -> Void

    func run() async throws {
        let router = Router()
        router.post(RouterPath(Self.path)) { request, _ in
            let receivedAt = time.now().wall
            let body = [UInt8](buffer: try await request.body.collect(upTo: Self.maximumBody))
            return Response(status: await accept(body, request.headers, at: receivedAt))
        }
        let application = Application(
            router: router,
            configuration: ApplicationConfiguration(
                address: .hostname("127.0.0.1", port: 0), serverName: "roomwatch-demo"),
            onServerRunning: { channel in
                if let port = channel.localAddress?.port { onListening(port) }
            }, logger: Logger(label: "receiver") { _ in SwiftLogNoOpLogHandler() })
        try await application.run()
    }

    private func accept(_ body: [UInt8], _ fields: HTTPFields, at receivedAt: Date) async -> HTTPResponse.Status {
        func field(_ name: String) -> String? { HTTPField.Name(name).flatMap { fields[$0] } }
        let id = field("webhook-id")
        do throws(WebhookSignature.Refusal) {
            try signature.verify(
                id: id, timestamp: field("webhook-timestamp"), signatures: field("webhook-signature"), body: body,
                at: receivedAt)
        } catch {
            await onRefusal(error.description)
            return .unauthorized
        }
        guard let type = try? WireJSON.value(TypeOnly.self, from: body).type else {
            await onRefusal("the body has no type")
            return .badRequest
        }
        // Signs of life and tests carry no incident.
        guard type.rawValue.hasPrefix("incident.") else { return .noContent }
        do {
            let event = try WireJSON.value(IncidentEvent.self, from: body)
            await onNotice(
                Notice(message: id ?? "", type: type, receivedAt: receivedAt, incident: event.data.incident))
            return .noContent
        } catch {
            await onRefusal("the body is not the contract's: \(error)")
            return .badRequest
        }
    }

    private struct TypeOnly: Decodable {
        var type: EventType
    }
}
