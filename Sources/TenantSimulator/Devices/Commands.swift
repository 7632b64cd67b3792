// Commands to devices, and what became of them. The answers keep to the documents where they are of use to nobody: 202
// with a relative Location and no body, and single operations that come bare from some devices and wrapped from others.

import HTTPTypes

extension GraphCall {
    /// The device and the command that the call submits; `nil` when it is no such call.
    var submission: (device: String, command: DeviceCommand)? {
        guard method == .post, version == "beta", segments.count == 4, segments[0].lowercased() == "teamwork",
            segments[1].lowercased() == "devices", let command = DeviceCommand(segment: segments[3])
        else { return nil }
        return (segments[2], command)
    }
}

extension SimulatedTenant {
    mutating func submit(_ command: DeviceCommand, device: Int, _ call: GraphCall) throws(GraphError) -> GraphReply {
        try call.require(.post)
        try check(timeline.deviceCommands, segment: call.segments[3])
        try call.require(Permissions.deviceCommands)
        let (software, version) = try Self.parameters(of: command, body: call.body)
        guard timeline.operations.open(on: device) == nil else {
            throw GraphError(409, "Conflict", "An operation is already queued or running for the device.")
        }
        let faults = timeline.takeOperationFaults(for: command, device: device)
        func fault(_ kind: OperationFault.Kind) -> OperationFault? { faults.first { $0.kind == kind } }
        if let fault = fault(.notCarriedOut) { throw refusal(fault, call) }
        let operation = timeline.submit(
            command, software: software, version: version, device: device, faults: faults)
        carriedOut = operation.id
        var reply = GraphReply(.rendered([]))
        reply.status = 202
        reply.headerFields[.location] = location(of: operation, call)
        if let slow = fault(.slow) { reply.delay = slow.delay.duration }
        if fault(.answerHangs) != nil { reply.delivery = .hang }
        if fault(.answerDropped) != nil { reply.delivery = .reset }
        if fault(.answerLost) != nil {
            reply.status = 504
            reply.headerFields = [.contentType: "text/html"]
            reply.body = .rendered(Array("<html><body><h1>504 Gateway Timeout</h1></body></html>".utf8))
        }
        return reply
    }

    private func location(of operation: DeviceOperation, _ call: GraphCall) -> String {
        let path = "/teamwork/devices/\(fleet.devices[operation.device].id)/operations/\(operation.id)"
        return scenario.relativeDeviceLinks ? path : "\(call.origin)/\(call.version)\(path)"
    }

    private mutating func refusal(_ fault: OperationFault, _ call: GraphCall) -> GraphError {
        var error = GraphError(fault.status, Self.code(fault.status), Self.message(fault.status))
        if let seconds = fault.retryAfter {
            throttle.tell(call.service.rawValue, retryAfter: seconds, at: call.elapsed)
            error.headerFields[.retryAfter] = String(seconds)
        }
        return error
    }

    /// Reads the body as the metadata declares the action's parameters.
    ///
    /// - Throws: ``GraphError`` 400 for a body that does not fit.
    private static func parameters(
        of command: DeviceCommand, body: [UInt8]
    ) throws(GraphError) -> (SoftwareType?, String?) {
        if body.isEmpty, command != .updateSoftware { return (nil, nil) }
        guard let members = (try? JSONValue(reading: body))?.members else {
            throw .badRequest("The request body must be a JSON object.")
        }
        var known = Set<String>()
        if command == .updateSoftware { known = ["softwareType", "softwareVersion"] }
        if let stranger = members.first(where: { !known.contains($0.name) }) {
            throw .badRequest("The parameter '\(stranger.name)' is not a valid parameter of the action.")
        }
        guard command == .updateSoftware else { return (nil, nil) }
        func value(_ name: String) -> JSONValue? { members.first { $0.name == name }?.value }
        guard let software = value("softwareType")?.string.flatMap(SoftwareType.init(name:)) else {
            throw .badRequest("The parameter 'softwareType' must be a member of teamworkSoftwareType.")
        }
        let version = value("softwareVersion") ?? .null
        guard version == .null || version.string?.isEmpty == false else {
            throw .badRequest("The parameter 'softwareVersion' must be a string.")
        }
        return (software, version.string)
    }

    /// `/operations` and `/operations/{id}` of a device.
    mutating func operations(
        of device: Int, _ call: GraphCall, query: ODataQuery
    ) throws(GraphError) -> GraphReply {
        if let fault = timeline.takeReadingFault(of: device) { throw refusal(fault, call) }
        let newestFirst = (timeline.operations.byDevice[device] ?? []).reversed().map { $0 }
        guard call.segments.count > 4 else {
            let size = query.top ?? Self.defaultDevicePage
            guard size <= Self.maximumDevicePage else {
                throw .badRequest("The limit of '\(Self.maximumDevicePage)' for Top query has been exceeded.")
            }
            return try .page(
                of: newestFirst.count, size: size, call: call, query: query,
                context: "teamwork/devices('\(fleet.devices[device].id)')/operations",
                relative: scenario.relativeDeviceLinks, count: true
            ) { operationRecord(newestFirst[$0]) }
        }
        guard let operation = newestFirst.first(where: { $0.id == GUID(call.segments[4]) }) else {
            throw GraphError(404, "ResourceNotFound", "The operation '\(call.segments[4])' was not found.")
        }
        let record = query.selected(operationRecord(operation))
        // The samples wrap single objects; live answers have been seen bare.
        guard device % 2 == 0 else { return GraphReply(.object([.init("value", record)])) }
        return GraphReply(
            .object([call.context("teamwork/devices/operations/$entity")] + (record.members ?? [])))
    }
}
