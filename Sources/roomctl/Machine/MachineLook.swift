// Gathers what MachineFacts judges. Everything is asked of the system's own tools, each for a few seconds at most, and
// nothing is changed.

import FleetAPI
import Foundation
import Glibc

/// Looks at this machine.
struct MachineLook: Sendable {
    static let unitName = "roomwatchd.service"
    static let socketUnitName = "roomwatchd.socket"
    static let groupName = "roomwatch"
    /// Lines of `roomwatchd --check-config` that are repeated.
    private static let maximumLines = 12

    let tools: ToolRunner

    func facts(reach: MachineFacts.Reach, socketPath: String?) -> MachineFacts {
        let user = Self.userName
        var facts = MachineFacts(reach: reach, user: user, isRoot: geteuid() == 0)
        guard let socketPath else {
            facts.isElsewhere = true
            return facts
        }
        facts.socket = Self.socket(socketPath)
        facts.group = Self.group(of: user)
        facts.service = unit(Self.unitName)
        if facts.service != nil { facts.socketUnit = unit(Self.socketUnitName) }
        if facts.service?.isFound == true {
            (facts.credentials, facts.missingCredentials) = credentials(asRoot: facts.isRoot)
        }
        facts.journal = journal()
        if facts.service?["ExecMainStatus"] == "78", facts.service?.isActive == false, !facts.isReached {
            facts.configuration = checkConfiguration(facts.service)
        }
        return facts
    }

    // MARK: systemd

    private func unit(_ name: String) -> MachineFacts.Unit? {
        let keys =
            "LoadState,ActiveState,SubState,UnitFileState,Result,ExecMainCode,ExecMainStatus,NRestarts,NeedDaemonReload,"
            + "ExecStart"
        guard let run = tools.run("systemctl", ["show", name, "--property", keys]), run.code == 0 else { return nil }
        return MachineFacts.Unit(name: name, properties: Self.properties(run.out))
    }

    /// `KEY=value` a line.
    static func properties(_ text: String) -> [String: String] {
        var properties: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            guard let mark = line.firstIndex(of: "=") else { continue }
            properties[String(line[..<mark])] = String(line[line.index(after: mark)...])
        }
        return properties
    }

    /// The names of LoadCredential= in the unit and its drop-ins, and those whose files are not there.
    private func credentials(asRoot isRoot: Bool) -> (names: [String]?, missing: [String]) {
        guard let run = tools.run("systemctl", ["cat", Self.unitName]), run.code == 0 else { return (nil, []) }
        // A later line replaces an earlier one of the same name.
        var seen: Set<String> = []
        let found = Array(
            Self.credentials(inUnit: run.out).reversed().filter { seen.insert($0.name).inserted }.reversed())
        let missing = found.filter { one in
            isRoot && !one.places.contains { FileManager.default.fileExists(atPath: $0) }
        }
        return (found.map(\.name), missing.map(\.name))
    }

    struct HandedOver: Hashable {
        var name: String
        /// Where the file may lie (systemd.exec(5)).
        var places: [String]
    }

    static func credentials(inUnit text: String) -> [HandedOver] {
        var found: [HandedOver] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let parts = line.trimmingCharacters(in: .whitespaces).split(separator: "=", maxSplits: 1)
            guard parts.count > 0, ["LoadCredential", "LoadCredentialEncrypted"].contains(parts[0]) else { continue }
            // An empty value takes back what came before.
            guard parts.count == 2 else {
                found = []
                continue
            }
            let words = parts[1].split(separator: ":", maxSplits: 1)
            guard let name = words.first.map(String.init) else { continue }
            let path = words.count > 1 ? String(words[1]) : name
            let stores = ["/etc/credstore", "/run/credstore", "/usr/lib/credstore", "/etc/credstore.encrypted"]
            found.append(HandedOver(name: name, places: path.hasPrefix("/") ? [path] : stores.map { "\($0)/\(path)" }))
        }
        return found
    }

    private func checkConfiguration(_ unit: MachineFacts.Unit?) -> MachineFacts.ConfigurationCheck? {
        guard let command = Self.command(ofExecStart: unit?["ExecStart"] ?? ""), let program = command.first else {
            return nil
        }
        let arguments = Array(command.dropFirst()) + ["--check-config"]
        guard let run = tools.run(program, arguments) else { return nil }
        let lines = (run.err + run.out).split(whereSeparator: \.isNewline).map(String.init)
        return MachineFacts.ConfigurationCheck(
            command: ([program] + arguments).joined(separator: " "), code: run.code,
            lines: Array(lines.prefix(Self.maximumLines)))
    }

    /// The words of `argv[]=` in what `systemctl show` prints of ExecStart.
    static func command(ofExecStart text: String) -> [String]? {
        guard let begin = text.range(of: "argv[]=") else { return nil }
        let rest = text[begin.upperBound...]
        let end = rest.range(of: " ; ")?.lowerBound ?? rest.endIndex
        let words = rest[..<end].split(separator: " ").map(String.init)
        return words.first?.hasSuffix("roomwatchd") == true ? words : nil
    }

    private func journal() -> MachineFacts.Journal {
        guard
            let run = tools.run("journalctl", ["-u", "roomwatchd", "-n", "1", "-o", "cat", "--no-pager"])
        else { return .absent }
        if run.err.contains("insufficient permissions") || run.err.contains("not seeing messages") { return .refused }
        let isEmpty = run.out.contains("-- No entries --") || run.out.allSatisfy(\.isWhitespace)
        return run.code == 0 && !isEmpty ? .readable : .empty
    }

    // MARK: Files and groups

    private static func socket(_ path: String) -> MachineFacts.Socket {
        var status = stat()
        guard stat(path, &status) == 0 else {
            // A directory that may not be entered hides whether the socket is there.
            return MachineFacts.Socket(path: path, exists: errno == EACCES, isSocket: errno == EACCES)
        }
        let octal = String(status.st_mode & 0o7777, radix: 8)
        return MachineFacts.Socket(
            path: path, exists: true, isSocket: status.st_mode & S_IFMT == S_IFSOCK,
            mode: String(repeating: "0", count: max(0, 4 - octal.count)) + octal,
            owner: getpwuid(status.st_uid).map { String(cString: $0.pointee.pw_name) } ?? "\(status.st_uid)",
            group: getgrgid(status.st_gid).map { String(cString: $0.pointee.gr_name) } ?? "\(status.st_gid)",
            mayUse: access(path, R_OK | W_OK) == 0)
    }

    private static func group(of user: String) -> MachineFacts.Group {
        guard let entry = getgrnam(groupName) else {
            return MachineFacts.Group(name: groupName, exists: false, isListed: false, isEffective: false)
        }
        let id = entry.pointee.gr_gid
        var members: [String] = []
        var next = entry.pointee.gr_mem
        while let place = next, let name = place.pointee {
            members.append(String(cString: name))
            next = place.advanced(by: 1)
        }
        var groups = [gid_t](repeating: 0, count: max(0, Int(getgroups(0, nil))))
        let count = getgroups(Int32(groups.count), &groups)
        return MachineFacts.Group(
            name: groupName, exists: true, isListed: members.contains(user),
            isEffective: groups.prefix(max(0, Int(count))).contains(id) || getegid() == id)
    }

    private static var userName: String {
        getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? "uid \(geteuid())"
    }
}
