// From what is known of a tenant to sentences: each fact alone, at its thresholds.

import FleetAPI
import FleetCore
import FleetGraph
@testable import FleetMonitor
import FleetSimulation
import Foundation
@testable import GraphClient
import HTTPExchange
import HTTPTypes
import Testing
import Timekeeping

private let now = ManualTime.start
private func after(_ seconds: Double) -> Moment { now.advanced(by: .seconds(seconds)) }

@Suite struct TokenFactsTests {
    private func facts(_ token: Result<TokenFacts.Lifetime, TokenError>?) -> TokenFacts {
        TokenFacts(tenant: "contoso", token: token)
    }

    @Test func aTokenInHandIsWell() {
        let checks = facts(.success(.init(asked: now, expires: after(3_480)))).judged(at: now)
        #expect(checks.map(\.status) == ["ok"] && checks[0].summary.contains("58 min") && checks[0].remedy == nil)
    }

    @Test func aRefusedRenewalIsAWarningWhileTheOldOneLasts() {
        var facts = facts(.success(.init(asked: now, expires: after(300))))
        facts.newestFailure = TokenError(.expiredSecret, number: 7_000_222, status: 401)
        let checks = facts.judged(at: now)
        #expect(checks.map(\.status) == ["warning"] && checks[0].summary.contains("AADSTS7000222"))
        #expect(checks[0].remedy?.contains("restart roomwatchd") == true)
    }

    @Test(arguments: TokenError.Kind.allCases) func everyKindHasItsRemedy(_ kind: TokenError.Kind) {
        let checks = facts(.failure(TokenError(kind))).judged(at: now)
        #expect(checks.count == 1 && checks[0].subject == kind.rawValue)
        #expect(["problem", "warning"].contains(checks[0].status))
        #expect(checks[0].remedy?.hasSuffix(".") == true, "\(checks[0].remedy ?? "")")
    }

    @Test(arguments: [
        (TokenError.Kind.wrongSecret, "problem"), (.expiredSecret, "problem"), (.disabledApplication, "problem"),
        (.conditionalAccess, "problem"), (.unreachable, "problem"), (.unavailable, "warning"),
        (.requestLoop, "warning"),
    ]) func whatHealsByItselfIsLess(_ kind: TokenError.Kind, _ status: String) {
        #expect(facts(.failure(TokenError(kind))).judged(at: now)[0].status == status)
    }

    @Test func aLoginServiceThatStaysSilentIsNamed() {
        let checks = facts(nil).judged(at: now)
        #expect(checks.map(\.status) == ["problem"] && checks[0].summary.contains("has not answered for 4 s"))
    }

    @Test func aWrongClockIsToldBeforeAnythingElse() {
        var facts = facts(.failure(TokenError(.assertionOutsideItsTime)))
        facts.clockBehind = 600
        let remedy = facts.judged(at: now)[0].remedy ?? ""
        #expect(remedy.hasPrefix("Set this machine's clock right first") && remedy.contains("10 min"))
    }

    @Test func theServicesWordsComeWithoutItsTraces() {
        let error = TokenError(.refused, message: "AADSTS1: no. Trace ID: 4711 Timestamp: x")
        let summary = facts(.failure(error)).judged(at: now)[0].summary
        #expect(summary.hasSuffix("The login service says: AADSTS1: no."))
    }
}

@Suite struct ClockFactsTests {
    private func clock(ahead: Double) -> ServerClock? {
        // Asked half a second after the full one, so that the bounds lie around the difference.
        let asked = after(0.5)
        let date = Date(timeIntervalSince1970: now.wall.timeIntervalSince1970 + ahead)
        let fields: HTTPFields = [.date: Self.text(date)]
        return ServerClock(HTTPAnswer(status: 200, headerFields: fields), asked: asked, received: asked)
    }

    private static func text(_ date: Date) -> String {
        let style = Date.VerbatimFormatStyle(
            format:
                "\(weekday: .abbreviated), \(day: .twoDigits) \(month: .abbreviated) \(year: .padded(4)) \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits) GMT",
            locale: Locale(identifier: "en_US_POSIX"), timeZone: .gmt, calendar: Calendar(identifier: .gregorian))
        return date.formatted(style)
    }

