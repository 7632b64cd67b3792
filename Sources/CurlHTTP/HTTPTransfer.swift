// One HTTP exchange on the loop's thread: which options libcurl gets, and what becomes of the bytes it delivers.

import CLibcurl
import HTTPExchange
import HTTPTypes
import Timekeeping

/// An exchange that waits for the loop; carries the caller's continuation, which is resumed exactly once.
struct HTTPPlan: TransferPlan {
    let request: CheckedRequest
    /// Takes the body of a good answer; `nil` for the answer itself.
    let sink: (any HTTPBodySink)?
    let deadline: Duration
    let continuation: CheckedContinuation<Result<HTTPAnswer, HTTPTransportError>, Never>

    func makeTransfer(on easy: EasyHandle, over sockets: SocketRegistry, at now: Duration) -> any Transfer {
        HTTPTransfer(self, on: easy, over: sockets, at: now)
    }

    func neverBegan(_ reason: TransferEnd) {
        continuation.resume(returning: .failure(CurlFailure(reason, request: request).error))
    }
}

/// An exchange in flight.
final class HTTPTransfer: Transfer {
    /// An exchange is looked at this many times within its stall limit, so a stall is noticed at most a quarter late.
    static let reviewsPerStall = 4
    /// A sink counts what it is given against `Content-Length`, which is that of the wire: a compressing proxy in between
    /// would make the two differ.
    private static let uncompressed = "Accept-Encoding: identity"

    let easy: EasyHandle
    private let plan: HTTPPlan
    private let sockets: SocketRegistry
    private let headerList: HeaderList
    private let requestBody: StableBytes?
    private var header = ResponseHeader()
    private var body: [UInt8] = []
    /// The request has been put on a connection, so the server may have acted on it.
    private var requestBegan = false
    /// The server has said that it did not act on the request.
    private var refusedUnread = false
    private var tooLarge: String?
    private var sinkHasBegun = false
    private var sinkRefused = false
    private var connection = SocketRegistry.Listening(localPort: 0)
    private var lastBytesMoved: Int64 = 0
    private var lastMovedAt: Duration

    init(_ plan: HTTPPlan, on easy: EasyHandle, over sockets: SocketRegistry, at now: Duration) {
        self.plan = plan
        self.sockets = sockets
        self.easy = easy
        headerList = HeaderList(plan.request.headerLines + (plan.sink == nil ? [] : [Self.uncompressed]))
        requestBody = plan.request.call.body.map(StableBytes.init)
        lastMovedAt = now
        setOptions()
    }

    // MARK: The loop's questions

    func review(at now: Duration) -> TransferReview {
        if now >= plan.deadline { return .giveUp(.deadlinePassed) }
        let stall = plan.request.call.limits.stall
        let moved = easy.bytesMoved
        // Before the request begins there is nothing to move: the connect limit is in charge.
        if moved != lastBytesMoved || !requestBegan {
            lastBytesMoved = moved
            lastMovedAt = now
        } else if now - lastMovedAt >= stall {
            return .giveUp(.stalled)
        }
        return .askAgain(at: min(plan.deadline, now + stall / Self.reviewsPerStall))
    }

    func abandonSilentConnection() {
        if requestBegan { sockets.shutDownIfSilent(connection) }
    }

    func end(_ reason: TransferEnd) {
        let result: Result<HTTPAnswer, HTTPTransportError>
        let status = easy.long(CURLINFO_RESPONSE_CODE)
        if reason == .finished(CURLE_OK), header.isComplete, status >= 200 {
            result = .success(HTTPAnswer(status: status, headerFields: header.fields, body: body))
        } else {
            var failure = CurlFailure(sinkRefused ? .cancelled : reason, request: plan.request)
            failure.requestBegan = requestBegan
            failure.tooLarge = tooLarge
            failure.proxyStatus = easy.long(CURLINFO_HTTP_CONNECTCODE)
            if case .finished(let code) = reason { failure.words = easy.words(for: code) }
            result = .failure(failure.error)
        }
        plan.continuation.resume(returning: result)
    }

