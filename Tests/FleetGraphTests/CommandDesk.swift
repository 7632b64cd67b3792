// The device API's commands as a script for the network: what was asked of a device stands in its list of operations, whether
// or not the answer to it arrives.

import FleetCore
import FleetGraph
import Foundation
import HTTPExchange
import HTTPTypes
import Synchronization
import Timekeeping

/// One device's operations.
final class CommandDesk: Sendable {
    /// What happens to the answer of a command that was carried out.
    enum Fate: Sendable {
        case delivered
        /// The gateway fails behind it.
        case status(Int)
        case lost(HTTPTransportError.Kind)
    }

    private struct State {
        var operations: [String] = []
        var fate = Fate.delivered
    }

    private let state = Mutex(State())

    func set(_ fate: Fate) { state.withLock { $0.fate = fate } }

    var applied: Int { state.withLock { $0.operations.count } }

    @Sendable func answer(_ asked: Rig.Asked) async -> Rig.Reply {
        state.withLock { state in
            if asked.method == "GET" { return Rig.json(#"{"value":[\#(state.operations.joined(separator: ","))]}"#) }
            guard state.operations.isEmpty else { return Rig.error(409, "Conflict") }
            state.operations.append(Self.operation("op-1", "Queued"))
            switch state.fate {
            case .delivered: return Self.accepted("/teamwork/devices/a/operations/op-1")
            case .status(let status): return Rig.error(status)
            case .lost(let kind): return .failure(HTTPTransportError(kind, host: "graph.test", detail: "scripted"))
            }
        }
    }

    static func operation(
        _ id: String, _ status: String, type: String = "deviceRestart", created: String = "2026-12-01T08:00:00Z",
        error: String = "null"
    ) -> String {
        #"{"id":"\#(id)","operationType":"\#(type)","status":"\#(status)","createdDateTime":"\#(created)","#
            + #""startedDateTime":null,"completedDateTime":"0001-01-01T00:00:00Z","error":\#(error)}"#
    }

    static func accepted(_ location: String?, status: Int = 202, body: String = "") -> Rig.Reply {
        var fields: HTTPFields = [:]
        if let location { fields[.location] = location }
        return .success(HTTPAnswer(status: status, headerFields: fields, body: Array(body.utf8)))
    }

    /// A token that carries these roles.
    static func token(_ roles: String...) -> String {
        let list = roles.map { #""\#($0)""# }.joined(separator: ",")
        return "head.\(Data(#"{"roles":[\#(list)]}"#.utf8).base64EncodedString()).tail"
    }
}