    @Test(arguments: [
        (0.0, "ok", ""), (4, "ok", ""), (6, "notice", "6 s behind"), (-7, "notice", "ahead of"),
        (29, "notice", "29 s"), (31, "warning", "31 s behind"), (-299, "warning", "ahead of"),
        (301, "problem", "5 min 1 s behind"), (600, "problem", "10 min behind"), (-7_300, "problem", "2 h"),
    ]) func thresholds(_ ahead: Double, _ status: String, _ says: String) {
        let checks = ClockFacts(tenant: "contoso", hosts: [("graph.microsoft.com", clock(ahead: ahead))]).judged()
        #expect(checks.map(\.status) == [status], "\(checks)")
        #expect(says.isEmpty || checks[0].summary.contains(says), "\(checks[0].summary)")
        #expect((checks[0].remedy?.contains("timedatectl") == true) == (status != "ok"))
    }

    @Test func whoHasNotAnsweredSaysNothing() {
        #expect(ClockFacts(tenant: "c", hosts: [("a", nil), ("b", nil)]).judged().map(\.status) == ["unknown"])
        let one = ClockFacts(tenant: "c", hosts: [("login", clock(ahead: 600)), ("graph", nil)]).judged()
        #expect(one.map(\.subject) == ["login"])
    }
}

@Suite struct CredentialExpiryTests {
    @Test(arguments: [
        (400.0, "ok"), (30.5, "ok"), (29.9, "warning"), (7.5, "warning"), (6.9, "problem"), (0.5, "problem"),
        (-1, "problem"),
    ]) func thresholds(_ days: Double, _ status: String) {
        for kind in [CredentialExpiry.Kind.certificate, .clientSecret] {
            let expiry = CredentialExpiry(kind, at: now.wall.addingTimeInterval(days * 86_400))
            let check = expiry.judged(tenant: "contoso", at: now.wall)[0]
            #expect(check.status == status && (check.remedy == nil) == (status == "ok"), "\(check)")
            #expect((expiry.warning(at: now.wall) == nil) == (status == "ok"))
        }
    }

    @Test func sentences() {
        func summary(_ days: Double) -> String {
            CredentialExpiry(.clientSecret, at: now.wall.addingTimeInterval(days * 86_400))
                .judged(tenant: "c", at: now.wall)[0].summary
        }
        #expect(summary(10.5) == "The client secret expires on 2026-12-11, in 10 days.")
        #expect(summary(1.5) == "The client secret expires on 2026-12-02, in 1 day.")
        #expect(summary(0.2) == "The client secret expires on 2026-12-01, within a day.")
        #expect(summary(-2) == "The client secret expired on 2026-11-29.")
    }

    @Test func whatNobodySaidIsANoticeThatNamesTheKey() {
        let check = CredentialExpiry(.clientSecret, at: nil).judged(tenant: "c", at: now.wall)[0]
        #expect(check.status == "notice" && check.remedy?.contains("client_secret_expires: 2027-03-01") == true)
        #expect(CredentialExpiry(.keyless, at: nil).judged(tenant: "c", at: now.wall)[0].status == "ok")
        #expect(CredentialExpiry(.clientSecret, at: nil).warning(at: now.wall) == nil)
    }
}

@Suite struct PermissionFactsTests {
    private func judged(_ roles: [String]?, readsCalendars: Bool = false) -> [CheckBody] {
        PermissionFacts(
            tenant: "contoso",
            review: PermissionReview(roles: roles, modules: [.detection, .devices, .bookings, .serviceHealthEvidence]),
            asked: now, readsCalendars: readsCalendars
        ).judged(at: after(60))
    }

    private static let least = [
        "Presence.Read.All", "User.Read.All", "TeamworkDevice.Read.All", "Calendars.ReadBasic.All",
        "ServiceHealth.Read.All",
    ]

    @Test func exactlyWhatIsNeededIsWell() {
        let checks = judged(Self.least)
        #expect(checks.count == 5 && checks.allSatisfy { $0.status == "ok" })
        #expect(judged(nil).map(\.status) == ["unknown"])
    }

    @Test(arguments: [
        ("Presence.Read.All", "problem"), ("User.Read.All", "problem"), ("TeamworkDevice.Read.All", "warning"),
        ("Calendars.ReadBasic.All", "warning"), ("ServiceHealth.Read.All", "notice"),
    ]) func eachMissingOneSaysWhatItSwitchesOff(_ role: String, _ status: String) {
        let missing = judged(Self.least.filter { $0 != role }).filter { $0.id == "permission.missing" }
        #expect(missing.map(\.subject) == [role] && missing[0].status == status)
        #expect(missing[0].remedy?.contains("grant admin consent") == true)
        #expect(missing[0].remedy?.contains("60 s old") == true)
        #expect(missing[0].remedy?.contains("by itself within 5 minutes") == true)
    }