    // MARK: libcurl's deliveries

    /// - Returns: whether the transfer may go on.
    fileprivate func receive(body bytes: UnsafeRawBufferPointer) -> Bool {
        sockets.heard(&connection)
        if let sink = plan.sink, (200..<300).contains(easy.long(CURLINFO_RESPONSE_CODE)) {
            if !sinkHasBegun { sink.begin(header.fields) }
            sinkHasBegun = true
            sinkRefused = !sink.take(bytes)
            return !sinkRefused
        }
        let limit = plan.request.call.limits.responseBytes
        guard body.count + bytes.count <= limit else {
            tooLarge = "the answer's body is larger than \(limit) bytes"
            return false
        }
        body.append(contentsOf: bytes)
        return true
    }

    fileprivate func receive(headerLine bytes: UnsafeRawBufferPointer) -> Bool {
        sockets.heard(&connection)
        guard header.receive(bytes) else {
            tooLarge = "the answer's header is larger than \(ResponseHeader.maximumBytes) bytes"
            return false
        }
        return true
    }

    /// libcurl repeats a request by itself when a reused connection dies without an answer, whatever the method. The
    /// server may have acted on the first one, so other than idempotent methods go out again only after an HTTP/2 server
    /// has said that it did not (RFC 9113, section 8.7): it does so whenever it retires a connection.
    fileprivate func mayBegin(localPort: Int32) -> Bool {
        connection = sockets.listen(localPort: localPort)
        defer {
            requestBegan = true
            refusedUnread = false
        }
        return !requestBegan || refusedUnread || plan.request.call.method.isIdempotent
    }

    /// There is no code for it: only libcurl's narration tells a refused stream from a connection that died. Should a
    /// later libcurl word it differently, the request fails instead of going out twice.
    fileprivate func hear(_ words: UnsafeRawBufferPointer) {
        if String(decoding: words, as: UTF8.self).contains("REFUSED_STREAM") { refusedUnread = true }
    }

    // MARK: Options

    private func setOptions() {
        let call = plan.request.call
        let configuration = plan.request.configuration
        easy.set(CURLOPT_URL, call.url)
        easy.set(CURLOPT_PROTOCOLS_STR, "http,https")
        easy.set(CURLOPT_PATH_AS_IS, true)
        easy.set(CURLOPT_FOLLOWLOCATION, false)
        easy.set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        easy.set(CURLOPT_USERAGENT, configuration.userAgent)
        if plan.sink == nil { easy.set(CURLOPT_ACCEPT_ENCODING, "") }
        easy.set(CURLOPT_HTTP09_ALLOWED, false)
        easy.set(CURLOPT_HTTPHEADER, list: headerList.first)
        setMethodAndBody(call)
        setConnection(call.limits, configuration)
        easy.set(CURLOPT_WRITEFUNCTION, callback: receiveBody)
        easy.set(CURLOPT_HEADERFUNCTION, callback: receiveHeaderLine)
        easy.setBeforeRequest(beforeRequest)
        sockets.register(with: easy)
        if !call.method.isIdempotent { easy.setNarration(hearNarration) }
        // Unretained: the loop keeps the transfer until the handle is out of libcurl's hands.
        let me = Unmanaged.passUnretained(self).toOpaque()
        for option in [CURLOPT_WRITEDATA, CURLOPT_HEADERDATA, CURLOPT_PREREQDATA, CURLOPT_DEBUGDATA] {
            easy.set(option, pointer: me)
        }
    }

    private func setMethodAndBody(_ call: HTTPCall) {
        if call.method == .head {
            easy.set(CURLOPT_NOBODY, true)
        } else if let requestBody {
            easy.set(CURLOPT_POST, true)
            easy.set(CURLOPT_POSTFIELDSIZE_LARGE, offset: Int64(requestBody.count))
            easy.set(CURLOPT_POSTFIELDS, pointer: requestBody.start)
        } else {
            easy.set(CURLOPT_HTTPGET, true)
        }
        if call.method != .head { easy.set(CURLOPT_CUSTOMREQUEST, call.method.rawValue) }
    }

