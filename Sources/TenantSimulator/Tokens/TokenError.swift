// Refusals of the token endpoint: the codes and words an operator will meet at Microsoft, so that a monitor's advice can
// be rehearsed against them.

/// An error answer of the token endpoint.
struct TokenError: Error, Sendable {
    let status: Int
    let error: String
    let code: Int
    let message: String

    init(_ status: Int, _ error: String, _ code: Int, _ message: String) {
        self.status = status
        self.error = error
        self.code = code
        self.message = message
    }

    func body(timestamp: String, trace: String, correlation: String) -> JSONValue {
        [
            "error": .string(error),
            "error_description": .string(
                "AADSTS\(code): \(message) Trace ID: \(trace) Correlation ID: \(correlation) Timestamp: \(timestamp)"),
            "error_codes": [.int(code)], "timestamp": .string(timestamp), "trace_id": .string(trace),
            "correlation_id": .string(correlation),
            "error_uri": .string("https://login.microsoftonline.com/error?code=\(code)"),
        ]
    }
}
