// One thing that happens. The struct is flat on purpose: people write these by hand and post them to a running simulator.

/// Something that happens in the tenant or to Graph, at a time after the start.
public struct ScenarioEvent: Sendable, Codable {
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// The Teams Rooms system loses power or network; its session must time out before Graph shows it. A panel on the
        /// same account keeps the presence alive.
        case roomOff = "room_off"
        /// The account signs out; Graph shows it at once and the device record stays healthy.
        case roomSignedOut = "room_signed_out"
        /// `count` times off for `down` and on for `up`.
        case roomFlaps = "room_flaps"
        /// Every room of the building, panels too, goes dark within `spread`.
        case buildingDark = "building_dark"
        case roomCall = "room_call"
        case roomMeeting = "room_meeting"
        /// The presence service cannot tell.
        case presenceUnknown = "presence_unknown"
        case accountDisabled = "account_disabled"
        case accountDeleted = "account_deleted"
        /// The password of a room's account ends by the tenant's policy of 90 days; its session ends and signing in fails
        /// until `for` is over, when somebody sets a new one.
        case passwordExpires = "password_expires"
        /// Somebody takes the account's licence away, or an assignment fails with `code`; for `for`.
        case licenceRemoved = "licence_removed"
        /// An administrator takes consent back, for all of the application's `roles` or some, for `for`. Tokens that were
        /// issued keep their roles until they end.
        case consentRevoked = "consent_revoked"
        /// The application's secret expires; renewed after `for`.
        case secretExpired = "secret_expired"
        case peripheralFault = "peripheral_fault"
        /// Somebody books the room: from `starts_in` after the event, `for` so long.
        case roomBooked = "room_booked"
        /// The room's calendar cannot be read; getSchedule says `code` for it.
        case calendarError = "calendar_error"
        /// Microsoft posts an issue of Microsoft Teams; resolved after `for`.
        case serviceIssue = "service_issue"
        /// Graph itself misbehaves; see ``GraphFault``.
        case graphFault = "graph_fault"
        /// The device API changes to `device_api`; back after `for`.
        case deviceAPI = "device_api"
        /// Commands to devices alone change to `device_api`; reading goes on.
        case deviceCommands = "device_commands"
        /// A device loses power or network: a console, say, behind a Teams Rooms system that lives on.
        case deviceOff = "device_off"
        /// A device is no longer logged in to `login`.
        case loginLost = "login_lost"
        /// `hardware` of a device is disconnected.
        case hardwareFault = "hardware_fault"
        /// `version` of `software` is on offer; withdrawn after `for`, or installed by an update.
        case updateAvailable = "update_available"
        /// `user` signs in on the device instead of its own account, or nobody does.
        case userChanged = "user_changed"
        /// The health of a device answers `status`.
        case healthUnreadable = "health_unreadable"
        /// Commands go wrong; see ``OperationFault``.
        case operationFault = "operation_fault"
        /// Somebody in the admin centre gives the devices a command.
        case operationStarted = "operation_started"
        /// Somebody in the admin centre cancels what is queued for the devices.
        case operationCancelled = "operation_cancelled"
    }

    /// After the start of the simulator; for an event posted to a running one, after its arrival.
    public var at = DurationText(.zero)
    public var kind: Kind
    /// The room's number, name, address or account id.
    public var room: String?
    public var building: String?
    /// How long it lasts; without it, for ever.
    public var lasts: DurationText?
    /// Time from losing the network until Graph shows the account offline. Default: drawn from 0 to 5 minutes.
    public var sessionTimeout: DurationText?
    /// Time until the device record follows. Default: drawn from 10 to 15 minutes for going, 1 to 3 for coming back.
    public var deviceDelay: DurationText?
    /// `building_dark`: the rooms fall within this time. Default 2 minutes.
    public var spread: DurationText?
    public var count: Int?
    public var down: DurationText?
    public var up: DurationText?
    /// Which device of the room or building: `main` (the default), `panel`, `console`, `all`, or one by id or serial number.
    public var device: String?
    /// Only devices of this model.
    public var model: String?
    /// Only this share of the devices, drawn from the seed; of `operation_fault`, of the attempts.
    public var probability: Double?
    public var peripheral: Peripheral?
    /// `peripheral_fault`, `hardware_fault`: whether the part is marked as optional. Default no.
    public var optional: Bool?
    /// `login_lost`: default teams.
    public var login: Login?
    /// `hardware_fault`: default compute.
    public var hardware: Hardware?
    /// `update_available`, `operation_started`: default teams_client.
    public var software: SoftwareType?
    /// `update_available`: default the next one.
    public var version: String?
    /// `user_changed`: an account's address or id; without it nobody.
    public var user: String?
    /// `device_api`, `device_commands`: of a retired API. `health_unreadable`: default 500.
    public var status: Int?
    /// `operation_started`: default restart. `operation_fault`: only this command.
    public var action: DeviceCommand?
    public var operation: OperationFault?
    public var deviceAPI: Scenario.DeviceAPI?
    public var fault: GraphFault?
    /// `room_booked`: time until the meeting begins; may be negative. Default: at once.
    public var startsIn: DurationText?
    /// `calendar_error`: the response code. Default `ErrorMailRecipientNotFound`. `licence_removed`: an error of
    /// licenseAssignmentStates, such as `CountViolation`, instead of no licence at all.
    public var code: String?
    /// `service_issue`: what the post says.
    public var title: String?
    /// `service_issue`: default `incident`. `starts_in`, negative, says how long before the post it began.
    public var classification: Classification?
    /// `consent_revoked`: the roles that are taken back; all of them without it.
    public var roles: [String]?

    public enum Classification: String, Sendable, Codable, CaseIterable {
        case incident, advisory
    }

    public enum Peripheral: String, Sendable, Codable, CaseIterable {
        case camera, microphone, speaker, display
        case contentCamera = "content_camera"
        case communicationSpeaker = "communication_speaker"
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case at, kind, room, building, spread, count, down, up, peripheral, fault, code, title, classification, roles
        case device, model, probability, optional, login, hardware, software, version, user, status, action, operation
        case lasts = "for"
        case sessionTimeout = "session_timeout"
        case deviceDelay = "device_delay"
        case deviceAPI = "device_api"
        case startsIn = "starts_in"
    }

    public init(_ kind: Kind, at: Duration = .zero) {
        self.kind = kind
        self.at = DurationText(at)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        at = try container.decodeIfPresent(DurationText.self, forKey: .at) ?? DurationText(.zero)
        kind = try container.decode(Kind.self, forKey: .kind)
        // Room numbers are natural to write without quotes.
        if let number = try? container.decodeIfPresent(Int.self, forKey: .room) {
            room = String(number)
        } else {
            room = try container.decodeIfPresent(String.self, forKey: .room)
        }
        building = try container.decodeIfPresent(String.self, forKey: .building)
        lasts = try container.decodeIfPresent(DurationText.self, forKey: .lasts)
        sessionTimeout = try container.decodeIfPresent(DurationText.self, forKey: .sessionTimeout)
        deviceDelay = try container.decodeIfPresent(DurationText.self, forKey: .deviceDelay)
        spread = try container.decodeIfPresent(DurationText.self, forKey: .spread)
        count = try container.decodeIfPresent(Int.self, forKey: .count)
        down = try container.decodeIfPresent(DurationText.self, forKey: .down)
        up = try container.decodeIfPresent(DurationText.self, forKey: .up)
        peripheral = try container.decodeIfPresent(Peripheral.self, forKey: .peripheral)
        deviceAPI = try container.decodeIfPresent(Scenario.DeviceAPI.self, forKey: .deviceAPI)
        fault = try container.decodeIfPresent(GraphFault.self, forKey: .fault)
        startsIn = try container.decodeIfPresent(DurationText.self, forKey: .startsIn)
        code = try container.decodeIfPresent(String.self, forKey: .code)
        title = try container.decodeIfPresent(String.self, forKey: .title)
        classification = try container.decodeIfPresent(Classification.self, forKey: .classification)
        roles = try container.decodeIfPresent([String].self, forKey: .roles)
        device = try container.decodeIfPresent(String.self, forKey: .device)
        model = try container.decodeIfPresent(String.self, forKey: .model)
        probability = try container.decodeIfPresent(Double.self, forKey: .probability)
        optional = try container.decodeIfPresent(Bool.self, forKey: .optional)
        login = try container.decodeIfPresent(Login.self, forKey: .login)
        hardware = try container.decodeIfPresent(Hardware.self, forKey: .hardware)
        software = try container.decodeIfPresent(SoftwareType.self, forKey: .software)
        version = try container.decodeIfPresent(String.self, forKey: .version)
        user = try container.decodeIfPresent(String.self, forKey: .user)
        status = try container.decodeIfPresent(Int.self, forKey: .status)
        action = try container.decodeIfPresent(DeviceCommand.self, forKey: .action)
        operation = try container.decodeIfPresent(OperationFault.self, forKey: .operation)
    }
}
