// Keeping what the monitor knows: a copy of its store while it runs, and the way back.

import ArgumentParser
import FleetAPI
import FleetClient
import Foundation

struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copy the store into a file while the daemon runs.",
        discussion: """
            The daemon copies and checks its store beside it, which takes free space of that size, and sends the copy; it \
            is checked again here. FILE is private (mode 0600), because it holds the names of rooms and of people. It holds \
            no secret. Takes the role operator, and a token that is bound to no tenant.
            """)

    @Argument(help: "The file to write, or - for standard output.", completion: .file())
    var file: String
    @Flag(help: "Replace the file if it is there.")
    var force = false
    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let session = try Session(options)
        let isStream = file == "-"
        if isStream, isatty(STDOUT_FILENO) == 1 {
            throw ValidationError("A backup is no text for a terminal; send it to a file or a program.")
        }
        let target = try BackupFile(isStream ? nil : file, isForced: force, progress: .onTerminal())
        let receipt: BackupReceipt
        do throws(ClientError) {
            receipt = try await session.client.backup(into: target)
        } catch {
            target.discard()
            if let failure = target.failure { throw CommandFault("\(file) cannot be written: \(failure)") }
            throw error
        }
        try target.keep(isForced: force)
        guard !isStream else { return }
        let summary = BackupSummary(file: file, bytes: receipt.bytes, sha256: receipt.sha256)
        switch options.output {
        case .json: session.show(json: try WireJSON.bytes(of: Envelope(BackupSummary.Content(backup: summary))))
        case .plain: Terminal.write("\(file.harmless)\t\(receipt.bytes)\t\(receipt.sha256)\n")
        case .table:
            Terminal.write(
                "\(file.harmless): \(Size.text(receipt.bytes)), whole and checked, SHA-256 \(receipt.sha256)\n")
            Terminal.remark("It holds names of rooms and people: keep it as private as the store.")
        }
    }
}

/// What `-o json` says of a backup.
struct BackupSummary: Sendable, Codable {
    var file: String
    var bytes: Int
    var sha256: String

    struct Content: Sendable, Codable {
        var backup: BackupSummary
    }
}

struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put a copy in the place of the store; the daemon must be stopped.",
        discussion: """
            Runs roomwatchd --restore on this machine, as a user who may write the store (root). The copy is checked first; \
            if anything fails, the store is as it was. The store that is replaced is kept beside the new one. Notifications \
            that waited in the copy go out two minutes after the first start, unless what they speak of is over; receivers \
            may hear them a second time under the same id. What opened after the copy was made and ended before the \
            start is not known to the monitor: close it at its receiver.
            """)

    @Argument(help: "The copy that roomctl backup wrote.", completion: .file())
    var file: String
    @Option(help: "The configuration that names the store.", completion: .file())
    var config = "/etc/roomwatch/roomwatch.yaml"
    @Option(help: "The roomwatchd to run; the one beside roomctl by default.", completion: .file())
    var daemon: String?
    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    func run() async throws {
        let active = ServiceUnit.active()
        guard active.isEmpty else {
            throw CommandFault(
                "\(active.joined(separator: " and ")) must be stopped first: systemctl stop \(active.joined(separator: " "))"
            )
        }
        guard FileManager.default.isReadableFile(atPath: file) else {
            throw CommandFault("\(file) cannot be read: correct the path, or run this as root")
        }
        guard yes || Terminal.confirms("Replace the store of \(config) by \(file)? The present one is kept aside.")
        else {
            throw CommandFault("nothing was restored")
        }
        let roomwatchd = Tool(path: try daemon ?? Self.neighbour())
        let code = try roomwatchd.runHere(["--config", config, "--restore", file])
        guard code == 0 else { throw ExitCode(code) }
    }

    /// The roomwatchd beside this roomctl, else the installed one.
    static func neighbour() throws -> String {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let beside = URL(filePath: own).deletingLastPathComponent().appending(path: "roomwatchd")
            .path(percentEncoded: false)
        if FileManager.default.isExecutableFile(atPath: beside) { return beside }
        guard let installed = Tool("roomwatchd") else {
            throw CommandFault("roomwatchd is not on this machine: install it, or name it with --daemon")
        }
        return installed.path
    }
}
