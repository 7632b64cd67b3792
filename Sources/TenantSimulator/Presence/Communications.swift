// The presence calls: the bulk action every monitor polls, and single presences.

import HTTPTypes

extension SimulatedTenant {
    /// More ids in one bulk request are refused.
    static let maximumPresenceIDs = 650

    func communications(_ call: GraphCall) throws(GraphError) -> GraphReply {
        switch (call.segments.dropFirst().first?.lowercased(), call.segments.count) {
        case ("getpresencesbyuserid", 2):
            try call.require(.post)
            try call.require(Permissions.presence)
            return try bulkPresence(call)
        case ("presences", 3):
            try call.require(.get)
            try call.require(Permissions.presence)
            return try singlePresence(call, id: call.segments[2])
        default: throw .noSegment(call.segments.count > 1 ? call.segments[1] : "communications")
        }
    }

    private func bulkPresence(_ call: GraphCall) throws(GraphError) -> GraphReply {
        guard let body = try? JSONValue(reading: call.body), let ids = body["ids"]?.array else {
            throw .badRequest("The request body must be JSON with a collection 'ids'.")
        }
        guard !ids.isEmpty, ids.count <= Self.maximumPresenceIDs else {
            throw .badRequest("The number of ids must be between 1 and \(Self.maximumPresenceIDs).")
        }
        let stale = call.distortions.contains(.stale)
        var fragments: [JSONValue] = []
        fragments.reserveCapacity(ids.count)
        var seen = Set<GUID>(minimumCapacity: ids.count)
        for (index, item) in ids.enumerated() {
            guard let text = item.string, let id = GUID(text) else {
                throw GraphError(
                    400, "InvalidArgument", "Invalid user id '\(item.string ?? "")': the ids must be GUIDs.")
            }
            guard seen.insert(id).inserted else { continue }
            guard let account = fleet.accountByID[id], !timeline.accounts[account].deleted else {
                if !scenario.omitUnknownIDs {
                    fragments.append(.rendered(PresenceBoard.fragment(id: text, words: .unknown, sequence: 0)))
                }
                continue
            }
            let old = stale && index % 2 == 0
            fragments.append(
                .rendered(old ? timeline.presence.staleFragment(account) : timeline.presence.fragments[account]))
        }
        return GraphReply(
            .object([call.context("Collection(microsoft.graph.presence)"), .init("value", .array(fragments))]))
    }

    func singlePresence(_ call: GraphCall, id: String) throws(GraphError) -> GraphReply {
        guard let account = fleet.account(named: id), !timeline.accounts[account].deleted else {
            throw GraphError(404, "NotFound", "The user '\(id)' was not found.")
        }
        let presence = try? JSONValue(reading: timeline.presence.fragments[account])
        return GraphReply(.object([call.context("presence/$entity")] + (presence?.members ?? [])))
    }
}
