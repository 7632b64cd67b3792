// The daemon's command line. Everything it can do is in RoomwatchDaemon; this maps it to arguments and exit codes.

import ArgumentParser
import CMalloc
import CommandEntry
import FleetAPI
import FleetConfiguration
import Foundation
import Logging
import RoomwatchDaemon
import Systemd

@main
struct RoomwatchdCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roomwatchd",
        abstract: "Watches the Teams Rooms of Microsoft 365 tenants and tells people when one goes dark.",
        discussion: """
            Exit codes: 0 stopped when asked, 1 failed while running, 2 wrong arguments, 78 the configuration is wrong.
            """,
        version: Version.text)

    @Option(name: .customLong("config"), help: "The configuration file.")
    var path: String = Configuration.defaultPath

    @Flag(help: "Read and check the configuration, say what is wrong or noteworthy, and end.")
    var checkConfig = false

    @Option(
        help: ArgumentHelp(
            "Put this copy in the place of the store, and end. The daemon must be stopped; the store that was there is kept.",
            valueName: "copy"))
    var restore: String?

    func validate() throws {
        if checkConfig, restore != nil { throw ValidationError("Give --check-config or --restore, not both.") }
    }

    static func main() async {
        ProcessSignal.ignoreBrokenPipe()
        // One pool of memory for each thread, glibc's default, keeps two megabytes more than two pools do, and the
        // threads of a monitor hardly ever allocate at the same instant.
        mallopt(M_ARENA_MAX, 2)
        await CommandEntry.run(Self.self) { error in
            (error as? DaemonError).map { CommandFailure(text: $0.description, exitCode: $0.exitCode) }
        }
    }

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let configuration: FleetConfiguration.Configuration
        do throws(ConfigurationErrors) {
            configuration = try Configuration.load(path: path, environment: environment)
        } catch {
            throw DaemonError(error)
        }
        if checkConfig {
            let silent = Logger(label: "roomwatchd", factory: { _ in SwiftLogNoOpLogHandler() })
            try await Daemon(configuration: configuration, path: path, environment: environment, log: silent).check()
            for notice in configuration.notices { print(notice) }
            print("\(path): the configuration is good")
            return
        }
        if let restore {
            let silent = Logger(label: "roomwatchd", factory: { _ in SwiftLogNoOpLogHandler() })
            let done = try Daemon(configuration: configuration, path: path, environment: environment, log: silent)
                .restore(from: restore)
            print(done)
            return
        }
        let output = LogOutput(.detect(environment: environment, identifier: "roomwatchd"), time: { Date() })
        let level = Logger.Level(configuration.log.level)
        LoggingSystem.bootstrap { label in ServiceLog(label: label, level: level, output: output) }
        let log = Logger(label: "roomwatchd")
        defer { _ = output.flush() }
        do {
            try await Daemon(configuration: configuration, path: path, environment: environment, log: log).run()
        } catch {
            log.critical("\(error)")
            _ = output.flush()
            throw error
        }
    }
}

extension Logger.Level {
    init(_ level: LogConfiguration.Level) {
        switch level {
        case .debug: self = .debug
        case .info: self = .info
        case .notice: self = .notice
        case .warning: self = .warning
        case .error: self = .error
        }
    }
}
