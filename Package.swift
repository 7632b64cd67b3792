// swift-tools-version: 6.1
import PackageDescription

// The house, bottom to top; imports run downward only. Targets that need neither NIO nor SQLite stay free of them, so
// that they build and test in seconds.

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

// roomctl reads `stat`, whose members the compiler takes for CoreFoundation's with the static library and for another
// module's without it, so that no import is right for both.
let withoutMemberVisibility: [SwiftSetting] = [.swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny")]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let jwtKit: Target.Dependency = .product(name: "JWTKit", package: "jwt-kit")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "CoreMetrics", package: "swift-metrics")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let serviceLifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

let package = Package(
    name: "roomwatch",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        // The bottom: values, ports and native libraries.
        .target(name: "Timekeeping", swiftSettings: strict),
        .target(name: "CommandEntry", dependencies: [argumentParser], swiftSettings: strict),
        .target(name: "HTTPExchange", dependencies: [httpTypes], swiftSettings: strict),
        .target(name: "MailExchange", swiftSettings: strict),
        .systemLibrary(name: "CLibcurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .target(name: "CurlShim", dependencies: ["CLibcurl"]),
        .target(
            name: "CurlHTTP",
            dependencies: ["CLibcurl", "CurlShim", "HTTPExchange", "MailExchange", "Timekeeping", httpTypes],
            swiftSettings: strict),
        .systemLibrary(name: "CLibsystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .systemLibrary(name: "CMalloc"),
        .target(name: "Systemd", dependencies: ["CLibsystemd", "Timekeeping", logging], swiftSettings: strict),

        // Pure judgement.
        .target(name: "FleetCore", dependencies: ["Timekeeping"], swiftSettings: strict),

        // Microsoft Graph: the protocol, then its words.
        .target(
            name: "GraphClient",
            dependencies: [
                "HTTPExchange", "Timekeeping", crypto, httpTypes, jwtKit, logging,
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "X509", package: "swift-certificates"),
            ],
            swiftSettings: strict),
        // The way from an empty registration to a tenant that is read: what `roomctl connect` does.
        .target(
            name: "TenantConnection",
            dependencies: [
                "FleetCore", "GraphClient", "HTTPExchange", "Timekeeping", httpTypes, logging,
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .target(
            name: "CSimdjson", cxxSettings: [.define("SIMDJSON_EXCEPTIONS", to: "0")],
            linkerSettings: [.linkedLibrary("simdjson")]),
        .target(
            name: "FleetGraph",
            dependencies: ["CSimdjson", "FleetCore", "GraphClient", "HTTPExchange", "Timekeeping", httpTypes],
            swiftSettings: strict),

        // What is stored, sent and served.
        .target(
            name: "FleetStore",
            dependencies: [
                "FleetCore", "Timekeeping", crypto, grdb, logging, .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .target(name: "FleetAPI", swiftSettings: strict),
        .target(
            name: "FleetChannels",
            dependencies: ["FleetAPI", "FleetCore", "HTTPExchange", "MailExchange", "Timekeeping", crypto, httpTypes],
            swiftSettings: strict),
        .target(
            name: "FleetWeb",
            dependencies: [
                "FleetAPI", "Timekeeping", crypto, httpTypes, hummingbird, logging, metrics, serviceLifecycle,
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOExtras", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            // Compiled in, so that the executable is whole without a folder of resources beside it.
            resources: [
                .embedInCode("API/openapi.yaml"), .embedInCode("Pages/templates"), .embedInCode("Pages/assets"),
            ],
            swiftSettings: strict),

        // The loops and the one writer.
        .target(
            name: "FleetMonitor",
            dependencies: [
                "FleetAPI", "FleetChannels", "FleetCore", "FleetGraph", "FleetStore", "GraphClient", "HTTPExchange",
                "Systemd", "Timekeeping", httpTypes, logging, metrics,
            ],
            swiftSettings: strict),

        // The daemon: configuration, wiring, executable.
        .target(
            name: "FleetConfiguration",
            dependencies: ["FleetCore", "Systemd", .product(name: "Yams", package: "Yams")],
            swiftSettings: strict),
        .target(
            name: "RoomwatchDaemon",
            dependencies: [
                "CurlHTTP", "FleetAPI", "FleetChannels", "FleetConfiguration", "FleetCore", "FleetGraph",
                "FleetMonitor",
                "FleetStore", "FleetWeb", "GraphClient", "HTTPExchange", "MailExchange", "Systemd", "Timekeeping",
                logging, serviceLifecycle, unixSignals,
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "roomwatchd",
            dependencies: [
                "CMalloc", "CommandEntry", "FleetAPI", "FleetConfiguration", "RoomwatchDaemon", "Systemd",
                argumentParser,
                logging,
            ],
            swiftSettings: strict),

        // The command of people.
        .target(
            name: "FleetClient", dependencies: ["FleetAPI", "HTTPExchange", crypto, httpTypes], swiftSettings: strict),
        .executableTarget(
            name: "roomctl",
            dependencies: [
                "CommandEntry", "CurlHTTP", "FleetAPI", "FleetClient", "FleetCore", "GraphClient", "HTTPExchange",
                "TenantConnection", "Timekeeping", argumentParser, httpTypes,
            ],
            swiftSettings: withoutMemberVisibility),

        // The simulated tenant. It shares no type with the daemon, so no mistake can hide on both sides.
        .target(
            name: "TenantSimulator",
            dependencies: [
                "HTTPExchange", "Timekeeping", crypto, httpTypes, jwtKit,
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .target(
            name: "TenantServer",
            dependencies: [
                "TenantSimulator", "Timekeeping", httpTypes, hummingbird, logging, serviceLifecycle,
                .product(name: "HummingbirdHTTP2", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "graph-simulator",
            dependencies: [
                "CommandEntry", "TenantServer", "TenantSimulator", "Timekeeping", argumentParser, logging,
                serviceLifecycle,
                unixSignals, .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),

        // Rehearsal and measurement.
        .executableTarget(
            name: "roomwatch-demo",
            dependencies: [
                "CommandEntry", "CurlHTTP", "FleetAPI", "HTTPExchange", "Timekeeping", argumentParser, crypto,
                httpTypes, hummingbird, logging, serviceLifecycle, unixSignals,
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "roomwatch-bench",
            dependencies: [
                "CurlHTTP", "FleetChannels", "FleetCore", "FleetGraph", "FleetMonitor", "FleetStore", "FleetWeb",
                "GraphClient", "HTTPExchange", "Timekeeping", argumentParser, logging,
            ],
            swiftSettings: strict),

        // Writes the pages of the manual while a package is made.
        .executableTarget(
            name: "roomwatch-manual", dependencies: ["CommandEntry", argumentParser], swiftSettings: strict),

        // The rehearsal of everything that can go wrong, repeatable from a seed. It holds both sides, so it stands above
        // both; nothing but its command and tests imports it.
        .target(
            name: "FleetSimulation",
            dependencies: [
                "FleetAPI", "FleetChannels", "FleetCore", "FleetGraph", "FleetMonitor", "FleetStore", "GraphClient",
                "HTTPExchange", "Systemd", "TenantSimulator", "Timekeeping", grdb, httpTypes, logging, metrics,
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "roomwatch-simulation",
            dependencies: ["CommandEntry", "FleetSimulation", "Timekeeping", argumentParser], swiftSettings: strict),

        // Tests.
        .testTarget(
            name: "CurlHTTPTests",
            dependencies: ["CLibcurl", "CurlHTTP", "HTTPExchange", "MailExchange", "Timekeeping", httpTypes],
            swiftSettings: strict),
        .testTarget(name: "FleetCoreTests", dependencies: ["FleetCore", "Timekeeping"], swiftSettings: strict),
        .testTarget(name: "HouseTests", swiftSettings: strict),
        .testTarget(
            name: "FleetMonitorTests",
            dependencies: [
                "FleetAPI", "FleetChannels", "FleetCore", "FleetGraph", "FleetMonitor", "FleetSimulation", "FleetStore",
                "FleetWeb", "GraphClient", "HTTPExchange", "Systemd", "TenantSimulator", "Timekeeping", grdb, httpTypes,
                logging, metrics,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "FleetSimulationTests", dependencies: ["FleetSimulation", "Timekeeping"], swiftSettings: strict),
        .testTarget(
            name: "FleetWebTests",
            dependencies: [
                "FleetAPI", "FleetWeb", "Timekeeping", crypto, httpTypes, hummingbird, logging, metrics,
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),
        .testTarget(name: "SystemdTests", dependencies: ["Systemd", "Timekeeping", logging], swiftSettings: strict),
        .testTarget(
            name: "GraphClientTests",
            dependencies: ["GraphClient", "HTTPExchange", "Timekeeping", crypto, httpTypes, jwtKit, logging],
            swiftSettings: strict),
        .testTarget(
            name: "FleetGraphTests",
            dependencies: [
                "FleetCore", "FleetGraph", "GraphClient", "HTTPExchange", "Timekeeping", httpTypes, logging,
            ],
            resources: [.copy("Fixtures")], swiftSettings: strict),
        .testTarget(
            name: "FleetStoreTests", dependencies: ["FleetCore", "FleetStore", "Timekeeping", crypto, grdb, logging],
            swiftSettings: strict),
        .testTarget(
            name: "TenantSimulatorTests",
            dependencies: [
                "HTTPExchange", "TenantSimulator", "Timekeeping", crypto, httpTypes,
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "X509", package: "swift-certificates"),
            ],
            resources: [.copy("Fixtures")], swiftSettings: strict),
        .testTarget(
            name: "TenantServerTests",
            dependencies: [
                "TenantServer", "TenantSimulator", "Timekeeping",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(name: "FleetAPITests", dependencies: ["FleetAPI"], swiftSettings: strict),
        .testTarget(
            name: "FleetClientTests",
            dependencies: [
                "CurlHTTP", "FleetAPI", "FleetClient", "FleetWeb", "HTTPExchange", "Timekeeping", crypto, logging,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "RoomctlTests",
            dependencies: ["FleetAPI", "FleetClient", "HTTPExchange", "roomctl", argumentParser, httpTypes],
            swiftSettings: strict),
        .testTarget(
            name: "TenantConnectionTests",
            dependencies: [
                "CurlHTTP", "FleetConfiguration", "FleetCore", "GraphClient", "HTTPExchange", "TenantConnection",
                "TenantSimulator", "Timekeeping", httpTypes,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "FleetChannelsTests",
            dependencies: [
                "CurlHTTP", "FleetAPI", "FleetChannels", "FleetCore", "HTTPExchange", "MailExchange", "Timekeeping",
                crypto, httpTypes,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "FleetConfigurationTests", dependencies: ["FleetConfiguration", "FleetCore"], swiftSettings: strict),
        // The executable is there to be run, its command line being part of the contract.
        .testTarget(
            name: "RoomwatchDaemonTests",
            dependencies: [
                "FleetChannels", "FleetConfiguration", "FleetCore", "FleetMonitor", "FleetStore", "FleetWeb",
                "GraphClient",
                "HTTPExchange", "RoomwatchDaemon", "Systemd", "Timekeeping", "roomwatchd", logging, metrics,
            ],
            swiftSettings: strict),
        .testTarget(name: "ManualTests", dependencies: ["roomwatch-manual"], swiftSettings: strict),
        .testTarget(name: "DemoTests", dependencies: ["FleetAPI", "roomwatch-demo"], swiftSettings: strict),
    ]
)
