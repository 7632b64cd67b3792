import HTTPTypes
import TenantSimulator
import Testing
import Timekeeping

@Suite struct CommandTests {
    @Test(arguments: ["restart", "runDiagnostics", "RESTART"])
    func aCommandIsTakenWithoutABodyAndAnsweredWithARelativeLocation(_ command: String) throws {
        var rehearsal = try Rehearsal(scenario: .timed)
        let device = try rehearsal.device(room: 1)
        let answer = rehearsal.command(command, device)
        #expect(answer.status == 202)
        #expect(answer.body.isEmpty)
        #expect(answer.headerFields[.contentType] == nil)
        let location = try #require(answer.headerFields[.location])
        #expect(location.hasPrefix("/teamwork/devices/\(device)/operations/"))
        #expect(rehearsal.get("/beta\(location)").status == 200)
    }

    @Test func theLocationMayBeAbsolute() throws {
        var plan = Scenario.timed
        plan.relativeDeviceLinks = false
        var rehearsal = try Rehearsal(scenario: plan)
        let device = try rehearsal.device(room: 1)
        let location = rehearsal.command("restart", device).headerFields[.location]
        #expect(location?.hasPrefix("https://graph.test/beta/teamwork/devices/\(device)/operations/") == true)
    }

    @Test func commandsWantTheWritingRoleAndReadingDoesNot() throws {
        var rehearsal = try Rehearsal()
        let device = try rehearsal.device(room: 1)
        let answer = rehearsal.command("restart", device)
        #expect(answer.status == 403)
        #expect(answer.errorCode == "Authorization_RequestDenied")
        #expect(rehearsal.get("/beta/teamwork/devices/\(device)/operations").status == 200)
        var plan = Scenario.quiet
        plan.token.roles = ["TeamworkDevice.ReadWrite.All"]
        rehearsal = try Rehearsal(scenario: plan)
        #expect(rehearsal.command("restart", device).status == 202)
        #expect(rehearsal.get("/beta/teamwork/devices/\(device)/operations").status == 200)
    }

    @Test(
        arguments: [
            (["softwareType": "teamsClient"], 202), (["softwareType": "TeamsClient", "softwareVersion": nil], 202),
            (["softwareType": "firmware", "softwareVersion": "1.5"], 202), (["softwareType": "toaster"], 400),
            (["softwareType": "unknownFutureValue"], 400), (["softwareVersion": "1"], 400), ([:], 400), ([], 400),
            (["softwareType": "firmware", "softwareVersion": 2], 400),
            (["softwareType": "firmware", "softwareVersion": ""], 400),
            (["softwareType": "firmware", "force": true], 400),
        ] as [(JSONValue, Int)])
    func theBodyOfAnUpdateIsChecked(_ body: JSONValue, _ status: Int) throws {
        var rehearsal = try Rehearsal(scenario: .timed)
        let device = try rehearsal.device(room: 1)
        #expect(rehearsal.command("updateSoftware", device, body).status == status)
    }

