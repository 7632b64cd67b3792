// One `$batch` on the wire: how it is written, and how its answer is told apart item by item.

import Foundation
import HTTPExchange
import HTTPTypes
import Timekeeping

struct GraphBatchRound {
    let client: GraphClient
    let items: [GraphBatchItem]
    /// Which of the items this batch carries; an item's id on the wire is its index.
    let indices: [Int]
    let options: GraphBatchOptions
    let patience: GraphRequest.Patience

    typealias Outcomes = [Int: Result<GraphAnswer, GraphError>]

    /// Sends the batch and returns its outcomes and the items that may be sent again.
    func send() async -> (Outcomes, repeatable: [Int]) {
        var outcomes: Outcomes = [:]
        var sendable: [Int] = []
        for index in indices {
            if items[index].path.isBroken {
                outcomes[index] = .failure(error(index, .invalidRequest("a part of the path is empty or dots")))
            } else {
                sendable.append(index)
            }
        }
        guard !sendable.isEmpty else { return (outcomes, []) }
        let body = body(sendable)
        guard (try? JSONSerialization.jsonObject(with: Data(body))) != nil else {
            for index in sendable {
                outcomes[index] = .failure(error(index, .invalidRequest("a body in the batch is no JSON")))
            }
            return (outcomes, [])
        }
        var request = GraphRequest(
            .post, GraphPath("$batch"), version: options.version, service: options.service, body: body,
            isIdempotent: sendable.allSatisfy { items[$0].isIdempotent }, limits: options.limits)
        request.cost = options.costPerItem * sendable.count
        request.patience = patience
        request.priority = options.priority
        do throws(GraphError) {
            let answer = try await client.send(request)
            let (read, repeatable) = read(answer, expected: sendable)
            return (outcomes.merging(read) { _, new in new }, repeatable)
        } catch {
            for index in sendable { outcomes[index] = .failure(whole(error, index: index)) }
            return (outcomes, [])
        }
    }

    /// What the failure of the whole batch means for one item: only an item that must not be repeated is unconfirmed.
    private func whole(_ failure: GraphError, index: Int) -> GraphError {
        guard case .unconfirmed(let cause) = failure.reason, items[index].isIdempotent else {
            return error(index, failure.reason, trace: failure.trace, message: failure.message)
        }
        return error(
            index, .malformed("the batch it was part of has no answer, \(cause)"), trace: failure.trace,
            message: failure.message)
    }

