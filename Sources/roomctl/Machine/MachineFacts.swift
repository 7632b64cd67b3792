// What only this side can see: whether there is a daemon to ask at all, and if not, why. Facts are gathered elsewhere; here
// they become sentences.

import FleetAPI

/// This machine as far as it matters to Roomwatch.
struct MachineFacts: Sendable {
    /// How the daemon answered.
    enum Reach: Sendable, Hashable {
        case answered(version: String?)
        /// It answered and knows no doctor, or refused.
        case refused(String)
        case unreachable(String)
    }

    /// One unit, by `systemctl show`.
    struct Unit: Sendable, Hashable {
        var name: String
        var properties: [String: String]

        subscript(key: String) -> String { properties[key] ?? "" }
        var isFound: Bool { self["LoadState"] != "not-found" && !self["LoadState"].isEmpty }
        /// Whether a process of it ever ran since the machine started.
        var hasStarted: Bool { isActive || (self["ExecMainCode"] != "0" && !self["ExecMainCode"].isEmpty) }
        var isActive: Bool { self["ActiveState"] == "active" || self["ActiveState"] == "reloading" }
        var isEnabled: Bool {
            ["enabled", "enabled-runtime", "static", "indirect", "alias"].contains(self["UnitFileState"])
        }
    }

    struct Socket: Sendable, Hashable {
        var path: String
        var exists: Bool
        var isSocket = false
        /// `0660`
        var mode = ""
        var owner = ""
        var group = ""
        var mayUse = false
    }

    /// Membership in the group that may operate.
    struct Group: Sendable, Hashable {
        var name: String
        var exists: Bool
        /// By the group database.
        var isListed: Bool
        /// In the groups of this process.
        var isEffective: Bool
    }

    enum Journal: Sendable, Hashable {
        case readable
        case empty
        case refused
        case absent
    }

    /// What `roomwatchd --check-config` said.
    struct ConfigurationCheck: Sendable, Hashable {
        /// As it was run.
        var command: String
        var code: Int32
        var lines: [String]
    }

    var version = Version.text
    var reach: Reach
    /// Whether a daemon elsewhere is asked, to which nothing of this machine matters.
    var isElsewhere = false
    var user: String
    var isRoot = false
    var socket: Socket?
    /// `nil` where there is no systemctl.
    var service: Unit?
    var socketUnit: Unit?
    var group: Group?
    var journal: Journal = .absent
    /// Secrets that the unit hands over, by name; `nil` when the unit cannot be read.
    var credentials: [String]?
    /// Files of those that are not there; only root can see that.
    var missingCredentials: [String] = []
    var configuration: ConfigurationCheck?

    var isReached: Bool { if case .answered = reach { true } else { false } }

    func judged() -> [CheckBody] {
        guard !isElsewhere else { return [daemon] }
        return [daemon] + (isReached ? [] : [socketCheck].compactMap(\.self)) + units + secrets
            + [configurationCheck, journalCheck].compactMap(\.self)
    }

    private static func check(
        _ id: String, _ subject: String, _ status: CheckBody.Status, _ summary: String, _ remedy: String? = nil
    ) -> CheckBody {
        CheckBody(id, area: .machine, subject: subject, status, summary, remedy: remedy)
    }

    private static func check(
        _ id: String, _ status: CheckBody.Status, _ summary: String, _ remedy: String? = nil, examples: [String] = []
    ) -> CheckBody {
        CheckBody(id, area: .machine, status, summary, remedy: remedy, examples: examples)
    }

    private var daemon: CheckBody {
        let id = "machine.daemon"
        switch reach {
        case .answered(let theirs):
            guard let theirs, theirs != version else {
                return Self.check(id, .ok, "roomwatchd \(version) answers.")
            }
            return Self.check(
                id, .warning, "The daemon runs version \(theirs), and this roomctl is \(version).",
                "After an upgrade run `sudo systemctl restart roomwatchd`.")
        case .refused(let words):
            return Self.check(
                id, .unknown, "The daemon answers and does not say how it is: \(words).",
                "Use the unix socket or the token of an operator; a daemon that knows no doctor is older than this roomctl."
            )
        case .unreachable(let words):
            return Self.check(
                id, .problem, words.prefix(1).uppercased() + words.dropFirst() + ".", "The lines below say why.")
        }
    }

    // MARK: The socket

