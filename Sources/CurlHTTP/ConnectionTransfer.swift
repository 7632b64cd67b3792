// A connection that is opened, looked at and closed. libcurl stops after TLS (CURLOPT_CONNECT_ONLY), so no request, no
// token and no path leaves the machine.

import CLibcurl
import CurlShim
public import HTTPExchange
import HTTPTypes
import Timekeeping

extension CurlTransport: ConnectionProbe {
    public func connect(to url: String, within limit: Duration) async throws(ConnectionRefusal) {
        let request: CheckedRequest
        do {
            request = try CheckedRequest(
                HTTPCall(.head, url, limits: HTTPLimits(connect: limit, total: limit)), configuration: configuration)
        } catch {
            throw ConnectionRefusal(error)
        }
        let ended = await carry(within: limit) { deadline, continuation in
            ConnectionPlan(request: request, isTrusting: false, deadline: deadline, continuation: continuation)
        }
        guard case .failure(let error) = ended else { return }
        guard error.kind == .tlsRefused else { throw ConnectionRefusal(error) }
        // A certificate that was refused is not shown by libcurl, and who issued it is what the operator needs to know:
        // mostly a proxy that opens TLS. Nothing is sent over this second connection, so it may trust anybody.
        let shown = await carry(within: limit) { deadline, continuation in
            ConnectionPlan(request: request, isTrusting: true, deadline: deadline, continuation: continuation)
        }
        var issuer: String?
        if case .success(let name) = shown { issuer = name }
        throw ConnectionRefusal(error, issuer: issuer)
    }
}

/// A connection that waits for the loop; its answer is the issuer of the peer's certificate, when it was asked for.
private struct ConnectionPlan: TransferPlan {
    let request: CheckedRequest
    /// Whether any certificate is accepted, in order to look at it.
    let isTrusting: Bool
    let deadline: Duration
    let continuation: CheckedContinuation<Result<String?, HTTPTransportError>, Never>

    func makeTransfer(on easy: EasyHandle, over sockets: SocketRegistry, at now: Duration) -> any Transfer {
        ConnectionTransfer(self, on: easy, over: sockets)
    }

    func neverBegan(_ reason: TransferEnd) {
        continuation.resume(returning: .failure(CurlFailure(reason, request: request).error))
    }
}

private final class ConnectionTransfer: Transfer {
    let easy: EasyHandle
    private let plan: ConnectionPlan

    init(_ plan: ConnectionPlan, on easy: EasyHandle, over sockets: SocketRegistry) {
        self.plan = plan
        self.easy = easy
        setOptions()
        sockets.register(with: easy)
    }

    func review(at now: Duration) -> TransferReview {
        now >= plan.deadline ? .giveUp(.deadlinePassed) : .askAgain(at: plan.deadline)
    }

    /// Nothing is ever on the connection, and nobody shares it.
    func abandonSilentConnection() {}

    func end(_ reason: TransferEnd) {
        if reason == .finished(CURLE_OK) {
            return plan.continuation.resume(returning: .success(plan.isTrusting ? easy.certificateIssuer : nil))
        }
        var failure = CurlFailure(reason, request: plan.request)
        if case .finished(let code) = reason { failure.words = easy.words(for: code) }
        plan.continuation.resume(returning: .failure(failure.error))
    }

    private func setOptions() {
        let configuration = plan.request.configuration
        easy.set(CURLOPT_URL, plan.request.call.url)
        easy.set(CURLOPT_PROTOCOLS_STR, "http,https")
        easy.set(CURLOPT_CONNECT_ONLY, true)
        // Even to a plain host: without a tunnel a proxy is reached and nothing behind it.
        easy.set(CURLOPT_HTTPPROXYTUNNEL, configuration.usedProxy != nil && plan.request.isEncrypted)
        easy.set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        easy.set(CURLOPT_USERAGENT, configuration.userAgent)
        easy.set(CURLOPT_CONNECTTIMEOUT_MS, Int(max(1, plan.request.call.limits.connect.milliseconds)))
        easy.set(CURLOPT_NOSIGNAL, true)
        easy.set(CURLOPT_QUICK_EXIT, true)
        easy.set(CURLOPT_FRESH_CONNECT, true)
        easy.set(CURLOPT_FORBID_REUSE, true)
        easy.set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
        easy.set(CURLOPT_SSL_VERIFYPEER, plan.isTrusting ? 0 : 1)
        easy.set(CURLOPT_SSL_VERIFYHOST, plan.isTrusting ? 0 : 2)
        easy.set(CURLOPT_CERTINFO, plan.isTrusting)
        easy.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let caFile = configuration.caFile {
            easy.set(CURLOPT_CAINFO, caFile)
            easy.set(CURLOPT_CAPATH, nil)
            easy.set(CURLOPT_PROXY_CAINFO, caFile)
            easy.set(CURLOPT_PROXY_CAPATH, nil)
        }
        easy.set(CURLOPT_PROXY, configuration.usedProxy ?? "")
        easy.set(CURLOPT_NOPROXY, "")
        easy.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, true)
        if let path = configuration.unixSocketPath { easy.set(CURLOPT_UNIX_SOCKET_PATH, path) }
    }
}

extension EasyHandle {
    /// The longest name of an issuer that is passed on.
    private static let longestIssuer = 200

    /// Who issued the certificate that the peer showed, as `CN = …, O = …`.
    fileprivate var certificateIssuer: String? {
        // The list belongs to the handle.
        var line = curl_shim_first_certificate(raw)
        while let entry = line {
            defer { line = entry.pointee.next }
            guard let text = entry.pointee.data.map({ String(cString: $0) }), text.hasPrefix("Issuer:") else {
                continue
            }
            let name = text.dropFirst("Issuer:".count).unicodeScalars
                .filter { $0.value >= 0x20 && $0.value != 0x7F }.prefix(Self.longestIssuer)
            return name.isEmpty ? nil : String(String.UnicodeScalarView(name))
        }
        return nil
    }
}
