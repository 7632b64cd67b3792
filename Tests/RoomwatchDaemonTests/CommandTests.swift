// The command line as scripts and systemd see it: what is printed where, and the exit code (Contract, Commands). The
// executable itself is run.

import FleetStore
import Foundation
import Glibc
import Logging
import Testing

@testable import RoomwatchDaemon

// One at a time: a process that is just being started holds the descriptors of all, the lock of another test included.
@Suite(.serialized) struct CommandTests {
    let folder: Folder

    init() throws { folder = try Folder() }

    struct Outcome {
        var code: Int32
        var out: String
        var err: String
    }

    /// Runs the executable that was built beside the tests.
    private func run(_ arguments: [String], environment: [String: String] = [:]) async throws -> Outcome {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let process = Process()
        let daemon = URL(filePath: tests).deletingLastPathComponent().appending(path: "roomwatchd")
        // A daemon that starts where it must refuse would run for ever; timeout(1) makes that a failure.
        process.executableURL = URL(filePath: "/usr/bin/timeout")
        process.arguments = ["30", daemon.path(percentEncoded: false)] + arguments
        process.environment = environment
        // Files instead of pipes: nothing can fill up.
        for name in ["out", "err"] { try folder.write("", to: name) }
        process.standardOutput = try FileHandle(forWritingTo: folder.url.appending(path: "out"))
        process.standardError = try FileHandle(forWritingTo: folder.url.appending(path: "err"))
        try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in ended.resume() }
            do { try process.run() } catch { ended.resume(throwing: error) }
        }
        return Outcome(
            code: process.terminationStatus, out: try String(contentsOfFile: folder.path("out"), encoding: .utf8),
            err: try String(contentsOfFile: folder.path("err"), encoding: .utf8))
    }

    private func check(_ environment: [String: String] = [:]) async throws -> Outcome {
        try await run(["--config", folder.configuration, "--check-config"], environment: environment)
    }

    @Test func aGoodConfigurationIsSaidToBeGoodAndNothingIsOpened() async throws {
        let outcome = try await check()
        #expect(outcome.code == 0)
        #expect(outcome.out.hasSuffix("\(folder.configuration): the configuration is good\n"))
        #expect(outcome.err.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: folder.path("state")))
        #expect(!FileManager.default.fileExists(atPath: folder.path("api.sock")))
    }

    @Test func everyMistakeIsNamedWithFileAndLine() async throws {
        try folder.configure(detection: "{ offline_hold: 10 }", more: "pol: { presence: 8s }")
        let outcome = try await check()
        #expect(outcome.code == 78)
        #expect(outcome.out.isEmpty)
        #expect(outcome.err.contains("\(folder.configuration):9: detection.offline_hold"))
        #expect(outcome.err.contains("pol"))
    }

    @Test func aFileThatIsNotThereIsABadConfiguration() async throws {
        let outcome = try await run(["--config", folder.path("none.yaml"), "--check-config"])
        #expect(outcome.code == 78)
        #expect(outcome.err.contains(folder.path("none.yaml")))
    }

    @Test func aSecretThatSystemdPassesLaterIsANotice() async throws {
        try folder.remove("contoso-secret")
        let outcome = try await check()
        #expect(outcome.code == 0)
        #expect(outcome.out.contains("\(folder.configuration):7: "))
        #expect(outcome.out.contains("LoadCredential="))
    }

    @Test func aSecretThatSystemdDidNotPassIsAMistake() async throws {
        try folder.remove("contoso-secret")
        try FileManager.default.createDirectory(atPath: folder.path("credentials"), withIntermediateDirectories: true)
        let outcome = try await check(["CREDENTIALS_DIRECTORY": folder.path("credentials")])
        #expect(outcome.code == 78)
        #expect(outcome.err.contains("\(folder.configuration):7: "))
    }

    @Test(arguments: ["contoso-secret", "hook-secret"])
    func aSecretThatIsThereIsRead(name: String) async throws {
        try folder.write("\n", to: name)
        let outcome = try await check()
        #expect(outcome.code == 78)
        #expect(outcome.err.contains("\(folder.configuration):"))
        #expect(outcome.err.contains(name) && outcome.err.contains("empty"))
    }

    @Test func wrongArgumentsHaveACodeOfTheirOwn() async throws {
        let outcome = try await run(["--chek-config"])
        #expect(outcome.code == 2)
        #expect(outcome.err.contains("--chek-config"))
    }

    @Test func aStorePathThatIsSomebodysFileIsABadConfiguration() async throws {
        try FileManager.default.createDirectory(atPath: folder.path("state"), withIntermediateDirectories: true)
        try folder.write("# Minutes of Tuesday\n", to: "state/roomwatch.sqlite")
        let outcome = try await run(["--config", folder.configuration])
        #expect(outcome.code == 78)
        #expect(outcome.err.contains("\(folder.path("state/roomwatch.sqlite")) is not a SQLite database"))
        let left = try String(contentsOfFile: folder.path("state/roomwatch.sqlite"), encoding: .utf8)
        #expect(left == "# Minutes of Tuesday\n")
    }

    @Test func onlyWhatARestartCannotMendIsABadConfiguration() {
        #expect(DaemonError.store(.foreignDatabase(path: "x")).exitCode == 78)
        #expect(DaemonError.store(.notADatabase(path: "x")).exitCode == 78)
        #expect(DaemonError.store(.diskFull(path: "x", doing: "y")).exitCode == 1)
        #expect(DaemonError.store(.lockedByAnotherDaemon(path: "x", pid: nil)).exitCode == 1)
        #expect(DaemonError.listener("x").exitCode == 1)
    }

    // MARK: Restoring

    /// A store that a daemon left behind, and a copy of it.
    private func makeStoreAndCopy() throws {
        let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let now = Date(timeIntervalSince1970: 1_795_161_600)
        let store = try Store.open(path: folder.path("state/roomwatch.sqlite"), now: now, log: quiet).store
        let copy = try store.copy()
        try Data(try copy.read(at: 0, upTo: copy.bytes)).write(to: URL(filePath: folder.path("copy.sqlite")))
        try store.close()
    }

    private func restore(_ copy: String) async throws -> Outcome {
        try await run(["--config", folder.configuration, "--restore", folder.path(copy)])
    }

    @Test func aCopyIsRestoredIntoTheStoreThatTheConfigurationNames() async throws {
        try makeStoreAndCopy()
        let outcome = try await restore("copy.sqlite")
        #expect(outcome.code == 0, "\(outcome.err)")
        #expect(outcome.out.contains("\(folder.path("state/roomwatch.sqlite")) was restored from"))
        #expect(outcome.out.contains(".replaced-"))
        #expect(outcome.out.contains("systemctl start roomwatchd.socket roomwatchd.service"))
        #expect(!FileManager.default.fileExists(atPath: folder.path("api.sock")), "no daemon was started")
    }

    @Test func aCopyThatIsNoneChangesNothingAndEndsWithOne() async throws {
        try makeStoreAndCopy()
        let before = try Data(contentsOf: URL(filePath: folder.path("state/roomwatch.sqlite")))
        let outcome = try await restore("hook-secret")
        #expect(outcome.code == 1)
        #expect(outcome.err.contains("nothing was changed"))
        #expect(try Data(contentsOf: URL(filePath: folder.path("state/roomwatch.sqlite"))) == before)
    }

    @Test func aStoreInUseIsNotReplaced() async throws {
        try makeStoreAndCopy()
        let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let store = try Store.open(
            path: folder.path("state/roomwatch.sqlite"), now: Date(timeIntervalSince1970: 1_795_161_600), log: quiet
        ).store
        let outcome = try await restore("copy.sqlite")
        #expect(outcome.code == 1)
        #expect(outcome.err.contains("another roomwatchd"))
        try store.close()
    }

    /// Nobody's, as the id of a dynamic user is while its service does not run.
    private static let stranger: uid_t = 64_937

    /// The store as a dynamic user's: all of it theirs, below a directory that only root may enter.
    private func giveStoreAway() throws {
        #expect(chmod(folder.path(""), 0o700) == 0)
        let state = folder.path("state")
        for name in try FileManager.default.contentsOfDirectory(atPath: state) + [""] {
            #expect(lchown("\(state)/\(name)", Self.stranger, Self.stranger) == 0)
        }
    }

    /// Of the file itself, were it a link.
    private func attributes(_ name: String) throws -> (owner: uid_t, mode: Int) {
        let found = try FileManager.default.attributesOfItem(atPath: folder.path(name))
        return (
            uid_t(try #require(found[.ownerAccountID] as? NSNumber).intValue),
            try #require(found[.posixPermissions] as? NSNumber).intValue
        )
    }

    private func owner(_ name: String) throws -> uid_t { try attributes(name).owner }

    @Test(.enabled(if: geteuid() == 0)) func rootRestoresAsTheOwnerOfTheDirectory() async throws {
        try makeStoreAndCopy()
        try giveStoreAway()
        let outcome = try await restore("copy.sqlite")
        #expect(outcome.code == 0, "\(outcome.err)")
        #expect(outcome.out.contains("kept as \(folder.path("state/roomwatch.sqlite.replaced-"))"))
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path("state")) {
            #expect(try owner("state/\(name)") == Self.stranger, "\(name)")
        }
        #expect(FileManager.default.fileExists(atPath: folder.path("state/roomwatch.sqlite.restored")))
    }

    @Test(.enabled(if: geteuid() == 0)) func aDirectoryThatIsMissingBecomesTheOwnersToo() async throws {
        try makeStoreAndCopy()
        try FileManager.default.removeItem(atPath: folder.path("state"))
        #expect(chown(folder.path(""), Self.stranger, Self.stranger) == 0)
        let outcome = try await restore("copy.sqlite")
        #expect(outcome.code == 0, "\(outcome.err)")
        #expect(try owner("state") == Self.stranger)
        #expect(try owner("state/roomwatch.sqlite") == Self.stranger)
    }

    @Test(
        .enabled(if: geteuid() == 0),
        arguments: [".lock", ".restored", ".restoring", ".restoring-wal", ".restoring-journal", "", "-wal"])
    func linksThatTheOwnerPlantedLeadRootNowhere(_ suffix: String) async throws {
        try makeStoreAndCopy()
        // A store of root's: SQLite would write to it, were it followed.
        try FileManager.default.copyItem(atPath: folder.path("copy.sqlite"), toPath: folder.path("victim"))
        #expect(chmod(folder.path("victim"), 0o640) == 0)
        let before = try Data(contentsOf: URL(filePath: folder.path("victim")))
        let planted = folder.path("state/roomwatch.sqlite\(suffix)")
        _ = unlink(planted)
        try FileManager.default.createSymbolicLink(atPath: planted, withDestinationPath: folder.path("victim"))
        try giveStoreAway()
        let outcome = try await restore("copy.sqlite")
        #expect(!outcome.err.contains("/proc/self/fd") && !outcome.out.contains("/proc/self/fd"))
        #expect(outcome.code == (suffix == ".lock" ? 1 : 0), "\(outcome.err)")
        #expect(try Data(contentsOf: URL(filePath: folder.path("victim"))) == before)
        let after = try attributes("victim")
        #expect(after.owner == 0 && after.mode == 0o640)
    }

    @Test func checkingAndRestoringAreTwoThings() async throws {
        let outcome = try await run(["--check-config", "--restore", "x"])
        #expect(outcome.code == 2)
    }
}
