// A granted role is a promise; a read shows whether it is kept. Each permission is tried once, with the smallest read there
// is, and nothing is ever changed.

public import FleetCore
import Foundation
public import GraphClient
import HTTPExchange
import HTTPTypes
public import Timekeeping

/// What became of one permission.
public struct TrialResult: Sendable, Hashable {
    public enum Verdict: String, Sendable, Hashable {
        case works
        /// The token does not carry it.
        case missing
        /// Graph refuses although the token carries it.
        case refused
        /// The service is not there for this tenant: retired, to be paid for, or without a licence.
        case unavailable
        /// No answer that says anything: throttled, in trouble, unreachable.
        case unclear
        /// Granted, and there was nothing to try it on.
        case untried
    }

    public let need: PermissionNeed
    public let isGranted: Bool
    public let verdict: Verdict
    /// What to do, or what was seen; a sentence.
    public let remark: String
}

/// Tries the permissions of the chosen modules.
public struct PermissionTrial: Sendable {
    /// How long one read may wait for its turn, its repetitions included.
    static let patience: Duration = .seconds(20)

    let client: GraphClient
    let time: any TimeSource
    /// Whether roles are assigned to a managed identity, for which there is no registration and no consent.
    let isAssigned: Bool

    public init(client: GraphClient, time: any TimeSource, isAssigned: Bool) {
        self.client = client
        self.time = time
        self.isAssigned = isAssigned
    }

    /// - Parameter roles: of the newest token; `nil` when it cannot be read, and then everything is tried.
    public func results(
        of needs: [PermissionNeed], roles: [String]?, progress: @Sendable (String) -> Void
    ) async -> [TrialResult] {
        var found = Found()
        var results: [TrialResult] = []
        // Accounts first: their reading names the one whose presence is asked.
        for need in needs.sorted(by: { Self.order($0) < Self.order($1) }) {
            let isGranted = roles.map(need.isMet) ?? true
            guard isGranted else {
                results.append(
                    TrialResult(need: need, isGranted: false, verdict: .missing, remark: missing(need)))
                continue
            }
            progress("trying \(need.permission)")
            let (verdict, remark) = await attempt(need, &found)
            results.append(TrialResult(need: need, isGranted: isGranted, verdict: verdict, remark: remark))
        }
        return results.sorted { Self.place($0.need, in: needs) < Self.place($1.need, in: needs) }
    }

    /// What earlier reads brought that later ones need.
    private struct Found {
        var account: String?
        var room: String?
    }

    private static func order(_ need: PermissionNeed) -> Int {
        switch need.permission {
        case "User.Read.All", "Place.Read.All": 0
        default: 1
        }
    }

    private static func place(_ need: PermissionNeed, in needs: [PermissionNeed]) -> Int {
        needs.firstIndex(of: need) ?? 0
    }

    private func missing(_ need: PermissionNeed) -> String {
        isAssigned
            ? "\(need.loss) Assign the app role \(need.permission) to the identity; Azure may show it up to 24 hours later."
            : "\(need.loss) Add the application permission \(need.permission) to the registration and consent again."
    }

    // MARK: The reads

