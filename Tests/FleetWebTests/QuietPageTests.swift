// Silences and windows on the page: seen before they are made, ended by a button, and never by somebody who only looks.

import FleetAPI
@testable import FleetWeb
import Foundation
import Testing

extension PagesTests {
    @Test func aSilenceIsSeenBeforeItIsMade() async throws {
        let intents = ScriptedIntents()
        try await serving(intents) { path in
            let (cookie, key) = try await signedIn("operator", path)
            let fields = ["Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"]
            let form = "form_key=\(key)&matchers=building%3D%22B2%22%0D%0A+severity!%3Dcritical+&hours=4&reason=cabling"
            let preview = try await LoopbackClient.send(
                "POST", "/silences/preview", fields: fields, body: form, socket: path)
            #expect(preview.status == 200 && preview.body.contains("<h1>What the silence hides"))
            #expect(preview.body.contains("building=&quot;B2&quot;"))
            let odd = try await LoopbackClient.send(
                "POST", "/silences", fields: fields, body: form.replacing("hours=4", with: "hours=5"), socket: path)
            #expect(odd.status == 400)
            let made = try await LoopbackClient.send("POST", "/silences", fields: fields, body: form, socket: path)
            #expect(made.status == 303 && made.fields["location"] == "/quiet")
            for address in ["/silences/s1/expire", "/windows/w1/cancel"] {
                let done = try await LoopbackClient.send(
                    "POST", address, fields: fields, body: "form_key=\(key)", socket: path)
                #expect(done.status == 303 && done.fields["location"] == "/quiet")
            }
        }
        #expect(intents.asked.contains(#"preview ["building=\"B2\"", "severity!=critical"] by operator"#))
        #expect(intents.asked.contains(#"create ["building=\"B2\"", "severity!=critical"] cabling by operator"#))
        #expect(intents.asked.contains("expire s1 by operator") && intents.asked.contains("cancel w1 by operator"))
    }

    /// A misspelt matcher at night must not cost the reason that was typed beside it.
    @Test func aSilenceThatCannotBeReadKeepsWhatWasTyped() async throws {
        let intents = ScriptedIntents()
        try await serving(intents) { path in
            let (cookie, key) = try await signedIn("operator", path)
            let fields = ["Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"]
            let form = "form_key=\(key)&matchers=bulding%3D%22%3CB2%3E%22&hours=8&reason=%22cabling%22"
            intents.refuse(
                with: Refusal(.invalid, "the matcher <bulding> cannot be read", remedy: "write it as label"),
                when: ["preview", "create"])
            for address in ["/silences/preview", "/silences"] {
                let answer = try await LoopbackClient.send("POST", address, fields: fields, body: form, socket: path)
                #expect(answer.status == 400 && answer.body.contains("<h1>Quiet</h1>"), "\(address)")
                #expect(answer.body.contains("bulding=&quot;&lt;B2&gt;&quot;</textarea>"))
                #expect(answer.body.contains(#"value="&quot;cabling&quot;""#))
                #expect(answer.body.contains(#"<option value="8" selected>8 h</option>"#))
                #expect(
                    answer.body.contains(
                        #"id="silence-wrong" role="alert">the matcher &lt;bulding&gt; cannot be read; write it as label."#
                    ))
                #expect(answer.body.contains(#"aria-describedby="matchers-help silence-wrong" aria-invalid="true""#))
            }
            let fresh = try await LoopbackClient.send("GET", "/quiet", fields: ["Cookie": cookie], socket: path)
            #expect(!fresh.body.contains("silence-wrong") && !fresh.body.contains("aria-invalid"))
            // What went wrong elsewhere is no fault of the form.
            intents.refuse(with: Refusal(.unavailable, "the disk is full", remedy: "wait"), when: ["preview"])
            let full = try await LoopbackClient.send(
                "POST", "/silences/preview", fields: fields, body: form, socket: path)
            #expect(full.status == 503 && full.body.contains("the disk is full"))
        }
    }

    @Test func whoOnlyLooksHasNoButtons() async throws {
        let intents = ScriptedIntents()
        try await serving(intents) { path in
            let (cookie, key) = try await signedIn("viewer", path)
            let page = try await LoopbackClient.send("GET", "/quiet", fields: ["Cookie": cookie], socket: path)
            #expect(page.status == 200 && page.body.contains("cabling"))
            #expect(!page.body.contains("/expire") && !page.body.contains("/cancel") && !page.body.contains("preview"))
            let fields = ["Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"]
            for address in ["/silences", "/silences/preview", "/silences/s1/expire", "/windows/w1/cancel"] {
                let refused = try await LoopbackClient.send(
                    "POST", address, fields: fields, body: "form_key=\(key)", socket: path)
                #expect(refused.status == 403, "\(address)")
            }
        }
        #expect(!intents.asked.contains { $0.hasPrefix("expire") || $0.hasPrefix("cancel") || $0.hasPrefix("create") })
    }

    @Test func roomsAreFoundByWhatIsKnownOfThem() async throws {
        let intents = ScriptedIntents()
        try await serving(intents) { path in
            let (cookie, _) = try await signedIn("viewer", path)
            let page = try await LoopbackClient.send(
                "GET", "/rooms?q=&building=B+2&state=down&cursor=", fields: ["Cookie": cookie], socket: path)
            #expect(page.status == 200 && page.body.contains("Room 17") && page.body.contains("1 room</p>"))
            #expect(page.body.contains(#"<option value="down" selected>"#))
        }
        #expect(intents.asked.contains(#"rooms ["down"] - B 2 - - - 100 by viewer"#))
    }

    @Test func theWorstIncidentsComeFirst() async throws {
        let intents = ScriptedIntents()
        try await serving(intents) { path in
            let (cookie, _) = try await signedIn("viewer", path)
            _ = try await LoopbackClient.send("GET", "/", fields: ["Cookie": cookie], socket: path)
        }
        let asked = intents.asked.filter { $0.hasPrefix("incidents") }.suffix(3)
        #expect(asked.map { $0.contains("critical") } == [true, false, false])
        #expect(asked.last?.contains(#"["warning"]"#) == true && asked.last?.contains(" 18 by") == true)
    }
}
