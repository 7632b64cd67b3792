// One call of Graph, from the wire or out of a batch, and its answer before it becomes bytes.

import struct Foundation.Date
import HTTPTypes

/// A call of Graph. Path segments are percent-decoded and stand behind the version.
struct GraphCall {
    var method: HTTPRequest.Method
    var version: String
    var segments: [String]
    /// The path as sent, version included.
    var path: String
    var query: Substring
    var headerFields: HTTPFields
    var body: [UInt8]
    var origin: String
    var elapsed: Duration
    var wall: Date
    var roles: [String] = []
    /// Faults that change the contents of the answer.
    var distortions: Set<GraphFault.Kind> = []

    /// The service that answers, by the first segments; decides limits and faults.
    var service: GraphFault.Service {
        switch segments.first?.lowercased() {
        case "communications": .presence
        case "users":
            switch segments.count == 4 && segments[2].lowercased() == "calendar"
                ? "calendar" : segments.count == 3 ? segments[2].lowercased() : ""
            {
            case "presence": .presence
            case "calendar": .calendars
            case "licensedetails": .licences
            default: .directory
            }
        case "subscribedskus": .licences
        case "teamwork": .devices
        case "places": .places
        case "admin": .serviceHealth
        case "auditlogs": .signIns
        case "$batch": .batch
        default: .directory
        }
    }

    /// - Throws: ``GraphError`` 403 unless the token carries one of `accepted`.
    func require(_ accepted: [String]) throws(GraphError) {
        guard roles.contains(where: accepted.contains) else { throw .forbidden }
    }

    /// - Throws: ``GraphError`` 405 for any other method.
    func require(_ method: HTTPRequest.Method) throws(GraphError) {
        guard self.method == method else {
            throw GraphError(
                405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
        }
    }

    func context(_ suffix: String) -> JSONValue.Member {
        .init("@odata.context", .string("\(origin)/\(version)/$metadata#\(suffix)"))
    }
}

/// An answer of Graph.
struct GraphReply {
    var status = 200
    var headerFields: HTTPFields = [:]
    var body: JSONValue
    /// What the road does to the answer, and how long the client waits for it.
    var delivery = SimulatedResponse.Delivery.complete
    var delay = Duration.zero

    init(_ body: JSONValue) {
        self.body = body
    }

    /// One page of a list.
    ///
    /// - Parameters:
    ///   - size: items on this page at most.
    ///   - relative: whether the next link leaves out scheme, host and version.
    ///   - item: renders the item at an index of the whole list.
    static func page(
        of total: Int, size: Int, call: GraphCall, query: ODataQuery, context: String, relative: Bool = false,
        count: Bool, item: (Int) -> JSONValue
    ) throws(GraphError) -> GraphReply {
        let offset = try query.offset(path: call.path)
        let end = min(total, offset + size)
        var members = [call.context(context)]
        if count { members.append(.init("@odata.count", .int(total))) }
        if end < total {
            let next = query.next(offset: end, path: call.path)
            let path = relative ? String(call.path.dropFirst(call.version.count + 1)) : call.origin + call.path
            members.append(.init("@odata.nextLink", .string("\(path)?\(next)")))
        }
        members.append(.init("value", .array(offset < end ? (offset..<end).map { query.selected(item($0)) } : [])))
        return GraphReply(.object(members))
    }
}