    @Test func whatFitsNowhereIsRefused() throws {
        var rehearsal = try Rehearsal(scenario: .timed)
        let device = try rehearsal.device(room: 1)
        #expect(rehearsal.command("updateSoftware", device).status == 400)
        #expect(
            rehearsal.send(.post, "/beta/teamwork/devices/\(device)/restart", body: Array("now".utf8)).status == 400)
        #expect(rehearsal.command("restart", device, ["force": true]).status == 400)
        #expect(rehearsal.command("restart", device, [:]).status == 202)
        #expect(rehearsal.get("/beta/teamwork/devices/\(device)/restart").status == 405)
        #expect(rehearsal.command("operations", device).status == 405)
        #expect(rehearsal.command("restart", "00000000-0000-4000-8000-000000000001").status == 404)
        #expect(rehearsal.send(.post, "/v1.0/teamwork/devices/\(device)/restart").status == 400)
        #expect(rehearsal.get("/beta/teamwork/devices/\(device)/operations/\(device)").status == 404)
        #expect(rehearsal.get("/beta/teamwork/devices/\(device)/health/part").status == 400)
    }

    @Test func aSecondCommandConflictsUntilTheFirstIsOver() throws {
        var rehearsal = try Rehearsal(scenario: .timed)
        let device = try rehearsal.device(room: 1)
        #expect(rehearsal.command("runDiagnostics", device).status == 202)
        #expect(rehearsal.command("restart", device).status == 409)
        #expect(rehearsal.command("restart", device).errorCode == "Conflict")
        #expect(rehearsal.command("restart", try rehearsal.device(room: 2)).status == 202)
        _ = rehearsal.pass(10)
        #expect(rehearsal.command("restart", device).status == 409)
        _ = rehearsal.pass(90)
        #expect(rehearsal.command("restart", device).status == 202)
        #expect(
            rehearsal.tenant.submissions.map(\.outcome) == [
                .accepted, .duplicate, .duplicate, .accepted, .duplicate, .accepted,
            ])
    }

    @Test func everyOperationKeepsToTheMetadataFromBeginToEnd() throws {
        let schema = try GraphSchema.load()
        var plan = Scenario.timed.with(.fails, room: "2")
        plan.operations.queue = DurationText(.seconds(40))
        var rehearsal = try Rehearsal(scenario: plan)
        var words: Set<String> = []
        var types: Set<String> = []
        let commands: [(String, JSONValue?)] = [
            ("restart", nil), ("runDiagnostics", nil), ("updateSoftware", ["softwareType": "teamsClient"]),
        ]
        var devices: [String] = []
        for room in 1...9 {
            let device = try rehearsal.device(room: room)
            let (command, body) = commands[room % 3]
            #expect(rehearsal.command(command, device, body).status == 202)
            devices.append(device)
        }
        for _ in 0..<15 {
            for device in devices {
                for item in try rehearsal.get("/beta/teamwork/devices/\(device)/operations").items {
                    #expect(schema.complaints(item, as: "microsoft.graph.teamworkDeviceOperation") == [])
                    words.insert(try #require(item["status"]?.string))
                    types.insert(try #require(item["operationType"]?.string))
                }
            }
            _ = rehearsal.pass(20)
        }
        #expect(types == ["DeviceRestart", "DeviceDiagnostics", "SoftwareUpdate"])
        #expect(
            words.isSuperset(of: [
                "Queued", "Scheduled", "queued", "InProgress", "inProgress", "Successful", "succeeded",
            ]))
        #expect(words.contains("Failed") || words.contains("failed"))
    }

    @Test func singleOperationsComeBareAndWrapped() throws {
        var rehearsal = try Rehearsal(scenario: .timed)
        var wrapped: Set<Bool> = []
        for room in 1...8 {
            let answer = rehearsal.command("restart", try rehearsal.device(room: room))
            let location = try #require(answer.headerFields[.location])
            let json = try rehearsal.get("/beta\(location)").json
            wrapped.insert(json["value"] != nil)
            #expect((json["value"] ?? json)["id"]?.string == location.split(separator: "/").last.map(String.init))
        }
        #expect(wrapped == [true, false])
    }

    @Test func theListBeginsWithTheNewestAndIsPaged() throws {
        var rehearsal = try Rehearsal(scenario: .timed)
        let device = try rehearsal.device(room: 1)
        var ids: [String?] = []
        for _ in 0..<3 {
            ids.append(try rehearsal.operation(of: rehearsal.command("runDiagnostics", device))["id"]?.string)
            _ = rehearsal.pass(100)
        }
        let page = rehearsal.get("/beta/teamwork/devices/\(device)/operations?$top=2")
        #expect(try page.items.map { $0["id"]?.string } == [ids[2], ids[1]])
        let link = try #require(try page.json["@odata.nextLink"]?.string)
        #expect(try rehearsal.get("/beta\(link)").items.map { $0["id"]?.string } == [ids[0]])
        #expect(rehearsal.get("/beta/teamwork/devices/\(device)/operations?$top=51").status == 400)
    }

    @Test func commandsInABatchAreCommandsToo() throws {
        var rehearsal = try Rehearsal(scenario: .timed)
        let device = try rehearsal.device(room: 1)
        let item: (String) -> JSONValue = {
            ["id": .string($0), "method": "POST", "url": .string("/teamwork/devices/\(device)/restart")]
        }
        let answer = rehearsal.post("/beta/$batch", ["requests": [item("a"), item("b")]])
        let responses = try answer.json["responses"]?.array ?? []
        #expect(Set(responses.compactMap { $0["status"]?.int }) == [202, 409])
        let taken = responses.first { $0["status"] == 202 }
        #expect(taken?["headers"]?["Location"]?.string?.hasPrefix("/teamwork/devices/\(device)/operations/") == true)
        #expect(rehearsal.tenant.submissions.map(\.outcome) == [.accepted, .duplicate])
    }
}