    @Test func calendarsThatExchangeGrantsAreNotMissing() {
        let checks = judged(Self.least.filter { $0 != "Calendars.ReadBasic.All" }, readsCalendars: true)
        #expect(checks.allSatisfy { $0.status == "ok" })
    }

    @Test(arguments: [
        ("RoleManagement.ReadWrite.Directory", "problem"), ("Chat.Read.All", "warning"), ("Group.Read.All", "warning"),
        ("Foo.Read.All", "warning"), ("CallRecords.Read.All", "notice"),
    ]) func eachExcessIsGraded(_ role: String, _ status: String) {
        let excess = judged(Self.least + [role]).filter { $0.id == "permission.excess" }
        #expect(excess.map(\.subject) == [role] && excess[0].status == status)
        #expect(excess[0].remedy?.contains("remove it") == true)
    }

    @Test func aBroaderOneStandsIn() {
        let checks = judged(Self.least.filter { $0 != "User.Read.All" } + ["Directory.Read.All"])
        #expect(
            checks.contains {
                $0.id == "permission" && $0.subject == "User.Read.All" && $0.summary.contains("stands in")
            })
        #expect(checks.contains { $0.remedy?.contains("grant User.Read.All instead") == true })
    }
}

@Suite struct GraphFactsTests {
    @Test(arguments: [
        (Capability.presence, CapabilityRecord.State.unavailable, "problem"), (.presence, .degraded, "warning"),
        (.directory, .unavailable, "problem"), (.devices, .unavailable, "warning"), (.devices, .degraded, "notice"),
        (.devices, .retired, "notice"), (.devices, .off, "ok"), (.serviceHealth, .unavailable, "notice"),
        (.calendars, .available, "ok"),
    ]) func capabilities(_ name: Capability, _ state: CapabilityRecord.State, _ status: String) {
        let record = CapabilityRecord(state, "As the test says.", checked: now)
        let checks = CapabilityFacts(tenant: "contoso", known: [(name, record)]).judged(at: now)
            .filter { $0.status != "unknown" }
        #expect(checks.map(\.status) == [status] && checks[0].subject == name.rawValue)
        #expect(checks[0].checkedAt == Timestamp(now.wall) && (checks[0].remedy == nil) == (status == "ok"))
    }

    /// Read before the token in hand was asked for, or after; with the permission, or without.
    @Test(arguments: [(-60.0, false, "unknown"), (60, false, "ok"), (-60, true, "ok")])
    func whatWasReadWithAnEarlierTokenIsNoNews(_ second: Double, _ isGranted: Bool, _ status: String) {
        let record = CapabilityRecord(.available, "Places are read.", checked: after(second))
        let token = CapabilityFacts.Token(
            roles: ["Presence.Read.All"] + (isGranted ? ["Place.Read.All"] : []), asked: now)
        let checks = CapabilityFacts(tenant: "contoso", token: token, known: [(.places, record)])
            .judged(at: after(120)).filter { $0.subject == "places" }
        #expect(checks.map(\.status) == [status])
        #expect(checks[0].summary.contains("ago, with an earlier token") == (status == "unknown"))
    }

    @Test func calendarsOfAnEarlierTokenProveNothing() {
        func grant(_ state: CapabilityRecord.State, checked second: Double) -> CalendarGrant {
            CalendarGrant(record: CapabilityRecord(state, "", checked: after(second)), tokenAsked: now)
        }
        #expect(grant(.available, checked: 1).isProved && !grant(.available, checked: -1).isProved)
        #expect(!grant(.degraded, checked: 1).isProved && !CalendarGrant(record: nil, tokenAsked: now).isProved)
        // Two rounds and a minute are waited for; a refusal is not.
        func isNoLoss(_ grant: CalendarGrant, at second: Double) -> Bool {
            grant.isNoLoss(interval: .seconds(300), at: after(second))
        }
        #expect(isNoLoss(grant(.available, checked: 1), at: 5_000))
        #expect(isNoLoss(grant(.available, checked: -1), at: 659) && !isNoLoss(grant(.available, checked: -1), at: 660))
        #expect(isNoLoss(grant(.degraded, checked: 1), at: 5_000) && !isNoLoss(grant(.unavailable, checked: 1), at: 1))
        #expect(!isNoLoss(CalendarGrant(record: nil, tokenAsked: now), at: 1))
    }

    @Test func aSweepThatNeverEndsIsNamed() {
        let record = CapabilityRecord(.available, "Presence of every room is read.", checked: now)
        let facts = CapabilityFacts(tenant: "contoso", known: [(.presence, record)])
        #expect(facts.judged(at: after(60)).map(\.status) == ["ok"])
        let late = facts.judged(at: after(61))
        #expect(late.map(\.status) == ["problem", "ok"] && late[0].id == "graph.sweep")
        let none = CapabilityFacts(tenant: "contoso", known: []).judged(at: now)
        #expect(none.map(\.status) == ["unknown"])
    }

