// The daemon as a service of this machine: whether systemd hears of it, whether a loop hangs, where its words go.

import FleetAPI
import FleetCore
public import Systemd
public import Timekeeping

/// How the process runs.
public struct ServiceFacts: Sendable {
    /// Descriptors below which connections to Graph, receivers and people could run out.
    static let fewDescriptors = 1_024

    public var startedAt: Moment
    /// Whether systemd started it, by `INVOCATION_ID`.
    public var isUnit: Bool
    /// Whether systemd waits for words of ours (`NOTIFY_SOCKET`, Type=notify).
    public var isHeard: Bool
    public var watchdog: Duration?
    public var lastPulse: Moment?
    public var overdue: [WatchdogGate.Overdue]
    public var logsToJournal: Bool
    /// Soft limit of open descriptors; `nil` without one.
    public var descriptors: Int?

    public init(
        startedAt: Moment, isUnit: Bool, isHeard: Bool, watchdog: Duration?, lastPulse: Moment?,
        overdue: [WatchdogGate.Overdue], logsToJournal: Bool, descriptors: Int?
    ) {
        self.startedAt = startedAt
        self.isUnit = isUnit
        self.isHeard = isHeard
        self.watchdog = watchdog
        self.lastPulse = lastPulse
        self.overdue = overdue
        self.logsToJournal = logsToJournal
        self.descriptors = descriptors
    }

    public func judged(at now: Moment) -> [CheckBody] { [unit(at: now), pulse(at: now), loops(at: now), log, limits] }

    private func unit(at now: Moment) -> CheckBody {
        let age = startedAt.elapsed(until: now).inWords
        guard isUnit else {
            return CheckBody(
                "service.unit", area: .service, .notice,
                "roomwatchd was started by hand \(age) ago; nobody restarts it when it ends.",
                remedy: "`sudo systemctl enable --now roomwatchd.socket roomwatchd`.")
        }
        guard isHeard else {
            return CheckBody(
                "service.unit", area: .service, .warning,
                "systemd started roomwatchd \(age) ago and does not listen to it, so it cannot tell a hang.",
                remedy: "Use the shipped unit, or set Type=notify and NotifyAccess=main in yours.")
        }
        return CheckBody("service.unit", area: .service, .ok, "systemd runs roomwatchd since \(age) (Type=notify).")
    }

    private func pulse(at now: Moment) -> CheckBody {
        let id = "service.watchdog"
        guard let watchdog else {
            return CheckBody(
                id, area: .service, isUnit ? .warning : .notice, "No watchdog is set, so a daemon that hangs stays so.",
                remedy: "Use the shipped unit, or set WatchdogSec=30s in yours.")
        }
        guard let lastPulse else {
            return CheckBody(
                id, area: .service, .warning, "systemd waits \(watchdog.inWords) for a pulse and has had none yet.",
                remedy: "Ask again in a minute.")
        }
        let age = lastPulse.elapsed(until: now)
        return CheckBody(
            id, area: .service, age >= watchdog ? .problem : .ok,
            "The watchdog had its last pulse \(age.inWords) ago, of \(watchdog.inWords) that it waits.",
            remedy: age >= watchdog ? "systemd is about to restart the daemon; see service.loops." : nil)
    }

    private func loops(at now: Moment) -> CheckBody {
        guard !overdue.isEmpty else {
            return CheckBody("service.loops", area: .service, .ok, "Every loop keeps its word.")
        }
        let names = overdue.map { "\($0.name) (\($0.lastAdvance.elapsed(until: now).inWords))" }
        return CheckBody(
            "service.loops", area: .service, .problem,
            "\(overdue.count == 1 ? "A loop hangs" : "\(overdue.count) loops hang"): "
                + "\(names.prefix(5).joined(separator: ", ")).",
            remedy:
                "The watchdog is not fed, so systemd restarts the daemon; report it with the log of the minutes before.",
            examples: overdue.map(\.name))
    }

    private var log: CheckBody {
        logsToJournal
            ? CheckBody("service.log", area: .service, .ok, "The log goes to the journal (`journalctl -u roomwatchd`).")
            : CheckBody(
                "service.log", area: .service, isUnit ? .warning : .notice,
                "The log goes to standard error and not to the journal.",
                remedy: isUnit
                    ? "Remove StandardError= from the unit; the journal keeps fields that lines do not have."
                    : "Under the shipped unit it goes to the journal.")
    }

    private var limits: CheckBody {
        guard let descriptors else {
            return CheckBody("service.descriptors", area: .service, .ok, "Open descriptors are not limited.")
        }
        let isFew = descriptors < Self.fewDescriptors
        return CheckBody(
            "service.descriptors", area: .service, isFew ? .warning : .ok,
            "The process may hold \(descriptors) descriptors open (LimitNOFILE).",
            remedy: isFew ? "Use the shipped unit, or set LimitNOFILE=8192 in yours." : nil)
    }
}

/// Who may ask from elsewhere.
public struct APIFacts: Sendable {
    /// `127.0.0.1:8470`
    public var listen: String
    public var isLoopback: Bool
    public var behindProxy: Bool
    /// Tokens in force by role; `nil` without a file.
    public var tokens: [(role: Role, count: Int)]?

    public init(listen: String, isLoopback: Bool, behindProxy: Bool, tokens: [(role: Role, count: Int)]?) {
        self.listen = listen
        self.isLoopback = isLoopback
        self.behindProxy = behindProxy
        self.tokens = tokens
    }

    public func judged() -> [CheckBody] {
        var checks: [CheckBody] = []
        if isLoopback {
            checks.append(
                CheckBody("api.listen", area: .api, .ok, "The API listens on \(listen), for this machine alone."))
        } else {
            checks.append(
                CheckBody(
                    "api.listen", area: .api, behindProxy ? .notice : .problem,
                    "The API listens on \(listen), beyond this machine, in clear.",
                    remedy: behindProxy
                        ? "The configuration says that a proxy terminates TLS (behind_proxy); let only that proxy reach it."
                        : "Set api.listen to 127.0.0.1, or terminate TLS in front of it: tokens travel in clear."))
        }
        guard let tokens else {
            checks.append(
                CheckBody(
                    "api.tokens", area: .api, .notice,
                    "No tokens_file is configured: only the unix socket may ask, and nobody can open the pages.",
                    remedy:
                        "Name a file with `api.tokens_file`; README and Config/roomwatch.yaml say how to make a token.")
            )
            return checks
        }
        let words = tokens.filter { $0.count > 0 }.map { "\($0.count) \($0.role.rawValue)" }
        checks.append(
            words.isEmpty
                ? CheckBody(
                    "api.tokens", area: .api, .notice, "The tokens file holds no token.",
                    remedy: "Add a line `name role sha256:…`; a reload takes it up.")
                : CheckBody("api.tokens", area: .api, .ok, "Tokens in force: \(words.joined(separator: ", ")).")
        )
        return checks
    }
}
