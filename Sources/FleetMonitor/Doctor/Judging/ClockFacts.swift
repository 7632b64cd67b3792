// A clock that is wrong by minutes stops everything that is signed, and every error it causes speaks of something else.

import FleetAPI
import FleetCore
import Foundation
import GraphClient
import Timekeeping

/// What services said about the time.
struct ClockFacts: Sendable {
    /// Seconds from which a difference is told, works against us, and stops things.
    static let notice = 5.0
    static let warning = 30.0
    /// Standard Webhooks refuses signatures that are older or younger than this, and Entra assertions.
    static let problem = 300.0

    var tenant: String
    /// By host; `nil` for one that has not answered.
    var hosts: [(host: String, clock: ServerClock?)]

    func judged() -> [CheckBody] {
        let known = hosts.compactMap { host in host.clock.map { (host: host.host, clock: $0) } }
        guard !known.isEmpty else {
            return [
                CheckBody(
                    "clock", area: .clock, tenant: tenant, .unknown,
                    "No service has answered yet, so this machine's clock cannot be compared with any.",
                    remedy: "Look at `timedatectl`: it must say \"System clock synchronized: yes\".")
            ]
        }
        let off = known.filter { abs($0.clock.ahead) >= Self.notice }
        guard !off.isEmpty else {
            let names = known.map(\.host).joined(separator: " and ")
            return [
                CheckBody(
                    "clock", area: .clock, tenant: tenant, .ok, "This machine's clock agrees with \(names).",
                    checkedAt: known.map { Timestamp($0.clock.measured.wall) }.max())
            ]
        }
        return off.map { one in
            let seconds = abs(one.clock.ahead)
            return CheckBody(
                "clock", area: .clock, tenant: tenant, subject: one.host,
                seconds >= Self.problem ? .problem : seconds >= Self.warning ? .warning : .notice,
                "This machine's clock is \(Self.words(one.clock.likely)) \(one.clock.ahead > 0 ? "behind" : "ahead of") "
                    + "\(one.host)'s.",
                remedy: (seconds >= Self.problem
                    ? "Beyond 5 minutes certificates sign assertions that are refused, and receivers refuse signed "
                        + "webhooks. "
                    : "From 5 minutes on tokens and signed webhooks are refused. ")
                    + "Run `timedatectl`; where it does not say \"System clock synchronized: yes\", switch NTP on with "
                    + "`sudo timedatectl set-ntp true` or install chrony.",
                checkedAt: Timestamp(one.clock.measured.wall))
        }
    }

    /// `45 s`, `10 min`, `10 min 3 s`
    static func words(_ seconds: Double) -> String {
        let whole = Int(abs(seconds).rounded())
        if whole < 120 { return "\(whole) s" }
        if whole >= 7_200 { return Duration.seconds(whole).inWords }
        return "\(whole / 60) min" + (whole % 60 == 0 ? "" : " \(whole % 60) s")
    }
}
