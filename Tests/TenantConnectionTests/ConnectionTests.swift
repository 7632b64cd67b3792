// Whole connections against a tenant that behaves as Entra and Graph do: what stops one has a name and a remedy, and what
// is written is what the daemon accepts.

import FleetConfiguration
import FleetCore
import Foundation
import HTTPExchange
import HTTPTypes
import Synchronization
import TenantSimulator
import Testing

@testable import TenantConnection

@Suite(.timeLimit(.minutes(1))) struct ConnectionTests {
    @Test func aConsentLeadsToATenantThatIsWatched() async throws {
        let rig = try Rig()
        let console = Administrator(deed: rig.decide("accept"))
        let report = try await rig.run(console, plan: rig.plan(tenant: "contoso.com"))
        #expect(report.isConnected && report.detects && report.consent == .given)
        // The reply names the directory; the configuration gets it in place of the domain.
        #expect(report.tenantID == Rig.tenantID)
        #expect(report.results.allSatisfy { $0.verdict == .works })
        #expect(report.results.map(\.need.permission).first == "Presence.Read.All")
        #expect(console.text.contains("\"id\": \"a70e0c2d-e793-494c-94c4-118fa0a67f42\", \"type\": \"Role\""))
        #expect(console.text.contains("http://localhost:") && console.text.contains("ssh -L"))
        #expect(!console.text.contains("rehearsal"))

        let read = try Configuration.load(path: rig.folder.path("etc/roomwatch.yaml"), environment: [:])
        #expect(read.tenants.map(\.tenantID) == [Rig.tenantID])
        #expect(read.receivers.map(\.name.text) == ["oncall"])
        #expect(try rig.folder.text("credstore/contoso-secret") == "rehearsal\n")
        #expect(try rig.folder.mode("credstore") == 0o700 && rig.folder.mode("credstore/contoso-secret") == 0o600)
        #expect(try rig.folder.text("dropins/credentials-contoso.conf").contains("LoadCredential=contoso-secret:"))
        // As the unit would hand them over.
        let environment = ["CREDENTIALS_DIRECTORY": rig.folder.path("credstore")]
        let loaded = try Configuration.load(path: rig.folder.path("etc/roomwatch.yaml"), environment: environment)
        #expect(loaded.notices.isEmpty)
    }

    @Test func aSecondRunChangesNothing() async throws {
        let rig = try Rig()
        _ = try await rig.run(Administrator(deed: rig.decide("accept")))
        let again = try await rig.run(Administrator())
        #expect(again.consent == .granted && again.isConnected)
        #expect(again.files.map(\.outcome) == Array(repeating: .unchanged, count: 5))
        let shown = Administrator()
        _ = try await rig.run(shown, settings: rig.settings { $0.writesConfiguration = false })
        #expect(shown.text.contains("names this tenant already"))
        // The drop-in of the receiver is still there.
        #expect(try rig.folder.text("dropins/credentials-oncall.conf").contains("oncall-webhook-secret"))
    }

    @Test func aWithheldPermissionIsNamedWithWhatItCosts() async throws {
        let rig = try Rig {
            $0.granted = false
            $0.withheld = ["Place.Read.All"]
        }
        let console = Administrator(deed: rig.decide("accept"))
        let report = try await rig.run(console)
        #expect(report.detects && !report.isConnected)
        #expect(report.obstacles.map(\.need.permission) == ["Place.Read.All"])
        #expect(report.obstacles[0].remark.contains("consent again"))
        #expect(report.results.first { $0.need.permission == "Calendars.ReadBasic.All" }?.verdict == .untried)
        // Four tokens say the same, so the rest of the five minutes is not waited for.
        #expect(console.progressLines.filter { $0.contains("carries 6 of 7") }.count == 3)
    }

    @Test func withoutTheTwoOfDetectionNothingIsWritten() async throws {
        let rig = try Rig {
            $0.granted = false
            $0.withheld = ["Presence.Read.All"]
        }
        let report = try await rig.run(Administrator(deed: rig.decide("accept")))
        #expect(!report.detects && report.files.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: rig.folder.path("etc")))
    }

    @Test func aConsentThatTakesItsTimeIsWaitedFor() async throws {
        let rig = try Rig {
            $0.granted = false
            $0.takes = DurationText(.seconds(50))
        }
        let console = Administrator(deed: rig.decide("accept"))
        #expect(try await rig.run(console).isConnected)
        #expect(console.progressLines.contains { $0.contains("carries 0 of 7") })
    }

    @Test func aConsentThatNeverShowsEndsAfterTheLimit() async throws {
        let rig = try Rig {
            $0.granted = false
            $0.takes = DurationText(.seconds(3600))
        }
        let report = try await rig.run(Administrator(deed: rig.decide("accept")))
        #expect(!report.detects && report.results.allSatisfy { $0.verdict == .missing })
    }

    @Test func aRefusalEndsARunThatNobodyAttends() async throws {
        let rig = try Rig()
        let error = await #expect(throws: ConnectionFault.self) {
            try await rig.run(Administrator(isAttended: false, deed: rig.decide("cancel")))
        }
        #expect(error?.description.contains("pressed Cancel") == true)
    }

    @Test func aRefusalAForgedStateAndNonsenseAreSaidAndTheRightReplyStillCounts() async throws {
        let rig = try Rig()
        let decide = rig.decide("accept")
        let cancel = rig.decide("cancel")
        let box = Box()
        let console = Administrator { link in
            box.console?.paste("hello")
            box.console?.paste(
                "http://localhost/roomwatch/consent?admin_consent=True&tenant=\(Rig.tenantID)&state=forged")
            if let refused = await cancel(link) { box.console?.paste(refused) }
            return await decide(link)
        }
        box.console = console
        defer { box.console = nil }
        #expect(try await rig.run(console).isConnected)
        for part in ["no reply of the consent page", "state is not the one of this run", "pressed Cancel"] {
            #expect(console.text.contains(part))
        }
    }

    /// The console that a deed speaks to is made after the deed.
    private final class Box: Sendable {
        private let held = Mutex<Administrator?>(nil)

        var console: Administrator? {
            get { held.withLock { $0 } }
            set { held.withLock { $0 = newValue } }
        }
    }

    @Test func aWrongSecretIsToldBeforeAnybodyIsSentToThePage() async throws {
        let rig = try Rig()
        let console = Administrator()
        let error = await #expect(throws: ConnectionFault.self) {
            try await rig.run(console, plan: rig.plan(secret: "wrong"))
        }
        #expect(
            error?.remedy.contains("Put the secret's value") == true && error?.problem.contains("AADSTS7000215") == true
        )
        #expect(!console.text.contains("adminconsent"))
    }

    @Test func aLoginThatIsNotReachedEndsBeforeTheConsent() async throws {
        let rig = try Rig()
        let console = Administrator()
        let error = await #expect(throws: ConnectionFault.self) {
            try await rig.run(console, tokenTransport: Unreachable())
        }
        #expect(error?.remedy.contains("proxy") == true && !console.text.contains("adminconsent"))
        #expect(console.progressLines.count == 2)
    }

    private struct Unreachable: HTTPTransport {
        func send(_ call: HTTPCall) async throws(HTTPTransportError) -> HTTPAnswer {
            throw HTTPTransportError(.connectTimedOut, host: "login.microsoftonline.com:443", detail: "scripted")
        }
    }

    @Test func aConsentOfAnotherTenantIsNotTaken() async throws {
        let rig = try Rig()
        let other = "3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0009"
        let console = Administrator { link in
            let state = link.split(separator: "state=").last ?? ""
            return "http://localhost/roomwatch/consent?admin_consent=True&tenant=\(other)&state=\(state)"
        }
        let error = await #expect(throws: ConnectionFault.self) { try await rig.run(console) }
        #expect(error?.problem.contains(other) == true)
    }

    @Test func aDryRunWritesNothingAndShowsNoSecret() async throws {
        let rig = try Rig { _ in }
        let console = Administrator()
        let report = try await rig.run(console, settings: rig.settings { $0.isDryRun = true })
        #expect(report.isConnected && report.files.isEmpty)
        #expect(console.text.contains("client_secret_file: contoso-secret") && !console.text.contains("rehearsal"))
        #expect(!FileManager.default.fileExists(atPath: rig.folder.path("credstore")))
    }

    @Test func aConfigurationThatIsThereIsLeftAndTheEntryShown() async throws {
        let rig = try Rig { _ in }
        try FileManager.default.createDirectory(
            atPath: rig.folder.path("etc"), withIntermediateDirectories: true)
        try Data("version: 1\n".utf8).write(to: URL(filePath: rig.folder.path("etc/roomwatch.yaml")))
        let console = Administrator()
        _ = try await rig.run(console, settings: rig.settings { $0.writesConfiguration = false })
        #expect(try rig.folder.text("etc/roomwatch.yaml") == "version: 1\n")
        #expect(console.text.contains("  - name: contoso\n    tenant_id: \(Rig.tenantID)\n"))
        // Asked to replace it, the old one stays beside it.
        _ = try await rig.run(Administrator(), settings: rig.settings { $0.replaces = true })
        #expect(try rig.folder.text("etc/roomwatch.yaml.bak") == "version: 1\n")
    }

    @Test func anObstacleOnTheDiskIsToldBeforeTheConsent() async throws {
        let rig = try Rig()
        try FileManager.default.createDirectory(atPath: rig.folder.path("credstore"), withIntermediateDirectories: true)
        try Data("older".utf8).write(to: URL(filePath: rig.folder.path("credstore/contoso-secret")))
        let console = Administrator()
        let error = await #expect(throws: ConnectionFault.self) { try await rig.run(console) }
        #expect(error?.remedy.contains("--force") == true && !console.text.contains("adminconsent"))
    }

    @Test func aManagedIdentityIsToldItsAssignmentsAndNoPage() async throws {
        let rig = try Rig()
        var plan = rig.plan()
        plan.credential = .managedIdentity(clientID: nil)
        plan.clientID = nil
        let console = Administrator()
        let report = try await rig.run(console, plan: plan, settings: rig.settings { $0.roleLimit = .seconds(20) })
        #expect(report.consent == .assigned && !report.detects)
        #expect(console.text.contains("appRoleAssignments") && !console.text.contains("adminconsent"))
        #expect(report.obstacles.allSatisfy { $0.remark.contains("24 hours") })
        #expect(console.text.contains("az vm identity show"))
    }

    @Test func nobodyAtThePageEndsAfterTheTimeAllowed() async throws {
        let rig = try Rig()
        let error = await #expect(throws: ConnectionFault.self) {
            try await rig.run(Administrator(), settings: rig.settings { $0.consentLimit = .seconds(60) })
        }
        #expect(error?.description.contains("within 60 seconds") == true)
        #expect(error?.remedy.contains("--consent-timeout") == true)
    }
}
