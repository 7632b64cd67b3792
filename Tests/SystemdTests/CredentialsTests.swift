// Each way in which a secret file can be wrong, with real files, and what the operator is told about it.

import Foundation
import Glibc
import Testing

@testable import Systemd

@Suite final class CredentialsTests {
    private let root: String
    private let credentials: Credentials

    init() throws {
        root = NSTemporaryDirectory() + "roomwatch-" + UUID().uuidString
        for directory in ["", "/credentials", "/etc"] {
            try FileManager.default.createDirectory(atPath: root + directory, withIntermediateDirectories: true)
        }
        credentials = Credentials(
            credentialsDirectory: root + "/credentials", configurationDirectory: root + "/etc")
    }

    deinit {
        try? FileManager.default.removeItem(atPath: root)
    }

    private func write(_ bytes: some Sequence<UInt8>, to path: String, mode: mode_t = 0o600) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: root + path))
        try #require(chmod(root + path, mode) == 0)
    }

    private func reason(_ name: String) -> CredentialError.Reason? {
        #expect(throws: CredentialError.self) { try credentials.read(name) }?.reason
    }

    @Test func theCredentialsDirectoryGoesBeforeTheConfiguration() throws {
        try write("from systemd".utf8, to: "/credentials/secret")
        try write("from etc".utf8, to: "/etc/secret")
        #expect(try credentials.read("secret").text == "from systemd")
        #expect(try credentials.read("secret").path == root + "/credentials/secret")
    }

    @Test func whatSystemdDoesNotHandOverLiesBesideTheConfiguration() throws {
        try write("from etc".utf8, to: "/etc/secret")
        #expect(try credentials.read("secret").text == "from etc")
        let byHand = Credentials(credentialsDirectory: nil, configurationDirectory: root + "/etc/")
        #expect(try byHand.read("secret").text == "from etc")
        let emptyVariable = Credentials(credentialsDirectory: "", configurationDirectory: root + "/etc")
        #expect(emptyVariable.candidates(for: "secret") == [root + "/etc/secret"])
    }

    @Test func aPathIsNeverLookedUpAmongTheCredentials() throws {
        #expect(credentials.candidates(for: "/run/secret") == ["/run/secret"])
        #expect(credentials.candidates(for: "keys/secret") == [root + "/etc/keys/secret"])
        #expect(credentials.candidates(for: "..") == [root + "/etc/.."])
        try write("absolute".utf8, to: "/secret")
        #expect(try credentials.read(root + "/secret").text == "absolute")
    }

    @Test(arguments: [
        ("word\n", "word"), ("word\r\n", "word"), ("word\n\n", "word\n"), ("word", "word"), (" word \n", " word "),
    ])
    func oneLineBreakAtTheEndGoes(content: String, text: String) throws {
        try write(content.utf8, to: "/etc/secret")
        #expect(try credentials.read("secret").text == text)
    }

    @Test func theLimitIsExact() throws {
        try write(repeatElement(0x61, count: Credentials.limit), to: "/etc/secret")
        #expect(try credentials.read("secret").text.utf8.count == Credentials.limit)
        try write(repeatElement(0x61, count: Credentials.limit + 1), to: "/etc/secret")
        #expect(reason("secret") == .tooLong(path: root + "/etc/secret"))
    }

    @Test(arguments: ["", "\n", " \t\r\n"])
    func anEmptyFileIsRefused(content: String) throws {
        try write(content.utf8, to: "/etc/secret")
        #expect(reason("secret") == .empty(path: root + "/etc/secret"))
    }

    @Test func anEmptyCredentialDoesNotFallBack() throws {
        try write("".utf8, to: "/credentials/secret")
        try write("stale".utf8, to: "/etc/secret")
        #expect(reason("secret") == .empty(path: root + "/credentials/secret"))
    }

    @Test(arguments: [[0xFF, 0xFE], [0x61, 0x00, 0x62]] as [[UInt8]])
    func whatIsNotTextIsRefused(content: [UInt8]) throws {
        try write(content, to: "/etc/secret")
        #expect(reason("secret") == .notText(path: root + "/etc/secret"))
    }

    @Test func aFolderAndAPipeAreRefusedAtOnce() throws {
        try FileManager.default.createDirectory(atPath: root + "/etc/folder", withIntermediateDirectories: true)
        #expect(reason("folder") == .notAFile(path: root + "/etc/folder"))
        try #require(mkfifo(root + "/etc/pipe", 0o600) == 0)
        #expect(reason("pipe") == .notAFile(path: root + "/etc/pipe"))
    }

    @Test func aLoopOfLinksIsUnreadable() throws {
        try FileManager.default.createSymbolicLink(atPath: root + "/etc/loop", withDestinationPath: "loop")
        #expect(reason("loop") == .unreadable(path: root + "/etc/loop", errorNumber: ELOOP))
    }

    @Test(arguments: ["", "a\u{0}b"])
    func aNameThatCannotBeAFileIsRefused(name: String) {
        #expect(reason(name) == .malformedName)
    }

    @Test func aMissingSecretSaysWhereItWasLookedForAndWhatToDo() throws {
        let places = [root + "/credentials/contoso-secret", root + "/etc/contoso-secret"]
        #expect(reason("contoso-secret") == .missing(places: places))
        let words = CredentialError(name: "contoso-secret", .missing(places: places)).description
        #expect(words.contains(places[0]) && words.contains(places[1]))
        #expect(words.contains("LoadCredential=contoso-secret "))
    }

    @Test(arguments: [(0o600, nil), (0o400, nil), (0o640, 0o640), (0o604, 0o604)] as [(mode_t, UInt16?)])
    func othersWhoMayReadAreReported(mode: mode_t, reported: UInt16?) throws {
        try write("word".utf8, to: "/etc/secret", mode: mode)
        #expect(try credentials.read("secret").warning?.mode == reported)
    }

    @Test func systemdsOwnDirectoryIsTrusted() throws {
        try write("word".utf8, to: "/credentials/secret", mode: 0o444)
        #expect(try credentials.read("secret").warning == nil)
        #expect(try credentials.read(root + "/credentials/secret").warning == nil)
    }

    @Test func noDescriptionShowsTheSecret() throws {
        try write("hunter2".utf8, to: "/etc/secret", mode: 0o644)
        let credential = try credentials.read("secret")
        var dumped = ""
        dump(credential, to: &dumped)
        for text in [
            "\(credential)", String(reflecting: credential), dumped, "\(String(describing: credential.warning))",
        ] {
            #expect(!text.contains("hunter2"))
        }
        #expect(credential.warning?.description.contains("mode 0644") == true)
    }
}
