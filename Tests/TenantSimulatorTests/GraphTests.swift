import Foundation
import HTTPTypes
import TenantSimulator
import Testing
import Timekeeping

@Suite struct PermissionTests {
    static let calls: [(HTTPRequest.Method, String, [String])] = [
        (.post, "/v1.0/communications/getPresencesByUserId", ["Presence.Read.All", "Presence.ReadWrite.All"]),
        (.get, "/v1.0/users/room1@contoso.com/presence", ["Presence.Read.All", "Presence.ReadWrite.All"]),
        (.get, "/v1.0/users", ["User.ReadBasic.All", "User.Read.All", "Directory.Read.All"]),
        (.get, "/v1.0/users/room1@contoso.com/licenseDetails", ["LicenseAssignment.Read.All", "User.Read.All"]),
        (
            .get, "/v1.0/subscribedSkus",
            ["LicenseAssignment.Read.All", "Organization.Read.All", "Directory.Read.All"]
        ),
        (.get, "/v1.0/organization", ["User.Read.All", "Organization.Read.All"]),
        (.get, "/beta/teamwork/devices", ["TeamworkDevice.Read.All", "TeamworkDevice.ReadWrite.All"]),
        (.get, "/v1.0/places/microsoft.graph.room", ["Place.Read.All", "Place.ReadWrite.All"]),
    ]

    @Test(arguments: calls)
    func eachRoleOpensExactlyItsCalls(_ call: (method: HTTPRequest.Method, path: String, roles: [String])) throws {
        let all = Set(Self.calls.flatMap(\.2))
        for role in all {
            var scenario = Scenario.quiet
            scenario.token.roles = [role]
            var rehearsal = try Rehearsal(scenario: scenario)
            let body = #"{"ids":["00000000-0000-4000-8000-000000000001"]}"#
            let answer = rehearsal.send(call.method, call.path, body: call.method == .post ? Array(body.utf8) : [])
            let higher = ["Directory.Read.All", "User.Read.All"]
            if call.roles.contains(role) {
                #expect(answer.status == 200, "\(role) opens \(call.path)")
            } else if !higher.contains(role) {
                #expect(answer.status == 403, "\(role) does not open \(call.path)")
                #expect(answer.errorCode == "Authorization_RequestDenied")
            }
        }
    }

    @Test func subscribedSkusIsNotCoveredByUserRead() throws {
        var scenario = Scenario.quiet
        scenario.token.roles = ["User.Read.All"]
        var rehearsal = try Rehearsal(scenario: scenario)
        #expect(rehearsal.get("/v1.0/subscribedSkus").status == 403)
    }
}

@Suite struct DirectoryTests {
    @Test func pagesHoldEveryAccountOnce() throws {
        var rehearsal = try Rehearsal(rooms: 60)
        var next: String? = "/v1.0/users?$top=7&$select=id,userPrincipalName"
        var seen: [String] = []
        while let target = next {
            let answer = rehearsal.get(target)
            #expect(answer.status == 200)
            #expect(try answer.items.count <= 7)
            seen += try answer.items.compactMap { $0["userPrincipalName"]?.string }
            let link = try answer.json["@odata.nextLink"]?.string
            #expect(link?.hasPrefix("https://graph.test/v1.0/users?$top=7&$select=id,userPrincipalName&") ?? true)
            next = link.map { String($0.dropFirst("https://graph.test".count)) }
        }
        #expect(seen.count == 60 + 6 + 2 + 3)
        #expect(Set(seen).count == seen.count)
    }

    @Test func aSkipTokenIsGoodForItsQueryOnly() throws {
        var rehearsal = try Rehearsal()
        let link = try #require(try rehearsal.get("/v1.0/users?$top=3").json["@odata.nextLink"]?.string)
        let query = try #require(link.split(separator: "?").last)
        #expect(rehearsal.get("/v1.0/users?\(query)").status == 200)
        #expect(rehearsal.get("/v1.0/users?$select=id&\(query)").status == 400)
        #expect(rehearsal.get("/v1.0/users?$skiptoken=RFNwdAIAAQ0-3").status == 400)
    }

