// From the many ways a transfer can end to the few kinds an operator can act on. The most important question is always
// the same: may the server have acted on the request?

import CLibcurl
import HTTPExchange

/// What is known about a transfer that brought no answer.
struct CurlFailure {
    let reason: TransferEnd
    let host: String
    let usesProxy: Bool
    /// The request has been put on a connection.
    var requestBegan = false
    /// Why the answer was too large, if it was.
    var tooLarge: String?
    /// The status of a proxy's answer to CONNECT, 0 for none.
    var proxyStatus = 0
    /// libcurl's own words.
    var words = ""

    init(_ reason: TransferEnd, request: CheckedRequest) {
        self.reason = reason
        host = request.host
        usesProxy = request.configuration.usedProxy != nil
    }

    var error: HTTPTransportError {
        switch reason {
        case .cancelled: make(.cancelled, "the caller gave the request up")
        case .stopped: make(.transportUnavailable, "the transport has been shut down")
        case .full: make(.transportUnavailable, "all places and the whole queue are taken")
        case .broken(let detail): make(.transportUnavailable, detail)
        case .stalled: make(.stalled, "nothing moved for the whole stall limit")
        case .deadlinePassed where requestBegan: make(.totalTimedOut, "no complete answer within the total limit")
        case .deadlinePassed: make(.connectTimedOut, "no connection was to be had within the total limit")
        case .finished(CURLE_OK): make(.brokenConnection, "the connection ended within the answer's header")
        case .finished(CURLE_ABORTED_BY_CALLBACK) where requestBegan:
            make(.brokenConnection, "the connection died without an answer; the request was not repeated")
        case .finished(let code): make(kind(of: code), tooLarge ?? "\(printable) (curl \(code.rawValue))")
        }
    }

    private func kind(of code: CURLcode) -> HTTPTransportError.Kind {
        if tooLarge != nil { return .responseTooLarge }
        switch code {
        case CURLE_URL_MALFORMAT: return .malformedURL
        case CURLE_COULDNT_RESOLVE_HOST: return .nameNotResolved
        case CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY: return .proxyRefused
        case CURLE_COULDNT_CONNECT, CURLE_INTERFACE_FAILED: return usesProxy ? .proxyRefused : .connectRefused
        case CURLE_OPERATION_TIMEDOUT: return requestBegan ? .totalTimedOut : .connectTimedOut
        case CURLE_FILESIZE_EXCEEDED: return .responseTooLarge
        case CURLE_SSL_CONNECT_ERROR: return connectionEndedInHandshake ? lostBeforeRequest : .tlsRefused
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS,
            CURLE_SSL_CLIENTCERT, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_INITFAILED,
            CURLE_USE_SSL_FAILED:
            return .tlsRefused
        case CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT, CURLE_NOT_BUILT_IN, CURLE_BAD_FUNCTION_ARGUMENT,
            CURLE_UNKNOWN_OPTION, CURLE_SETOPT_OPTION_SYNTAX, CURLE_FUNCTION_NOT_FOUND, CURLE_RECURSIVE_API_CALL,
            CURLE_NO_CONNECTION_AVAILABLE, CURLE_UNRECOVERABLE_POLL:
            return .transportUnavailable
        default:
            // 1 (no HTTP), 8, 16, 18, 23, 42, 52, 55, 56, 61, 92 and whatever a later libcurl brings.
            return requestBegan ? .brokenConnection : lostBeforeRequest
        }
    }

    /// The connection broke before the request was on it, so the server cannot have acted on it.
    private var lostBeforeRequest: HTTPTransportError.Kind { usesProxy ? .proxyRefused : .connectRefused }

    /// libcurl has one code for a handshake that was refused, which stays so, and for a connection that ended in the
    /// middle of one, which passes. Only OpenSSL's words tell them apart.
    private var connectionEndedInHandshake: Bool {
        ["SSL_ERROR_SYSCALL", "unexpected eof", "Connection reset", "Broken pipe"].contains { words.contains($0) }
    }

    /// Some of libcurl's words come from the peer (a certificate's names): bounded and without control characters.
    private var printable: String {
        String(
            String.UnicodeScalarView(words.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.prefix(200)))
    }

    private func make(_ kind: HTTPTransportError.Kind, _ detail: String) -> HTTPTransportError {
        HTTPTransportError(kind, host: host, detail: detail)
    }
}
