// The order in which a configuration is read: first the tree, then every section, then what only the whole can show.

import FleetCore

extension Configuration {
    /// Reads a configuration from its text. Pure: no file that it names is looked for.
    ///
    /// - Parameters:
    ///   - text: YAML 1.1, so JSON too.
    ///   - file: the name that errors carry.
    public static func parse(text: String, file: String) throws(ConfigurationErrors) -> Configuration {
        let root: DocumentNode
        do {
            root = try Composition.document(text)
        } catch {
            throw ConfigurationErrors(
                first: ConfigurationError(
                    file: file, line: error.line, key: error.key, problem: error.problem, remedy: error.remedy))
        }
        let reading = Reading(file: file)
        let configuration = reading.configuration(root)
        if let errors = ConfigurationErrors(reading.errors) { throw errors }
        guard let configuration else {
            throw ConfigurationErrors(
                first: ConfigurationError(
                    file: file, problem: "cannot be read", remedy: "start from the example that is shipped"))
        }
        return configuration
    }
}

extension Reading {
    static let documentKeys = [
        "version", "tenants", "poll", "detection", "correlation", "hours", "buildings", "rooms", "maintenance", "store",
        "api", "http", "heartbeat", "receivers", "routes", "log",
        "runbook_url", "commands",
    ]

    fileprivate func configuration(_ root: DocumentNode) -> Configuration? {
        guard case .mapping(let entries) = root.content else {
            let problem = root.isNull ? "the file says nothing" : "the file is \(root.kind), not a section with keys"
            refuse(line: root.line, key: nil, problem, remedy: "begin with the line: version: 1")
            return nil
        }
        let document = Section(reading: self, key: "", line: root.line, entries: entries, known: Self.documentKeys)
        readVersion(document)
        let (tenants, tenantNames) = tenants(document)
        let (rules, poll) = detectionRules(document)
        let (hours, buildings) = hoursAndBuildings(document)
        let (receivers, lines) = receivers(document)
        let routes = routes(document, tenants: tenantNames, receivers: lines, zone: hours.byDefault.timeZone)
        var configuration = Configuration(
            tenants: tenants, poll: poll, commands: commands(document), detection: rules, hours: hours,
            buildings: buildings,
            rooms: rooms(document, tenants: tenantNames, hours: hours),
            maintenance: maintenance(document, tenants: tenantNames), store: store(document), api: api(document),
            http: outbound(document), heartbeat: heartbeat(document), receivers: receivers,
            routes: routes.map(\.route), log: log(document),
            runbookURL: document["runbook_url"].flatMap(WebAddress.readTemplate), notices: [])
        noteDeadEnds(routes, receivers: receivers, lines: lines)
        configuration.notices = notices.sorted { $0.line < $1.line }
        return configuration
    }

    private func readVersion(_ document: Section) {
        guard let field = document.required("version", remedy: "begin the file with the line: version: 1") else {
            return
        }
        guard case .scalar("1", isPlain: true) = field.node.content else {
            field.refuse(
                "is not 1, the only version that this daemon reads", remedy: "write version: 1, without quotes")
            return
        }
    }
}
