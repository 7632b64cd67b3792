import TenantSimulator
import Testing
import Timekeeping

@Suite struct FacetTests {
    static let health = "microsoft.graph.teamworkDeviceHealth"

    /// Where each peripheral stands in the report.
    static let peripherals: [(ScenarioEvent.Peripheral, String)] = [
        (.camera, "roomCameraHealth"), (.contentCamera, "contentCameraHealth"), (.microphone, "microphoneHealth"),
        (.speaker, "speakerHealth"), (.communicationSpeaker, "communicationSpeakerHealth"),
    ]

    @Test(arguments: peripherals, [false, true])
    func aPeripheralIsMissedAndFoundAgain(_ peripheral: (ScenarioEvent.Peripheral, String), optional: Bool) throws {
        var rehearsal = try Rehearsal(
            scenario: Scenario.quiet.with(.peripheralFault, at: .seconds(60)) {
                $0.room = "1"
                $0.peripheral = peripheral.0
                $0.optional = optional ? true : nil
                $0.lasts = DurationText(.seconds(100))
            })
        let device = try rehearsal.device(room: 1)
        _ = rehearsal.pass(90)
        let report = try rehearsal.health(device)
        #expect(try GraphSchema.load().complaints(report, as: Self.health) == [])
        let part = report["peripheralsHealth"]?[peripheral.1]
        #expect(part?["isOptional"] == .bool(optional))
        #expect(part?["connection"]?["connectionStatus"] == "Disconnected")
        #expect(part?["connection"]?["lastModifiedDateTime"] == "2026-03-02T08:01:00Z")
        #expect(try rehearsal.record(device)["healthStatus"]?.string == (optional ? "NonUrgent" : "Critical"))
        _ = rehearsal.pass(100)
        let back = try rehearsal.health(device)["peripheralsHealth"]?[peripheral.1]?["connection"]
        #expect(back?["connectionStatus"] == "Connected")
        #expect(try rehearsal.record(device)["healthStatus"] == "Healthy")
    }

    @Test func aDisplayIsMissedInItsCollection() throws {
        var rehearsal = try Rehearsal(
            scenario: scenario(.peripheralFault) {
                $0.room = "1"
                $0.peripheral = .display
            })
        let report = try rehearsal.health(rehearsal.device(room: 1))
        let displays = report["peripheralsHealth"]?["displayHealthCollection"]?.array
        #expect(displays?.map { $0["connection"]?["connectionStatus"] } == ["Disconnected"])
    }

    @Test(arguments: [(ScenarioEvent.Login.teams, "teamsConnection"), (.exchange, "exchangeConnection")])
    func aLogInIsLostWhileTheDeviceStaysConnected(_ login: ScenarioEvent.Login, _ name: String) throws {
        var rehearsal = try Rehearsal(
            scenario: scenario(.loginLost) {
                $0.room = "1"
                $0.login = login
                $0.lasts = DurationText(.seconds(100))
            })
        let device = try rehearsal.device(room: 1)
        let report = try rehearsal.health(device)
        #expect(report["connection"]?["connectionStatus"] == "Connected")
        for other in ["teamsConnection", "exchangeConnection"] {
            let word = report["loginStatus"]?[other]?["connectionStatus"]?.string
            #expect(word == (other == name ? "Disconnected" : "Connected"))
        }
        _ = rehearsal.pass(101)
        #expect(try rehearsal.health(device)["loginStatus"]?[name]?["connectionStatus"] == "Connected")
    }

    @Test(arguments: [(ScenarioEvent.Hardware.compute, "computeHealth"), (.hdmiIngest, "hdmiIngestHealth")])
    func hardwareIsDisconnected(_ hardware: ScenarioEvent.Hardware, _ name: String) throws {
        var rehearsal = try Rehearsal(
            scenario: scenario(.hardwareFault) {
                $0.room = "1"
                $0.hardware = hardware
            })
        let report = try rehearsal.health(rehearsal.device(room: 1))
        #expect(report["hardwareHealth"]?[name]?["connection"]?["connectionStatus"] == "Disconnected")
        #expect(try GraphSchema.load().complaints(report, as: Self.health) == [])
    }

    @Test(arguments: SoftwareType.allCases)
    func anUpdateIsOfferedAndWithdrawn(_ software: SoftwareType) throws {
        var rehearsal = try Rehearsal(
            scenario: scenario(.updateAvailable) {
                $0.room = "1"
                $0.software = software
                $0.lasts = DurationText(.seconds(100))
            })
        let device = try rehearsal.device(room: 1)
        func offered() throws -> JSONValue? {
            let report = try rehearsal.health(device)
            #expect(try GraphSchema.load().complaints(report, as: Self.health) == [])
            let all = report["softwareUpdateHealth"]?.members?.map(\.value) ?? []
            let pending = all.filter { $0["softwareFreshness"] == "UpdateAvailable" }
            #expect(pending.count <= 1)
            return pending.first
        }
        let offer = try #require(try offered())
        #expect(offer["availableVersion"] != offer["currentVersion"])
        #expect(offer["availableVersion"]?.string != nil)
        _ = rehearsal.pass(101)
        #expect(try offered() == nil)
    }

