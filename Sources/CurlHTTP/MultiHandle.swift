// libcurl's multi interface: all transfers of one thread, their connections and name cache. Nothing in here knows HTTP.

import CLibcurl
import CurlShim

/// A multi handle. It belongs to the loop's thread; other threads may only hold its ``WakeupHandle``.
final class MultiHandle {
    /// One transfer that libcurl is done with.
    struct Completion {
        let easy: UnsafeMutableRawPointer
        let code: CURLcode
    }

    private let raw: UnsafeMutableRawPointer
    /// Outlives the connections: they are closed by the `deinit`, before the handle's properties go.
    let sockets = SocketRegistry()

    /// - Returns: `nil` when memory or file descriptors are short.
    init?(connectionsPerHost: Int, keptConnections: Int) {
        guard let raw = curl_multi_init() else { return nil }
        self.raw = raw
        _ = curl_shim_multi_set_long(raw, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
        _ = curl_shim_multi_set_long(raw, CURLMOPT_MAX_HOST_CONNECTIONS, connectionsPerHost)
        _ = curl_shim_multi_set_long(raw, CURLMOPT_MAXCONNECTS, keptConnections)
    }

    deinit { curl_multi_cleanup(raw) }

    var wakeupHandle: WakeupHandle { WakeupHandle(raw: raw) }

    func add(_ easy: EasyHandle) -> CURLMcode { curl_multi_add_handle(raw, easy.raw) }

    /// Ends the transfer if it still runs: an HTTP/1.1 connection in the middle of an exchange is closed, an HTTP/2
    /// stream is reset.
    func remove(_ easy: EasyHandle) { _ = curl_multi_remove_handle(raw, easy.raw) }

    func perform() -> CURLMcode {
        var running: Int32 = 0
        return curl_multi_perform(raw, &running)
    }

    /// Sleeps until a socket is ready, one of libcurl's own timers is due, somebody wakes it, or the time is over.
    func poll(milliseconds: Int32) -> CURLMcode {
        curl_multi_poll(raw, nil, 0, milliseconds, nil)
    }

    /// The next finished transfer, if there is one.
    func nextCompletion() -> Completion? {
        var left: Int32 = 0
        while let message = curl_multi_info_read(raw, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            return Completion(easy: easy, code: curl_shim_message_result(message))
        }
        return nil
    }
}

/// The one thing of a multi handle that other threads may touch.
///
/// `@unchecked Sendable` holds because the pointer is private, `wakeUp` is its only use, and `curl_multi_wakeup` is
/// documented (curl_multi_wakeup(3)) as callable from any thread while the multi handle exists. The inbox calls it
/// under the lock beneath which it is taken away before the handle is freed.
struct WakeupHandle: @unchecked Sendable {
    private let raw: UnsafeMutableRawPointer

    fileprivate init(raw: UnsafeMutableRawPointer) { self.raw = raw }

    func wakeUp() { _ = curl_multi_wakeup(raw) }
}
