// Carries a fault out on one answer.

import Foundation
import HTTPTypes
import Timekeeping

extension SimulatedTenant {
    /// The fault in force for the service, counted as hitting this request; `nil` when none does.
    mutating func takeFault(for service: GraphFault.Service) -> GraphFault? {
        for index in timeline.faults.indices {
            let active = timeline.faults[index].fault
            // "all" means all of Graph; the login service is a different house.
            guard active.service == service || (active.service == .all && service != .login) else { continue }
            timeline.faults[index].hits += 1
            if (timeline.faults[index].hits - 1) % max(1, active.every) == 0 { return active }
        }
        return nil
    }

    /// The answer a fault gives instead of the real one; `nil` when it only changes or delays that.
    mutating func strike(
        _ fault: GraphFault, service: GraphFault.Service, _ exchange: Exchange
    ) -> SimulatedResponse? {
        switch fault.kind {
        case .status:
            var error = GraphError(fault.status, Self.code(fault.status), Self.message(fault.status))
            if let seconds = fault.retryAfter {
                throttle.tell(service.rawValue, retryAfter: seconds, at: exchange.elapsed)
                error.headerFields[.retryAfter] =
                    fault.retryAfterAsDate
                    ? Timestamps.httpDate(exchange.now.wall.addingTimeInterval(Double(seconds))) : String(seconds)
            }
            return exchange.finish(error)
        case .html:
            return SimulatedResponse(
                status: 200, headerFields: [.contentType: "text/html; charset=utf-8"],
                body: Array("<!DOCTYPE html><html><head><title>Proxy</title></head><body>Sign in</body></html>".utf8))
        case .hang: return SimulatedResponse(status: 200, delivery: .hang)
        case .reset: return SimulatedResponse(status: 200, delivery: .reset)
        case .emptyBody:
            return SimulatedResponse(status: 200, headerFields: [.contentType: "application/json"])
        case .truncated, .nextLinkLoop, .nextLinkForeign, .nulls, .unknownEnums, .slow, .missingResponses, .stale:
            return nil
        }
    }

    static func code(_ status: Int) -> String {
        switch status {
        case 402: "PaymentRequired"
        case 403: "Forbidden"
        case 404: "ResourceNotFound"
        case 409: "Conflict"
        case 429: "TooManyRequests"
        case 500: "InternalServerError"
        case 502: "BadGateway"
        case 503: "ServiceUnavailable"
        case 504: "GatewayTimeout"
        default: "UnknownError"
        }
    }

    static func message(_ status: Int) -> String {
        status == 429 ? "Too many requests." : "The service answered \(status)."
    }

    /// The answer with the contents changed as the call's faults demand.
    func distorted(_ reply: GraphReply, call: GraphCall) -> GraphReply {
        var reply = reply
        for distortion in call.distortions {
            switch distortion {
            case .nextLinkLoop:
                setNextLink(&reply, to: call.origin + call.path + (call.query.isEmpty ? "" : "?\(call.query)"))
            case .nextLinkForeign: setNextLink(&reply, to: "https://graph.attacker.example\(call.path)?$skiptoken=x")
            case .nulls, .unknownEnums:
                let parsed = (try? JSONValue(reading: reply.body.bytes)) ?? reply.body
                reply.body = distortion == .nulls ? Distortion.nulled(parsed) : Distortion.estranged(parsed)
            default: break
            }
        }
        return reply
    }

    private func setNextLink(_ reply: inout GraphReply, to link: String) {
        guard var members = reply.body.members, reply.body["value"]?.array != nil else { return }
        members.removeAll { $0.name == "@odata.nextLink" }
        members.append(.init("@odata.nextLink", .string(link)))
        reply.body = .object(members)
    }
}

/// Changes of contents that stay within the official types: null where null is allowed, new words where words evolve.
enum Distortion {
    /// Properties the metadata marks as never null.
    private static let required: Set<String> = [
        "id", "value", "deviceType", "hardwareDetail", "assignedLicenses", "businessPhones", "proxyAddresses",
        "otherMails", "servicePlans", "verifiedDomains", "assignedPlans", "provisionedPlans", "nickname",
        "teamsEnabledState", "wifiState",
        "resourceLinks", "tags", "connection", "operationType",
    ]
    /// The same of issues of services, whose words other types have too.
    private static let requiredOfIssues: Set<String> = [
        "classification", "impactDescription", "isResolved", "lastModifiedDateTime", "origin", "posts", "service",
        "startDateTime", "status", "title",
    ]
    private static let words: Set<String> = [
        "availability", "activity", "deviceType", "healthStatus", "activityState", "connectionStatus",
        "softwareFreshness", "bookingType", "teamsEnabledState", "wifiState", "userIdentityType", "capabilityStatus",
        "status", "classification", "origin", "operationType",
    ]

    static func nulled(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members) where members.contains { $0.name == "value" }:
            return .object(members.map { .init($0.name, $0.name == "value" ? nulled($0.value) : $0.value) })
        case .object(let members):
            let isIssue = members.contains { $0.name == "isResolved" }
            let isSignIn = members.contains { $0.name == "isInteractive" }
            let isPlace = members.contains { $0.name == "placeId" }
            return .object(
                members.map { member in
                    let keeps =
                        required.contains(member.name) || member.name.hasPrefix("@")
                        || (isPlace && member.name == "displayName")
                        || (isIssue && requiredOfIssues.contains(member.name))
                        || (isSignIn && ["createdDateTime", "userId"].contains(member.name))
                    return keeps ? member : .init(member.name, .null)
                })
        case .array(let items): return .array(items.map(nulled))
        default: return value
        }
    }

    static func estranged(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members):
            return .object(
                members.map { member in
                    if words.contains(member.name), member.value.string != nil {
                        return .init(member.name, "SomethingNew")
                    }
                    return .init(member.name, estranged(member.value))
                })
        case .array(let items): return .array(items.map(estranged))
        default: return value
        }
    }
}