    private func throttle(
        used: Int, throttled: Moment? = nil, closed: Moment? = nil
    ) -> [CheckBody] {
        let traffic = ServiceTraffic(
            uses: [.init(window: RequestWindow(1_200, per: .seconds(30)), used: used)],
            throttled: throttled == nil ? 0 : 3, lastThrottled: throttled)
        let snapshot = GraphSnapshot(
            counters: GraphCounters(), closedUntil: closed.map { [.presence: $0] } ?? [:],
            traffic: [.presence: traffic],
            serverClock: nil)
        return ThrottleFacts(tenant: "contoso", snapshot: snapshot).judged(at: now)
    }

    @Test func headroom() {
        let calm = throttle(used: 31)
        #expect(calm.map(\.status) == ["ok"])
        #expect(calm[0].summary.contains("presence: 31 of 1200 requests in 30 s (Microsoft documents 1500)."))
        #expect(throttle(used: 960).map(\.status) == ["notice"])
        #expect(throttle(used: 1, throttled: after(-60)).map(\.status) == ["notice"])
        #expect(throttle(used: 1, throttled: after(-7_200)).map(\.status) == ["ok"])
        let closed = throttle(used: 1, throttled: now, closed: after(45))
        #expect(closed.map(\.status) == ["warning"] && closed[0].summary.contains("45 s"))
    }
}

@Suite struct RoomAccountFactsTests {
    private static let now = Date(timeIntervalSince1970: 1_795_161_600)

    private func entry(_ number: Int, _ troubles: AccountFinding.Trouble...) -> RoomAccountFindings {
        RoomAccountFindings(
            room: Room(account: account(number), name: "Room \(number)", email: "", reason: .licence),
            findings: troubles.map { AccountFinding($0, saidAt: Self.now) })
    }

    private func checks(_ found: [RoomAccountFindings], isRead: Bool = true) -> [CheckBody] {
        RoomAccountFacts(tenant: "contoso", rooms: 20, found: found, isRead: isRead).judged(at: Self.now)
    }

    @Test func eachKindIsOneEntryWithItsRemedyAndItsRooms() {
        let end = Self.now.addingTimeInterval(3 * 86_400)
        let found = checks([
            entry(1, .disabled), entry(2, .disabled, .noLicence(isLost: false)),
            entry(3, .passwordExpiry(end, isAssumed: true)), entry(4, .passwordExpiry(end, isAssumed: false)),
        ])
        #expect(
            found.map(\.id) == [
                "accounts.disabled", "accounts.no_licence", "accounts.password_expiry", "accounts.password_expiry",
            ])
        #expect(found.map(\.status) == ["problem", "warning", "notice", "warning"])
        #expect(found[0].examples == ["Room 1: its account is disabled", "Room 2: its account is disabled"])
        #expect(found.allSatisfy { $0.remedy?.isEmpty == false && $0.area == "accounts" })
    }

    @Test func nothingFoundIsWellAndNothingReadIsUnknown() {
        #expect(checks([]).map(\.status) == ["ok"])
        #expect(checks([], isRead: false).map(\.status) == ["unknown"])
    }

    @Test func commandsAreNeededWhereTheConfigurationAsksForThemOrTheyAreGranted() {
        let role = "TeamworkDevice.ReadWrite.All"
        var values = LiveSettings.Values.standard
        func needs(_ commands: LiveSettings.Values.Commands, _ roles: [String]) -> Bool {
            values.commands = commands
            return values.modules(grantedBy: roles).contains(.deviceCommands)
        }
        #expect(needs(.wanted, []) && needs(.wanted, [role]))
        #expect(!needs(.ifGranted, []) && needs(.ifGranted, [role.lowercased()]))
        #expect(!needs(.off, [role]))
        values.commands = .wanted
        let review = PermissionReview(roles: [], modules: values.modules(grantedBy: []))
        let facts = PermissionFacts(tenant: "contoso", review: review, asked: nil, readsCalendars: false)
        let missing = facts.judged(at: ManualTime().now()).first { $0.subject == role }
        #expect(missing?.status == "warning" && missing?.summary.contains("Commands are off") == true)
        values.commands = .off
        let off = PermissionReview(roles: [role], modules: values.modules(grantedBy: [role]))
        #expect(off?.excess.contains(role) == true, "what is switched off needs no grant")
    }
}
