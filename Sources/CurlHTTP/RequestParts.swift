// The parts of a request that libcurl reads by address while the transfer runs.

import CLibcurl
import HTTPTypes

/// Header lines as libcurl's linked list; freed with the last reference.
final class HeaderList {
    private(set) var first: UnsafeMutablePointer<curl_slist>?

    init(_ lines: [String]) {
        for line in lines {
            // A failure returns nil and leaves the list as it was; the process is out of memory then.
            if let longer = curl_slist_append(first, line) { first = longer }
        }
    }

    deinit { curl_slist_free_all(first) }
}

/// A request body at an address that does not move. libcurl does not copy it, and may read it again for a repetition.
final class StableBytes {
    let start: UnsafeMutableRawPointer
    let count: Int

    init(_ bytes: [UInt8]) {
        count = bytes.count
        // At least one byte: for a null pointer libcurl would ask a read callback instead.
        start = .allocate(byteCount: max(1, bytes.count), alignment: 1)
        bytes.withUnsafeBytes { source in
            if let address = source.baseAddress { start.copyMemory(from: address, byteCount: source.count) }
        }
    }

    deinit { start.deallocate() }
}

extension HTTPRequest.Method {
    /// Whether a second arrival has no further effect (RFC 9110, section 9.2.2).
    var isIdempotent: Bool {
        switch self {
        case .get, .head, .put, .delete, .options, .trace: true
        default: false
        }
    }
}
