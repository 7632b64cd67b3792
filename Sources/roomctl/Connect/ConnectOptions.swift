// The options of `roomctl connect`, group by group, and what each group comes to.

import ArgumentParser
import FleetCore
import Foundation
import GraphClient
import HTTPExchange
import TenantConnection
import Timekeeping

extension GraphCloud: ExpressibleByArgument {}
extension ModuleChoice: ExpressibleByArgument {}

struct ConnectIdentity: ParsableArguments {
    @Option(help: "Short name of your own, in keys and pages: a-z, 0-9 and hyphen.")
    var name: String?

    @Option(help: "Directory (tenant) id, or a verified domain.")
    var tenant: String?

    @Option(help: "Application (client) id of the app registration.")
    var clientId: String?

    @Option(help: "National cloud: global (also GCC), usgov (GCC High), usgov-dod or china.")
    var cloud: GraphCloud = .global

    @Option(
        help: ArgumentHelp(
            "What is used besides detection, with commas: devices, commands, places, calendars, calls, telephony, "
                + "sign-ins, service-health, licences; or none.", valueName: "list"))
    var modules: String?

    @Option(help: "Base URL in place of the cloud's login host.")
    var login: String?

    @Option(help: "Base URL in place of the cloud's Graph host.")
    var graph: String?

    @Option(name: .customLong("identity"), help: "Base URL in place of the metadata service of a managed identity.")
    var identity: String?

    @Option(help: "PEM certificates to trust for login and Graph instead of the system's.", completion: .file())
    var graphCaFile: String?

    @Option(help: "Proxy to the internet, such as http://proxy.contoso.com:3128, without credentials.")
    var proxy: String?

    func validate() throws {
        for (option, url) in [("--login", login), ("--graph", graph), ("--identity", identity)] {
            guard let url, !Words.isSafeURL(url) else { continue }
            throw ValidationError("\(option) is no base URL: https, or http to this machine alone.")
        }
        if let proxy, proxy.contains("@") {
            throw ValidationError("--proxy holds credentials, which every user of this machine could read here.")
        }
        if let modules { _ = try Self.read(modules) }
    }

    /// The daemon would look for a relative one beside the configuration.
    var absoluteCAFile: String? {
        graphCaFile.map { $0.hasPrefix("/") ? $0 : "\(FileManager.default.currentDirectoryPath)/\($0)" }
    }

    func modules(_ questions: Questions) throws -> Set<FleetModule> {
        let usual = ModuleChoice.usual.map(\.rawValue).joined(separator: ",")
        let text = try questions.text(
            modules, "--modules",
            "Modules besides detection (\(ModuleChoice.allCases.map(\.rawValue).joined(separator: ", ")), or none)",
            usual: usual, check: { (try? Self.read($0)) != nil }, "names no module")
        return ModuleChoice.modules(try Self.read(text))
    }

    static func read(_ text: String) throws -> [ModuleChoice] {
        if text == "none" { return [] }
        return try text.split(whereSeparator: { $0 == "," || $0 == " " }).map { word in
            guard let choice = ModuleChoice(rawValue: String(word)) else {
                let known = ModuleChoice.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("There is no module \(word.prefix(40)); it is one of \(known), or none.")
            }
            return choice
        }
    }
}

struct ConnectConsent: ParsableArguments {
    @Option(help: "Port of the redirect URI http://localhost:PORT/roomwatch/consent; 0 takes a free one.")
    var port: Int?

    @Flag(help: "Open the link with xdg-open; otherwise it is only shown.")
    var open = false

    @Flag(help: "Read the address of the reply from standard input even when that is no terminal.")
    var paste = false

    @Flag(help: "Do not ask for consent: the permissions are granted already, or by somebody else.")
    var noConsent = false

    @Option(help: "How long to wait for the administrator.")
    var consentTimeout = WrittenDuration(seconds: 900)

    @Option(help: "How long to wait until the permissions show in tokens.")
    var wait = WrittenDuration(seconds: 300)

    func validate() throws {
        if let port, !(0...65_535).contains(port) { throw ValidationError("--port is from 0 to 65535.") }
    }

    func apply(to settings: inout Connection.Settings) throws {
        settings.port = port
        settings.opensBrowser = open
        settings.asksForConsent = !noConsent
        settings.consentLimit = .seconds(consentTimeout.seconds)
        settings.roleLimit = .seconds(wait.seconds)
    }
}

struct ConnectWriting: ParsableArguments {
    @Option(help: "The configuration; one that is there is left as it is, unless it is the untouched example.")
    var config = WritingPlan.Places.usual.configuration

    @Option(help: "Folder of the secrets that systemd hands to the daemon.")
    var credstore = WritingPlan.Places.usual.credentialStore

    @Option(help: "Folder of the unit's drop-ins.")
    var dropInDir = WritingPlan.Places.usual.dropIns

    @Flag(help: "Replace secrets that are there; the old ones are kept beside them as .bak.")
    var force = false

    @Flag(help: "Write nothing, and show what would be written, without secrets.")
    var dryRun = false

    /// Where packages put the example.
    private static let examples = [
        "/usr/share/doc/roomwatch/examples/roomwatch.yaml",
        "/usr/local/share/doc/roomwatch/examples/roomwatch.yaml",
    ]

    func validate() throws {
        for (option, path) in [("--config", config), ("--credstore", credstore), ("--drop-in-dir", dropInDir)]
        where path.isEmpty || path.hasSuffix("/") {
            throw ValidationError("\(option) is empty or ends in a slash.")
        }
        // systemd reads it in the unit's drop-in, where these characters mean something else.
        if credstore.contains(where: { $0.isWhitespace || $0 == ":" || $0 == "%" }) {
            throw ValidationError("--credstore has a space, a colon or a percent sign in it.")
        }
    }

    /// systemd takes no path that depends on where somebody stood.
    private static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
    }

    func apply(to settings: inout Connection.Settings) throws {
        settings.places = WritingPlan.Places(
            configuration: config, credentialStore: Self.absolute(credstore), dropIns: Self.absolute(dropInDir))
        settings.replaces = force
        settings.isDryRun = dryRun
        let existing = FileManager.default.contents(atPath: config)
        settings.configurationIsExample =
            existing != nil && Self.examples.contains { FileManager.default.contents(atPath: $0) == existing }
        settings.writesConfiguration =
            settings.configurationIsExample || !FileManager.default.fileExists(atPath: config)
    }
}
