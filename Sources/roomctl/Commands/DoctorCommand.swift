// What an operator runs in the first hour and whenever anything seems off: what the daemon sees, and what only this side
// can see, a daemon that is not there above all.

import ArgumentParser
import FleetAPI
import FleetClient
import Foundation
import Timekeeping

struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at everything that could keep Roomwatch from its work, and say what to do about it.",
        discussion: """
            Exit codes: 0 nothing that keeps it from its work (warnings do not count), 4 problems were found, 3 the daemon \
            cannot be reached, in which case this machine is looked at all the same.

            -o json is the answer of the API with the findings of this machine (area "machine") before it; -o plain has \
            status, area, tenant, subject, id, summary and remedy, with tabs.
            """)

    /// The daemon was not reached.
    static let unreachable: Int32 = 3
    /// Something does not work.
    static let problems: Int32 = 4

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let session = try Session(options)
        var report: DoctorBody?
        var failure: ClientError?
        do throws(ClientError) {
            report = try await session.client.doctor().content
        } catch {
            failure = error
        }
        let socket = options.url == nil ? options.socket ?? GlobalOptions.defaultSocket : nil
        let machine = MachineLook(tools: .system).facts(reach: Self.reach(report, failure), socketPath: socket)
        let whole = DoctorBody(
            at: report?.at ?? Timestamp(session.now.wall), tookMs: report?.tookMs ?? 0, version: report?.version,
            checks: (machine.judged() + (report?.checks ?? [])).inReadingOrder)
        switch session.output {
        case .json: session.show(json: try WireJSON.bytes(of: Envelope(whole)))
        case .plain: Terminal.write(session.rendering.plain(whole))
        case .table: Terminal.write(session.rendering.doctor(whole, terminal: session.terminal))
        }
        if case .refused(let problem)? = failure { throw ClientError.refused(problem) }
        let code = Self.exitCode(of: whole, isReached: failure == nil)
        if code != 0 { throw ExitCode(code) }
    }

    static func reach(_ report: DoctorBody?, _ failure: ClientError?) -> MachineFacts.Reach {
        switch failure {
        case nil: .answered(version: report?.version)
        case .refused(let problem): .refused(problem.detail)
        case .unreachable(let text), .unheard(let text), .malformed(let text): .unreachable(text)
        }
    }

    static func exitCode(of report: DoctorBody, isReached: Bool) -> Int32 {
        guard isReached else { return unreachable }
        return report.counts.problem > 0 ? problems : 0
    }
}