    @Test(arguments: [
        ("assignedLicenses/any(l:l/skuId eq 4cde982a-ede4-4409-9ae6-b003453c8ea6)", 34),
        ("assignedLicenses/any(x:x/skuId eq 6AF4B3D6-14BB-4A2A-960C-6C902AAD34F3)", 2),
        (
            "assignedLicenses/any(a:a/skuId eq 6af4b3d6-14bb-4a2a-960c-6c902aad34f3) or "
                + "assignedLicenses/any(b:b/skuId eq 6070a4c8-34c6-4937-8dfb-39bbc6397a60)", 4
        ),
        ("accountEnabled eq false", 2), ("userPrincipalName eq 'room1@contoso.com'", 1),
        ("displayName eq 'no''one'", 0),
        ("accountEnabled eq true and not (displayName eq 'Room 1')", 46),
    ])
    func filtersSelect(_ filter: String, _ count: Int) throws {
        var rehearsal = try Rehearsal()
        let text = try #require(filter.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
        #expect(try rehearsal.get("/v1.0/users?$top=999&$filter=\(text)").items.count == count)
    }

    @Test func idListsTakeFifteenAtMost() throws {
        var rehearsal = try Rehearsal()
        let ids = try rehearsal.get("/v1.0/users?$top=16").items.compactMap { $0["id"]?.string }
        for (count, status) in [(15, 200), (16, 400)] {
            let list = ids.prefix(count).map { "'\($0)'" }.joined(separator: ",")
            let answer = rehearsal.get("/v1.0/users?$filter=id%20in%20(\(list))")
            #expect(answer.status == status)
            if status == 200 { #expect(try answer.items.count == 15) }
        }
    }

    @Test(arguments: [
        "/v1.0/users?$top=1000", "/v1.0/users?$select=id,presents", "/v1.0/users?$filter=presents%20eq%20'x'",
        "/v1.0/users?$top=0", "/v1.0/users?$filter=accountEnabled%20eq", "/v1.0/users?$filter=%ZZ",
    ])
    func nonsenseIsRefused(_ target: String) throws {
        var rehearsal = try Rehearsal()
        #expect(rehearsal.get(target).status == 400)
    }

    @Test func countNeedsTheEventualHeader() throws {
        var rehearsal = try Rehearsal()
        #expect(try rehearsal.get("/v1.0/users?$count=true").json["@odata.count"] == nil)
        let name = try #require(HTTPField.Name("ConsistencyLevel"))
        let answer = rehearsal.send(.get, "/v1.0/users?$count=true&$top=1", headers: [name: "eventual"])
        #expect(try answer.json["@odata.count"]?.int == 49)
    }

    @Test func deletedAccountsAreGoneEverywhere() throws {
        var rehearsal = try Rehearsal(
            scenario: scenario(.accountDeleted, at: .seconds(10)) { $0.room = "1" })
        let id = try rehearsal.roomID(1)
        _ = rehearsal.wait(.seconds(11))
        #expect(rehearsal.get("/v1.0/users/\(id)").status == 404)
        #expect(try rehearsal.presences([id]).isEmpty)
    }

    @Test func unknownPathsNameTheSegment() throws {
        var rehearsal = try Rehearsal()
        for (path, segment) in [
            ("/v1.0/toasters", "toasters"), ("/v1.0/teamwork/devices", "devices"), ("/v1.0/users/x@y/toast", "toast"),
        ] {
            let name = try #require(HTTPField.Name("client-request-id"))
            let answer = rehearsal.send(.get, path, headers: [name: "my-id"])
            #expect(answer.status == 400)
            let error = try answer.json["error"]
            #expect(error?["message"]?.string == "Resource not found for the segment '\(segment)'.")
            #expect(error?["innerError"]?["client-request-id"]?.string == "my-id")
            #expect(answer.headerFields[name] == "my-id")
        }
    }
}

@Suite struct PresenceTests {
    @Test func bulkHasRules() throws {
        var rehearsal = try Rehearsal()
        let unknown = (0..<651).map { "00000000-0000-4000-8000-\(String(format: "%012d", $0))" }
        let path = "/v1.0/communications/getPresencesByUserId"
        #expect(rehearsal.post(path, ["ids": .array(unknown.map(JSONValue.string))]).status == 400)
        #expect(rehearsal.post(path, ["ids": .array(unknown.dropLast().map(JSONValue.string))]).status == 200)
        #expect(rehearsal.post(path, ["ids": ["room1@contoso.com"]]).status == 400)
        #expect(rehearsal.post(path, ["ids": []]).status == 400)
        #expect(rehearsal.send(.post, path, body: Array("{".utf8)).status == 400)
        #expect(rehearsal.get(path).status == 405)
        let id = try rehearsal.roomID(1)
        let doubled = rehearsal.post(path, ["ids": [.string(id), .string(id.uppercased())]])
        #expect(try doubled.items.count == 1)
        // Letter case does not matter.
        #expect(try rehearsal.presences([id, id.uppercased(), unknown[0]]).keys.map { $0 } == [id])
    }

