// Up to twenty calls in one. Every item counts against its own limits and meets its own faults, and a client must sort the
// answers itself: they come back in a seeded disorder.

import HTTPTypes

extension SimulatedTenant {
    static let maximumBatchItems = 20

    private struct Item {
        let id: String
        let method: HTTPRequest.Method
        let url: String
        let body: [UInt8]
        let dependsOn: [String]
    }

    mutating func answerBatch(_ call: GraphCall, _ exchange: Exchange) throws(GraphError) -> GraphReply {
        try call.require(.post)
        guard call.segments.count == 1 else { throw .noSegment(call.segments[1]) }
        let items = try Self.items(call.body)
        var statuses: [String: Int] = [:]
        var responses: [JSONValue] = []
        for (index, item) in items.enumerated() {
            let failed = item.dependsOn.contains { (statuses[$0] ?? 424) >= 400 }
            let answer =
                failed
                ? exchange.finish(
                    GraphError(424, "FailedDependency", "The dependency of the request did not succeed."))
                : answerItem(item, index: index, call: call, exchange)
            statuses[item.id.lowercased()] = answer.status
            responses.append(Self.response(item.id, answer))
        }
        var draws = SeededDraws(
            seed: fleet.seed, purpose: .batchOrder, index: requestCounts[GraphFault.Service.batch.rawValue] ?? 0)
        responses.shuffle(using: &draws)
        if call.distortions.contains(.missingResponses) {
            responses = responses.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
        }
        return GraphReply(["responses": .array(responses)])
    }

    private mutating func answerItem(
        _ item: Item, index: Int, call: GraphCall, _ exchange: Exchange
    ) -> SimulatedResponse {
        let url = item.url.hasPrefix("/") ? item.url : "/" + item.url
        let mark = url.firstIndex(of: "?") ?? url.endIndex
        let segments = url[..<mark].split(separator: "/").map { PercentCoding.decoded($0) ?? String($0) }
        guard segments.first?.lowercased() != "$batch" else {
            return exchange.finish(.badRequest("A batch cannot contain a batch."))
        }
        var headerFields = call.headerFields
        headerFields[.contentType] = "application/json"
        let inner = GraphCall(
            method: item.method, version: call.version, segments: segments, path: "/\(call.version)\(url[..<mark])",
            query: url[mark...].dropFirst(), headerFields: headerFields, body: item.body, origin: call.origin,
            elapsed: call.elapsed, wall: call.wall)
        let answer = answerGraph(inner, exchange)
        // What breaks the connection of a single call is a bad gateway inside a batch.
        guard answer.delivery == .complete, answer.headerFields[.contentType]?.hasPrefix("text/html") != true,
            !answer.body.isEmpty || answer.status == 202
        else { return exchange.finish(GraphError(502, "BadGateway", "The service behind the batch did not answer.")) }
        return answer
    }

    private static func response(_ id: String, _ answer: SimulatedResponse) -> JSONValue {
        var headers: [JSONValue.Member] = [.init("Content-Type", "application/json")]
        if let seconds = answer.headerFields[.retryAfter] { headers.append(.init("Retry-After", .string(seconds))) }
        if let location = answer.headerFields[.location] { headers.append(.init("Location", .string(location))) }
        return [
            "id": .string(id), "status": .int(answer.status), "headers": .object(headers),
            "body": answer.body.isEmpty ? .null : .rendered(answer.body),
        ]
    }

    /// - Throws: ``GraphError`` 400 for a batch that breaks the rules as a whole.
    private static func items(_ body: [UInt8]) throws(GraphError) -> [Item] {
        guard let value = try? JSONValue(reading: body), let requests = value["requests"]?.array else {
            throw .badRequest("Invalid batch payload format.")
        }
        guard !requests.isEmpty, requests.count <= maximumBatchItems else {
            throw .badRequest("Number of batch request steps must be between 1 and \(maximumBatchItems).")
        }
        var items: [Item] = []
        var known: Set<String> = []
        for request in requests {
            guard let id = request["id"]?.string, let url = request["url"]?.string,
                let method = request["method"]?.string.flatMap({ HTTPRequest.Method($0.uppercased()) })
            else { throw .badRequest("Invalid batch payload format: a request needs id, method and url.") }
            guard known.insert(id.lowercased()).inserted else {
                throw .badRequest("Request Id has to be unique in a batch: '\(id)'.")
            }
            let dependencies = request["dependsOn"]?.array?.compactMap { $0.string?.lowercased() } ?? []
            guard dependencies.allSatisfy({ known.contains($0) && $0 != id.lowercased() }) else {
                throw .badRequest("Request '\(id)' depends on a request that does not precede it.")
            }
            if request["body"] != nil,
                request["headers"]?.members?.contains(where: { $0.name.lowercased() == "content-type" }) != true
            {
                throw .badRequest("Write request id '\(id)' does not contain Content-Type header or body.")
            }
            items.append(
                Item(id: id, method: method, url: url, body: request["body"]?.bytes ?? [], dependsOn: dependencies))
        }
        return items
    }
}
