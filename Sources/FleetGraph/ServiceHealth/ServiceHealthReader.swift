// Reads what Microsoft posts about Teams and has not resolved. One request; whatever goes wrong with it is "not known".

public import FleetCore
public import GraphClient
public import Timekeeping

import Foundation
import HTTPExchange
import HTTPTypes

/// What one read of service health brought.
public struct ServiceHealthRead: Sendable, Hashable {
    public var capability: ServiceHealthCapability
    public var reading: ServiceHealthReading
}

/// Reads the open issues of Microsoft Teams.
public struct ServiceHealthReader: Sendable {
    /// The name that posts carry (Graph facts, Service health).
    static let service = "Microsoft Teams"
    /// A hundred issues each; a tenant has a handful.
    static let mostPages = 5

    private let client: GraphClient
    private let time: any TimeSource

    public init(client: GraphClient, time: any TimeSource) {
        self.client = client
        self.time = time
    }

    /// Reads the open issues. Without the permission, as far as the token tells, nothing is asked.
    public func read() async -> ServiceHealthRead {
        let asked = time.now()
        // A token that cannot be had shows in the request below, with its reason.
        if let roles = (try? await client.tokens.token())?.roles,
            !roles.contains(where: { $0.lowercased() == ServiceHealthCapability.role.lowercased() })
        {
            return failed(.notGranted, asked: asked)
        }
        let path = GraphPath("admin", "serviceAnnouncement", "issues")
            .query("$filter", "service eq \(GraphPath.literal(Self.service)) and isResolved eq false")
        var request = GraphRequest(.get, path, service: .serviceHealth)
        request.priority = .low
        do throws(GraphError) {
            let wires = try await client.list(
                request, of: ServiceHealthIssueWire.self, limits: PageLimits(pages: Self.mostPages)
            ).items
            return ServiceHealthRead(
                capability: .available, reading: ServiceHealthReading(issues: .value(Self.issues(wires)), asked: asked))
        } catch {
            return failed(ServiceHealthCapability(error), asked: asked)
        }
    }

    private func failed(_ capability: ServiceHealthCapability, asked: Moment) -> ServiceHealthRead {
        let word =
            switch capability {
            case .transient(let kind): kind
            case .notGranted: "not_granted"
            case .notOffered, .available: "not_offered"
            }
        return ServiceHealthRead(
            capability: capability, reading: ServiceHealthReading(issues: .unknown(.failed(word)), asked: asked))
    }

    /// Words of issues that are over or were none (Graph facts, Service health). Every other word, also one that nobody
    /// has seen before, stands for an issue that goes on: `isResolved` says so.
    private static let quiet: Set<String> = [
        "serviceoperational", "servicerestored", "postincidentreviewpublished", "falsepositive",
        "investigationsuspended", "resolved", "mitigatedexternal", "mitigated", "resolvedexternal",
    ]

    /// The open issues of Teams, newest first; the filter is the service's to apply, so it is not taken for granted.
    static func issues(_ wires: [ServiceHealthIssueWire]) -> [ServiceIssue] {
        var seen: Set<String> = []
        return wires.compactMap { wire -> ServiceIssue? in
            let status = BoundedText.clean(wire.status, limit: BoundedText.word) ?? "unknown"
            guard let id = BoundedText.id(wire.id), wire.isResolved != true, !quiet.contains(status.lowercased()),
                wire.service?.lowercased() == service.lowercased(), seen.insert(id).inserted
            else { return nil }
            return ServiceIssue(
                id: id, title: BoundedText.clean(wire.title, limit: BoundedText.name) ?? "without a title",
                kind: wire.classification?.lowercased() == "incident" ? .incident : .advisory, status: status,
                startedAt: wire.startDateTime?.date)
        }.sorted { ($0.startedAt ?? .distantFuture, $0.id) > ($1.startedAt ?? .distantFuture, $1.id) }
    }
}
