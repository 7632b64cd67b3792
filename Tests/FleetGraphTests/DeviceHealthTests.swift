// Health records part by part, whole and ragged: nothing crashes, and nothing is said that Graph did not say.

import FleetCore
import FleetGraph
import Foundation
import GraphClient
import HTTPExchange
import Testing

@Suite("Reading the health of devices")
struct DeviceHealthTests {
    static let since = "2026-05-04T07:58:10.1234567Z"

    static func link(_ word: String, _ date: String = since) -> String {
        #"{"connectionStatus":"\#(word)","lastModifiedDateTime":"\#(date)"}"#
    }

    static func peripheral(_ word: String, optional: String = "false", name: String = "Acme 20") -> String {
        #"{"isOptional":\#(optional),"connection":\#(link(word)),"peripheral":{"id":"p","displayName":"\#(name)","#
            + #""productId":"0x1","vendorId":"0x2"}}"#
    }

    static func software(_ word: String, _ current: String, _ available: String) -> String {
        #"{"softwareFreshness":"\#(word)","currentVersion":\#(current),"availableVersion":\#(available)}"#
    }

    static let whole =
        #"{"id":"a","connection":\#(link("Connected")),"loginStatus":{"teamsConnection":\#(link("connected")),"#
        + #""exchangeConnection":\#(link("DISCONNECTED")),"skypeConnection":\#(link("disconnected"))},"#
        + #""peripheralsHealth":{"roomCameraHealth":\#(peripheral("disconnected")),"contentCameraHealth":{},"#
        + #""microphoneHealth":\#(peripheral("connected")),"speakerHealth":\#(peripheral("unknown", optional: "true")),"#
        + #""communicationSpeakerHealth":null,"displayHealthCollection":[\#(peripheral("connected", name: "Left")),"#
        + #"\#(peripheral("Disconnected", name: "Right"))]},"#
        + #""hardwareHealth":{"computeHealth":\#(peripheral("connected")),"hdmiIngestHealth":\#(peripheral("disconnected"))},"#
        + #""softwareUpdateHealth":{"adminAgentSoftwareUpdateStatus":\#(software("latest", #""5.0.1""#, "null")),"#
        + #""teamsClientSoftwareUpdateStatus":\#(software("UpdateAvailable", #""1.4""#, #""1.5""#)),"#
        + #""firmwareSoftwareUpdateStatus":null,"operatingSystemSoftwareUpdateStatus":{},"#
        + #""partnerAgentSoftwareUpdateStatus":null,"companyPortalSoftwareUpdateStatus":\#(software("x", "null", "null"))},"#
        + #""createdDateTime":"0001-01-01T00:00:00Z","lastModifiedBy":null}"#

    static func read(_ reply: Rig.Reply) async throws -> DeviceHealthRead {
        let rig = try Rig { _ in reply }
        let read = await DeviceReaderTests.reader(rig).healthRead(of: "a b")
        // A refused token is renewed once, so there may be two.
        #expect(Set(rig.asked.map(\.target)) == ["/beta/teamwork/devices/a b/health"])
        #expect(read.reading.device == "a b" && read.reading.asked == rig.time.now())
        return read
    }

    static func report(_ text: String) async throws -> DeviceHealthReport {
        let reading = try await read(Rig.json(text)).reading
        guard case .value(let report) = reading.report else {
            Issue.record("\(reading.report): \(text)")
            return DeviceHealthReport()
        }
        return report
    }