    private var socketCheck: CheckBody? {
        guard let socket else { return nil }
        let id = "machine.socket"
        guard socket.exists else {
            return Self.check(
                id, socket.path, .problem, "There is no socket \(socket.path).",
                socketUnit?.isFound == true
                    ? "Run `sudo systemctl enable --now roomwatchd.socket`."
                    : "Where the daemon was started by hand, name its api.socket with --socket.")
        }
        guard socket.isSocket else {
            return Self.check(
                id, socket.path, .problem, "\(socket.path) is no socket.", "Move it away and restart roomwatchd.socket."
            )
        }
        guard socket.mayUse else {
            return Self.check(
                id, socket.path, .problem,
                "\(user) may not use \(socket.path) (\(socket.mode), \(socket.owner):\(socket.group)).",
                membershipRemedy)
        }
        return Self.check(
            id, socket.path, .notice,
            "The socket \(socket.path) is there (\(socket.mode), \(socket.owner):\(socket.group)) and yours to use, but the "
                + "daemon behind it does not answer.", "See the unit.")
    }

    private var membershipRemedy: String {
        guard let group, group.exists else {
            return
                "The group roomwatch is missing: run `sudo systemd-sysusers`, then `sudo usermod -aG roomwatch \(user)`."
        }
        if group.isListed, !group.isEffective {
            return
                "You are in the group \(group.name) since you logged in: log in again, or run `newgrp \(group.name)`."
        }
        return "Run `sudo usermod -aG \(group.name) \(user)` and log in again."
    }

    // MARK: Units

    private var units: [CheckBody] {
        guard let service else {
            return [
                Self.check(
                    "machine.unit", .notice, "systemd cannot be asked here, so it is not known who starts the daemon.",
                    "Run roomctl doctor on the host itself.")
            ]
        }
        var checks = [unit(service)]
        if service.isFound { checks.append(enabled(service)) }
        if service["NeedDaemonReload"] == "yes" {
            checks.append(
                Self.check(
                    "machine.unit", service.name, .warning,
                    "The unit's files changed and systemd has not read them yet.",
                    "Run `sudo systemctl daemon-reload && sudo systemctl restart roomwatchd`."))
        }
        if service.isFound, let socketUnit { checks += [activation(socketUnit)].compactMap(\.self) }
        return checks
    }

    private func unit(_ unit: Unit) -> CheckBody {
        let id = "machine.unit"
        guard unit.isFound else {
            return Self.check(
                id, unit.name, isReached ? .notice : .problem,
                isReached
                    ? "\(unit.name) is not installed; the daemon that answers was started by hand."
                    : "\(unit.name) is not installed.",
                "Install the package, or run `sudo make install && sudo systemctl daemon-reload`.")
        }
        if unit["LoadState"] == "masked" {
            return Self.check(
                id, unit.name, .problem, "\(unit.name) is masked, so it never starts.",
                "Run `sudo systemctl unmask roomwatchd`.")
        }
        if unit["LoadState"] != "loaded" {
            return Self.check(
                id, unit.name, .problem, "\(unit.name) cannot be read (\(unit["LoadState"])).",
                "`systemd-analyze verify \(unit.name)` says which line.")
        }
        if unit.isActive {
            return Self.check(id, unit.name, .ok, "\(unit.name) is active\(restarts(unit)).")
        }
        let end = Self.end(unit)
        switch unit["ActiveState"] {
        case "failed":
            return Self.check(
                id, unit.name, isReached ? .warning : .problem, "\(unit.name) has failed: \(end)", Self.remedy(of: unit)
            )
        case "activating" where unit["SubState"] == "auto-restart":
            return Self.check(
                id, unit.name, .problem, "\(unit.name) ends again and again\(restarts(unit)): \(end)",
                Self.remedy(of: unit))
        case "activating", "deactivating":
            return Self.check(
                id, unit.name, .notice, "\(unit.name) is \(unit["ActiveState"]).", "Ask again in a minute.")
        default:
            return Self.check(
                id, unit.name, isReached ? .notice : .problem,
                isReached
                    ? "\(unit.name) does not run; the daemon that answers was started by hand."
                    : "\(unit.name) does not run.",
                "Run `sudo systemctl enable --now roomwatchd.socket roomwatchd`.")
        }
    }

    private func restarts(_ unit: Unit) -> String {
        let count = Int(unit["NRestarts"]) ?? 0
        return count > 0 ? ", restarted \(count) \(count == 1 ? "time" : "times")" : ""
    }

    /// How the last process ended (ExecMainCode is a code of waitid(2)).
    private static func end(_ unit: Unit) -> String {
        let status = unit["ExecMainStatus"]
        switch (unit["Result"], unit["ExecMainCode"], status) {
        case ("watchdog", _, _): return "a loop hung and the watchdog ended it."
        case ("oom-kill", _, _): return "memory ran out and the kernel ended it."
        case ("timeout", _, _): return "it did not start or stop in time."
        case (_, "1", "203"): return "the program cannot be run (exit code 203)."
        case (_, "1", "226"): return "systemd could not set up its sandbox (exit code 226)."
        case (_, "1", "243"): return "systemd could not hand over its secrets (exit code 243)."
        case (_, "1", "78"): return "the configuration was refused (exit code 78)."
        case (_, "1", let code): return "it ended with exit code \(code)."
        case (_, "2", let signal), (_, "3", let signal): return "it was ended by signal \(signal)."
        case (let result, _, _): return result.isEmpty ? "nobody knows why." : "\(result)."
        }
    }

