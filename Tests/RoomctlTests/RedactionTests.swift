// The rules of a bundle, string by string, and a bundle as a whole into whose every source names and secrets were planted.

import FleetAPI
import FleetClient
import Foundation
import HTTPExchange
import HTTPTypes
@testable import roomctl
import Testing

@Suite struct RedactionTests {
    @Test(
        arguments: [
            ("Room 17 (B2, floor 3) is offline", "room-1 (building-1, floor 3) is offline"),
            ("Aquarium is offline", "word-1 is offline"),
            ("room.offline pending -> firing: the third bad answer over 10 s", nil),
            (
                "store: the store /var/lib/roomwatch/roomwatch.sqlite was upgraded",
                "store: the store /var/lib/roomwatch/… was upgraded"
            ),
            ("/home/anna/copy.sqlite", "/…"),
            ("receiver oncall did not take a message: http_503", nil),
            ("mail to anna@contoso.com", "mail to mail-1"),
            ("https://hooks.contoso.com/T0/B1?sig=abc", "https://host-1/…"),
            ("https://graph.microsoft.com/v1.0/users", "https://graph.microsoft.com/…"),
            ("connectRefused (10.1.2.3:443)", "word-1 (address-1)"),
            ("Could not resolve host: proxy.contoso.com", "Could not resolve host: host-1"),
            ("01ARZ3NDEKTSV4RRFFQ69G5FAV", "id-1"),
            ("3f0b1c52-6f2e-4a55-9d6c-2f6f8f0f0001 is gone", "id-1 is gone"),
            ("since 2026-11-20T08:00:00Z at 08:03:05", nil), ("fe80::1ff:fe23:4567:890a", "address-1"),
            ("\"Vorstand\",(Müller)", "\"word-1\",(word-2)"), ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "word-1"),
            ("routes[0] 12 ms, 5s, 95%", nil),
        ] as [(String, String?)])
    func texts(_ text: String, _ expected: String?) {
        var redaction = Redaction()
        _ = redaction.names.standIn(for: "Room 17", .room)
        _ = redaction.names.standIn(for: "B2", .building)
        _ = redaction.names.standIn(for: "3", .floor)
        let made = redaction.text(text)
        #expect(made == (expected ?? text))
    }

    @Test func aNameHasOneStandInWhereverItStands() throws {
        var redaction = Redaction()
        let made = redaction.json(
            Array(#"{"rooms":[{"name":"Aquarium","email":"aq@x.com"}],"summary":"aquarium is down"}"#.utf8))
        let json = try #require(made)
        #expect(json.contains(#""name" : "room-1""#))
        #expect(json.contains(#""summary" : "room-1 is down""#))
        let sentence = redaction.text("mail of AQ@x.com")
        #expect(sentence == "mail of mail-1")
    }

    @Test func anUnknownKeyKeepsNumbersAndMasksTexts() throws {
        var redaction = Redaction()
        let made = redaction.json(Array(#"{"novelty":"Hello","count":3,"flag":true,"x":null}"#.utf8))
        let json = try #require(made)
        #expect(!json.contains("Hello"))
        #expect(json.contains("<masked>"))
        #expect(json.contains(": 3"))
    }

    @Test func figuresKeepTheirNumbersAndLoseTheirNames() {
        var redaction = Redaction()
        let figures = redaction.figures(
            """
            # HELP roomwatch_rooms Rooms.
            roomwatch_rooms{tenant="contoso",phase="clear"} 7
            roomwatch_dwell_seconds_bucket{le="0.5"} 3
            roomwatch_deliveries_total{receiver="pager \\"x\\"",outcome="accepted"} 2
            roomwatch_blips_total 4
            """)
        #expect(
            figures == """
                # HELP roomwatch_rooms Rooms.
                roomwatch_rooms{tenant="tenant-1",phase="clear"} 7
                roomwatch_dwell_seconds_bucket{le="0.5"} 3
                roomwatch_deliveries_total{receiver="receiver-1",outcome="accepted"} 2
                roomwatch_blips_total 4
                """)
    }

    @Test func theConfigurationKeepsItsShapeAndItsSettings() {
        var redaction = Redaction()
        let text = redaction.configuration(Planted.configuration)
        #expect(
            text.contains("poll: { presence: 5s, devices: 5m}") || text.contains("poll: { presence: 5s, devices: 5m }"))
        #expect(text.contains("cloud: global"))
        #expect(text.contains("days: mon-fri"))
        #expect(text.contains("from: 07:00"))
        #expect(text.contains("login: https://login.microsoftonline.com/…"))
        for secret in Planted.all { #expect(!text.lowercased().contains(secret.lowercased()), "\(secret)") }
    }

    @Test func nothingPassesBeneathAKeyThatTheConfigurationDoesNotHave() {
        var redaction = Redaction()
        let text = redaction.configuration(
            """
            tenants:
              - name: contoso
                client_secret: "Live:Share:99"
                credential: { client_secret_file: 482913, pin: 482914 }
                cloud: global
            password: 482915
            vault:
              share: 482916
              list:
                - 482917
                - { enabled: true, burst: 482918 }
            http: { novelty: { share: 482919,
                burst: 482920 }, proxy: "" }
            hours:
              Seestraße: { days: mon-fri, from: "07:15" }
              default: { contact: "4829", to: "19:45" }
            poll: { presence: 5s }
            """)
        #expect(!text.contains("4829") && !text.lowercased().contains("live") && !text.contains("99"), "\(text)")
        for setting in ["cloud: global", "days: mon-fri", "from: 07:15", "to: 19:45", "presence: 5s"] {
            #expect(text.contains(setting), "\(text)")
        }
    }

    @Test func theReportOfTheDoctorStaysReadable() {
        var redaction = Redaction()
        for sentence in ["notice: 3 restarts in an hour", "examples", "warnings, problems and notices: 2"] {
            let made = redaction.text(sentence)
            #expect(made == sentence)
        }
    }
}

/// What must not be found in a bundle, and the places into which it is put.
enum Planted {
    static let all = [
        "Aquarium", "Vorstand", "aquarium@fabrikam.example", "fabrikam", "Seestraße", "Dachgeschoss", "Hertha", "Klaus",
        "7b1c9a52-1111-4a55-9d6c-2f6f8f0f0001", "hooks.secret-host.example", "s3cr3t", "10.20.30.40", "nachtwache",
        "01KZZ3NDEKTSV4RRFFQ69G5FAV", "4711", "Zahnarzt",
    ]

    static let configuration = """
        # Written by Klaus for Hertha
        version: 1
        tenants:
          - name: fabrikam
            tenant_id: 7b1c9a52-1111-4a55-9d6c-2f6f8f0f0001
            cloud: global
            credential: { client_secret_file: /home/klaus/s3cr3t }
            endpoints: { login: https://login.microsoftonline.com, graph: "https://hooks.secret-host.example/x" }
            inventory: { include: [aquarium@fabrikam.example, 'Vorstand'], devices: true }
        poll: { presence: 5s, devices: 5m }
        hours:
          default: { days: mon-fri, from: "07:00", to: "19:00" }
          Seestraße: { days: "mon,wed" }
        buildings:
          Seestraße: { time_zone: Europe/Berlin, contact: "Hertha, 4711" }   # Hertha
          "Dachgeschoss": { contact: |
            Klaus
            Zahnarzt }
        rooms:
          - match: { room: aquarium@fabrikam.example, floor: "Dachgeschoss" }
            out_of_service: { reason: >
                Zahnarzt Klaus
              until: 2026-12-31 }
        api: { listen: 10.20.30.40:8470 }
        receivers:
          - name: nachtwache
            webhook: { url: "https://hooks.secret-host.example/T0?s3cr3t", secret_file: s3cr3t }
        routes: [ { match: {}, receivers: [nachtwache] } ]
        """

    private static let room = #"""
        {"id":"7b1c9a52-1111-4a55-9d6c-2f6f8f0f0001","tenant":"fabrikam","name":"Aquarium",
         "email":"aquarium@fabrikam.example","building":"Seestraße","floor":"Dachgeschoss","capacity":8,"model":"Klaus 1",
         "state":"down","observability":"strong","reading":"Offline","asked_at":null,"first_bad_at":null,
         "last_good_at":null,"meeting":null,"incident":"01KZZ3NDEKTSV4RRFFQ69G5FAV",
         "account":[{"finding":"disabled","sentence":"Klaus is disabled","remedy":"ask Klaus","at":null,
         "observed_at":"2026-11-20T08:00:00Z"}]}
        """#

    /// What the daemon answers, by the beginning of the address.
    static let answers: [(path: String, body: String)] = [
        (
            "/api/v1/fleet",
            #"{"data":{"fleet":{"at":"2026-11-20T08:00:00.000Z","tenants":[{"name":"fabrikam","sweep_failure":"10.20.30.40 refused Klaus","buildings":[{"name":"Seestraße","floors":[{"name":"Dachgeschoss"}]}]}]}}}"#
        ),
        (
            "/api/v1/receivers",
            #"{"data":{"receivers":[{"name":"nachtwache","kind":"webhook","state":"ok","backlog":0,"fallback":null,"waiting_since":null}]}}"#
        ),
        ("/api/v1/rooms", #"{"data":{"rooms":[\#(room)],"rooms_total":1,"next_cursor":null}}"#),
        (
            "/api/v1/capabilities",
            #"{"data":{"capabilities":[{"tenant":"fabrikam","name":"presence","state":"degraded","detail":"Seestraße: Vorstand did not answer","checked_at":null}]}}"#
        ),
        (
            "/api/v1/incidents",
            #"{"data":{"incidents":[{"id":"01KZZ3NDEKTSV4RRFFQ69G5FAV","dedup_key":"fabrikam:room.offline:7b1c9a52-1111-4a55-9d6c-2f6f8f0f0001","condition":"room.offline","severity":"critical","summary":"Aquarium (Seestraße, floor Dachgeschoss) is offline","acknowledged_by":"Hertha","contact":"Hertha, 4711","tried":["Klaus called"],"links":{"self":"https://hooks.secret-host.example/x"}}],"next_cursor":null}}"#
        ),
        (
            "/api/v1/deliveries",
            #"{"data":{"deliveries":[{"receiver":"nachtwache","state":"failed","remark":"hooks.secret-host.example said: s3cr3t is wrong","incident":"01KZZ3NDEKTSV4RRFFQ69G5FAV"}]}}"#
        ),
        (
            "/api/v1/silences",
            #"{"data":{"silences":[{"id":"x","matchers":["room=\"Aquarium\""],"author":"Hertha","reason":"Zahnarzt","Klaus":"Vorstand"}]}}"#
        ),
        (
            "/api/v1/maintenance",
            #"{"data":{"windows":[{"name":"Zahnarzt","reason":"Vorstand","rooms":["Aquarium"]}]}}"#
        ),
        (
            "/api/v1/doctor",
            #"{"data":{"checks":[{"name":"token","status":"warning","summary":"fabrikam: Klaus must renew s3cr3t at 10.20.30.40","remedy":"ask Hertha"}]}}"#
        ),
        ("/healthz", "ok\n"), ("/readyz", "no sweep of fabrikam yet\n"),
        ("/metrics", "roomwatch_rooms{tenant=\"fabrikam\",phase=\"clear\",novelty=\"Vorstand\"} 7\nKlaus 1\n"),
    ]

    static let journal = #"""
        {"__REALTIME_TIMESTAMP":"1795161600000000","PRIORITY":"5","MESSAGE":"room.offline pending -> firing: Aquarium (Seestraße), Klaus at 10.20.30.40","ROOMWATCH_TENANT":"fabrikam","ROOMWATCH_ACTOR":"Hertha","_HOSTNAME":"Zahnarzt","_CMDLINE":"s3cr3t"}
        {"__REALTIME_TIMESTAMP":"1795161601000000","PRIORITY":"3","MESSAGE":"receiver nachtwache refused: https://hooks.secret-host.example/s3cr3t","ROOMWATCH_NOVELTY":"Vorstand"}
        {"__REALTIME_TIMESTAMP":"1795161602000000","MESSAGE":[75,108,97,117,115]}
        no JSON, Klaus
        """#
}

/// A daemon that answers from a list.
private struct ListedAnswers: HTTPTransport {
    var isDown = false

    func send(_ call: HTTPCall) async throws(HTTPTransportError) -> HTTPAnswer {
        if isDown { throw HTTPTransportError(.connectRefused, host: "s3cr3t", detail: "Klaus") }
        let path = call.url.replacing("http://localhost", with: "")
        guard let found = Planted.answers.first(where: { path.hasPrefix($0.path) }) else {
            return HTTPAnswer(
                status: 404,
                body: Array(
                    #"{"type":"about:blank","title":"Not Found","status":404,"detail":"Klaus","code":"not_found","remedy":"r"}"#
                        .utf8))
        }
        return HTTPAnswer(status: 200, body: Array(found.body.utf8))
    }
}

@Suite struct BundleTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "rw-bundle-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(Planted.configuration.utf8).write(to: folder.appending(path: "roomwatch.yaml"))
    }

    private func path(_ name: String) -> String { folder.appending(path: name).path(percentEncoded: false) }

    private func collected(isDown: Bool = false) async -> BundleSources {
        var sources = BundleSources(
            client: RoomwatchClient(
                transport: ListedAnswers(isDown: isDown), base: "http://localhost", token: Secret("s3cr3t")),
            configuration: path("roomwatch.yaml"), since: "-60s", roomwatchd: nil)
        await sources.collect()
        return sources
    }

    @Test func nothingThatWasPlantedIsInTheBundle() async throws {
        var sources = await collected()
        sources.content.add("planted.jsonl", "a log", sources.redaction.journal(Data(Planted.journal.utf8)))
        let manifest = sources.content.manifest(tally: sources.redaction.names.tally, made: "now", version: "1")
        let names = sources.content.files.map(\.name)
        for wanted in [
            "fleet.json", "rooms.json", "incidents.json", "doctor.json", "metrics.txt", "configuration.yaml",
        ] {
            #expect(names.contains(wanted))
        }
        for file in sources.content.files + [BundleContent.File(name: "MANIFEST.txt", about: "", text: manifest)] {
            for secret in Planted.all {
                #expect(
                    !file.text.lowercased().contains(secret.lowercased()), "\(secret) in \(file.name): \(file.text)")
            }
        }
        // What remains says something: the same room in the incident, in the list and in the log.
        let text = sources.content.files.map(\.text).joined()
        #expect(text.contains(#""summary" : "room-1 (building-1, floor floor-1) is offline""#))
        #expect(text.contains("room.offline pending -> firing: room-1 (building-1)"))
    }

    @Test func withoutADaemonThereIsLessAndTheListSaysSo() async throws {
        let sources = await collected(isDown: true)
        let manifest = sources.content.manifest(tally: sources.redaction.names.tally, made: "now", version: "1")
        #expect(manifest.contains("fleet.json") && manifest.contains("the daemon cannot be reached"))
        #expect(sources.content.files.map(\.name).contains("configuration.yaml"))
        #expect(!manifest.contains("s3cr3t") && !manifest.contains("Klaus"))
    }

    @Test func aLinkThatWaitsUnderTheNameOfTheWorkIsNotFollowed() throws {
        let victim = path("victim")
        try FileManager.default.createDirectory(atPath: victim, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: path(".bundle.part"), withDestinationPath: victim)
        var content = BundleContent()
        content.add("a.txt", "something", "hello\n")
        _ = try BundleArchive.write(content, manifest: "list\n", named: "bundle", to: path("out.tar.gz"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: victim).isEmpty)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path(".bundle.part")) == victim)
        try FileManager.default.removeItem(at: folder)
    }

    @Test(arguments: [true, false]) func theArchiveIsPrivateAndHoldsTheList(_ hasTar: Bool) async throws {
        var content = BundleContent()
        content.add("a.txt", "something", "hello\n")
        let written = try BundleArchive.write(
            content, manifest: "list\n", named: "bundle", to: path("out.tar.gz"), tar: hasTar ? Tool("tar") : nil)
        let attributes = try FileManager.default.attributesOfItem(atPath: written)
        let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue
        #expect(mode == (hasTar ? 0o600 : 0o700))
        if hasTar {
            let listing = try #require(Tool("tar")).run(["--list", "--file", written])
            #expect(String(decoding: listing.output, as: UTF8.self).contains("bundle/MANIFEST.txt"))
        } else {
            #expect(try String(contentsOfFile: written + "/MANIFEST.txt", encoding: .utf8) == "list\n")
        }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false)).count == 2,
            "nothing else is left in the folder")
        try FileManager.default.removeItem(at: folder)
    }
}
