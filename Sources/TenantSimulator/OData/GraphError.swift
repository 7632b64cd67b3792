// Refusals in the shape Graph gives them. The request's ids and the date are added where the answer is finished.

import HTTPTypes

/// An error answer of Graph.
struct GraphError: Error, Sendable {
    var status: Int
    var code: String
    var message: String
    var headerFields: HTTPFields = [:]

    init(_ status: Int, _ code: String, _ message: String, headerFields: HTTPFields = [:]) {
        self.status = status
        self.code = code
        self.message = message
        self.headerFields = headerFields
    }

    static func badRequest(_ message: String) -> GraphError { GraphError(400, "BadRequest", message) }

    /// What Graph says of a path that does not exist in the version asked for.
    static func noSegment(_ segment: some StringProtocol) -> GraphError {
        .badRequest("Resource not found for the segment '\(segment)'.")
    }

    static func notFound(_ id: some StringProtocol) -> GraphError {
        GraphError(
            404, "Request_ResourceNotFound",
            "Resource '\(id)' does not exist or one of its queried reference-property objects are not present.")
    }

    static let forbidden = GraphError(
        403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")

    func body(date: String, requestID: String, clientRequestID: String) -> JSONValue {
        [
            "error": [
                "code": .string(code), "message": .string(message),
                "innerError": [
                    "date": .string(date), "request-id": .string(requestID),
                    "client-request-id": .string(clientRequestID),
                ],
            ]
        ]
    }
}
