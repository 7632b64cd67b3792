// Where the content of a bundle comes from: the daemon's API, the machine, and the files beside them. Every source may be
// missing, the daemon first of all; what is missing is said, and the rest is collected all the same.

import FleetAPI
import FleetClient
import Foundation
import HTTPExchange

/// Collects a bundle. The order matters: what names rooms and people is read first, so that their names are known when
/// the log is read.
struct BundleSources {
    let client: RoomwatchClient
    /// The daemon's configuration file.
    let configuration: String
    /// How far the log goes back, in the words of journalctl.
    let since: String
    let roomwatchd: String?

    /// Rooms are read in pages, and no more of them than this.
    static let mostRoomPages = 50
    static let mostLogLines = 20_000

    var redaction = Redaction()
    var content = BundleContent()

    init(client: RoomwatchClient, configuration: String, since: String, roomwatchd: String?) {
        self.client = client
        self.configuration = configuration
        self.since = since
        self.roomwatchd = roomwatchd
    }

    mutating func collect() async {
        learnMachine()
        await collectFromDaemon()
        collectConfiguration()
        collectMachine()
        collectUnit()
        collectLog()
    }

    // MARK: The daemon

    private static let questions: [(file: String, path: String, about: String)] = [
        ("fleet.json", "fleet", "places, counted"),
        ("receivers.json", "receivers", "who is told, and what waits for them"),
        ("capabilities.json", "capabilities", "what Graph offers"),
        ("incidents.json", "incidents?status=open,acknowledged&limit=500", "open incidents"),
        ("deliveries.json", "deliveries?limit=500", "the newest notifications and what became of them"),
        ("maintenance.json", "maintenance", "maintenance windows"),
        ("silences.json", "silences", "silences"),
        ("doctor.json", "doctor", "the doctor's report"),
    ]

    private mutating func collectFromDaemon() async {
        var answers: [(file: String, about: String, bytes: [UInt8])] = []
        for question in Self.questions {
            do throws(ClientError) {
                answers.append((question.file, question.about, try await client.raw(question.path)))
            } catch {
                content.leaveOut(question.file, because: Self.reason(error))
            }
        }
        // Places before rooms and rooms before everything else, so that each name gets the stand-in of what it is.
        for answer in answers where answer.file == "fleet.json" || answer.file == "receivers.json" {
            add(answer.file, answer.about, answer.bytes)
        }
        await collectRooms()
        for answer in answers where answer.file != "fleet.json" && answer.file != "receivers.json" {
            add(answer.file, answer.about, answer.bytes)
        }
        for (file, path, about) in [
            ("healthz.txt", "healthz", "whether it lives"), ("readyz.txt", "readyz", "whether it is ready"),
        ] {
            do throws(ClientError) {
                let answer = try await client.page(path)
                let text = redaction.text(String(decoding: answer.body, as: UTF8.self))
                content.add(file, about, "status \(answer.status)\n\(text)")
            } catch {
                content.leaveOut(file, because: Self.reason(error))
            }
        }
        do throws(ClientError) {
            let answer = try await client.page("metrics")
            content.add("metrics.txt", "figures", redaction.figures(String(decoding: answer.body, as: UTF8.self)))
        } catch {
            content.leaveOut("metrics.txt", because: Self.reason(error))
        }
    }

    private mutating func collectRooms() async {
        var cursor: String?
        for page in 1...Self.mostRoomPages {
            do throws(ClientError) {
                let answer = try await client.rooms(RoomsQuery(cursor: cursor, limit: RoomsQuery.maximumLimit))
                // The first page is worth reading; the others only lend their names.
                if page == 1 {
                    add("rooms.json", "rooms, the first \(RoomsQuery.maximumLimit) of them", answer.bytes)
                } else {
                    _ = redaction.json(answer.bytes)
                }
                cursor = answer.content.nextCursor
            } catch {
                if page == 1 { content.leaveOut("rooms.json", because: Self.reason(error)) }
                return
            }
            if cursor == nil { return }
        }
    }

    private mutating func add(_ file: String, _ about: String, _ bytes: [UInt8]) {
        guard let text = redaction.json(bytes) else {
            content.leaveOut(file, because: "the answer is no JSON")
            return
        }
        content.add(file, about, text)
    }

    private static func reason(_ error: ClientError) -> String {
        switch error {
        case .unreachable: "the daemon cannot be reached"
        case .refused(let problem):
            problem.status == 404
                ? "this daemon does not offer it" : "the daemon refused: \(problem.status) \(problem.code)"
        case .unheard: "the daemon did not answer in time"
        case .malformed: "the answer was not understood"
        }
    }

    // MARK: The machine

    /// Names of this machine and of who stands before it.
    private mutating func learnMachine() {
        let host = Self.read("/proc/sys/kernel/hostname")
        if let host, host != "localhost" {
            _ = redaction.names.standIn(for: host, .host)
            if let short = host.split(separator: ".").first { _ = redaction.names.standIn(for: String(short), .host) }
        }
        let environment = ProcessInfo.processInfo.environment
        for name in [environment["SUDO_USER"], environment["USER"]].compactMap(\.self) where name != "root" {
            _ = redaction.names.standIn(for: name, .person)
        }
    }

