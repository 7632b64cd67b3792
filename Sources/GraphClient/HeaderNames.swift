// The header fields that Microsoft's services add to HTTP's own, named once.

import HTTPTypes

extension HTTPField.Name {
    // The literals are valid field names, so the fallbacks are never taken; they spare an unwrapping that could trap.
    static let clientRequestID = HTTPField.Name("client-request-id") ?? .userAgent
    static let requestID = HTTPField.Name("request-id") ?? .userAgent
    static let throttlePriority = HTTPField.Name("x-ms-throttle-priority") ?? .userAgent
}
