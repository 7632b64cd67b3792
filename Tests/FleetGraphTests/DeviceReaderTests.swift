// The device API in all the states it may be in: it never throws, and it never says offline when it does not know.

import FleetCore
import FleetGraph
import Foundation
import GraphClient
import Testing
import Timekeeping

@Suite("Reading device records")
struct DeviceReaderTests {
    static let recent = "2026-11-30T23:00:00Z"

    static func device(_ id: String, type: String = "TeamsRoom", health: String = "Healthy", modified: String = recent)
        -> String
    {
        #"{"id":"\#(id)","deviceType":"\#(type)","healthStatus":"\#(health)","lastModifiedDateTime":"\#(modified)","#
            + #""hardwareDetail":{"manufacturer":"Acme","model":"Bar 20","serialNumber":1},"#
            + #""currentUser":{"id":"3F6C1D7E-0000-4000-8ABC-000000000001","displayName":"Room"}}"#
    }

    static func reader(_ rig: Rig, patience: GraphRequest.Patience = .failAtOnce) -> DeviceReader {
        DeviceReader(client: rig.client, time: rig.time, patience: patience)
    }

    @Test("pages are followed over a relative link and read in our words")
    func list() async throws {
        let rig = try Rig { asked in
            asked.target.contains("skiptoken")
                ? Rig.json(
                    #"{"value":[\#(Self.device("b", type: "collaborationBar", health: "offline")),7,{"id":null}]}"#)
                : Rig.json(
                    #"{"@odata.nextLink":"/teamwork/devices?$top=50&$skiptoken=x","value":[\#(Self.device("a"))]}"#)
        }
        let listing = await Self.reader(rig).list()
        #expect(
            rig.asked.map(\.target) == [
                "/beta/teamwork/devices?$top=50", "/beta/teamwork/devices?$top=50&$skiptoken=x",
            ])
        #expect(listing.capability == .available)
        let devices = try #require(listing.devices)
        #expect(
            devices.map(\.device) == [
                RoomDevice(id: "a", kind: .teamsRoom, manufacturer: "Acme", model: "Bar 20"),
                RoomDevice(id: "b", kind: .collaborationBar, manufacturer: "Acme", model: "Bar 20"),
            ])
        #expect(devices.allSatisfy { $0.account == PresencePages.account(1) })
        #expect(devices.map(\.reading.signal) == [.good, .bad])
        #expect(devices[0].reading.modified?.wall == (try Date(Self.recent, strategy: .iso8601)))
        #expect(listing.remarks.count == 1)
    }

    @Test(
        "what a refusal means",
        arguments: [
            (401, "X", DeviceCapability.notGranted(role: "TeamworkDevice.Read.All")),
            (403, "X", .notGranted(role: "TeamworkDevice.Read.All")), (402, "X", .metered), (404, "X", .retired),
            (405, "X", .retired), (410, "X", .retired), (501, "X", .retired),
            (400, "Resource not found for the segment 'devices'.", .retired), (400, "X", .transient("http_400")),
            (429, "X", .transient("throttled")), (503, "X", .transient("http_503")),
        ])
    func capability(_ status: Int, _ message: String, _ capability: DeviceCapability) async throws {
        let rig = try Rig(jumps: true) { _ in Rig.error(status, "X", message) }
        let listing = await Self.reader(rig).list()
        #expect(listing.capability == capability && listing.devices == nil)
        #expect(listing.remarks.first == capability.text)
    }

    @Test("a list that fails with 500 is read type by type")
    func byType() async throws {
        let rig = try Rig { asked in
            guard let type = asked.target.split(separator: "'").dropFirst().first else { return Rig.error(500) }
            return type == "IpPhone"
                ? Rig.error(500) : Rig.json(#"{"value":[\#(Self.device("\(type)-1", type: "\(type)"))]}"#)
        }
        let listing = await Self.reader(rig).list()
        #expect(listing.capability == .available)
        #expect(listing.devices?.count == 7)
        #expect(listing.remarks.contains { $0.contains("IpPhone") })
        #expect(rig.asked[1].target == "/beta/teamwork/devices?$filter=deviceType eq 'TeamsRoom'&$top=50")
    }

    @Test("without one kind of room system there is no list at all")
    func mainTypeFails() async throws {
        let rig = try Rig { asked in
            asked.target.contains("'TeamsRoom'") ? Rig.json(#"{"value":[]}"#) : Rig.error(500)
        }
        let listing = await Self.reader(rig).list()
        #expect(listing.devices == nil && listing.capability == .transient("http_500"))
    }

    @Test("records that have not changed for a day are no evidence")
    func stale() async throws {
        let old = "2026-11-20T00:00:00Z"
        let rig = try Rig { _ in
            Rig.json(
                #"{"value":[\#(Self.device("a", health: "Offline", modified: old)),\#(Self.device("b", modified: old))]}"#
            )
        }
        let listing = await Self.reader(rig).list()
        #expect(listing.capability == .stale && listing.devices?.count == 2)
        #expect(listing.devices?.allSatisfy { $0.reading.signal == .unknown } == true)
    }

    @Test(
        "one device, wrapped or bare, with its connection",
        arguments: [
            ("Offline", "Disconnected", true, "Offline/Disconnected"),
            ("healthy", "connected", false, "healthy/connected"),
            ("unknown", "disconnected", true, "disconnected"), ("Offline", "connected", true, "Offline"),
            ("Critical", "disconnected", false, "Critical"), ("offline", "?", true, "offline"),
        ])
    func health(_ word: String, _ link: String, _ isOffline: Bool, _ text: String) async throws {
        let since = "2026-11-30T22:00:00Z"
        let rig = try Rig { asked in
            asked.target.hasSuffix("/health")
                ? Rig.json(
                    #"{"value":{"connection":{"connectionStatus":"\#(link)","lastModifiedDateTime":"\#(since)"}}}"#)
                : Rig.json(
                    word == "Offline"
                        ? #"{"value":\#(Self.device("a b", health: word))}"# : Self.device("a b", health: word))
        }
        let reading = await Self.reader(rig).health(of: "a b")
        #expect(reading.health == .value(DeviceHealth(isOffline: isOffline, text: text)))
        #expect(rig.asked.map(\.target) == ["/beta/teamwork/devices/a b", "/beta/teamwork/devices/a b/health"])
        let expected = text.contains("/") || text == link ? since : Self.recent
        #expect(reading.modified?.wall == (try Date(expected, strategy: .iso8601)))
    }

    @Test(
        "a device that cannot be read is unknown",
        arguments: [(404, "http_404"), (500, "http_500"), (429, "throttled")])
    func healthFails(_ status: Int, _ kind: String) async throws {
        let rig = try Rig { _ in Rig.error(status) }
        let reading = await Self.reader(rig).health(of: "a")
        #expect(reading.health == .unknown(.failed(kind)) && rig.asked.count == 1)
        let silent = try Rig { asked in
            asked.target.hasSuffix("/health") ? Rig.error(500) : Rig.json(#"{"id":"a","healthStatus":5}"#)
        }
        #expect(await Self.reader(silent).health(of: "a").signal == .unknown)
    }
}
