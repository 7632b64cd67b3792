// The pages as a browser meets them: who gets in, what a form may do, what another site cannot, and that every template
// draws what it is given without trusting it.

import FleetAPI
@testable import FleetWeb
import Foundation
import Logging
import Synchronization
import Testing
import Timekeeping

/// A clock that a test sets.
private final class HandClock: TimeSource {
    private let steady = Mutex<Duration>(.zero)

    func advance(by duration: Duration) { steady.withLock { $0 += duration } }
    func now() -> Moment {
        let steady = steady.withLock { $0 }
        return Moment(
            wall: Date(timeIntervalSince1970: 1_795_000_000 + Double(steady.components.seconds)), steady: steady)
    }
    func sleep(until deadline: Moment) async throws { try Task.checkCancellation() }
}

@Suite(.serialized) struct PagesTests {
    private static func table() throws -> TokenTable {
        let lines = ["viewer", "facilities", "operator", "admin"].map {
            "\($0)-1 \($0) sha256:\(TokenTable.hexadecimalHash(of: "token of \($0)"))"
        }
        return try TokenTable(parsing: lines.joined(separator: "\n"), tenants: ["contoso"])
    }

    func serving(
        _ intents: ScriptedIntents = ScriptedIntents(), externalURL: String? = nil,
        _ body: @escaping @Sendable (String) async throws -> Void
    ) async throws {
        let pages = try PageRoutes(
            intents: intents, tokens: AccessTokens(try Self.table()), externalURL: externalURL, time: HandClock())
        let router = WebApplication.router(
            registry: MetricRegistry(), sources: WebSources(unready: { [] }, gauges: { [] }), pages: pages)
        try await serve(router, body)
    }

    func signedIn(_ role: String, _ path: String) async throws -> (cookie: String, key: String) {
        let answer = try await LoopbackClient.send(
            "POST", "/sign-in", fields: ["Content-Type": "application/x-www-form-urlencoded"],
            body: "token=token+of+\(role)&next=%2F", socket: path)
        #expect(answer.status == 303)
        let cookie = try #require(answer.fields["set-cookie"]?.split(separator: ";").first.map(String.init))
        let page = try await LoopbackClient.send("GET", "/", fields: ["Cookie": cookie], socket: path)
        #expect(page.status == 200)
        let key = try #require(page.body.firstMatch(of: /name="form_key" value="([0-9a-f]{64})"/)?.output.1)
        return (cookie, String(key))
    }

    @Test func withoutASessionEveryPageLeadsToTheSignIn() async throws {
        let intents = ScriptedIntents()
        try await serving(intents) { path in
            for page in [
                "/", "/incidents", "/incidents/x", "/rooms", "/rooms/x", "/quiet", "/delivery", "/capabilities",
                "/doctor", "/buildings/a/b", "/devices", "/devices/versions", "/devices/x", "/operations",
                "/operations/x",
                "/commands/x", "/order",
            ] {
                let answer = try await LoopbackClient.send("GET", page, socket: path)
                #expect(answer.status == 303)
                #expect(answer.fields["location"]?.hasPrefix("/sign-in?next=%2F") == true, "\(page)")
            }
            #expect(try await LoopbackClient.send("GET", "/live", socket: path).status == 401)
            for cookie in ["roomwatch_session=", "roomwatch_session=00", "other=1"] {
                let answer = try await LoopbackClient.send("GET", "/", fields: ["Cookie": cookie], socket: path)
                #expect(answer.status == 303)
            }
            let page = try await LoopbackClient.send("GET", "/sign-in?next=%2Fincidents", socket: path)
            #expect(page.body.contains(#"name="next" value="/incidents""#))
        }
        #expect(intents.asked.isEmpty)
    }

