// The question as the document writes it: at most twenty addresses, a window in UTC, and the wish for UTC in the answer.

import FleetCore
import Foundation
import GraphClient
import HTTPExchange
import HTTPTypes
import Timekeeping

/// The stretch of time that is asked for.
struct ScheduleWindow: Sendable, Hashable {
    let from: Date
    let until: Date

    /// From the five minutes that `now` falls into; whole steps, so that the view's characters fall on the clock.
    init(at now: Date, horizon: Duration) {
        let step = AvailabilityView.step.seconds
        from = Date(timeIntervalSince1970: (now.timeIntervalSince1970 / step).rounded(.down) * step)
        until = from.addingTimeInterval((horizon.seconds / step).rounded(.up) * step + step)
    }

    var steps: Int { Int((until.timeIntervalSince(from) / AvailabilityView.step.seconds).rounded()) }
}

extension GraphRequest {
    /// Twenty rooms with a day full of five-minute meetings and long subjects are some 3 MB.
    static let scheduleBytes = 8 * 1024 * 1024

    /// `POST /users/{anchor}/calendar/getSchedule`. It reads, so it may be repeated (Graph facts, Errors).
    static func schedules(
        _ addresses: [String], anchor: AccountID, window: ScheduleWindow, haste: ScheduleReader.Haste
    ) -> GraphRequest {
        let path = GraphPath("users", anchor.text, "calendar", "getSchedule")
        var request = GraphRequest(
            .post, path, service: .outlook, body: body(addresses, window), isIdempotent: true,
            limits: HTTPLimits(total: .seconds(30), stall: .seconds(20), responseBytes: scheduleBytes))
        if let prefer = HTTPField.Name("Prefer") { request.headerFields[prefer] = #"outlook.timezone="UTC""# }
        request.priority = haste.priority
        request.patience = .wait(upTo: haste.patience)
        return request
    }

    private static func body(_ addresses: [String], _ window: ScheduleWindow) -> [UInt8] {
        struct Time: Encodable {
            let dateTime: String
            let timeZone = "UTC"

            init(_ date: Date) {
                // The zone stands beside the time, so the time itself carries none.
                dateTime = String(date.ISO8601Format().prefix(19))
            }
        }
        struct Body: Encodable {
            let schedules: [String]
            let startTime: Time
            let endTime: Time
            let availabilityViewInterval = Int(AvailabilityView.step.seconds / 60)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body = Body(schedules: addresses, startTime: Time(window.from), endTime: Time(window.until))
        // Strings and one number always encode; an empty body would be refused by Graph, not believed.
        return (try? encoder.encode(body)).map { Array($0) } ?? []
    }
}
