// Devices, operations and the way to a command on the pages: what is wrong stands first, nothing is sent before its plan
// was seen, and who may what is the same as in the API.

import FleetAPI
@testable import FleetWeb
import Foundation
import Testing

extension PagesTests {
    private static let explanation = RoomExplanation(
        at: ScriptedIntents.at, tenant: "contoso",
        room: IncidentBody.Room(id: "1", name: "Room 17", email: "room17@contoso.com", building: "B2", floor: "3"),
        answer: ["up"], observations: [],
        condition: .init(
            phase: "clear", firstBadAt: nil, firedAt: nil, streak: 0, needed: 3, lastGoodAt: nil, isUnseen: false),
        standing: .init(voice: "none", onsetAt: nil), severity: .init(now: "error", reasons: []), incident: nil,
        notifications: [], suppressions: [], quiet: [],
        flapping: .init(penalty: 0, isFlapping: false, endsAt: nil), transitions: [], presence: [])

    private func page(_ address: String, _ cookie: String, _ path: String) async throws -> String {
        let answer = try await LoopbackClient.send("GET", address, fields: ["Cookie": cookie], socket: path)
        #expect(answer.status == 200, "\(address)")
        return answer.body
    }

    private func post(
        _ address: String, _ form: String, _ session: (cookie: String, key: String), _ path: String
    ) async throws -> Answer {
        try await LoopbackClient.send(
            "POST", address,
            fields: ["Cookie": session.cookie, "Content-Type": "application/x-www-form-urlencoded"],
            body: "form_key=\(session.key)&\(form)", socket: path)
    }

