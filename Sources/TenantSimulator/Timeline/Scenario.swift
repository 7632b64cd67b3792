// What an operator may rehearse, as a file. Every field has a default, unknown fields are refused: a misspelt `for` that
// was silently ignored would make a rehearsal prove nothing.

/// A rehearsal: how the tenant is set up and what happens in it when.
public struct Scenario: Sendable, Codable {
    /// How `/beta/teamwork/devices` answers.
    public enum DeviceAPI: String, Sendable, Codable, CaseIterable {
        case available
        /// Answers ``Scenario/retiredStatus``, as an API does that was removed.
        case retired
        /// 402: the tenant would have to pay.
        case metered
        case forbidden
        /// The unfiltered list fails because of one device that cannot be mapped; filtered lists work.
        case poisoned
    }

    public struct Token: Sendable, Codable {
        /// Lifetime in seconds.
        public var expiresIn: Int = 3599
        /// Application roles granted to the app.
        public var roles: [String] = Permissions.defaultRoles
        /// Whether the client secret, though right, has come to its end.
        public var secretExpired = false
        /// Whether Exchange grants calendars to the app by itself, where no token shows it.
        public var exchangeCalendars = false

        enum CodingKeys: String, CodingKey, CaseIterable {
            case expiresIn = "expires_in"
            case secretExpired = "secret_expired"
            case exchangeCalendars = "exchange_calendars"
            case roles
        }

        public init() {}

        public init(from decoder: any Decoder) throws {
            let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
            expiresIn = try container.decodeIfPresent(Int.self, forKey: .expiresIn) ?? expiresIn
            roles = try container.decodeIfPresent([String].self, forKey: .roles) ?? roles
            secretExpired = try container.decodeIfPresent(Bool.self, forKey: .secretExpired) ?? secretExpired
            exchangeCalendars =
                try container.decodeIfPresent(Bool.self, forKey: .exchangeCalendars) ?? exchangeCalendars
        }
    }

    public var name: String = "quiet"
    public var token = Token()
    public var consent = Consent()
    public var devices: DeviceAPI = .available
    /// How commands to devices answer, where reading works.
    public var deviceCommands: DeviceAPI = .available
    /// The times that commands take.
    public var operations = Operations()
    /// Status of a retired device API: 400, 404, 405, 410 or 501.
    public var retiredStatus: Int = 400
    /// Whether the device list's nextLink is relative to the version root, as documented, or absolute.
    public var relativeDeviceLinks: Bool = true
    /// Devices beside those of the rooms whose records lack, or have strangely, everything that the metadata lets them.
    public var raggedDevices: Int = 0
    /// Whether an administrator has switched on the places hierarchy; without it buildings and floors are empty.
    public var placesHierarchy: Bool = true
    /// Whether rooms hold calls and meetings on weekdays.
    public var calls: Bool = false
    /// Whether ids the presence service does not know are left out of a bulk answer or come as PresenceUnknown.
    public var omitUnknownIDs: Bool = true
    /// Whether the tenant has Microsoft Entra ID P1, without which nobody reads its sign-in log.
    public var premium: Bool = true
    /// How long a sign-in takes until the log shows it.
    public var signInDelay = DurationText(.seconds(180))
    /// Factor on every throttling limit.
    public var limitsScale: Double = 1
    /// How long an outage must show before a monitor with default settings pages; ground truth is judged by it.
    public var detectionHold = DurationText(.seconds(10))
    /// Outages an hour drawn from the seed, in the whole tenant; for the first ``generatedHours``.
    public var outagesPerHour: Int = 0
    public var generatedHours: Int = 24
    public var events: [ScenarioEvent] = []

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, token, consent, devices, calls, events, premium, operations
        case deviceCommands = "device_commands"
        case raggedDevices = "ragged_devices"
        case signInDelay = "sign_in_delay"
        case retiredStatus = "retired_status"
        case relativeDeviceLinks = "relative_device_links"
        case placesHierarchy = "places_hierarchy"
        case omitUnknownIDs = "omit_unknown_ids"
        case limitsScale = "limits_scale"
        case detectionHold = "detection_hold"
        case outagesPerHour = "outages_per_hour"
        case generatedHours = "generated_hours"
    }

    public init() {}

    public init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        func read<Value: Decodable>(_ key: CodingKeys, _ value: Value) throws -> Value {
            try container.decodeIfPresent(Value.self, forKey: key) ?? value
        }
        name = try read(.name, name)
        token = try read(.token, token)
        consent = try read(.consent, consent)
        devices = try read(.devices, devices)
        deviceCommands = try read(.deviceCommands, deviceCommands)
        operations = try read(.operations, operations)
        raggedDevices = try read(.raggedDevices, raggedDevices)
        retiredStatus = try read(.retiredStatus, retiredStatus)
        relativeDeviceLinks = try read(.relativeDeviceLinks, relativeDeviceLinks)
        placesHierarchy = try read(.placesHierarchy, placesHierarchy)
        calls = try read(.calls, calls)
        omitUnknownIDs = try read(.omitUnknownIDs, omitUnknownIDs)
        premium = try read(.premium, premium)
        signInDelay = try read(.signInDelay, signInDelay)
        limitsScale = try read(.limitsScale, limitsScale)
        detectionHold = try read(.detectionHold, detectionHold)
        outagesPerHour = try read(.outagesPerHour, outagesPerHour)
        generatedHours = try read(.generatedHours, generatedHours)
        events = try read(.events, events)
    }
}

/// Why a scenario cannot be played in this tenant.
public struct ScenarioError: Error, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}

private struct AnyKey: CodingKey {
    let stringValue: String
    let intValue: Int? = nil

    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
}

extension Decoder {
    /// A keyed container that refuses names it does not know.
    func strictContainer<Key: CodingKey & CaseIterable>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        let known = Set(Key.allCases.map(\.stringValue))
        let present = try container(keyedBy: AnyKey.self)
        if let stranger = present.allKeys.first(where: { !known.contains($0.stringValue) }) {
            throw DecodingError.dataCorruptedError(
                forKey: stranger, in: present,
                debugDescription:
                    "unknown field '\(stranger.stringValue)'; known: \(known.sorted().joined(separator: ", "))")
        }
        return try container(keyedBy: type)
    }
}