    private mutating func collectConfiguration() {
        guard let text = Self.read(configuration) else {
            content.leaveOut("configuration.yaml", because: "it cannot be read; run this as root")
            return
        }
        content.add("configuration.yaml", "the configuration, with stand-ins", redaction.configuration(text))
    }

    private mutating func collectMachine() {
        var lines = ["roomctl \(Version.text)"]
        if let roomwatchd, let outcome = try? Tool(path: roomwatchd).run(["--version"]) {
            lines.append("roomwatchd \(redaction.text(String(decoding: outcome.output, as: UTF8.self)).trimmed)")
        }
        for line in (Self.read("/etc/os-release") ?? "").split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[0] == "ID" || parts[0] == "VERSION_ID" else { continue }
            let value = parts[1].filter { $0.isASCII && ($0.isLetter || $0.isNumber || ".-".contains($0)) }
            lines.append("\(parts[0].lowercased()) \(value.prefix(32))")
        }
        if let kernel = Self.read("/proc/sys/kernel/osrelease") {
            lines.append("kernel \(kernel.split(separator: "-").first.map(String.init) ?? "unknown")")
        }
        lines.append("processors \(ProcessInfo.processInfo.activeProcessorCount)")
        lines.append("memory \(ProcessInfo.processInfo.physicalMemory >> 20) MB")
        if let outcome = Tool("systemctl").flatMap({ try? $0.run(["--version"]) }) {
            let first = String(decoding: outcome.output, as: UTF8.self).split(separator: "\n").first ?? ""
            lines.append(first.split(separator: " ").prefix(2).joined(separator: " "))
        }
        lines += storeLines()
        content.add("machine.txt", "versions and sizes", lines.joined(separator: "\n") + "\n")
    }

    /// The files of the store by what stands behind its name.
    private func storeLines() -> [String] {
        let text = Self.read(configuration) ?? ""
        let path =
            text.firstMatch(of: /(?m)^\s*store:[^#\n]*?path:\s*"?([^,"}\s]+)/).map { String($0.output.1) }
            ?? "/var/lib/roomwatch/roomwatch.sqlite"
        let url = URL(filePath: path)
        let folder = url.deletingLastPathComponent().path(percentEncoded: false)
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            return ["store: its directory cannot be read; run this as root"]
        }
        return names.sorted().filter { $0.hasPrefix(url.lastPathComponent) }.map { name in
            let size = (try? FileManager.default.attributesOfItem(atPath: folder + name)[.size] as? NSNumber)?.intValue
            let suffix = name.dropFirst(url.lastPathComponent.count)
            let isOurs = suffix.wholeMatch(of: /[-.a-z0-9TZ]*/) != nil
            return "store\(isOurs ? String(suffix) : Redaction.mask): \(size ?? 0) bytes"
        }
    }

    private static let properties = [
        "LoadState", "ActiveState", "SubState", "Result", "UnitFileState", "NRestarts", "ExecMainCode",
        "ExecMainStatus",
        "ExecMainStartTimestamp", "ExecMainExitTimestamp", "ActiveEnterTimestamp", "InactiveEnterTimestamp",
        "WatchdogTimestamp", "StatusText", "StatusErrno", "MemoryCurrent", "MemoryPeak", "MemoryHigh", "MemoryMax",
        "CPUUsageNSec", "TasksCurrent", "TasksMax", "LimitNOFILE", "WatchdogUSec", "TimeoutStopUSec", "DynamicUser",
        "Type", "Restart", "NeedDaemonReload",
    ]

    private mutating func collectUnit() {
        guard let systemctl = Tool("systemctl") else {
            content.leaveOut("unit.txt", because: "this machine has no systemctl")
            return
        }
        var lines: [String] = []
        for unit in [ServiceUnit.service, ServiceUnit.socket] {
            let arguments = [
                "show", unit, "--no-pager", "--timestamp=utc", "--property=" + Self.properties.joined(separator: ","),
            ]
            guard let outcome = try? systemctl.run(arguments), outcome.code == 0 else { continue }
            lines.append("[\(unit)]")
            for line in String(decoding: outcome.output, as: UTF8.self).split(separator: "\n") {
                let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2, Self.properties.contains(String(parts[0])) else { continue }
                lines.append("\(parts[0])=\(redaction.text(String(parts[1])))")
            }
        }
        guard !lines.isEmpty else {
            content.leaveOut("unit.txt", because: "systemctl does not answer")
            return
        }
        content.add("unit.txt", "the units as systemd sees them", lines.joined(separator: "\n") + "\n")
    }

    // MARK: The log

    private mutating func collectLog() {
        guard let journalctl = Tool("journalctl") else {
            content.leaveOut("log.jsonl", because: "this machine has no journalctl")
            return
        }
        let arguments = [
            "--unit=\(ServiceUnit.service)", "--since=\(since)", "--lines=\(Self.mostLogLines)", "--output=json",
            "--no-pager", "--quiet",
        ]
        guard let outcome = try? journalctl.run(arguments), outcome.code == 0, !outcome.output.isEmpty else {
            content.leaveOut("log.jsonl", because: "the journal has nothing, or cannot be read; run this as root")
            return
        }
        content.add("log.jsonl", "the daemon's log since \(since)", redaction.journal(outcome.output))
    }

    private static func read(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self).trimmed }
    }
}

extension String {
    var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
