// What a maintainer needs to understand somebody else's monitor, with nothing in it that is nobody's business.

import ArgumentParser
import FleetAPI
import FleetClient
import Foundation
import Timekeeping

struct SupportBundle: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "support-bundle",
        abstract: "Collect what a maintainer needs, with stand-ins for every name.",
        discussion: """
            The bundle holds versions, the unit's state, the log, the figures, the configuration, places, rooms, receivers, \
            deliveries and open incidents. Names, mail addresses, ids, hosts and addresses get stand-ins such as room-1; \
            secrets are never read. MANIFEST.txt lists what is in it and what is not. Nothing is sent anywhere. Where the \
            daemon is down it holds less. Run it as root to have the log and the configuration in it.
            """)

    @Argument(help: "The archive to write; roomwatch-support-TIME.tar.gz by default.", completion: .file())
    var file: String?
    @Option(help: "How far the log goes back.")
    var since = WrittenDuration(seconds: 86_400)
    @Option(help: "The daemon's configuration.", completion: .file())
    var config = "/etc/roomwatch/roomwatch.yaml"
    @Flag(help: "Print what would be in the archive, and write none.")
    var show = false
    @Flag(help: "Replace the archive if it is there.")
    var force = false
    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let session = try Session(options)
        let stamp = Timestamp(session.now.wall).description.prefix(19).filter { $0.isNumber || $0 == "T" } + "Z"
        let name = "roomwatch-support-\(stamp)"
        let target = file ?? "\(name).tar.gz"
        if !show, !force, FileManager.default.fileExists(atPath: target) {
            throw CommandFault("\(target) exists; choose another name, or give --force to replace it")
        }
        var sources = BundleSources(
            client: session.client, configuration: config, since: "-\(Int(since.seconds))s",
            roomwatchd: try? Restore.neighbour())
        await sources.collect()
        let manifest = sources.content.manifest(
            tally: sources.redaction.names.tally, made: Timestamp(session.now.wall).description, version: Version.text)
        if show {
            Terminal.write(manifest)
            for file in sources.content.files { Terminal.write("\n===== \(file.name)\n\(file.text)") }
            return
        }
        let written = try BundleArchive.write(sources.content, manifest: manifest, named: name, to: target)
        Terminal.write(manifest + "\n")
        Terminal.write("\(written.harmless) is private to you (mode 0600). Read it before you send it.\n")
    }
}

/// The archive on the disk.
enum BundleArchive {
    /// - Returns: the archive, or the folder where this machine has no tar.
    static func write(
        _ content: BundleContent, manifest: String, named name: String, to target: String, tar: Tool? = Tool("tar")
    ) throws -> String {
        let work = try makeFolder(beside: target, named: name)
        let folder = work.appending(path: name)
        defer { try? FileManager.default.removeItem(at: work) }
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        for file in [BundleContent.File(name: "MANIFEST.txt", about: "", text: manifest)] + content.files {
            let path = folder.appending(path: file.name).path(percentEncoded: false)
            guard
                FileManager.default.createFile(
                    atPath: path, contents: Data(file.text.utf8), attributes: [.posixPermissions: 0o600])
            else { throw CommandFault("\(path) cannot be written; is the disk full?") }
        }
        guard let tar else {
            let plain = target.replacing(".tar.gz", with: "")
            try FileManager.default.moveItem(at: folder, to: URL(filePath: plain))
            return plain
        }
        let packed = work.appending(path: "archive").path(percentEncoded: false)
        // The owner of the files is the name of a person.
        let outcome = try tar.run([
            "--create", "--gzip", "--owner=root:0", "--group=root:0", "--file=\(packed)",
            "--directory=\(work.path(percentEncoded: false))", name,
        ])
        guard outcome.code == 0, chmod(packed, 0o600) == 0, rename(packed, target) == 0 else {
            throw CommandFault("\(target) cannot be written; is the disk full, or the folder not yours?")
        }
        return target
    }
    /// A folder that nobody else can read or have prepared: in a folder of others a name that can be guessed may be a
    /// link to somewhere.
    private static func makeFolder(beside target: String, named name: String) throws -> URL {
        let template = URL(filePath: target).deletingLastPathComponent().appending(path: ".\(name).XXXXXX")
        var path = Array(template.path(percentEncoded: false).utf8CString)
        guard mkdtemp(&path) != nil else {
            throw CommandFault("\(target) cannot be written: \(String(cString: strerror(errno)))")
        }
        return URL(filePath: String(decoding: path.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self))
    }
}