    private static func remedy(of unit: Unit) -> String {
        if unit["ExecMainCode"] == "1", unit["ExecMainStatus"] == "78" {
            return "Correct what the check of the configuration names, then run `sudo systemctl restart roomwatchd`."
        }
        if unit["Result"] == "oom-kill" { return "Raise MemoryMax= in a drop-in (systemctl edit roomwatchd)." }
        return "`journalctl -u roomwatchd -n 50` names the reason."
    }

    private func enabled(_ unit: Unit) -> CheckBody {
        guard !unit.isEnabled else {
            return Self.check("machine.enabled", unit.name, .ok, "\(unit.name) starts with the machine.")
        }
        return Self.check(
            "machine.enabled", unit.name, unit.isActive ? .warning : .notice,
            "\(unit.name) is not enabled (\(unit["UnitFileState"])): it does not come back when the machine starts.",
            "Run `sudo systemctl enable roomwatchd.socket roomwatchd`.")
    }

    private func activation(_ unit: Unit) -> CheckBody? {
        guard unit.isFound else {
            return Self.check(
                "machine.socket_unit", unit.name, .warning,
                "\(unit.name) is missing, so nothing gives the socket to the group roomwatch.",
                "Install it beside roomwatchd.service and run `sudo systemctl daemon-reload`.")
        }
        guard unit.isActive else {
            return Self.check(
                "machine.socket_unit", unit.name, isReached ? .notice : .problem, "\(unit.name) is not active.",
                "Run `sudo systemctl enable --now roomwatchd.socket`, then `sudo systemctl restart roomwatchd`.")
        }
        return nil
    }

    // MARK: Secrets, configuration, journal

    private var secrets: [CheckBody] {
        guard let credentials, service?.isFound == true else { return [] }
        let id = "machine.credentials"
        if !missingCredentials.isEmpty {
            // systemd starts a unit without a secret that lies in no store; whether it is needed the daemon knows.
            return [
                Self.check(
                    id, isReached ? .notice : .problem,
                    "The unit hands over secrets whose files are not there: "
                        + "\(missingCredentials.prefix(5).joined(separator: ", ")).",
                    "Put each into a file of that name below /etc/credstore (mode 0600), or correct LoadCredential=.")
            ]
        }
        guard !credentials.isEmpty else {
            return [
                Self.check(
                    id, .notice,
                    "The unit hands over no secret (LoadCredential=), so they must lie beside the configuration.",
                    "README, Watching a real tenant, step 4, shows the drop-in.")
            ]
        }
        return [
            Self.check(
                id, .ok,
                "The unit hands over \(credentials.count) "
                    + "\(credentials.count == 1 ? "secret" : "secrets"): \(credentials.prefix(10).joined(separator: ", "))."
            )
        ]
    }

    private var configurationCheck: CheckBody? {
        guard let configuration else { return nil }
        let id = "machine.configuration"
        guard configuration.code != 0 else {
            return Self.check(
                id, .ok, "`\(configuration.command)` says that the configuration is good.", nil)
        }
        let words = configuration.lines.isEmpty ? "nothing" : configuration.lines.joined(separator: " ")
        return Self.check(
            id, configuration.code == 78 ? .problem : .unknown, "`\(configuration.command)` says: \(words)",
            configuration.code == 78
                ? "Correct it and run `sudo systemctl restart roomwatchd`."
                : "Run it as root: the configuration may be readable for root and the group roomwatch alone.")
    }

    private var journalCheck: CheckBody? {
        let id = "machine.journal"
        switch journal {
        case .readable: return Self.check(id, .ok, "The daemon's log is readable: `journalctl -u roomwatchd`.")
        case .empty where service?.hasStarted == true && !isRoot: return refusedJournal
        case .empty:
            return isReached
                ? nil
                : Self.check(id, .notice, "The journal holds no line of roomwatchd.", "It has not been started yet.")
        case .refused: return refusedJournal
        case .absent: return nil
        }
    }

    private var refusedJournal: CheckBody {
        Self.check(
            "machine.journal", .notice, "\(user) may not read the journal, where the daemon says what it does.",
            "Run `sudo usermod -aG systemd-journal \(user)` and log in again, or use sudo.")
    }
}
