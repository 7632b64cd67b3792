// The way every call of Graph takes: token, limits, faults, then the resource. The order is the real one: a throttled call
// without a token is told about the token.

import HTTPTypes
import Timekeeping

extension SimulatedTenant {
    /// What consent has granted and nobody has taken back.
    func grantedRoles(at exchange: Exchange) -> [String] {
        timeline.roles(of: tokenEndpoint.consent.roles(at: exchange.unixTime))
    }

    mutating func answerToken(tenant: String, _ exchange: Exchange) -> SimulatedResponse {
        requestCounts["login", default: 0] += 1
        throttle.watch("login", at: exchange.elapsed)
        var response: SimulatedResponse
        if let fault = takeFault(for: .login), let struck = strike(fault, service: .login, exchange) {
            return struck
        }
        do throws(TokenError) {
            guard exchange.request.method == .post else {
                throw TokenError(400, "invalid_request", 900_561, "The endpoint only accepts POST requests.")
            }
            let body = try tokenEndpoint.respond(
                tenant: tenant, form: exchange.request.body, origin: exchange.request.origin, now: exchange.unixTime,
                requestID: exchange.requestID, roles: grantedRoles(at: exchange),
                isSecretExpired: !timeline.expiredSecrets.isEmpty)
            response = SimulatedResponse(status: 200, body: body.bytes)
        } catch {
            let timestamp = String(Timestamps.text(exchange.now.wall).map { $0 == "T" ? " " : $0 })
            let body = error.body(
                timestamp: timestamp, trace: exchange.requestID, correlation: exchange.clientRequestID)
            response = SimulatedResponse(status: error.status, body: body.bytes)
        }
        response.headerFields[.contentType] = "application/json; charset=utf-8"
        response.headerFields[.cacheControl] = "no-store, no-cache"
        return response
    }

    mutating func answerGraph(_ call: GraphCall, _ exchange: Exchange) -> SimulatedResponse {
        let response = served(call, exchange)
        log(response, to: call, exchange)
        return response
    }

    private mutating func served(_ call: GraphCall, _ exchange: Exchange) -> SimulatedResponse {
        var call = call
        let service = call.service
        requestCounts[service.rawValue, default: 0] += 1
        do throws(GraphError) {
            let token = try tokenEndpoint.tokens.check(
                authorization: call.headerFields[.authorization], now: exchange.unixTime)
            call.roles = token.roles
        } catch {
            return exchange.finish(error)
        }
        var delay = Duration.zero
        do throws(GraphError) {
            try admit(call)
            if let fault = takeFault(for: service) {
                if let struck = strike(fault, service: service, exchange) { return struck }
                if fault.kind == .slow { delay = fault.delay.duration }
                if delay > .zero, service == .calendars, let mailbox = fleet.account(named: call.segments[1]) {
                    throttle.occupy(mailbox: mailbox, until: call.elapsed + delay)
                }
                call.distortions.insert(fault.kind)
            }
            let reply = try service == .batch ? answerBatch(call, exchange) : resource(call)
            var response = exchange.finish(distorted(reply, call: call))
            response.delay = delay + reply.delay
            response.delivery = reply.delivery
            if call.distortions.contains(.truncated) { response.delivery = .truncated(after: response.body.count / 2) }
            return response
        } catch {
            return exchange.finish(error)
        }
    }

    /// Counts the call against its limits.
    ///
    /// - Throws: ``GraphError`` 429 with `Retry-After`.
    mutating func admit(_ call: GraphCall) throws(GraphError) {
        let limits: ThrottledService?
        var cost = 1
        switch call.service {
        case .presence: limits = .presence
        case .devices: limits = .devices
        case .places: limits = .places
        case .serviceHealth:
            try admitOverTheHour(call)
            limits = .serviceHealth
        case .signIns: limits = .signIns
        case .directory, .licences:
            limits = .directory
            cost = resourceUnits(call)
        case .calendars:
            try admitMailbox(call)
            limits = nil
        case .batch, .all, .login: limits = nil
        }
        let name = call.service.rawValue
        throttle.watch(name, at: call.elapsed)
        for limit in [.global, limits].compactMap({ $0 }) {
            guard let seconds = throttle.admit(limit, cost: limit == .global ? 1 : cost, at: call.elapsed) else {
                continue
            }
            throttle.tell(name, retryAfter: seconds, at: call.elapsed)
            throw GraphError(
                429, "TooManyRequests", "Too many requests.",
                headerFields: [.retryAfter: String(seconds)])
        }
    }

    /// Service announcements have a second limit beside that of the minute.
    private mutating func admitOverTheHour(_ call: GraphCall) throws(GraphError) {
        guard let seconds = throttle.admit(.serviceHealthByHour, cost: 1, at: call.elapsed) else { return }
        throttle.tell(call.service.rawValue, retryAfter: seconds, at: call.elapsed)
        throw GraphError(
            429, "TooManyRequests", "Too many requests.", headerFields: [.retryAfter: String(seconds)])
    }

    /// Exchange counts by application and mailbox, so each mailbox has a window of its own.
    private mutating func admitMailbox(_ call: GraphCall) throws(GraphError) {
        guard let mailbox = fleet.account(named: call.segments[1]) else { return }
        if throttle.isBusy(mailbox: mailbox, at: call.elapsed) {
            // This refusal is about the moment, so it comes without a Retry-After.
            throw GraphError(
                429, "ApplicationThrottled", "Application is over its MailboxConcurrency limit.")
        }
        guard let seconds = throttle.admit(mailbox: mailbox, at: call.elapsed) else { return }
        throttle.tell(call.service.rawValue, retryAfter: seconds, at: call.elapsed)
        throw GraphError(
            429, "ApplicationThrottled", "Application is over its RequestRate limit for this mailbox.",
            headerFields: [.retryAfter: String(seconds)])
    }

    /// Microsoft's resource units for directory calls.
    private func resourceUnits(_ call: GraphCall) -> Int {
        var units =
            switch (call.segments.first?.lowercased(), call.segments.count) {
            case ("subscribedskus", _): 3
            case ("users", 1), ("users", 3): 2
            default: 1
            }
        if call.query.contains("$select=") { units -= 1 }
        return max(1, units)
    }

    /// The resource itself.
    mutating func resource(_ call: GraphCall) throws(GraphError) -> GraphReply {
        switch call.segments.first?.lowercased() {
        case "users": try users(call)
        case "subscribedskus": try subscribedSKUs(call)
        case "organization": try organization(call)
        case "communications": try communications(call)
        case "teamwork": try teamwork(call)
        case "places": try places(call)
        case "admin": try serviceAnnouncement(call)
        case "auditlogs": try auditLogs(call)
        default: throw .noSegment(call.segments.first ?? "")
        }
    }
}
