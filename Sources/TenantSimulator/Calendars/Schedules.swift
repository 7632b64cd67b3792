// getSchedule: the free/busy of up to twenty mailboxes, asked on behalf of one of them. A mailbox that cannot be read is
// an error inside a 200, as Exchange answers it.

import Foundation
import HTTPTypes

extension SimulatedTenant {
    /// More addresses in one call are refused.
    static let maximumSchedules = 20
    /// A window must be shorter than this.
    static let maximumScheduleWindow = 62.0 * 86_400
    /// More entries than this in a window are an error of the mailbox.
    static let maximumScheduleItems = 1_000

    /// `POST /users/{id | userPrincipalName}/calendar/getSchedule`.
    func schedules(_ call: GraphCall) throws(GraphError) -> GraphReply {
        try call.require(.post)
        // Exchange judges its own roles and words the refusal its own way.
        guard scenario.token.exchangeCalendars || call.roles.contains(where: Permissions.calendars.contains) else {
            throw GraphError(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
        }
        guard let anchor = fleet.account(named: call.segments[1]), hasMailbox(anchor) else {
            throw GraphError(404, "ErrorInvalidUser", "The requested user '\(call.segments[1])' is invalid.")
        }
        let question = try ScheduleQuestion(call)
        let answers = question.schedules.map { schedule($0, question) }
        return GraphReply(
            .object([
                call.context("Collection(microsoft.graph.scheduleInformation)"), .init("value", .array(answers)),
            ]))
    }

    private func hasMailbox(_ account: Int) -> Bool {
        guard !timeline.accounts[account].deleted else { return false }
        // Shared desk phones have no licence for Exchange.
        return fleet.accounts[account].kind != .phone
    }

    private func schedule(_ address: String, _ question: ScheduleQuestion) -> JSONValue {
        func failure(_ code: String, _ message: String) -> JSONValue {
            [
                "scheduleId": .string(address), "availabilityView": "",
                "error": ["message": .string(message), "responseCode": .string(code)], "scheduleItems": [],
                "workingHours": nil,
            ]
        }
        if let (code, message) = question.windowError { return failure(code, message) }
        guard let account = fleet.accountByAddress[address.lowercased()], hasMailbox(account) else {
            return failure(
                "ErrorMailRecipientNotFound",
                "Unable to resolve e-mail address \(address) to an Active Directory object.")
        }
        let place = calendarPlace(of: account)
        if let room = place.room, let code = timeline.calendarErrors[room] {
            return failure(code, "The calendar of \(address) could not be read.")
        }
        let entries = self.entries(of: account, place, from: question.start, until: question.end)
        guard entries.count <= Self.maximumScheduleItems else {
            return failure("5006", "The result set contains too many calendar entries. Please shorten the time window.")
        }
        // Most rooms tell when they are taken and not by whom; some administrators have opened theirs.
        let showsDetails = account % 6 == 2
        return [
            "scheduleId": .string(address), "availabilityView": .string(question.view(entries)),
            "scheduleItems": .array(entries.map { item($0, question, details: showsDetails ? address : nil) }),
            "workingHours": [
                "daysOfWeek": ["monday", "tuesday", "wednesday", "thursday", "friday"],
                "startTime": "08:00:00.0000000", "endTime": "18:00:00.0000000",
                "timeZone": ["name": .string(TimeZones.windowsName(place.zone.identifier))],
            ],
        ]
    }

    private func item(_ entry: DiaryEntry, _ question: ScheduleQuestion, details: String?) -> JSONValue {
        func time(_ date: Date) -> JSONValue {
            [
                "dateTime": .string(TimeZones.localText(date, in: question.answerZone)),
                "timeZone": .string(question.answerZoneName),
            ]
        }
        var members: [JSONValue.Member] = [.init("status", .string(entry.status))]
        if let details {
            members += [
                .init("isPrivate", false), .init("subject", .string("Person \(entry.organiser)")),
                .init("location", .string(details)),
            ]
        }
        return .object(members + [.init("start", time(entry.start)), .init("end", time(entry.end))])
    }

    /// Where a mailbox stands, for its working hours.
    private func calendarPlace(of account: Int) -> (room: Int?, zone: TimeZone) {
        var room: Int?
        var building = 0
        switch fleet.accounts[account].kind {
        case .room(let index):
            room = index
            building = fleet.rooms[index].building
        case .mailboxOnly(let index): building = fleet.mailboxes[index].building
        case .person, .phone: break
        }
        return (room, TimeZones.zone(fleet.buildings[building].timeZone) ?? .gmt)
    }

    private func entries(of account: Int, _ place: (room: Int?, zone: TimeZone), from: Date, until: Date)
        -> [DiaryEntry]
    {
        var entries = Diary(seed: fleet.seed).entries(account: account, zone: place.zone, from: from, until: until)
        if let room = place.room, let booked = timeline.booked[room] {
            entries += booked.filter { $0.start < until && $0.end > from }
        }
        return entries.sorted { ($0.start, $0.end) < ($1.start, $1.end) }
    }
}

/// The body of a getSchedule call with the header that goes with it.
struct ScheduleQuestion {
    let schedules: [String]
    let start: Date
    let end: Date
    let intervalMinutes: Int
    let answerZone: TimeZone
    let answerZoneName: String

