// A batch saves round trips, not budget: every item counts by itself, fails by itself, and may be missing from the
// answer. The caller gets one outcome per item, in the order asked, and never has to look at the outer 200.

import Foundation
public import HTTPTypes
import Timekeeping

import HTTPExchange

/// One request inside a `$batch`.
public struct GraphBatchItem: Sendable {
    public var method: HTTPRequest.Method
    public var path: GraphPath
    public var headerFields: HTTPFields = [:]
    /// A JSON body; it must be valid JSON because it becomes part of the batch's own.
    public var body: [UInt8]?
    public var isIdempotent: Bool

    public init(
        _ method: HTTPRequest.Method, _ path: GraphPath, body: [UInt8]? = nil, isIdempotent: Bool? = nil
    ) {
        self.method = method
        self.path = path
        self.body = body
        self.isIdempotent = isIdempotent ?? (method == .get || method == .head)
    }
}

/// How a whole batch is sent.
public struct GraphBatchOptions: Sendable {
    public var version: GraphRequest.Version = .v1
    public var service: GraphService
    public var patience: GraphRequest.Patience = .failAtOnce
    public var priority: GraphRequest.Priority = .normal
    public var limits = HTTPLimits()
    /// Units of the service's budget that each item costs.
    public var costPerItem = 1

    public init(service: GraphService) {
        self.service = service
    }
}

extension GraphClient {
    /// The most requests Graph takes in one batch.
    public static let batchSize = 20
    /// Rounds in which items that were throttled are sent again.
    static let batchRounds = 4

    /// Sends `items` in batches of at most ``batchSize`` and returns one outcome for each, in the same order.
    ///
    /// Items that were throttled or failed for a while are collected and sent again after the largest Retry-After, if
    /// they are idempotent and ``GraphBatchOptions/patience`` allows. An item without an answer counts as 503.
    public func batch(_ items: [GraphBatchItem], options: GraphBatchOptions) async -> [Result<GraphAnswer, GraphError>]
    {
        var outcomes: [Int: Result<GraphAnswer, GraphError>] = [:]
        var open = Array(items.indices)
        let began = time.now()
        for round in 1...Self.batchRounds where !open.isEmpty {
            var again: [Int] = []
            var start = 0
            while start < open.count {
                let chunk = Array(open[start..<min(start + Self.batchSize, open.count)])
                start += chunk.count
                let remaining = patience(options, since: began)
                let (results, repeatable) = await GraphBatchRound(
                    client: self, items: items, indices: chunk, options: options, patience: remaining
                ).send()
                outcomes.merge(results) { _, new in new }
                again += repeatable
            }
            guard round < Self.batchRounds, case .wait = options.patience else { break }
            open = again
            // Items that failed without closing the service still deserve a pause; closed services wait by themselves.
            if !open.isEmpty, !(await pauseBetweenRounds(round, options: options, since: began)) { break }
        }
        let missing = GraphError(.cancelled, service: options.service, subject: "$batch")
        return items.indices.map { outcomes[$0] ?? .failure(missing) }
    }

    private func patience(_ options: GraphBatchOptions, since began: Moment) -> GraphRequest.Patience {
        switch options.patience {
        case .failAtOnce: .failAtOnce
        case .wait(let upTo): .wait(upTo: max(.zero, upTo - began.elapsed(until: time.now())))
        }
    }

    private func pauseBetweenRounds(_ round: Int, options: GraphBatchOptions, since began: Moment) async -> Bool {
        let pause = RetryPolicy.backoff(failures: round, chance: random.fraction())
        guard case .wait(let upTo) = options.patience, began.elapsed(until: time.now()) + pause <= upTo else {
            return false
        }
        do {
            try await time.sleep(for: pause)
            return true
        } catch {
            return false
        }
    }
}