    @Test(arguments: ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:1", "", "/a%0d%0ab"])
    func theSignInLeadsNowhereElse(_ next: String) async throws {
        try await serving { path in
            let encoded = next.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            let answer = try await LoopbackClient.send(
                "POST", "/sign-in", fields: ["Content-Type": "application/x-www-form-urlencoded"],
                body: "token=token+of+viewer&next=\(encoded)", socket: path)
            #expect(answer.status == 303)
            #expect(answer.fields["location"] == "/")
        }
    }

    @Test func aWrongTokenIsSaidAndTheCookieIsOutOfReachOfScripts() async throws {
        try await serving(externalURL: "https://monitor.contoso.com") { path in
            let wrong = try await LoopbackClient.send(
                "POST", "/sign-in", fields: ["Content-Type": "application/x-www-form-urlencoded"],
                body: "token=guess", socket: path)
            #expect(wrong.status == 403)
            #expect(wrong.body.contains("no token of this monitor") && !wrong.body.contains("guess"))
            let right = try await LoopbackClient.send(
                "POST", "/sign-in", fields: ["Content-Type": "application/x-www-form-urlencoded"],
                body: "token=token+of+viewer", socket: path)
            let cookie = right.fields["set-cookie"] ?? ""
            for word in ["HttpOnly", "SameSite=Strict", "Secure", "Path=/"] { #expect(cookie.contains(word)) }
        }
    }

    @Test func aFormTakesTheSessionsKeyAndTheRole() async throws {
        let intents = ScriptedIntents()
        try await serving(intents) { path in
            let form = ["Content-Type": "application/x-www-form-urlencoded"]
            let (cookie, key) = try await signedIn("operator", path)
            let fields = form.merging(["Cookie": cookie]) { $1 }
            let forged = try await LoopbackClient.send(
                "POST", "/incidents/i1/acknowledge", fields: fields, body: "form_key=0", socket: path)
            #expect(forged.status == 403)
            let without = try await LoopbackClient.send(
                "POST", "/incidents/i1/acknowledge", fields: form, body: "form_key=\(key)", socket: path)
            #expect(without.status == 303 && without.fields["location"] == "/sign-in")
            #expect(!intents.asked.contains { $0.hasPrefix("acknowledge") })
            for (action, more) in [
                ("acknowledge", ""), ("resolve", ""), ("comment", "&text=on+my+way"),
                ("silence", "&hours=4&reason=cabling"),
            ] {
                let done = try await LoopbackClient.send(
                    "POST", "/incidents/i1/\(action)", fields: fields, body: "form_key=\(key)\(more)", socket: path)
                #expect(
                    done.status == 303 && done.fields["location"] == (action == "silence" ? "/quiet" : "/incidents/i1"),
                    "\(action)")
            }
            let (viewer, viewerKey) = try await signedIn("viewer", path)
            let refused = try await LoopbackClient.send(
                "POST", "/incidents/i1/resolve", fields: form.merging(["Cookie": viewer]) { $1 },
                body: "form_key=\(viewerKey)", socket: path)
            #expect(refused.status == 403)
        }
        let deeds = intents.asked.filter { $0.hasSuffix("by operator") && !$0.hasPrefix("fleet") }
        #expect(deeds.contains("acknowledge i1 - by operator"))
        #expect(deeds.contains("comment i1 on my way by operator"))
        #expect(deeds.contains(#"create ["tenant=\"contoso\"", "room=\"1\""] cabling by operator"#))
        #expect(intents.asked.count { $0.hasPrefix("resolve") } == 1)
    }

    @Test func theDoctorIsForOperatorsAndDrawnOnce() async throws {
        let intents = ScriptedIntents()
        try await serving(intents) { path in
            let (cookie, _) = try await signedIn("operator", path)
            let page = try await LoopbackClient.send("GET", "/doctor", fields: ["Cookie": cookie], socket: path)
            #expect(page.body.contains(#"<td data-check="problem">problem</td>"#))
            #expect(page.body.contains("<h2>Token</h2>") && page.body.contains("Create a new client secret."))
            #expect(page.body.contains("1 problem."))
            // A page that is drawn again at every event would open connections at every event.
            #expect(!page.body.contains("data-live"))
            let link = try await LoopbackClient.send("GET", "/capabilities", fields: ["Cookie": cookie], socket: path)
            #expect(link.body.contains(#"<a href="/doctor">"#))
            let (looking, _) = try await signedIn("viewer", path)
            let refused = try await LoopbackClient.send("GET", "/doctor", fields: ["Cookie": looking], socket: path)
            #expect(refused.status == 403 && refused.body.contains("token of an operator"))
            let bare = try await LoopbackClient.send("GET", "/capabilities", fields: ["Cookie": looking], socket: path)
            #expect(!bare.body.contains(#"<a href="/doctor">"#))
        }
        #expect(intents.asked.count { $0.hasPrefix("doctor") } == 1)
    }

    @Test func everyPageIsDrawnGuardedAndTrustsNoName() async throws {
        try await serving { path in
            let (cookie, _) = try await signedIn("operator", path)
            for page in [
                "/", "/rooms", "/incidents", "/incidents?all=1", "/incidents/i1", "/quiet", "/delivery",
                "/capabilities", "/doctor", "/devices", "/devices?problem=any&q=a&cursor=X", "/devices/versions",
                "/devices/dev-1", "/operations", "/operations?cursor=X", "/operations/o1", "/commands/c1", "/order",
            ] {
                let answer = try await LoopbackClient.send("GET", page, fields: ["Cookie": cookie], socket: path)
                #expect(answer.status == 200, "\(page)")
                #expect(answer.body.contains("<h1>"), "\(page)")
                #expect(answer.body.hasSuffix("</html>\n"), "\(page)")
                let policy = answer.fields["content-security-policy"] ?? ""
                #expect(policy.hasPrefix("default-src 'none'") && !policy.contains("unsafe"))
                #expect(!answer.body.contains(" style=") && !answer.body.contains("onclick"))
            }
            let missing = try await LoopbackClient.send("GET", "/rooms/x", fields: ["Cookie": cookie], socket: path)
            #expect(missing.status == 404 && missing.body.contains("check the spelling"))
            for asset in ["/assets/style.css", "/assets/live.js"] {
                let answer = try await LoopbackClient.send("GET", asset, socket: path)
                #expect(answer.status == 200 && !answer.body.contains("http"))
            }
        }
        let templates = try PageTemplates()
        var room = ScriptedIntents.room
        room.name = "<script>alert(1)</script>\" onload=\"x"
        var counts = FleetBody.Counts()
        counts.count(room.state)
        room.building = room.name
        let building = FleetBody.Building(
            name: room.name, counts: counts, floors: [FleetBody.Floor(name: room.floor, counts: counts)])
        var tiles = Tiles([room], limit: 10)
        let tenant = FleetBody.Tenant(
            name: "contoso", counts: counts, weak: 0, blind: true, sweptAt: nil, sweepFailure: room.name,
            open: FleetBody.Open(critical: 0, error: 0, warning: 0), buildings: [building])
        let model = TenantModel(
            tenant, buildings: [BuildingModel(building, of: "contoso", drawing: &tiles, isAlone: false)],
            at: ScriptedIntents.at)
        let text = templates.text(
            "fleet",
            FleetModel(
                figures: [], tenants: [model], incidents: [], hasIncidents: false, incidentsTotal: 0, hasMore: false))
        #expect(text.contains("data-room"))
        #expect(!text.contains("<script>") && !text.contains("\" onload"))
        #expect(text.contains("&lt;script&gt;"))
    }

    @Test func aSessionEndsWithTimeWithItsTokenAndByHand() throws {
        let clock = HandClock()
        let tokens = AccessTokens(try Self.table())
        let sessions = Sessions(tokens: tokens, time: clock)
        #expect(sessions.begin(token: "guess", origin: "test") == nil)
        let one = try #require(sessions.begin(token: "token of viewer", origin: "test"))
        let two = try #require(sessions.begin(token: "token of operator", origin: "test"))
        #expect(one.id != two.id && one.formKey != one.id && one.id.count == 64)
        #expect(sessions.session(one.id)?.asker.role == .viewer)
        clock.advance(by: Sessions.lifetime - .seconds(1))
        #expect(sessions.session(one.id) != nil)
        sessions.end(one.id)
        #expect(sessions.session(one.id) == nil)
        tokens.replace(with: TokenTable())
        #expect(sessions.session(two.id) == nil)
        tokens.replace(with: try Self.table())
        #expect(sessions.session(two.id) == nil)
        let three = try #require(sessions.begin(token: "token of operator", origin: "test"))
        clock.advance(by: Sessions.lifetime)
        #expect(sessions.session(three.id) == nil)
    }

    @Test func signingOutEndsTheSession() async throws {
        try await serving { path in
            let (cookie, key) = try await signedIn("viewer", path)
            let fields = ["Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"]
            let forged = try await LoopbackClient.send(
                "POST", "/sign-out", fields: fields, body: "form_key=1", socket: path)
            #expect(forged.status == 303)
            #expect(try await LoopbackClient.send("GET", "/", fields: ["Cookie": cookie], socket: path).status == 200)
            _ = try await LoopbackClient.send(
                "POST", "/sign-out", fields: fields, body: "form_key=\(key)", socket: path)
            #expect(try await LoopbackClient.send("GET", "/", fields: ["Cookie": cookie], socket: path).status == 303)
        }
    }

    @Test(arguments: [
        (0, "0 s ago"), (59, "59 s ago"), (60, "1 min ago"), (7_199, "1 h ago"), (172_800, "2 d ago"),
        (-90, "in 1 min"),
    ])
    func agesAreSaidAsPeopleSayThem(_ seconds: Int, _ words: String) {
        let now = ScriptedIntents.at
        let then = Timestamp(now.date.addingTimeInterval(-Double(seconds)))
        #expect(Instant(then, at: now).age == words)
    }
}
