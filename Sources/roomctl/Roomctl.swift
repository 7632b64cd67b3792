// The command of people at night. Everything it can do is a call of FleetClient; this maps it to arguments, tables and
// exit codes.

import ArgumentParser
import CommandEntry
import FleetAPI
import FleetClient
import Foundation

@main
struct Roomctl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roomctl",
        abstract: "Asks a running roomwatchd, tells it what people do, and connects it to a tenant.",
        discussion: """
            Without --url it speaks over the unix socket, where you act as operator. IDs may be shortened to a prefix that \
            only one has.

            Options of every command: --socket PATH or --url URL with --token-file and --ca-file say where the daemon is, \
            -o table, json or plain how the answer looks.

            Exit codes: 0 done, 1 failed or refused, 2 wrong arguments, 3 the daemon cannot be reached, 4 the doctor found \
            problems.
            """,
        version: Version.text,
        subcommands: [
            Fleet.self, Rooms.self, Incidents.self, Acknowledge.self, Resolve.self, Comment.self, Silences.self,
            Maintenance.self, Explain.self,
            Devices.self, ShowDevice.self, Restart.self, Update.self, Diagnose.self, Operations.self,
            ShowOperation.self, Commands.self,
            Receivers.self, Deliveries.self, Capabilities.self, Doctor.self, Audit.self,
            Connect.self, Backup.self, Restore.self, SupportBundle.self,
        ])

    static func main() async {
        let arguments = GlobalOptions.moved(Array(CommandLine.arguments.dropFirst()))
        await CommandEntry.run(Self.self, arguments: arguments) { error in
            (error as? ClientError).map { error in
                if case .unreachable = error { return CommandFailure(text: "roomctl: \(error)", exitCode: 3) }
                return CommandFailure(text: "roomctl: \(error)", exitCode: 1)
            }
        }
    }
}
