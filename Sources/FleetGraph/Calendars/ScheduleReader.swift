// Free/busy of up to twenty rooms in one call, and the promise that whatever goes wrong becomes "unknown, because" for
// exactly the rooms it touches. $batch is not used: its items count one by one, at most four run at once, and the 400
// calendars of one answer would be lost together (Graph facts, Calendars).

public import GraphClient
public import Timekeeping

import FleetCore
import Foundation
import HTTPTypes

/// Reads the near future of rooms' calendars.
public struct ScheduleReader: Sendable {
    /// The most addresses Graph takes in one call (Graph facts, Calendars).
    public static let mostRooms = 20
    /// How far ahead is looked: every booking that severity or a page speaks of is nearer than a day.
    public static let horizon: Duration = .seconds(24 * 3600)
    /// Windows for a calendar with too many entries (error 5006), each tried once.
    static let shorterHorizons: [Duration] = [.seconds(6 * 3600), .seconds(3600)]
    /// Requests that one read may spend on refusing mailboxes, refused addresses and crowded calendars.
    static let mostRequests = 16
    /// No request of a read begins later than this after its beginning.
    public static let longestRead: Duration = .seconds(120)

    /// How much a read may wait, and of which share of the budget.
    public enum Haste: Sendable, Hashable {
        /// A round over all rooms: waits for a closed service, leaves a quarter of the budget to others.
        case round
        /// A room that just failed: now or not at all.
        case atOnce

        var patience: Duration {
            switch self {
            case .round: .seconds(60)
            case .atOnce: .seconds(10)
            }
        }

        var priority: GraphRequest.Priority {
            switch self {
            case .round: .low
            case .atOnce: .normal
            }
        }
    }

    private let client: GraphClient
    private let time: any TimeSource
    private let anchors: CalendarAnchors

    public init(client: GraphClient, time: any TimeSource, anchors: CalendarAnchors = CalendarAnchors()) {
        self.client = client
        self.time = time
        self.anchors = anchors
    }

    /// Reads the agendas of `rooms`, at most ``mostRooms``, for the next `horizon`.
    public func read(_ rooms: [CalendarRoom], horizon: Duration = Self.horizon, haste: Haste) async -> ScheduleRead {
        var pass = Pass(began: time.now(), haste: haste)
        var accounts: [String: [AccountID]] = [:]
        for room in rooms.prefix(Self.mostRooms) {
            if let key = room.key {
                accounts[key, default: []].append(room.account)
            } else {
                pass.fail(room.account, "no_mail_address", at: pass.began)
            }
        }
        for room in rooms.dropFirst(Self.mostRooms) { pass.fail(room.account, "too_many_rooms", at: pass.began) }
        var open = accounts
        for horizon in [horizon] + Self.shorterHorizons.filter({ $0 < horizon }) where !open.isEmpty {
            pass.crowded = []
            await ask(open.keys.sorted(), of: open, horizon: horizon, pass: &pass)
            let crowded = Set(pass.crowded)
            open = open.filter { crowded.contains($0.key) }
        }
        return ScheduleRead(agendas: pass.agendas, capability: pass.capability, requests: pass.requests)
    }

    /// What one read has found out and spent.
    private struct Pass {
        let began: Moment
        let haste: Haste
        var agendas: [AccountID: Agenda] = [:]
        /// Addresses with too many entries for the window.
        var crowded: [String] = []
        var requests = 0
        var hasSucceeded = false
        var failure: CalendarCapability?

        var capability: CalendarCapability { hasSucceeded ? .available : failure ?? .available }

        mutating func fail(_ account: AccountID, _ kind: String, at moment: Moment) {
            agendas[account] = Agenda(unknown: .failed(kind), readAt: moment)
        }
    }

    private enum Outcome {
        case answered(ScheduleAnswer, asked: Moment)
        /// Graph finds fault with the list itself.
        case refused(kind: String)
        case crowded
        case failed(kind: String)
    }

    /// Asks for `addresses`; a list that Graph refuses is halved until the refused addresses stand alone.
    private func ask(_ addresses: [String], of accounts: [String: [AccountID]], horizon: Duration, pass: inout Pass)
        async
    {
        let window = ScheduleWindow(at: time.now().wall, horizon: horizon)
        let outcome = await send(addresses, candidates: addresses.flatMap { accounts[$0] ?? [] }, window, pass: &pass)
        switch outcome {
        case .answered(let answer, let asked):
            accept(answer, addresses, of: accounts, window, asked: asked, pass: &pass)
        case .refused where addresses.count > 1 && pass.requests < Self.mostRequests:
            let middle = addresses.count / 2
            await ask(Array(addresses[..<middle]), of: accounts, horizon: horizon, pass: &pass)
            await ask(Array(addresses[middle...]), of: accounts, horizon: horizon, pass: &pass)
        case .refused(let kind), .failed(let kind):
            for account in addresses.flatMap({ accounts[$0] ?? [] }) { pass.fail(account, kind, at: pass.began) }
        case .crowded:
            pass.crowded += addresses
            for account in addresses.flatMap({ accounts[$0] ?? [] }) {
                pass.fail(account, Self.crowdedKind, at: pass.began)
            }
        }
    }