    private func body(_ indices: [Int]) -> [UInt8] {
        var text = Array(#"{"requests":["#.utf8)
        for (position, index) in indices.enumerated() {
            let item = items[index]
            if position > 0 { text.append(UInt8(ascii: ",")) }
            let path = JSONText.quoted(item.path.description)
            text += Array(#"{"id":"\#(index)","method":"\#(item.method.rawValue)","url":\#(path)"#.utf8)
            var fields = item.headerFields
            if item.body != nil, fields[.contentType] == nil { fields[.contentType] = "application/json" }
            if !fields.isEmpty {
                let pairs = fields.map { "\(JSONText.quoted($0.name.rawName)):\(JSONText.quoted($0.value))" }
                text += Array(#","headers":{\#(pairs.joined(separator: ","))}"#.utf8)
            }
            if let body = item.body { text += Array(#","body":"#.utf8) + body }
            text.append(UInt8(ascii: "}"))
        }
        return text + Array("]}".utf8)
    }

    private func read(_ answer: GraphAnswer, expected: [Int]) -> (Outcomes, repeatable: [Int]) {
        let object = (try? JSONSerialization.jsonObject(with: Data(answer.body))) as? [String: Any]
        let responses = object?["responses"] as? [[String: Any]] ?? []
        var byID: [String: [String: Any]] = [:]
        for response in responses {
            // Ids are case-insensitive; a second answer to one id is ignored.
            guard let id = Self.text(response["id"])?.lowercased(), byID[id] == nil else { continue }
            byID[id] = response
        }
        var outcomes: Outcomes = [:]
        var repeatable: [Int] = []
        var longest: (status: Int, delay: Duration?)?
        for index in expected {
            let item = GraphBatchAnswer(byID[String(index)])
            let fields = item.headerFields
            if (200..<300).contains(item.status) {
                outcomes[index] = .success(
                    GraphAnswer(
                        status: item.status, headerFields: fields, body: item.body, url: url(index),
                        askedAt: answer.askedAt, receivedAt: answer.receivedAt, trace: answer.trace))
                continue
            }
            let delay = RetryAfter.delay(fields, now: answer.receivedAt)
            if RetryPolicy.mayCloseService(item.status), delay != nil || item.status == 429,
                (delay ?? .zero) >= (longest?.delay ?? .zero)
            {
                longest = (item.status, delay)
            }
            outcomes[index] = .failure(failure(index, item, trace: answer.trace))
            if items[index].isIdempotent, RetryPolicy.attempts(afterStatus: item.status) > 1 {
                repeatable.append(index)
            }
        }
        if let longest,
            let until = client.close(
                options.service, status: longest.status, retryAfter: longest.delay, now: answer.receivedAt)
        {
            for index in expected {
                guard case .failure(let error)? = outcomes[index], case .server(429, _) = error.reason else { continue }
                outcomes[index] = .failure(
                    self.error(index, .throttled(until: until), trace: error.trace, message: error.message))
            }
        }
        return (outcomes, repeatable)
    }

    private func failure(_ index: Int, _ item: GraphBatchAnswer, trace: GraphTrace) -> GraphError {
        let envelope = ErrorEnvelope(item.object, redacting: [])
        if !items[index].isIdempotent, RetryPolicy.leavesOutcomeOpen(item.status) {
            return error(
                index, .unconfirmed("HTTP \(item.status) \(envelope.code) in a batch"), trace: trace,
                message: envelope.message)
        }
        // Replaced by .throttled once the pause of the whole batch is known.
        let reason: GraphError.Reason =
            item.status == 429
            ? .server(status: 429, code: envelope.code) : RetryPolicy.reason(item.status, code: envelope.code)
        return error(
            index, reason, trace: trace, message: envelope.message,
            looksRetired: envelope.looksRetired(status: item.status))
    }

    private func error(
        _ index: Int, _ reason: GraphError.Reason, trace: GraphTrace = GraphTrace(), message: String = "",
        looksRetired: Bool = false
    ) -> GraphError {
        let path = items[index].path.description.prefix { $0 != "?" }
        return GraphError(
            reason, service: options.service,
            subject: "\(items[index].method) \(options.version.rawValue)\(path) (in a batch)", trace: trace,
            message: message, looksRetired: looksRetired)
    }

    private func url(_ index: Int) -> String {
        "\(client.endpoints.graph)/\(options.version.rawValue)\(items[index].path)"
    }

    fileprivate static func text(_ value: Any?) -> String? {
        (value as? String) ?? (value as? NSNumber)?.stringValue
    }
}

/// One element of `responses`; a missing one reads as 503.
private struct GraphBatchAnswer {
    let status: Int
    let headerFields: HTTPFields
    let body: [UInt8]
    let object: [String: Any]

    init(_ response: [String: Any]?) {
        status = GraphBatchRound.text(response?["status"]).flatMap(Int.init) ?? 503
        var fields: HTTPFields = [:]
        for (name, value) in response?["headers"] as? [String: Any] ?? [:] {
            guard let name = HTTPField.Name(name), let text = GraphBatchRound.text(value) else { continue }
            fields.append(HTTPField(name: name, value: text))
        }
        headerFields = fields
        let value = response?["body"]
        object = value as? [String: Any] ?? [:]
        switch value {
        case .none, is NSNull: body = []
        case .some(let value):
            // What came out of JSON goes back into JSON; bodies that are no JSON arrive as one base64 string.
            let data = try? JSONSerialization.data(withJSONObject: value, options: [.fragmentsAllowed])
            body = data.map { Array($0) } ?? []
        }
    }
}

/// A string as JSON writes it (RFC 8259, section 7).
enum JSONText {
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\":
                result += "\\"
                result.unicodeScalars.append(scalar)
            case "\u{0}"..<"\u{20}":
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