    @Test func versionStampsGrowAsText() throws {
        var rehearsal = try Rehearsal(
            scenario: scenario(.roomFlaps) {
                $0.room = "1"
                $0.count = 5
                $0.down = DurationText(.seconds(30))
                $0.up = DurationText(.seconds(30))
            })
        let id = try rehearsal.roomID(1)
        var last = ""
        var changes = 0
        var availability = ""
        for _ in 0..<30 {
            let presence = try #require(try rehearsal.presences([id])[id])
            #expect(presence.sequence >= last)
            if presence.availability != availability {
                #expect(presence.sequence > last)
                changes += 1
            }
            (last, availability) = (presence.sequence, presence.availability)
            _ = rehearsal.wait(.seconds(10))
        }
        #expect(changes == 10)
    }
}

@Suite struct PlacesTests {
    @Test func roomsHangInTheHierarchyUntilItIsSwitchedOff() throws {
        var rehearsal = try Rehearsal(rooms: 150)
        let buildings = try rehearsal.get("/v1.0/places/microsoft.graph.building").items
        let floors = try rehearsal.get("/v1.0/places/microsoft.graph.floor").items
        #expect(buildings.count == 4)
        let buildingIDs = Set(buildings.compactMap { $0["placeId"]?.string })
        #expect(floors.allSatisfy { buildingIDs.contains($0["parentId"]?.string ?? "") })
        let floorIDs = Set(floors.compactMap { $0["placeId"]?.string })
        let page = rehearsal.get("/v1.0/places/microsoft.graph.room")
        #expect(try page.items.count == 100)
        #expect(try page.json["@odata.nextLink"] != nil)
        #expect(try page.items.allSatisfy { floorIDs.contains($0["parentId"]?.string ?? "") })
        _ = rehearsal.wait(.seconds(2))
        let byMail = rehearsal.get("/v1.0/places/room17%40contoso.com")
        #expect(try byMail.json["@odata.type"]?.string == "#microsoft.graph.room")
        #expect(try byMail.json["displayName"]?.string == "Room 17")

        var scenario = Scenario.quiet
        scenario.placesHierarchy = false
        rehearsal = try Rehearsal(scenario: scenario)
        let empty = rehearsal.get("/v1.0/places/microsoft.graph.building")
        #expect(empty.status == 200)
        #expect(try empty.items.isEmpty)
        #expect(try rehearsal.get("/v1.0/places/microsoft.graph.room").items.allSatisfy { $0["parentId"] == .null })
    }
}

@Suite struct DeviceTests {
    @Test func listsAreShortAndTheirLinksRelative() throws {
        var rehearsal = try Rehearsal()
        let answer = rehearsal.get("/beta/teamwork/devices")
        #expect(try answer.items.count == 20)
        let link = try #require(try answer.json["@odata.nextLink"]?.string)
        #expect(link.hasPrefix("/teamwork/devices?$skiptoken="))
        #expect(rehearsal.get("/beta\(link)").status == 200)
        #expect(rehearsal.get("/beta/teamwork/devices?$top=51").status == 400)
    }

    @Test func filtersCompareThreeProperties() throws {
        var rehearsal = try Rehearsal()
        let id = try rehearsal.roomID(5)
        let filter = "$filter=currentUser/id%20eq%20'\(id)'"
        let types = try rehearsal.get("/beta/teamwork/devices?\(filter)").items.compactMap { $0["deviceType"]?.string }
        // The fifth room has a panel on its account.
        #expect(types.count == 3 || types.count == 2)
        #expect(types.contains("TeamsPanel"))
        #expect(rehearsal.get("/beta/teamwork/devices?$filter=notes%20eq%20'x'").status == 400)
    }