    @Test func devicesWithProblemsComeFirstAndFiltersStay() async throws {
        let intents = ScriptedIntents()
        try await serving(intents) { path in
            let (cookie, _) = try await signedIn("viewer", path)
            let all = try await page("/devices?building=B+2&q=17", cookie, path)
            #expect(all.contains("Something is wrong (1)") && all.contains("1 device</h2>"))
            #expect(all.contains("the microphone is not connected") && all.contains("4.19.70"))
            #expect(all.contains("4.20.10 is out") && all.contains(#"data-health="critical""#))
            #expect(all.contains("something runs"))
            #expect(!all.contains("/order"), "a viewer asks devices for nothing")
            let some = try await page("/devices?problem=device.peripheral&model=Kit", cookie, path)
            #expect(some.contains(#"<option value="device.peripheral" selected>"#))
            #expect(!some.contains("Something is wrong"))
        }
        #expect(
            intents.asked.filter { $0.hasPrefix("devices") && !$0.hasSuffix(" 1 by viewer") } == [
                "devices [] [] - B 2 - - 17 - 100 by viewer", #"devices [] ["any"] - B 2 - - 17 - 100 by viewer"#,
                #"devices [] ["device.peripheral"] - - - Kit - - 100 by viewer"#,
            ])
    }

    @Test func aDeviceIsShownWithItsPast() async throws {
        try await serving { path in
            let (cookie, _) = try await signedIn("viewer", path)
            let text = try await page("/devices/dev-1", cookie, path)
            for words in [
                "Contoso Room Kit", "S-1", "peripheral: microphone", "update available", "accepted, room not back yet",
            ] {
                #expect(text.contains(words), "\(words)")
            }
        }
    }

    @Test func namesOfDevicesAreNotTrusted() async throws {
        var device = ScriptedIntents.device
        let evil = "<script>alert(1)</script>\" onload=\"x"
        device.id = "a/b?c"
        device.model = evil
        device.health = evil
        device.problems = [DeviceProblemBody(condition: evil, sentence: evil)]
        device.software = [
            SoftwareBody(software: "teams_client", freshness: "update_available", current: evil, available: evil)
        ]
        device.room?.name = evil
        try await serving(ScriptedIntents(devices: [device])) { path in
            let (cookie, _) = try await signedIn("viewer", path)
            for address in ["/devices", "/devices/versions"] {
                let text = try await page(address, cookie, path)
                #expect(text.contains("&lt;script&gt;"))
                #expect(!text.contains("<script>") && !text.contains("\" onload"), "\(address)")
            }
            #expect(try await page("/devices", cookie, path).contains(#"href="/devices/a%2Fb%3Fc""#))
        }
    }

    @Test func theRoomShowsItsDevicesAndOffersThePlan() async throws {
        let other = DeviceBody(
            id: "dev-9", tenant: "contoso", kind: "panel", room: .init(id: "9", name: "Broom 17"), health: "offline",
            activity: "idle")
        let intents = ScriptedIntents(devices: [ScriptedIntents.device, other], explanation: Self.explanation)
        try await serving(intents) { path in
            let (cookie, _) = try await signedIn("operator", path)
            let text = try await page("/rooms/1", cookie, path)
            #expect(text.contains("/devices/dev%2D1") && !text.contains("dev%2D9"))
            #expect(text.contains("Newest operations") && text.contains("the microphone is not connected"))
            #expect(text.components(separatedBy: #"action="/plan""#).count == 4)
            let (viewer, _) = try await signedIn("viewer", path)
            let plain = try await page("/rooms/1", viewer, path)
            #expect(plain.contains("/devices/dev%2D1") && !plain.contains("/plan"))
        }
        #expect(intents.asked.contains("devices [] [] contoso - - - room17@contoso.com - 1000 by operator"))
        #expect(intents.asked.contains("operations [] false - - 1 - - 10 by operator"))
    }

    @Test func nothingIsSentBeforeThePlanWasSeen() async throws {
        let intents = ScriptedIntents()
        try await serving(intents) { path in
            let session = try await signedIn("operator", path)
            let form = "action=update_software&room=1&software=firmware&version=1.3"
            let plan = try await post("/plan", form, session, path)
            #expect(plan.status == 200 && plan.body.contains("1 room goes now, 1 waits, 1 is refused."))
            #expect(plan.body.contains("a meeting runs until 09:00") && plan.body.contains("the room has no device"))
            #expect(plan.body.contains(#"<form class="actions" method="post" action="/commands">"#))
            for field in ["room\" value=\"1", "software\" value=\"firmware", "version\" value=\"1.3"] {
                #expect(plan.body.contains("name=\"\(field)\""))
            }
            #expect(plan.body.contains("Restart 2 rooms</button>"))
            #expect(!plan.body.contains("name=\"force\"") && plan.body.contains("An admin can override"))
            #expect(!intents.asked.contains { $0.hasPrefix("request") })
            let done = try await post("/commands", form + "&reason=night", session, path)
            #expect(done.status == 303 && done.fields["location"] == "/commands/\(ScriptedIntents.command.id)")
            let forced = try await post("/commands", form + "&reason=night&force=1", session, path)
            #expect(forced.status == 403 && forced.body.contains("takes the role admin"))
            let viewer = try await signedIn("facilities", path)
            for address in ["/plan", "/commands", "/commands/c1/withdraw"] {
                #expect(try await post(address, form, viewer, path).status == 403, "\(address)")
            }
            let order = try await LoopbackClient.send("GET", "/order", fields: ["Cookie": viewer.cookie], socket: path)
            #expect(order.status == 403)
        }
        #expect(
            intents.asked.filter { $0.hasPrefix("request") } == [
                #"request update_software firmware 1.3 night ["1"] false 0 by operator"#
            ])
    }

    @Test func anAdminOverridesWithAReasonAndSeesThatPlanToo() async throws {
        let intents = ScriptedIntents()
        try await serving(intents) { path in
            let session = try await signedIn("admin", path)
            let form = "action=restart&room=1"
            let plan = try await post("/plan", form, session, path)
            #expect(plan.body.contains("Override what holds rooms back") && !plan.body.contains("An admin can"))
            let bare = try await post("/plan", form + "&force=1&reason=+", session, path)
            #expect(bare.status == 400 && bare.body.contains("without a reason"))
            let unseen = try await post("/plan", form + "&force=1&reason=%E2%80%8B", session, path)
            #expect(unseen.status == 400 && unseen.body.contains("nothing that can be seen"))
            let forced = try await post("/plan", form + "&force=1&reason=fire", session, path)
            #expect(
                forced.body.contains("The guards are overridden.") && forced.body.contains(#"value="fire" required"#))
            let done = try await post("/commands", form + "&force=1&reason=fire", session, path)
            #expect(done.status == 303)
        }
        #expect(intents.asked.contains(#"request restart - - fire ["1"] true 0 by admin"#))
    }

    @Test func matchersThatCannotBeReadLeadBackToTheForm() async throws {
        let intents = ScriptedIntents()
        intents.refuse(with: Refusal(.invalid, "the matcher <x> is none", remedy: "correct it"), when: ["plan"])
        try await serving(intents) { path in
            let session = try await signedIn("operator", path)
            let answer = try await post(
                "/plan", "action=run_diagnostics&matchers=%3Cx%3E%0D%0Abuilding%3DB2&version=1.3&software=firmware",
                session, path)
            #expect(answer.status == 400 && answer.body.contains("<h1>Ask devices</h1>"))
            #expect(answer.body.contains("&lt;x&gt;\r\nbuilding=B2</textarea>"))
            #expect(answer.body.contains(#"role="alert">the matcher &lt;x&gt; is none; correct it.</p>"#))
            #expect(answer.body.contains(#"<option value="run_diagnostics" selected>"#))
            let empty = try await post("/plan", "action=restart&matchers=", session, path)
            #expect(empty.status == 400 && empty.body.contains("1 to 20 entries"))
            // One room has no such form to lead back to.
            let room = try await post("/plan", "action=restart&room=1", session, path)
            #expect(room.status == 400 && !room.body.contains("<textarea"))
        }
        #expect(intents.asked.contains(#"plan of run_diagnostics - - - ["<x>", "building=B2"] false 0 by operator"#))
    }

    @Test func operationsAreDrawnWithBarsAndTakenBack() async throws {
        let intents = ScriptedIntents()
        try await serving(intents) { path in
            let session = try await signedIn("operator", path)
            let text = try await page("/operations", session.cookie, path)
            let sentence = "3 succeeded, 1 failed, 1 unknown, 1 withdrawn, 2 running, 4 waiting"
            #expect(text.contains(#"role="img" aria-label="\#(sentence)""#))
            #expect(text.contains(#"<rect data-state="succeeded" x="0.0" y="0" width="25.0" height="6"/>"#))
            #expect(text.contains("1 room did not come back") && text.contains("min left"))
            #expect(text.contains("anna") && text.contains("building=&quot;B2&quot;"))
            #expect(text.contains("data-operations"))
            let command = try await page("/commands/c1", session.cookie, path)
            #expect(command.contains("Take back what has not left (4 rooms)"))
            #expect(try await page("/operations/o1", session.cookie, path).contains("a meeting runs"))
            let back = try await post("/commands/c1/withdraw", "", session, path)
            #expect(back.status == 303 && back.fields["location"] == "/commands/c1")
            let (viewer, _) = try await signedIn("viewer", path)
            #expect(try await page("/commands/c1", viewer, path).contains("Take back") == false)
        }
        #expect(intents.asked.contains("withdraw c1 by operator"))
        #expect(intents.asked.contains("operations [] true - - - - - 200 by operator"))
    }

    @Test func theFleetShowsWhatIsUnderWay() async throws {
        try await serving { path in
            let (cookie, _) = try await signedIn("viewer", path)
            let text = try await page("/", cookie, path)
            #expect(text.contains("1 device, 1 with a problem, 1 with software that is behind"))
            #expect(text.contains(#"<a href="/commands/\#(ScriptedIntents.command.id)">restart</a>"#))
        }
    }

    @Test func anAddressThatNobodyKnowsLeadsBack() async throws {
        let intents = ScriptedIntents()
        try await serving(intents) { path in
            for address in ["/nothing", "/rooms/x/y/z", "/device"] {
                let answer = try await LoopbackClient.send("GET", address, socket: path)
                #expect(answer.status == 404 && answer.body.contains(#"<a href="/">To the fleet</a>"#), "\(address)")
                #expect(answer.fields["content-security-policy"]?.hasPrefix("default-src 'none'") == true)
            }
            let (cookie, _) = try await signedIn("viewer", path)
            let known = try await LoopbackClient.send("GET", "/nothing", fields: ["Cookie": cookie], socket: path)
            #expect(known.status == 404 && known.body.contains("There is nothing at this address."))
            #expect(known.body.contains(#"<nav aria-label="Pages">"#))
            #expect(try await LoopbackClient.send("POST", "/nothing", socket: path).body.isEmpty)
        }
    }
}