    /// One question, on behalf of one mailbox after the other until one can ask it.
    private func send(
        _ addresses: [String], candidates: [AccountID], _ window: ScheduleWindow, pass: inout Pass
    ) async -> Outcome {
        var outcome = Outcome.failed(kind: FailureKind.timedOut)
        for anchor in anchors.candidates(candidates, at: time.now()) {
            guard pass.requests < Self.mostRequests, pass.began.elapsed(until: time.now()) < Self.longestRead else {
                break
            }
            pass.requests += 1
            let request = GraphRequest.schedules(addresses, anchor: anchor, window: window, haste: pass.haste)
            anchors.begin(anchor)
            defer { anchors.end(anchor) }
            do throws(GraphError) {
                let answer = try await client.send(request)
                guard let decoded = try? JSONDecoder().decode(ScheduleAnswer.self, from: Data(answer.body)) else {
                    pass.failure = .transient(FailureKind.malformed)
                    return .failed(kind: FailureKind.malformed)
                }
                anchors.worked(anchor)
                pass.hasSucceeded = true
                return .answered(decoded, asked: answer.askedAt)
            } catch {
                let kind = FailureKind.word(error)
                outcome = .failed(kind: kind)
                switch error.reason {
                case .rejected(_, let code) where Self.isCrowded(code): return .crowded
                case .notFound where !error.looksRetired: break
                case .rejected(_, let code) where Self.isMailboxError(code): break
                case .rejected(status: 400, _):
                    pass.failure = .transient(kind)
                    return .refused(kind: kind)
                case .forbidden:
                    let denial = await denial()
                    pass.failure = denial
                    // Without the role no mailbox will do.
                    if denial == .notGranted { return outcome }
                    anchors.refused(anchor, at: time.now())
                    continue
                default:
                    pass.failure = .transient(kind)
                    return outcome
                }
                anchors.refused(anchor, at: time.now())
                pass.failure = pass.failure ?? .transient(kind)
            }
        }
        return outcome
    }

    /// What a 403 means: Exchange words a missing role and a mailbox outside the scope alike, the token does not.
    private func denial() async -> CalendarCapability {
        guard let roles = (try? await client.tokens.token())?.roles else { return .outOfScope }
        return roles.contains { CalendarCapability.roles.contains($0.lowercased()) } ? .outOfScope : .notGranted
    }

    private static let crowdedKind = "too_many_entries"

    /// "The result set contains too many calendar entries" (Graph facts, Calendars).
    private static func isCrowded(_ code: String) -> Bool { code == "5006" }

    /// The mailbox that asks is at fault, not the question: missing, moved or not hosted in Exchange Online.
    private static func isMailboxError(_ code: String) -> Bool {
        [
            "errorinvaliduser", "errornonexistentmailbox", "errormailboxmoveinprogress", "mailboxnotenabledforrestapi",
            "mailboxnotsupportedforrestapi", "resourcenotfound",
        ].contains(code.lowercased())
    }

    private func accept(
        _ answer: ScheduleAnswer, _ addresses: [String], of accounts: [String: [AccountID]], _ window: ScheduleWindow,
        asked: Moment, pass: inout Pass
    ) {
        var byAddress: [String: ScheduleWire] = [:]
        for schedule in answer.schedules {
            guard let id = schedule.scheduleId?.lowercased() else { continue }
            // Of two answers for one address the one with contents counts.
            if let known = byAddress[id], known.error == nil || schedule.error != nil { continue }
            byAddress[id] = schedule
        }
        for address in addresses {
            let agenda: Agenda
            if let schedule = byAddress[address] {
                if Self.isCrowded(schedule.error?.responseCode ?? "") {
                    pass.crowded.append(address)
                    agenda = Agenda(unknown: .failed(Self.crowdedKind), readAt: asked)
                } else {
                    agenda = ScheduleJudgement.agenda(schedule, window, asked: asked)
                }
            } else {
                agenda = Agenda(unknown: .missing, readAt: asked)
            }
            for account in accounts[address] ?? [] { pass.agendas[account] = agenda }
        }
    }
}