    private func attempt(_ need: PermissionNeed, _ found: inout Found) async -> (TrialResult.Verdict, String) {
        switch need.permission {
        case "User.Read.All":
            let path = GraphPath("users").query("$top", "1").query("$select", "id,userPrincipalName")
            return await read(need, get(path, .identity)) { found.account = $0["id"] }
        case "Presence.Read.All":
            guard let account = found.account else { return (.untried, "There is no account to ask for yet.") }
            var request = GraphRequest(
                .post, GraphPath("communications", "getPresencesByUserId"), service: .presence,
                body: Array("{\"ids\":[\"\(account)\"]}".utf8), isIdempotent: true)
            request.patience = .wait(upTo: Self.patience)
            return await read(need, request)
        case "TeamworkDevice.Read.All":
            return await read(need, devices())
        case "TeamworkDevice.ReadWrite.All":
            let (verdict, remark) = await read(need, devices())
            return (verdict, verdict == .works ? "Reading works; commands are never tried." : remark)
        case "Place.Read.All":
            let path = GraphPath("places", "microsoft.graph.room").query("$top", "1")
            return await read(need, get(path, .places)) { found.room = $0["emailAddress"] }
        case "Calendars.ReadBasic.All":
            guard let room = found.room else {
                return (.untried, "No room is known from Places to ask for; the daemon tries it with the first room.")
            }
            return await read(need, schedule(of: room))
        case "AuditLog.Read.All":
            return await read(need, get(GraphPath("auditLogs", "signIns").query("$top", "1"), .reports))
        case "ServiceHealth.Read.All":
            let path = GraphPath("admin", "serviceAnnouncement", "issues").query("$top", "1")
            return await read(need, get(path, .serviceHealth))
        case "LicenseAssignment.Read.All":
            let path = GraphPath("subscribedSkus").query("$select", "skuId,skuPartNumber")
            return await read(need, get(path, .identity))
        case "CallRecords.Read.All":
            let (from, until) = window(minutes: 5)
            let path = GraphPath("communications", "callRecords")
                .query("$filter", "startDateTime ge \(from) and startDateTime lt \(until)")
            return await read(need, get(path, .callRecordList))
        case "CallRecord-PstnCalls.Read.All":
            let (from, until) = window(minutes: 5)
            let path = GraphPath("communications", "callRecords")
                .function("getPstnCalls", ["fromDateTime": from, "toDateTime": until])
            return await read(need, get(path, .pstn))
        default: return (.untried, "There is no read for it.")
        }
    }

    private func get(_ path: GraphPath, _ service: GraphService) -> GraphRequest {
        var request = GraphRequest(.get, path, service: service)
        request.patience = .wait(upTo: Self.patience)
        return request
    }

    private func devices() -> GraphRequest {
        var request = GraphRequest(
            .get, GraphPath("teamwork", "devices").query("$top", "1"), version: .beta, service: .teamwork)
        request.patience = .wait(upTo: Self.patience)
        return request
    }

    /// A window an hour ago: records come late, and one without rows is an answer too.
    private func window(minutes: Double) -> (from: String, until: String) {
        let until = Date(timeIntervalSince1970: (time.now().wall.timeIntervalSince1970 - 3600).rounded(.down))
        return (until.addingTimeInterval(-minutes * 60).ISO8601Format(), until.ISO8601Format())
    }

    private func schedule(of room: String) -> GraphRequest {
        struct Time: Encodable {
            let dateTime: String
            let timeZone = "UTC"
        }
        struct Body: Encodable {
            let schedules: [String]
            let startTime: Time
            let endTime: Time
            let availabilityViewInterval = 60
        }
        let now = time.now().wall
        let body = Body(
            schedules: [room], startTime: Time(dateTime: String(now.ISO8601Format().prefix(19))),
            endTime: Time(dateTime: String(now.addingTimeInterval(3600).ISO8601Format().prefix(19))))
        // Strings and one number always encode; an empty body would be refused by Graph, not believed.
        let bytes = (try? JSONEncoder().encode(body)).map { Array($0) } ?? []
        var request = GraphRequest(
            .post, GraphPath("users", room, "calendar", "getSchedule"), service: .outlook, body: bytes,
            isIdempotent: true)
        request.patience = .wait(upTo: Self.patience)
        return request
    }

    private func read(
        _ need: PermissionNeed, _ request: GraphRequest, _ first: ([String: String]) -> Void = { _ in }
    ) async -> (TrialResult.Verdict, String) {
        do throws(GraphError) {
            let answer = try await client.send(request)
            if let page = try? JSONDecoder().decode(FirstRow.self, from: Data(answer.body)), let row = page.value.first
            {
                first(row.texts)
            }
            return (.works, "")
        } catch {
            return TrialRemark.of(error, need)
        }
    }

    /// The rows of a page, of which only the texts are looked at.
    private struct FirstRow: Decodable {
        struct Row: Decodable {
            let texts: [String: String]

            init(from decoder: any Decoder) throws {
                let container = try decoder.container(keyedBy: AnyName.self)
                var texts: [String: String] = [:]
                for name in container.allKeys {
                    if let text = try? container.decode(String.self, forKey: name) { texts[name.stringValue] = text }
                }
                self.texts = texts
            }
        }
        let value: [Row]
    }

    private struct AnyName: CodingKey {
        let stringValue: String
        let intValue: Int? = nil

        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
