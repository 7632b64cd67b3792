// Files that root writes: whole or not at all, with their mode from the first byte, and never through somebody's link.

import FleetConfiguration
import FleetCore
import Foundation
import GraphClient
import HTTPExchange
import Testing

@testable import TenantConnection

@Suite struct WriterTests {
    let folder: Scratch

    init() throws { folder = try Scratch() }

    private func file(_ name: String, _ text: String = "new\n", isOurs: Bool = false, keeps: Bool = false)
        -> PlannedFile
    {
        PlannedFile(
            path: folder.path(name), content: Secret(text), isSecret: true, mode: 0o600, folderMode: 0o700,
            isOurs: isOurs,
            keepsExisting: keeps)
    }

    private func put(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: folder.path(name)))
    }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.root).sorted()
    }

    @Test func aNewFileHasItsModeAndItsFolderToo() throws {
        #expect(try FileWriter(replaces: false).write(file("a/b/secret"), token: "t") == .written)
        #expect(try folder.text("a/b/secret") == "new\n")
        #expect(try folder.mode("a/b/secret") == 0o600 && folder.mode("a/b") == 0o700)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("a/b")) == ["secret"])
    }

    @Test func whatIsThereIsKeptUnlessReplacingWasAskedFor() throws {
        try put("old\n", "secret")
        let refusal = #expect(throws: ConnectionFault.self) {
            try FileWriter(replaces: false).write(file("secret"), token: "t")
        }
        #expect(refusal?.remedy.contains("--force") == true)
        #expect(try folder.text("secret") == "old\n")
        #expect(try FileWriter(replaces: false).write(file("secret", "old\n"), token: "t") == .unchanged)
        #expect(try FileWriter(replaces: false).write(file("secret", keeps: true), token: "t") == .unchanged)
        #expect(try FileWriter(replaces: true).write(file("secret"), token: "t") == .replaced)
        #expect(try folder.text("secret") == "new\n" && folder.text("secret.bak") == "old\n")
        #expect(try FileWriter(replaces: false).write(file("secret", "newer\n", isOurs: true), token: "t") == .replaced)
        #expect(try folder.text("secret.bak") == "new\n")
        #expect(try names() == ["secret", "secret.bak"])
    }

    @Test func linksAreNeverFollowed() throws {
        try put("precious\n", "target")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path("secret"), withDestinationPath: folder.path("target"))
        #expect(throws: ConnectionFault.self) { try FileWriter(replaces: true).write(file("secret"), token: "t") }
        #expect(throws: ConnectionFault.self) { try FileWriter(replaces: true).check([file("secret")]) }
        try FileManager.default.createDirectory(atPath: folder.path("real"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: folder.path("linked"), withDestinationPath: folder.path("real"))
        #expect(throws: ConnectionFault.self) {
            try FileWriter(replaces: true).write(file("linked/secret"), token: "t")
        }
        // The temporary name may be guessed and planted.
        try FileManager.default.createSymbolicLink(
            atPath: folder.path(".other.t"), withDestinationPath: folder.path("target"))
        #expect(throws: ConnectionFault.self) { try FileWriter(replaces: true).write(file("other"), token: "t") }
        #expect(try folder.text("target") == "precious\n")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("real")).isEmpty)
    }

    @Test(arguments: [
        ReceiverPlan.webhook(url: "https://hooks.contoso.com/a?b=\"c"), .alertmanager(url: "http://127.0.0.1:9093"),
        .pagerDuty, .teams, .slack,
    ])
    func everyReceiverAndCredentialIsAcceptedByTheDaemon(receiver: ReceiverPlan) throws {
        let kinds: [(CredentialPlan, String?)] = [
            (.secret(Secret("s")), Rig.clientID), (.certificate(Secret("c"), privateKey: Secret("k")), Rig.clientID),
            (.federatedToken(path: "/run/token: #1"), Rig.clientID), (.managedIdentity(clientID: nil), nil),
            (.managedIdentity(clientID: Rig.clientID), Rig.clientID),
        ]
        for (credential, clientID) in kinds {
            let plan = ConnectionPlan(
                name: "contoso", tenant: Rig.tenantID, clientID: clientID, cloud: .usgovDoD,
                endpoints: EndpointReplacements(
                    login: "http://127.0.0.1:1", graph: "https://graph.example",
                    identity: credential.isManagedIdentity ? "http://127.0.0.1:1" : nil, caFile: "/etc/ca.pem"),
                modules: [.detection, .devices], credential: credential)
            let text = ConfigurationText(plan: plan, tenantID: Rig.tenantID)
                .document(receiver: receiver, proxy: "http://proxy.contoso.com:3128")
            let read = try Configuration.parse(text: text.replacing("?b=\\\"c", with: ""), file: "roomwatch.yaml")
            #expect(read.tenants[0].cloud == .usgovDoD && read.http.proxy == "http://proxy.contoso.com:3128")
            #expect(read.tenants[0].inventory.devices && !read.tenants[0].inventory.places)
            if case .federatedToken(let reference) = read.tenants[0].credential {
                #expect(reference.name == "/run/token: #1")
            }
        }
    }

    @Test func theUsualFoldersNeedNoPathInTheDropIn() {
        let plan = ConnectionPlan(
            name: "contoso", tenant: Rig.tenantID, clientID: Rig.clientID, cloud: .global,
            endpoints: EndpointReplacements(), modules: [.detection],
            credential: .certificate(Secret("c"), privateKey: Secret("k\n")))
        let writing = WritingPlan(plan, tenantID: Rig.tenantID, receiver: nil, places: .usual)
        #expect(
            writing.files.map(\.path) == [
                "/etc/credstore/contoso-certificate", "/etc/credstore/contoso-key",
                "/etc/systemd/system/roomwatchd.service.d/credentials-contoso.conf",
            ])
        #expect(
            writing.files.last?.content.withRevealed { $0 }
                == "# Written by roomctl connect.\n[Service]\nLoadCredential=contoso-certificate\nLoadCredential=contoso-key\n"
        )
        #expect(writing.files[1].content.withRevealed { $0 } == "k\n")
    }
}
