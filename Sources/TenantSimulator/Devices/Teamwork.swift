// The beta device API with the traps its users have met: relative next links, single objects wrapped in `value`, words in
// PascalCase, records that lag the room by minutes, and every way in which a deprecated API may end.

import HTTPTypes

extension SimulatedTenant {
    static let maximumDevicePage = 50
    static let defaultDevicePage = 20

    mutating func teamwork(_ call: GraphCall) throws(GraphError) -> GraphReply {
        guard call.segments.count > 1, call.segments[1].lowercased() == "devices" else {
            throw .noSegment(call.segments.count > 1 ? call.segments[1] : "teamwork")
        }
        // There is no v1.0 version and never was.
        guard call.version == "beta" else { throw .noSegment("devices") }
        try check(timeline.deviceAPI, segment: "devices")
        let command = call.segments.count == 4 ? DeviceCommand(segment: call.segments[3]) : nil
        if command == nil {
            try call.require(.get)
            try call.require(Permissions.devices)
        }
        let query = try ODataQuery(call.query)
        if call.segments.count == 2 { return try deviceList(call, query: query) }
        guard let id = GUID(call.segments[2]), let device = fleet.deviceByID[id] else {
            throw GraphError(404, "ResourceNotFound", "The device '\(call.segments[2])' was not found.")
        }
        if let command { return try submit(command, device: device, call) }
        return try record(of: device, call, query: query)
    }

    /// One device, one part of it, or its operations.
    private mutating func record(
        of device: Int, _ call: GraphCall, query: ODataQuery
    ) throws(GraphError) -> GraphReply {
        // Tidy devices are bare and their parts wrapped, as in Microsoft's samples; ragged ones keep to nothing.
        let isRagged = fleet.devices[device].ragged != nil
        let isOdd = isRagged && device % 2 == 1
        guard call.segments.count > 3 else {
            let record = query.selected(worn(deviceRecord(device, call: call), device: device))
            if isOdd { return GraphReply(.object([.init("value", record)])) }
            return GraphReply(.object([call.context("teamwork/devices/$entity")] + (record.members ?? [])))
        }
        let name = call.segments[3].lowercased()
        guard call.segments.count == (name == "operations" ? min(5, call.segments.count) : 4) else {
            throw .noSegment(call.segments[call.segments.count - 1])
        }
        let part: JSONValue
        switch name {
        case "operations": return try operations(of: device, call, query: query)
        case "health":
            if let status = timeline.devices[device].healthStatus {
                throw GraphError(status, Self.code(status), "The health of the device could not be read.")
            }
            part = deviceHealth(device, call: call)
        case "activity": part = deviceActivity(device, call: call)
        case "configuration": part = deviceConfiguration(device, call: call)
        default: throw .noSegment(call.segments[3])
        }
        let written = query.selected(worn(part, device: device))
        return GraphReply(isOdd ? written : .object([.init("value", written)]))
    }

    /// - Throws: ``GraphError`` as the present mode of the device API, or of its commands, demands.
    func check(_ state: DeviceAPIState, segment: String) throws(GraphError) {
        switch state.mode {
        case .available, .poisoned: return
        case .metered:
            throw GraphError(
                402, "PaymentRequired", "The API is metered and the application has no billing subscription.")
        case .forbidden: throw GraphError(403, "Forbidden", "The device management API is not available to the caller.")
        case .retired:
            switch state.retiredStatus {
            case 404: throw GraphError(404, "UnknownError", "")
            case 405: throw GraphError(405, "Request_BadRequest", "The method is not allowed.")
            case 410: throw GraphError(410, "Gone", "The API has been retired.")
            case 501: throw GraphError(501, "NotImplemented", "The API is not implemented.")
            default: throw .noSegment(segment)
            }
        }
    }

    private func deviceList(_ call: GraphCall, query: ODataQuery) throws(GraphError) -> GraphReply {
        let size = query.top ?? Self.defaultDevicePage
        guard size <= Self.maximumDevicePage else {
            throw .badRequest("The limit of '\(Self.maximumDevicePage)' for Top query has been exceeded.")
        }
        var matches = Array(fleet.devices.indices)
        if let text = query.filter {
            let filter = try DeviceFilter(text)
            matches = matches.filter { filter.accepts(fleet.devices[$0], user: shownUser(of: $0)) }
        }
        // One record that cannot be mapped spoils every list that would contain it.
        if timeline.deviceAPI.mode == .poisoned, matches.contains(where: { fleet.devices[$0].type == .sip }) {
            throw GraphError(500, "InternalServerError", "An internal error occurred.")
        }
        return try .page(
            of: matches.count, size: size, call: call, query: query, context: "teamwork/devices",
            relative: scenario.relativeDeviceLinks, count: true
        ) { worn(deviceRecord(matches[$0], call: call), device: matches[$0]) }
    }
}

/// A condition on devices: the service compares three properties for equality and nothing else.
struct DeviceFilter {
    private enum Property: String {
        case deviceType = "devicetype"
        case uniqueID = "hardwaredetail/uniqueid"
        case user = "currentuser/id"
    }

    private let property: Property
    private let literal: String

    /// - Throws: ``GraphError`` 400 for anything but `property eq 'literal'`.
    init(_ text: String) throws(GraphError) {
        let parts = text.split(separator: " ", maxSplits: 2).map(String.init)
        guard parts.count == 3, parts[1].lowercased() == "eq", let property = Property(rawValue: parts[0].lowercased()),
            parts[2].count >= 2, parts[2].hasPrefix("'"), parts[2].hasSuffix("'")
        else { throw .badRequest("Invalid filter clause.") }
        self.property = property
        literal = parts[2].dropFirst().dropLast().lowercased()
    }

    /// - Parameter user: the id of the account that is signed in, in lower case.
    func accepts(_ device: Fleet.Device, user: String?) -> Bool {
        switch property {
        case .deviceType: device.type.rawValue.lowercased() == literal
        case .uniqueID: device.uniqueID == literal
        case .user: user == literal
        }
    }
}

extension Fleet.Device {
    var uniqueID: String { "u-\(serialNumber.lowercased())" }
}
