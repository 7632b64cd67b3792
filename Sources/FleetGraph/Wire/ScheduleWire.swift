// Free/busy answers as Graph sends them (Graph facts, Calendars). Subject and location come along where a calendar's permissions
// allow it; they are never decoded.

/// `scheduleInformation`: one mailbox's part of the answer.
struct ScheduleWire: WireType {
    static let schemaName = "scheduleInformation"

    enum CodingKeys: String, CodingKey, CaseIterable {
        case scheduleId, availabilityView, scheduleItems, error
    }

    let scheduleId: String?
    let availabilityView: String?
    let scheduleItems: [ScheduleItemWire]
    /// Whether there was a list of items at all, be it empty.
    let hasItems: Bool
    let error: FreeBusyErrorWire?

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        scheduleId = fields.lenient(.scheduleId)
        availabilityView = fields.lenient(.availabilityView)
        scheduleItems = fields.lenientList(.scheduleItems)
        hasItems = (try? fields.nestedUnkeyedContainer(forKey: .scheduleItems)) != nil
        error = fields.lenient(.error)
    }
}

/// `scheduleItem`.
struct ScheduleItemWire: WireType {
    static let schemaName = "scheduleItem"

    enum CodingKeys: String, CodingKey, CaseIterable {
        case status, start, end
    }

    let status: String?
    let start: ZonedTimeWire?
    let end: ZonedTimeWire?

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        status = fields.lenient(.status)
        start = fields.lenient(.start)
        end = fields.lenient(.end)
    }
}

/// `dateTimeTimeZone`: a local time and the name of its zone.
struct ZonedTimeWire: WireType {
    static let schemaName = "dateTimeTimeZone"

    enum CodingKeys: String, CodingKey, CaseIterable {
        case dateTime, timeZone
    }

    let dateTime: String?
    let timeZone: String?

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        dateTime = fields.lenient(.dateTime)
        timeZone = fields.lenient(.timeZone)
    }
}

/// `freeBusyError`: why one mailbox has no free/busy, inside a 200.
struct FreeBusyErrorWire: WireType {
    static let schemaName = "freeBusyError"

    enum CodingKeys: String, CodingKey, CaseIterable {
        case message, responseCode
    }

    let message: String?
    let responseCode: String?

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        message = fields.lenient(.message)
        // Codes are names or numbers (Graph facts, Calendars), and a number may come without quotes.
        let number: Int? = fields.lenient(.responseCode)
        responseCode = fields.lenient(.responseCode) ?? number.map(String.init)
    }
}

/// The whole answer.
struct ScheduleAnswer: Decodable {
    private enum CodingKeys: String, CodingKey {
        case value
    }

    let schedules: [ScheduleWire]

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        // Without a list this is no answer to the question; a list with odd elements is one with gaps.
        _ = try fields.nestedUnkeyedContainer(forKey: .value)
        schedules = fields.lenientList(.value)
    }
}
