// One libcurl transfer handle with typed setters. A handle belongs to the loop's thread from birth to death: it is not
// Sendable, so the compiler keeps it there.

import CLibcurl
import CurlShim

/// An easy handle of libcurl. Options are set through it; the first one refused is remembered and fails the transfer,
/// because a transfer that runs without one of its bounds is worse than none.
final class EasyHandle {
    let raw: UnsafeMutableRawPointer
    private(set) var refusal: CURLcode = CURLE_OK
    /// libcurl writes its own words about a failure here; the memory lives as long as the handle.
    private let words = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    /// - Returns: `nil` when memory is short.
    init?() {
        guard let raw = curl_easy_init() else {
            words.deallocate()
            return nil
        }
        self.raw = raw
        prepare()
    }

    deinit {
        curl_easy_cleanup(raw)
        words.deallocate()
    }

    /// Forgets every option, so that nothing of one transfer (a token, a body) reaches the next one.
    func reset() {
        curl_easy_reset(raw)
        refusal = CURLE_OK
        prepare()
    }

    private func prepare() {
        words.pointee = 0
        set(CURLOPT_ERRORBUFFER, pointer: UnsafeMutableRawPointer(words))
    }

    /// What libcurl said about the failure, or the general text of `code` when it said nothing.
    func words(for code: CURLcode) -> String {
        let specific = String(cString: words)
        return specific.isEmpty ? String(cString: curl_easy_strerror(code)) : specific
    }

    func set(_ option: CURLoption, _ value: Int) { note(curl_shim_set_long(raw, option, value)) }

    func set(_ option: CURLoption, _ value: Bool) { note(curl_shim_set_long(raw, option, value ? 1 : 0)) }

    func set(_ option: CURLoption, offset value: Int64) { note(curl_shim_set_offset(raw, option, curl_off_t(value))) }

    /// libcurl copies the string.
    func set(_ option: CURLoption, _ value: String?) { note(curl_shim_set_string(raw, option, value)) }

    /// The memory must outlive the transfer.
    func set(_ option: CURLoption, pointer: UnsafeMutableRawPointer?) {
        note(curl_shim_set_pointer(raw, option, pointer))
    }

    /// The list must outlive the transfer.
    func set(_ option: CURLoption, list: UnsafeMutablePointer<curl_slist>?) {
        note(curl_shim_set_list(raw, option, list))
    }

    func set(_ option: CURLoption, callback: curl_write_callback) {
        note(curl_shim_set_write_callback(raw, option, callback))
    }

    func set(_ option: CURLoption, reading callback: curl_read_callback) {
        note(curl_shim_set_read_callback(raw, option, callback))
    }

    func setBeforeRequest(_ callback: curl_prereq_callback) { note(curl_shim_set_prereq_callback(raw, callback)) }

    /// Makes libcurl tell what it does, in words.
    func setNarration(_ callback: curl_debug_callback) {
        set(CURLOPT_VERBOSE, true)
        note(curl_shim_set_debug_callback(raw, callback))
    }

    func setSocketCallbacks(
        open: curl_opensocket_callback, close: curl_closesocket_callback, pointer: UnsafeMutableRawPointer
    ) {
        note(curl_shim_set_open_socket_callback(raw, open))
        note(curl_shim_set_close_socket_callback(raw, close))
        set(CURLOPT_OPENSOCKETDATA, pointer: pointer)
        set(CURLOPT_CLOSESOCKETDATA, pointer: pointer)
    }

    func long(_ what: CURLINFO) -> Int {
        var value = 0
        return curl_shim_get_long(raw, what, &value) == CURLE_OK ? value : 0
    }

    /// Bytes that have moved in both directions since the transfer began, header and body, before decompression.
    var bytesMoved: Int64 {
        var received: curl_off_t = 0
        var sent: curl_off_t = 0
        _ = curl_shim_get_offset(raw, CURLINFO_SIZE_DOWNLOAD_T, &received)
        _ = curl_shim_get_offset(raw, CURLINFO_SIZE_UPLOAD_T, &sent)
        return Int64(received) + Int64(sent) + Int64(long(CURLINFO_HEADER_SIZE))
    }

    private func note(_ code: CURLcode) {
        if code != CURLE_OK, refusal == CURLE_OK { refusal = code }
    }
}