    private func setConnection(_ limits: HTTPLimits, _ configuration: CurlConfiguration) {
        // The deadline and the stall are the loop's, because libcurl does not count the wait for a connection.
        easy.set(CURLOPT_CONNECTTIMEOUT_MS, Int(max(1, limits.connect.milliseconds)))
        easy.set(CURLOPT_NOSIGNAL, true)
        // Without it a name server that does not answer would block the whole loop when its victim is given up.
        easy.set(CURLOPT_QUICK_EXIT, true)
        easy.set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
        // Waiting for a connection to show that it can multiplex pays where TLS tells so in its handshake. Over plain
        // HTTP only the first answer would tell, and one receiver that is slow with it would hold up all the others.
        easy.set(CURLOPT_PIPEWAIT, plan.request.isEncrypted)
        easy.set(CURLOPT_TCP_KEEPALIVE, true)
        easy.set(CURLOPT_SSL_VERIFYPEER, 1)
        easy.set(CURLOPT_SSL_VERIFYHOST, 2)
        easy.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let caFile = configuration.caFile {
            easy.set(CURLOPT_CAINFO, caFile)
            easy.set(CURLOPT_CAPATH, nil)
            easy.set(CURLOPT_PROXY_CAINFO, caFile)
            easy.set(CURLOPT_PROXY_CAPATH, nil)
        }
        // Set even when empty: otherwise libcurl reads them from the environment.
        easy.set(CURLOPT_PROXY, configuration.usedProxy ?? "")
        easy.set(CURLOPT_NOPROXY, "")
        easy.set(CURLOPT_HEADEROPT, Int(CURLHEADER_SEPARATE))
        easy.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, true)
        if let path = configuration.unixSocketPath { easy.set(CURLOPT_UNIX_SOCKET_PATH, path) }
    }
}

// libcurl calls these on the loop's thread, from within the loop's own call into it; the pointer is the transfer.

private func receiveBody(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ transfer: UnsafeMutableRawPointer?
) -> Int {
    guard let transfer else { return 0 }
    let bytes = UnsafeRawBufferPointer(start: bytes, count: size * count)
    let goesOn = Unmanaged<HTTPTransfer>.fromOpaque(transfer).takeUnretainedValue().receive(body: bytes)
    // Any other count than the one given ends the transfer; so a delivery of nothing must be answered by zero.
    return goesOn ? bytes.count : bytes.count + 1
}

private func receiveHeaderLine(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ transfer: UnsafeMutableRawPointer?
) -> Int {
    guard let transfer else { return 0 }
    let bytes = UnsafeRawBufferPointer(start: bytes, count: size * count)
    let goesOn = Unmanaged<HTTPTransfer>.fromOpaque(transfer).takeUnretainedValue().receive(headerLine: bytes)
    return goesOn ? bytes.count : bytes.count + 1
}

private func hearNarration(
    _: UnsafeMutableRawPointer?, _ type: curl_infotype, _ words: UnsafeMutablePointer<CChar>?, _ count: Int,
    _ transfer: UnsafeMutableRawPointer?
) -> Int32 {
    // The other types are the bytes of the exchange, credentials included: not to be looked at.
    guard type == CURLINFO_TEXT, let transfer else { return 0 }
    let words = UnsafeRawBufferPointer(start: words, count: count)
    Unmanaged<HTTPTransfer>.fromOpaque(transfer).takeUnretainedValue().hear(words)
    return 0
}

private func beforeRequest(
    _ transfer: UnsafeMutableRawPointer?, _: UnsafeMutablePointer<CChar>?, _: UnsafeMutablePointer<CChar>?, _: Int32,
    _ localPort: Int32
) -> Int32 {
    guard let transfer else { return CURL_PREREQFUNC_ABORT }
    let mayBegin = Unmanaged<HTTPTransfer>.fromOpaque(transfer).takeUnretainedValue().mayBegin(localPort: localPort)
    return mayBegin ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}