    /// - Throws: ``GraphError`` 400 for a question that breaks the rules as a whole.
    init(_ call: GraphCall) throws(GraphError) {
        // OData actions match parameter names exactly, but Exchange has always taken both spellings of these.
        guard let body = try? JSONValue(reading: call.body), let members = body.members else {
            throw .badRequest("The request body must be JSON.")
        }
        func member(_ name: String) -> JSONValue? { members.first { $0.name.lowercased() == name }?.value }
        guard let list = member("schedules")?.array, !list.isEmpty else {
            throw GraphError(400, "ErrorInvalidRequest", "The parameter 'Schedules' is missing or empty.")
        }
        guard list.count <= SimulatedTenant.maximumSchedules else {
            throw GraphError(
                400, "ErrorMailboxDataArrayTooBig",
                "There are too many target users in the EmailAddress array. The allowed size = "
                    + "\(SimulatedTenant.maximumSchedules); the actual size = \(list.count).")
        }
        schedules = list.compactMap(\.string)
        guard schedules.count == list.count, schedules.allSatisfy({ $0.contains("@") }) else {
            throw GraphError(400, "ErrorInvalidRequest", "A schedule is no SMTP address.")
        }
        start = try Self.time(member("starttime"), "StartTime")
        end = try Self.time(member("endtime"), "EndTime")
        let interval = member("availabilityviewinterval")
        // Microsoft's own examples write this number in quotes.
        intervalMinutes = interval?.int ?? interval?.string.flatMap { Int($0) } ?? 30
        guard (5...1440).contains(intervalMinutes) else {
            throw GraphError(
                400, "ErrorInvalidMergedFreeBusyInterval",
                "The interval of \(intervalMinutes) minutes is not from 5 to 1440.")
        }
        let preferred = Self.preferredZone(call.headerFields) ?? "UTC"
        guard let zone = TimeZones.zone(preferred) else {
            throw GraphError(400, "TimeZoneNotSupportedException", "The time zone '\(preferred)' is not supported.")
        }
        answerZone = zone
        answerZoneName = preferred
    }

    private static func time(_ value: JSONValue?, _ name: String) throws(GraphError) -> Date {
        guard let text = value?["dateTime"]?.string, let zoneName = value?["timeZone"]?.string else {
            throw GraphError(400, "ErrorInvalidRequest", "The parameter '\(name)' needs dateTime and timeZone.")
        }
        guard let zone = TimeZones.zone(zoneName), let date = TimeZones.date(text, in: zone) else {
            throw GraphError(400, "ErrorInvalidRequest", "The parameter '\(name)' is no time of a known time zone.")
        }
        return date
    }

    /// The time zone of `Prefer: outlook.timezone="…"`.
    private static func preferredZone(_ headerFields: HTTPFields) -> String? {
        guard let name = HTTPField.Name("Prefer"), let text = headerFields[name],
            let mark = text.range(of: "outlook.timezone=\"", options: .caseInsensitive)
        else { return nil }
        return String(text[mark.upperBound...].prefix { $0 != "\"" })
    }

    /// What every mailbox answers to a window that Exchange does not take.
    var windowError: (code: String, message: String)? {
        if start >= end { return ("ErrorInvalidTimeInterval", "The end of the time window is not after its start.") }
        if end.timeIntervalSince(start) >= SimulatedTenant.maximumScheduleWindow {
            return ("ErrorTimeIntervalTooBig", "The time window is too long. The allowed limit = 62 days.")
        }
        return nil
    }

    /// One digit for each interval: the weightiest status that touches it.
    func view(_ entries: [DiaryEntry]) -> String {
        let step = Double(intervalMinutes * 60)
        let count = Int((end.timeIntervalSince(start) / step).rounded(.up))
        var digits = [UInt8](repeating: 0, count: count)
        for entry in entries {
            let weight: UInt8 =
                switch entry.status {
                case "tentative": 1
                case "busy": 2
                case "oof": 3
                default: 0
                }
            let first = max(0, Int((entry.start.timeIntervalSince(start) / step).rounded(.down)))
            let last = min(count, Int((entry.end.timeIntervalSince(start) / step).rounded(.up)))
            for index in first..<max(first, last) { digits[index] = max(digits[index], weight) }
        }
        return String(decoding: digits.map { $0 + UInt8(ascii: "0") }, as: UTF8.self)
    }
}