    @Test func somebodyElseOnTheDeviceTakesTheRoomOffline() throws {
        var rehearsal = try Rehearsal(
            scenario: scenario(.userChanged, at: .seconds(10)) {
                $0.room = "1"
                $0.user = "person2@contoso.com"
                $0.lasts = DurationText(.seconds(100))
            })
        let device = try rehearsal.device(room: 1)
        let own = try rehearsal.roomID(1)
        let person = try #require(try rehearsal.get("/v1.0/users/person2@contoso.com").json["id"]?.string)
        _ = rehearsal.pass(11)
        #expect(try rehearsal.record(device)["currentUser"]?["id"]?.string == person)
        #expect(try rehearsal.record(device)["healthStatus"] == "Healthy")
        #expect(try rehearsal.availability(room: 1) == "Offline")
        let filter = "/beta/teamwork/devices?$filter=currentUser/id%20eq%20"
        #expect(try !rehearsal.get(filter + "'\(own)'").items.contains { $0["id"]?.string == device })
        #expect(try rehearsal.get(filter + "'\(person)'").items.contains { $0["id"]?.string == device })
        _ = rehearsal.pass(100)
        #expect(try rehearsal.record(device)["currentUser"]?["id"]?.string == own)
        #expect(try rehearsal.availability(room: 1) == "Available")
    }

    @Test func nobodyMayBeSignedIn() throws {
        var rehearsal = try Rehearsal()
        let device = try rehearsal.device(room: 5)
        try rehearsal.tenant.inject(
            scenario(.userChanged) { $0.device = device }.events, at: rehearsal.now)
        #expect(try rehearsal.record(device)["currentUser"] == .null)
        // The panel still holds the account.
        #expect(try rehearsal.availability(room: 5) == "Available")
    }

    @Test func theReportOfOneDeviceFailsAlone() throws {
        var rehearsal = try Rehearsal(
            scenario: scenario(.healthUnreadable) {
                $0.room = "1"
                $0.lasts = DurationText(.seconds(100))
            })
        let device = try rehearsal.device(room: 1)
        let path = "/beta/teamwork/devices/\(device)/health"
        #expect(rehearsal.get(path).status == 500)
        #expect(rehearsal.get(path).errorCode == "InternalServerError")
        #expect(rehearsal.get("/beta/teamwork/devices/\(device)").status == 200)
        #expect(rehearsal.get("/beta/teamwork/devices/\(try rehearsal.device(room: 2))/health").status == 200)
        _ = rehearsal.pass(101)
        #expect(rehearsal.get(path).status == 200)
    }

    @Test(arguments: [("console", 2), ("panel", 5), ("main", 5)])
    func oneDeviceDiesAndTheAccountLivesOn(_ role: String, _ room: Int) throws {
        var rehearsal = try Rehearsal(
            scenario: scenario(.deviceOff) {
                $0.room = String(room)
                $0.device = role
                $0.deviceDelay = DurationText(.seconds(20))
                $0.sessionTimeout = DurationText(.zero)
                $0.lasts = DurationText(.seconds(3000))
            })
        let device = try rehearsal.device(role, room: room)
        let records = rehearsal.pass(60)
        #expect(try rehearsal.record(device)["healthStatus"] == "Offline")
        #expect(try rehearsal.health(device)["connection"]?["connectionStatus"] == "Disconnected")
        #expect(try rehearsal.availability(room: room) == "Available")
        // Only without its main device a room is down.
        let expected = role == "main" ? GroundTruthRecord.Expectation.incident : .none
        #expect(records.first { $0.event == "device_offline" }?.expected == expected)
        _ = rehearsal.pass(3000)
        #expect(try rehearsal.record(device)["healthStatus"] == "Healthy")
    }

    @Test func theLastDeviceTakesThePresenceWithIt() throws {
        var plan = Scenario.quiet
        for (role, at) in [("panel", 10), ("main", 20)] {
            plan = plan.with(.deviceOff, at: .seconds(at)) {
                $0.room = "5"
                $0.device = role
                $0.sessionTimeout = DurationText(.zero)
                $0.lasts = DurationText(.seconds(role == "panel" ? 100 : 200))
            }
        }
        var rehearsal = try Rehearsal(scenario: plan)
        for (wait, word) in [
            (15, "Available"), (10, "Offline"), (80, "Offline"), (10, "Available"), (200, "Available"),
        ] {
            _ = rehearsal.pass(wait)
            #expect(try rehearsal.availability(room: 5) == word)
        }
    }

    @Test func eventsChooseDevicesByBuildingModelAndShare() throws {
        func faulty(_ change: (inout ScenarioEvent) -> Void) throws -> [String?] {
            var rehearsal = try Rehearsal(
                rooms: 100,
                scenario: scenario(.peripheralFault) {
                    $0.peripheral = .camera
                    change(&$0)
                })
            return rehearsal.pass(1).filter { $0.event == "peripheral_fault" }.map(\.room)
        }
        #expect(try faulty { $0.building = "B2" }.count == 25)
        #expect(try faulty { $0.device = "all" }.count == 100 + 10 + 33)
        let share = try faulty {
            $0.device = "main"
            $0.probability = 0.3
        }
        #expect((15...45).contains(share.count))
        let bars = try faulty { $0.model = "Rally Bar" }
        #expect(!bars.isEmpty && bars.count < 50)
        #expect(try faulty { $0.device = "SN-100000" } == ["Room 1"])
        for wrong in [
            { $0.device = "SN-1" }, { $0.building = "B9" },
            {
                $0.probability = 2; $0.room = "1"
            }, { _ in },
        ] as [(inout ScenarioEvent) -> Void] {
            #expect(throws: ScenarioError.self) { try faulty(wrong) }
        }
    }
}