    @Test(arguments: [
        (Scenario.DeviceAPI.retired, 410, 410), (.retired, 404, 404), (.retired, 400, 400), (.metered, 400, 402),
        (.forbidden, 400, 403),
    ])
    func theAPIMayEndInManyWays(_ mode: Scenario.DeviceAPI, _ retired: Int, _ status: Int) throws {
        var scenario = Scenario.quiet
        scenario.devices = mode
        scenario.retiredStatus = retired
        var rehearsal = try Rehearsal(scenario: scenario)
        let answer = rehearsal.get("/beta/teamwork/devices?$top=1")
        #expect(answer.status == status)
        if status == 400 {
            #expect(try answer.json["error"]?["message"]?.string?.contains("segment 'devices'") == true)
        }
    }

    @Test func onePoisonedRecordSpoilsTheUnfilteredListOnly() throws {
        var scenario = Scenario.quiet
        scenario.devices = .poisoned
        var rehearsal = try Rehearsal(scenario: scenario)
        #expect(rehearsal.get("/beta/teamwork/devices").status == 500)
        let filtered = rehearsal.get("/beta/teamwork/devices?$filter=deviceType%20eq%20'teamsRoom'&$top=50")
        #expect(filtered.status == 200)
        #expect(try !filtered.items.isEmpty)
    }
}

@Suite struct BatchTests {
    func batch(_ count: Int, _ url: String = "/organization") -> JSONValue {
        [
            "requests": .array(
                (1...count).map { ["id": .string("\($0)"), "method": "GET", "url": .string(url)] })
        ]
    }

    @Test func everyItemIsAnsweredInAnyOrder() throws {
        var rehearsal = try Rehearsal()
        let answer = rehearsal.post("/v1.0/$batch", batch(20))
        let responses = try #require(try answer.json["responses"]?.array)
        let ids = responses.compactMap { $0["id"]?.string }
        #expect(Set(ids) == Set((1...20).map(String.init)))
        #expect(ids != (1...20).map(String.init))
        #expect(responses.allSatisfy { $0["status"] == 200 && $0["body"]?["value"] != nil })
        #expect(rehearsal.post("/v1.0/$batch", batch(21)).status == 400)
    }

    @Test func dependenciesFailTogether() throws {
        var rehearsal = try Rehearsal()
        let answer = rehearsal.post(
            "/v1.0/$batch",
            [
                "requests": [
                    ["id": "a", "method": "GET", "url": "/users/nobody@contoso.com"],
                    ["id": "b", "method": "GET", "url": "/organization", "dependsOn": ["a"]],
                    ["id": "c", "method": "GET", "url": "/organization", "dependsOn": ["b"]],
                    ["id": "d", "method": "GET", "url": "/organization"],
                ]
            ])
        var statuses: [String: Int] = [:]
        for item in try answer.json["responses"]?.array ?? [] {
            statuses[item["id"]?.string ?? ""] = item["status"]?.int
        }
        #expect(statuses == ["a": 404, "b": 424, "c": 424, "d": 200])
    }

    @Test func brokenBatchesAreRefusedWhole() throws {
        var rehearsal = try Rehearsal()
        let double: JSONValue = [
            "requests": [
                ["id": "a", "method": "GET", "url": "/organization"],
                ["id": "A", "method": "GET", "url": "/organization"],
            ]
        ]
        let noType: JSONValue = [
            "requests": [
                ["id": "1", "method": "POST", "url": "/communications/getPresencesByUserId", "body": ["ids": []]]
            ]
        ]
        for body in [double, noType, ["requests": []], []] as [JSONValue] {
            #expect(rehearsal.post("/v1.0/$batch", body).status == 400)
        }
    }

    @Test func itemsAreThrottledOneByOne() throws {
        var rehearsal = try Rehearsal()
        let answer = rehearsal.post("/v1.0/$batch", batch(5, "/places/microsoft.graph.room"))
        let items = try answer.json["responses"]?.array ?? []
        #expect(answer.status == 200)
        #expect(items.count { $0["status"] == 200 } == 3)
        let refused = items.filter { $0["status"] == 429 }
        #expect(refused.count == 2)
        #expect(refused.allSatisfy { $0["headers"]?["Retry-After"]?.string == "1" })
    }

    @Test func responsesMayBeMissing() throws {
        var rehearsal = try Rehearsal(scenario: faulty(.missingResponses, .batch))
        _ = rehearsal.wait(.seconds(2))
        #expect(try rehearsal.post("/v1.0/$batch", batch(4)).json["responses"]?.array?.count == 2)
    }
}
