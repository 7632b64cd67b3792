// The files that the configuration names, as the daemon meets them; whatever is wrong with one is a fault of the
// configuration that names file, line and key, and never shows what the file holds.

import FleetConfiguration
import Foundation
import GraphClient
import HTTPExchange
import Testing
import Timekeeping

@testable import RoomwatchDaemon

@Suite struct SecretsTests {
    let folder: Folder
    let journal = Journal()

    init() throws { folder = try Folder() }

    private func secrets(_ environment: [String: String] = [:]) -> Secrets {
        Secrets(configurationPath: folder.configuration, environment: environment, log: journal.logger())
    }

    private let reference = SecretReference(key: "client_secret_file", name: "contoso-secret", line: 7)

    private func refusal() throws -> DaemonError {
        let error = #expect(throws: DaemonError.self) { try secrets().text(of: reference) }
        return try #require(error)
    }

    /// What every refusal has in common.
    private func expectPlaced(_ error: DaemonError) {
        #expect(error.exitCode == 78)
        #expect(error.description.hasPrefix("\(folder.configuration):7: client_secret_file: "))
        #expect(error.description.contains("contoso-secret"))
    }

    @Test(arguments: ["s3cret", "s3cret\n", "s3cret\r\n"])
    func oneLineBreakAtTheEndIsNoPartOfIt(content: String) throws {
        try folder.write(content, to: "contoso-secret")
        #expect(try secrets().text(of: reference) == "s3cret")
        #expect(journal.lines.isEmpty)
    }

    @Test func blanksInsideBelongToIt() throws {
        try folder.write(" s3 cret \n\n", to: "contoso-secret")
        #expect(try secrets().text(of: reference) == " s3 cret \n")
    }

    @Test func oneThatIsMissingIsNamedWithThePlacesTried() throws {
        try folder.remove("contoso-secret")
        #expect(!secrets().isPresent(reference))
        let error = try refusal()
        expectPlaced(error)
        #expect(error.description.contains(folder.path("contoso-secret")))
    }

    @Test(arguments: ["", "\n", " \n\t\n"])
    func oneThatIsEmptyIsRefused(content: String) throws {
        try folder.write(content, to: "contoso-secret")
        #expect(secrets().isPresent(reference))
        let error = try refusal()
        expectPlaced(error)
        #expect(error.description.contains("empty"))
    }

    /// A directory is what root cannot read either.
    @Test func oneThatCannotBeReadIsRefused() throws {
        try folder.remove("contoso-secret")
        try FileManager.default.createDirectory(
            atPath: folder.path("contoso-secret"), withIntermediateDirectories: true)
        expectPlaced(try refusal())
    }

    @Test func bytesThatAreNoTextAreRefusedWithoutBeingShown() throws {
        try Data([0x73, 0x33, 0x63, 0xFF, 0x72]).write(to: folder.url.appending(path: "contoso-secret"))
        let error = try refusal()
        expectPlaced(error)
        #expect(!error.description.contains("s3c"))
    }

    @Test func oneThatEverybodyMayReadIsWarnedAboutUnlessItIsPublic() throws {
        try folder.write("s3cret", to: "contoso-secret", mode: 0o644)
        #expect(try secrets().text(of: reference, isPublic: true) == "s3cret")
        #expect(journal.lines.isEmpty)
        _ = try secrets().text(of: reference)
        #expect(journal.lines(with: "warning: client_secret_file").count == 1)
        #expect(journal.lines(with: "s3cret").isEmpty)
    }

    @Test func whatSystemdPassesGoesFirst() throws {
        try FileManager.default.createDirectory(atPath: folder.path("credentials"), withIntermediateDirectories: true)
        try folder.write("passed\n", to: "credentials/contoso-secret", mode: 0o440)
        let secrets = secrets(["CREDENTIALS_DIRECTORY": folder.path("credentials")])
        #expect(try secrets.text(of: reference) == "passed")
        #expect(journal.lines.isEmpty, "systemd guards its directory itself")
        try folder.remove("credentials/contoso-secret")
        #expect(try secrets.text(of: reference) == "client-secret-text")
    }

    @Test func aCertificateThatIsNoneIsAFaultOfTheConfiguration() async throws {
        try folder.write("no certificate", to: "cert.pem", mode: 0o644)
        try folder.write("no key", to: "key.pem")
        let text = try String(contentsOfFile: folder.configuration, encoding: .utf8).replacingOccurrences(
            of: "client_secret_file: contoso-secret",
            with: "certificate_file: cert.pem\n      private_key_file: key.pem")
        try folder.write(text, to: "roomwatch.yaml")
        let tenant = try folder.load().tenants[0]
        let error = await #expect(throws: DaemonError.self) {
            try await secrets().credential(of: tenant, at: StandingTime.moment)
        }
        #expect(error?.exitCode == 78)
        #expect(error?.description.contains(":7: tenants[0].credential.certificate_file: ") == true)
        #expect(error?.description.contains("no key") == false)
    }

    private func credential(_ written: String, _ environment: [String: String] = [:]) async throws -> GraphCredential {
        let text = try String(contentsOfFile: folder.configuration, encoding: .utf8).replacingOccurrences(
            of: "client_secret_file: contoso-secret", with: written)
        try folder.write(text, to: "roomwatch.yaml")
        let tenant = try folder.load().tenants[0]
        return try await secrets(environment).credential(of: tenant, at: StandingTime.moment)
    }

    @Test func aFederatedTokenIsNotReadBeforeItIsNeeded() async throws {
        let credential = try await credential("federated_token_file: \(folder.path("token"))")
        guard case .federatedToken = credential else {
            Issue.record("it is no federated token")
            return
        }
        let file = RenewedFile(credentials: secrets().credentials)
        let error = await #expect(throws: CredentialFileError.self) { try await file.read(folder.path("token")) }
        #expect(error?.description.contains(folder.path("token")) == true)
        try folder.write("a.b.c\n", to: "token")
        #expect(try await file.read(folder.path("token")).withRevealed { $0 } == "a.b.c")
    }

    @Test(arguments: [
        ([:], "virtual machine"), (["IDENTITY_ENDPOINT": "http://localhost:40342/x"], "Azure Arc"),
        (["IDENTITY_ENDPOINT": "http://localhost:40342/x", "IDENTITY_HEADER": "header-secret"], "App Service"),
    ])
    func aManagedIdentityIsAskedWhereTheEnvironmentSays(environment: [String: String], platform: String) async throws {
        let credential = try await credential("managed_identity: system", environment)
        #expect(credential.description.contains(platform) && !credential.description.contains("header-secret"))
    }

    @Test func anEnvironmentThatMakesNoSenseIsAFaultOfTheConfiguration() async throws {
        let error = await #expect(throws: DaemonError.self) {
            try await credential("managed_identity: system", ["IDENTITY_ENDPOINT": "http://10.0.0.1/x"])
        }
        #expect(error?.exitCode == 78 && error?.description.contains("IDENTITY_ENDPOINT") == true)
    }
}