    @Test("every part is read, wrapped or bare", arguments: [false, true])
    func parts(_ isWrapped: Bool) async throws {
        let report = try await Self.report(isWrapped ? #"{"value":\#(Self.whole)}"# : Self.whole)
        let since = Date(timeIntervalSince1970: 1_777_881_490.1234567)
        func link(_ state: DeviceHealthReport.Link.State) -> DeviceHealthReport.Link { .init(state, since: since) }
        #expect(report.connection == link(.connected))
        #expect(report.logins == [.teams: link(.connected), .exchange: link(.disconnected)])
        #expect(
            report.peripherals == [
                PeripheralReport(kind: .roomCamera, isOptional: false, link: link(.disconnected), name: "Acme 20"),
                PeripheralReport(kind: .microphone, isOptional: false, link: link(.connected), name: "Acme 20"),
                PeripheralReport(kind: .speaker, isOptional: true, link: link(.unknown), name: "Acme 20"),
                PeripheralReport(kind: .display, isOptional: false, link: link(.connected), name: "Left"),
                PeripheralReport(kind: .display, isOptional: false, link: link(.disconnected), name: "Right"),
            ])
        #expect(report.hardware == [.compute: link(.connected), .hdmiIngest: link(.disconnected)])
        #expect(
            report.software == [
                SoftwareReport(kind: .teamsClient, freshness: .updateAvailable, current: "1.4", available: "1.5"),
                SoftwareReport(kind: .adminAgent, freshness: .latest, current: "5.0.1"),
                SoftwareReport(kind: .companyPortal, freshness: .unknown),
            ])
    }

    @Test(
        "an answer in which nothing is said is an empty report",
        arguments: [
            "{}", #"{"value":null}"#, #"{"value":{}}"#, #"{"value":[]}"#, #"{"connection":{}}"#,
            #"{"connection":{"connectionStatus":null,"lastModifiedDateTime":"0001-01-01T00:00:00Z"}}"#,
            #"{"peripheralsHealth":{"displayHealthCollection":[{},null,7,[]]}}"#,
            #"{"softwareUpdateHealth":{"firmwareSoftwareUpdateStatus":{"currentVersion":"","availableVersion":" "}}}"#,
        ])
    func nothing(_ text: String) async throws {
        #expect(try await Self.report(text) == DeviceHealthReport())
    }

    @Test("a date without a state, and a state without a date, are what they are")
    func halves() async throws {
        let dated = try await Self.report(#"{"connection":{"lastModifiedDateTime":"\#(Self.since)"}}"#)
        #expect(dated.connection?.state == .unknown && dated.connection?.since != nil)
        for date in ["0001-01-01T00:00:00Z", "soon", ""] {
            let undated = try await Self.report(#"{"connection":\#(Self.link("Disconnected", date))}"#)
            #expect(undated.connection == .init(.disconnected))
        }
    }

    @Test("a peripheral is optional only where Graph says so", arguments: ["null", "7", #""true""#, "[]"])
    func optional(_ value: String) async throws {
        let report = try await Self.report(
            #"{"peripheralsHealth":{"microphoneHealth":\#(Self.peripheral("disconnected", optional: value))}}"#)
        #expect(report.peripherals.map(\.isOptional) == [nil])
    }

    @Test("texts and displays are bounded")
    func bounds() async throws {
        let long = String(repeating: "x", count: 1_000)
        let displays = (0..<1_000).map { _ in Self.peripheral("connected", name: #"a\u0007\u2028\#(long)"#) }
        let report = try await Self.report(
            #"{"peripheralsHealth":{"displayHealthCollection":[\#(displays.joined(separator: ","))]},"#
                + #""softwareUpdateHealth":{"firmwareSoftwareUpdateStatus":\#(Self.software("latest", "\"\(long)\"", "null"))}}"#
        )
        #expect(report.peripherals.count == 16)
        #expect(report.peripherals.allSatisfy { $0.name == "a" + String(repeating: "x", count: 255) })
        #expect(report.software.map(\.current) == [String(repeating: "x", count: 64)])
    }

    static let failures: [(Int, String, DeviceHealthCapability, String)] = [
        (400, "Resource not found for the segment 'health'.", .retired, "http_400"),
        (400, "", .transient("http_400"), "http_400"),
        (401, "", .notGranted(role: "TeamworkDevice.Read.All"), "http_401"), (402, "", .metered, "http_402"),
        (403, "", .notGranted(role: "TeamworkDevice.Read.All"), "http_403"), (404, "", .noRecord, "http_404"),
        (404, "Resource not found for the segment 'teamwork'.", .retired, "http_404"),
        (405, "", .retired, "http_405"), (410, "", .retired, "http_410"),
        (429, "", .transient("throttled"), "throttled"),
        (500, "", .transient("http_500"), "http_500"), (501, "", .retired, "http_501"),
        (504, "", .transient("http_504"), "http_504"),
    ]

    @Test("a failed read knows nothing of the device and says why", arguments: failures)
    func fails(_ status: Int, _ message: String, _ capability: DeviceHealthCapability, _ kind: String) async throws {
        let read = try await Self.read(Rig.error(status, "X", message))
        #expect(read.capability == capability)
        #expect(read.reading.report == .unknown(.failed(kind)))
    }

    @Test("no answer, half an answer and no object are failures")
    func noAnswer() async throws {
        for (reply, kind) in [
            (Rig.Reply.failure(HTTPTransportError(.stalled, host: "graph.test", detail: "scripted")), "timed_out"),
            (Rig.json(String(Self.whole.dropLast(100))), "malformed"), (Rig.json("[]"), "malformed"),
            (Rig.json("[\(Self.whole)]"), "malformed"), (Rig.json("<html>"), "malformed"),
            (
                Rig.json(String(repeating: #"{"value":"#, count: 5_000) + String(repeating: "}", count: 5_000)),
                "malformed"
            ),
        ] {
            let read = try await Self.read(reply)
            #expect(read.capability == .transient(kind) && read.reading.report == .unknown(.failed(kind)))
        }
    }

    @Test("health leaves a part of the budget to others")
    func priority() async throws {
        let rig = try Rig { asked in
            asked.method == "POST" ? CommandDesk.accepted(nil) : Rig.json(Self.whole)
        }
        let reader = DeviceReaderTests.reader(rig)
        var readings: [DeviceHealthReading] = []
        for _ in 0..<19 { readings.append(await reader.report(of: "a")) }
        #expect(readings.prefix(18).allSatisfy { if case .value = $0.report { true } else { false } })
        #expect(readings[18].report == .unknown(.failed("budget_spent")))
        let commander = DeviceCommander(client: rig.client, time: rig.time, patience: .failAtOnce)
        #expect(await commander.submit(.restart, to: "a").answer == .accepted(graphID: nil))
    }

    @Test("one read that succeeds proves the call, and a refusal explains what failed beside it")
    func together() {
        #expect(DeviceHealthCapability.together([]) == nil)
        #expect(DeviceHealthCapability.together([.noRecord, .transient("x"), .retired, .available]) == .available)
        #expect(DeviceHealthCapability.together([.noRecord, .transient("x"), .retired]) == .retired)
        #expect(DeviceHealthCapability.together([.noRecord, .transient("x")]) == .transient("x"))
        #expect(DeviceHealthCapability.together([.noRecord, .noRecord]) == .noRecord)
    }

    @Test("every state of the capability has its own line for the operator")
    func texts() {
        let all: [DeviceHealthCapability] = [
            .available, .notGranted(role: "TeamworkDevice.Read.All"), .metered, .retired, .noRecord, .transient("x"),
        ]
        #expect(Set(all.map(\.text)).count == all.count)
        #expect(all.map(\.isGone) == [false, true, true, true, false, false])
        #expect(all[1].text.contains("TeamworkDevice.Read.All"))
    }
}
