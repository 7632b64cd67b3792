// Waits on this machine's own addresses for the browser to come back from the consent page. Bounded in everything: few
// connections, short heads, short lives; it serves one path for some minutes and is gone.

import NIOCore
import NIOPosix
import Synchronization

/// A listener on localhost, IPv4 and where it exists IPv6, because browsers try either.
public final class RedirectListener: Sendable {
    /// The path of the redirect URI.
    public static let path = "/roomwatch/consent"
    /// The port that is registered unless another is asked for.
    public static let usualPort = 8471
    /// Connections at once; one more is closed unread.
    static let mostConnections = 16
    /// How long a connection may take to send its request.
    static let patience: TimeAmount = .seconds(10)
    /// Replies that wait to be looked at; older ones go first.
    static let mostReplies = 8

    public let port: Int
    /// What browsers brought, in the order of their arrival.
    public let replies: AsyncStream<ConsentReply>
    private let channels: [any Channel]

    /// The address to register and to send people to.
    public var redirectURI: String { Self.redirectURI(port: port) }

    public static func redirectURI(port: Int) -> String { "http://localhost:\(port)\(path)" }

    /// Opens the listener.
    ///
    /// - Parameters:
    ///   - port: 0 takes any free one.
    ///   - state: the one that was sent to the consent page.
    /// - Throws: ``ConnectionFault`` when the port is taken.
    public static func open(port: Int, state: String) async throws(ConnectionFault) -> RedirectListener {
        let (replies, sink) = AsyncStream.makeStream(
            of: ConsentReply.self, bufferingPolicy: .bufferingNewest(mostReplies))
        let places = Places()
        let group = MultiThreadedEventLoopGroup.singleton
        func bootstrap() -> ServerBootstrap {
            ServerBootstrap(group: group).serverChannelOption(.backlog, value: 16)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.maxMessagesPerRead, value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        guard places.take() else { throw NoPlace() }
                        channel.closeFuture.whenComplete { _ in places.give() }
                        let port = channel.localAddress?.port ?? 0
                        try channel.pipeline.syncOperations.addHandler(
                            RedirectConnection(port: port, state: state, sink: sink))
                    }
                }
        }
        let first: any Channel
        do {
            first = try await bootstrap().bind(host: "127.0.0.1", port: port).get()
        } catch {
            throw ConnectionFault(
                "Port \(port) of this machine cannot be opened: \(error)",
                remedy: "Choose another with --port, and register its redirect URI.")
        }
        let open = first.localAddress?.port ?? port
        // A machine without IPv6 has no ::1, and a port that is taken there hurts nobody who comes over IPv4.
        let second = try? await bootstrap().bind(host: "::1", port: open).get()
        return RedirectListener(port: open, replies: replies, channels: [first] + [second].compactMap(\.self))
    }

    private init(port: Int, replies: AsyncStream<ConsentReply>, channels: [any Channel]) {
        self.port = port
        self.replies = replies
        self.channels = channels
    }

    public func close() async {
        for channel in channels { try? await channel.close() }
    }

    private struct NoPlace: Error {}

    /// The places for connections.
    private final class Places: Sendable {
        private let taken = Mutex(0)

        func take() -> Bool {
            taken.withLock { taken in
                guard taken < RedirectListener.mostConnections else { return false }
                taken += 1
                return true
            }
        }

        func give() { taken.withLock { $0 -= 1 } }
    }
}

/// One connection: reads a head, answers, closes.
private final class RedirectConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let port: Int
    private let state: String
    private let sink: AsyncStream<ConsentReply>.Continuation
    private var bytes: [UInt8] = []
    private var isAnswered = false

    init(port: Int, state: String, sink: AsyncStream<ConsentReply>.Continuation) {
        self.port = port
        self.state = state
        self.sink = sink
    }

    func channelActive(context: ChannelHandlerContext) {
        let channel = context.channel
        _ = context.eventLoop.scheduleTask(in: RedirectListener.patience) { channel.close(promise: nil) }
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isAnswered else { return }
        bytes += Array(buffer: unwrapInboundIn(data))
        switch RedirectRequest.read(bytes, path: RedirectListener.path, port: port) {
        case .unfinished: return
        case .refused(let status): answer(RedirectPage(refused: status), context)
        case .reply(let query):
            let reply = ConsentReply.read(query: query, state: state)
            answer(RedirectPage(reply), context)
            sink.yield(reply)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func answer(_ page: RedirectPage, _ context: ChannelHandlerContext) {
        isAnswered = true
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: page.bytes))).whenComplete { _ in
            channel.close(promise: nil)
        }
    }
}
