// The disk: what is missing, unreadable or something else than a file.

import Foundation
import Testing

@testable import FleetConfiguration

/// A directory of its own for one test, removed with the value.
private final class Scratch {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "roomwatch-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ content: Data) throws -> String {
        let file = "\(path)/\(name)"
        try content.write(to: URL(filePath: file))
        return file
    }
}

@Suite struct LoadingTests {
    private func failure(_ path: String, _ environment: [String: String] = [:]) throws -> ConfigurationErrors {
        try #require(throws: ConfigurationErrors.self) {
            try Configuration.load(path: path, environment: environment)
        }
    }

    @Test func aMissingFileADirectoryAndALargeFileAreRefused() throws {
        let scratch = try Scratch()
        #expect(
            try failure(scratch.path + "/none.yaml").description
                == "\(scratch.path)/none.yaml: there is no such file; create it, or name another with --config FILE")
        #expect(try failure(scratch.path).first.problem == "is a directory")
        let large = try scratch.write("large.yaml", Data(repeating: UInt8(ascii: "#"), count: DocumentLimit.bytes + 1))
        #expect(try failure(large).first.problem.hasPrefix("larger than"))
        #expect(try failure("/dev/zero").first.problem.hasPrefix("larger than"))
    }

    @Test func bytesThatAreNotUTF8AreReportedWithTheirLine() throws {
        let scratch = try Scratch()
        let file = try scratch.write("latin1.yaml", Data(Sample.minimal.utf8) + Data([0x61, 0x0A, 0x62, 0xE4, 0x0A]))
        let error = try failure(file).first
        #expect(error.line == 15)
        #expect(error.problem == "is not UTF-8")
        let wide = try #require(Sample.minimal.data(using: .utf16LittleEndian))
        #expect(try failure(try scratch.write("utf16.yaml", Data([0xFF, 0xFE]) + wide)).first.line == 1)
    }

    @Test func filesThatAreNamedMustExist() throws {
        let scratch = try Scratch()
        let credentials = try Scratch()
        let file = try scratch.write("roomwatch.yaml", Data(Sample.minimal.utf8))
        let withSystemd = ["CREDENTIALS_DIRECTORY": credentials.path]

        // Under systemd both places are known, so a missing file is an error.
        #expect(
            try failure(file, withSystemd).all.map(\.key) == [
                "tenants[0].credential.client_secret_file", "receivers[0].webhook.secret_file",
            ])
        #expect(try failure(file, withSystemd).all.map(\.line) == [7, 10])

        // Outside of the unit nobody can know what systemd will pass.
        let notices = try Configuration.load(path: file, environment: [:]).notices
        #expect(notices.map(\.line) == [7, 10])
        #expect(notices.allSatisfy { $0.text.contains("LoadCredential") })

        _ = try scratch.write("contoso-secret", Data("s".utf8))
        _ = try credentials.write("hook-secret", Data("s".utf8))
        #expect(try Configuration.load(path: file, environment: withSystemd).notices.isEmpty)
    }

    @Test func anAbsolutePathThatIsMissingOrADirectoryIsAnError() throws {
        let scratch = try Scratch()
        _ = try scratch.write("hook-secret", Data("s".utf8))
        for (name, problem) in [("/nowhere/at/all", "there is no such file"), (scratch.path, "is a directory")] {
            let text = Sample.minimal.replacingOccurrences(of: "contoso-secret", with: name)
            let errors = try failure(try scratch.write("roomwatch.yaml", Data(text.utf8)))
            #expect(errors.all.map(\.problem) == [problem])
            #expect(errors.first.line == 7)
        }
    }

    @Test func aFederatedTokenMayComeLaterButNotAsACopy() throws {
        let scratch = try Scratch()
        let credentials = try Scratch()
        _ = try scratch.write("hook-secret", Data("s".utf8))
        let text = Sample.minimal.replacing("client_secret_file: contoso-secret", with: "federated_token_file: token")
        let file = try scratch.write("roomwatch.yaml", Data(text.utf8))
        let environment = ["CREDENTIALS_DIRECTORY": credentials.path]
        func notices() throws -> [ConfigurationNotice] {
            try Configuration.load(path: file, environment: environment).notices
        }
        #expect(try notices().map(\.line) == [7])
        #expect(try notices().allSatisfy { $0.text.contains("whenever a token is asked for") })
        _ = try credentials.write("token", Data("t".utf8))
        #expect(try notices().allSatisfy { $0.text.contains("never renewed") })
        #expect(try notices().count == 1)
        try FileManager.default.removeItem(atPath: credentials.path + "/token")
        _ = try scratch.write("token", Data("t".utf8))
        #expect(try notices().isEmpty)
    }
}
