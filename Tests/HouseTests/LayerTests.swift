// Imports run downward only (Design, House). The table below is the drawing of the house in a form that a test can
// read: each target with the targets of ours that it may import. A target that is not in the table fails the test, so
// nobody builds a new room without saying on which floor.

import Testing

struct LayerTests {
    /// Lower floors first; a target may import only what its line names.
    static let house: [String: Set<String>] = {
        let ports: Set<String> = ["Timekeeping", "HTTPExchange"]
        let core = ports.union(["FleetCore"])
        let graph = core.union(["GraphClient"])
        let words = graph.union(["FleetGraph", "FleetStore", "FleetAPI", "FleetChannels"])
        let loops = words.union(["FleetWeb", "Systemd"])
        let daemon = loops.union(["FleetMonitor", "FleetConfiguration", "CurlHTTP", "MailExchange"])
        return [
            "CommandEntry": [],
            "Timekeeping": [],
            "HTTPExchange": ["Timekeeping"],
            "MailExchange": [],
            "CurlHTTP": ports.union(["CLibcurl", "CurlShim", "MailExchange"]),
            "Systemd": ["CLibsystemd", "Timekeeping"],
            "FleetCore": ["Timekeeping"],
            "GraphClient": ports,
            "FleetGraph": graph.union(["CSimdjson"]),
            "FleetStore": core,
            "FleetAPI": ["Timekeeping"],
            "FleetChannels": core.union(["FleetAPI", "MailExchange"]),
            "FleetWeb": core.union(["FleetAPI", "FleetStore"]),
            "FleetMonitor": loops.subtracting(["FleetWeb"]),
            "FleetConfiguration": ["Timekeeping", "FleetCore", "Systemd"],
            "RoomwatchDaemon": daemon,
            "roomwatchd": daemon.union(["CMalloc", "CommandEntry", "RoomwatchDaemon"]),
            // roomctl speaks the API, and Graph to connect a tenant; it links neither the web server nor the store.
            "FleetClient": ports.union(["FleetAPI", "CurlHTTP"]),
            "TenantConnection": graph,
            "roomctl": graph.union(["FleetAPI", "FleetClient", "TenantConnection", "CurlHTTP", "CommandEntry"]),
            // The simulated tenant shares no type with what it tests: the same mistake on both sides would be
            // invisible.
            "TenantSimulator": ports,
            "TenantServer": ports.union(["TenantSimulator"]),
            "graph-simulator": ports.union(["TenantSimulator", "TenantServer", "CommandEntry"]),
            // The demonstration is a client of both sides and knows only the contract; the bench measures the daemon's
            // own parts.
            "roomwatch-demo": ports.union(["FleetAPI", "CurlHTTP", "CommandEntry"]),
            "roomwatch-bench": daemon,
            "roomwatch-manual": ["CommandEntry"],
            // The simulation holds both sides, the daemon's services and the simulated tenant; nobody builds on it.
            "FleetSimulation": daemon.subtracting(["FleetConfiguration", "CurlHTTP"]).union(["TenantSimulator"]),
            "roomwatch-simulation": ["Timekeeping", "CommandEntry", "FleetSimulation"],
        ]
    }()

    /// Our own C targets and system libraries; only the target that wraps one imports it.
    static let native: Set<String> = ["CLibcurl", "CLibsystemd", "CMalloc", "CSimdjson", "CurlShim"]

    /// What the pure core takes from Foundation: values and the calendar, which reads no clock of its own.
    static let foundationValues: Set<String> = ["Date", "TimeZone"]
    /// Files of FleetCore that need all of Foundation's value types, and why.
    static let wholeFoundation: [String: String] = [
        "Sources/FleetCore/Detection/BookableHours.swift": "Calendar, DateComponents and TimeZone work out local hours",
        "Sources/FleetCore/Quiet/Judgement/HalfLife.swift": "exp2 and log2",
        "Sources/FleetCore/Quiet/Judgement/UTCText.swift": "ISO 8601 text",
    ]

    @Test func importsRunDownwardOnly() throws {
        var broken: [String] = []
        for file in try SourceTree.files() {
            guard let allowed = Self.house[file.target] else {
                broken.append("\(file.path): the target \(file.target) has no line in the table of the house")
                continue
            }
            for one in file.imports where Self.house[one.module] != nil || Self.native.contains(one.module) {
                if !allowed.contains(one.module) { broken.append("\(file.path) imports \(one.module)") }
            }
        }
        #expect(broken == [])
    }

    @Test func theTableHasNoCircle() {
        var order: [String] = []
        var rest = Self.house
        while let next = rest.filter({ $0.value.allSatisfy { order.contains($0) || Self.native.contains($0) } }).keys
            .min()
        {
            order.append(next)
            rest[next] = nil
        }
        #expect(rest.isEmpty, "these import one another in a circle: \(rest.keys.sorted())")
    }

    @Test func theCoreIsPure() throws {
        var broken: [String] = []
        let files = try SourceTree.files().filter { $0.target == "FleetCore" }
        #expect(!files.isEmpty)
        for file in files {
            for one in file.imports where one.module != "Timekeeping" {
                let isValue = one.module == "Foundation" && Self.foundationValues.contains(one.symbol ?? "")
                let isExplained = one == Import("import Foundation") && Self.wholeFoundation[file.path] != nil
                if !isValue && !isExplained { broken.append("\(file.path) imports \(one)") }
            }
            for (number, text) in file.code {
                for word in Self.impure where text.contains(word) { broken.append("\(file.path):\(number) \(word)") }
            }
        }
        #expect(broken == [])
    }

    /// Tasks, input, output and shared state have no place in a judgement.
    static let impure = [
        "Task {", "Task(", "TaskGroup", " async", "await ", "FileManager", "FileHandle", "ProcessInfo", "URLSession",
        "Mutex", "Lock(", "print(", "SystemRandomNumberGenerator", "DispatchQueue",
    ]

    @Test func theSimulatedTenantSharesNothingWithWhatItTests() throws {
        let strangers = try SourceTree.files().filter { $0.target == "TenantSimulator" }.flatMap { file in
            file.imports.filter { $0.module.hasPrefix("Fleet") || $0.module == "GraphClient" }
                .map { "\(file.path) imports \($0.module)" }
        }
        #expect(strangers == [])
    }
}