@Suite struct VersionsModelTests {
    private func device(_ model: String?, _ version: String?, _ freshness: String = "latest") -> DeviceBody {
        DeviceBody(
            id: UUID().uuidString, tenant: "contoso", kind: "teams_room", model: model, health: "healthy",
            activity: "idle",
            software: version.map { [SoftwareBody(software: "teams_client", freshness: freshness, current: $0)] } ?? [])
    }

    @Test func modelsAreCountedByVersionTheNewestFirst() {
        let model = VersionsModel([
            device("Bar 20", "4.9.1"), device("Bar 20", "4.19.70"), device("Bar 20", "4.9.1", "update_available"),
            device("Kit", "4.19.70"), device("Kit", nil), device(nil, "5.0"),
        ])
        #expect(model.versions == ["5.0", "4.19.70", "4.9.1", VersionsModel.unknown])
        #expect(model.rows.map(\.model) == ["Bar 20", "Kit", "no model known"])
        #expect(model.rows.map { $0.cells.map(\.count) } == [[0, 1, 2, 0], [0, 1, 0, 1], [1, 0, 0, 0]])
        #expect(model.rows[0].freshness.sentence == "2 latest, 1 behind")
        #expect(model.rows[1].freshness.sentence == "1 latest, 1 unknown")
        #expect(model.total == "6 devices")
    }

    @Test func manyVersionsAreNoWiderThanAScreen() {
        let devices = (0..<20).flatMap { version in
            Array(repeating: device("Kit", "4.\(version)"), count: version + 1)
        }
        let model = VersionsModel(devices)
        #expect(model.versions == ["4.19", "4.18", "4.17", "4.16", "4.15", "4.14", VersionsModel.others])
        #expect(model.rows[0].cells.reduce(0) { $0 + $1.count } == devices.count)
        #expect(VersionsModel([]).versions.isEmpty)
    }

    /// What is no number counts as zero, and the order is still one.
    @Test(arguments: [("4.19.70", "4.9.99"), ("5", "4.99"), ("4.1.1", "4.1"), ("4.9", "4.10b"), ("4.b", "4.a")])
    func versionsAreComparedByTheirNumbers(_ newer: String, _ older: String) {
        #expect(VersionsModel.isNewer(newer, than: older) && !VersionsModel.isNewer(older, than: newer))
    }
}
