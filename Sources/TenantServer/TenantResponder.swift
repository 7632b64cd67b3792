// Between Hummingbird's requests and the simulator's values. The faults that need a socket are carried out here: waiting,
// never answering, cutting an answer short, resetting the connection.

import Glibc
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle
import TenantSimulator
import Timekeeping

/// Keeps the channel, which an ordinary context hides: faults are done to it.
struct TenantContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}

struct TenantResponder: HTTPResponder {
    typealias Context = TenantContext

    let host: TenantHost
    let scheme: String
    let viaLoopback: Bool

    /// Larger request bodies are refused; a bulk request of 650 ids has 26 kB.
    static let maximumBody = 4 * 1024 * 1024

    func respond(to request: Request, context: TenantContext) async throws -> Response {
        let buffer: ByteBuffer
        do {
            buffer = try await request.body.collect(upTo: Self.maximumBody)
        } catch is NIOTooManyBytesError {
            return Response(status: .contentTooLarge)
        }
        let answer = host.respond(
            to: SimulatedRequest(
                request.method, request.head.path ?? "/", headerFields: request.headers,
                body: Array(buffer: buffer), origin: "\(scheme)://\(request.head.authority ?? "localhost")",
                viaLoopback: viaLoopback))
        if answer.delay > .zero {
            try await cancelWhenGracefulShutdown { try await host.time.sleep(for: answer.delay) }
        }
        switch answer.delivery {
        case .complete:
            return Response(
                status: HTTPResponse.Status(code: answer.status), headers: answer.headerFields,
                body: answer.body.isEmpty ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
        case .truncated(let count):
            return truncated(answer, after: count, channel: context.channel)
        case .hang:
            try await withGracefulShutdownHandler {
                try await context.channel.closeFuture.get()
            } onGracefulShutdown: {
                context.channel.close(mode: .all, promise: nil)
            }
            throw TenantServerError("the request was left without an answer, as the scenario demands")
        case .reset:
            await reset(context.channel)
            throw TenantServerError("the connection was reset, as the scenario demands")
        }
    }

    private func truncated(_ answer: SimulatedResponse, after count: Int, channel: any Channel) -> Response {
        let part = ByteBuffer(bytes: answer.body.prefix(count))
        var headers = answer.headerFields
        headers[.contentLength] = String(answer.body.count)
        return Response(
            status: HTTPResponse.Status(code: answer.status), headers: headers,
            body: ResponseBody(contentLength: answer.body.count) { writer in
                try await writer.write(part)
                try await channel.close(mode: .all)
                throw TenantServerError("the answer was cut short, as the scenario demands")
            })
    }

    /// With a linger time of zero the kernel sends RST instead of FIN. A stream of HTTP/2 has no such option; closing it
    /// resets the stream.
    private func reset(_ channel: any Channel) async {
        if let socket = channel as? any SocketOptionProvider {
            try? await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        }
        try? await channel.close(mode: .all)
    }
}
