import TenantSimulator
import Testing
import Timekeeping

/// Every kind of answer the simulated tenant gives, against the official metadata.
@Suite struct SchemaTests {
    static let graph = "microsoft.graph."

    /// Calls and the type of one item of the answer.
    static let lists: [(String, String)] = [
        ("/v1.0/users?$top=999", "user"),
        ("/v1.0/users?$top=999&$select=" + allUserProperties, "user"),
        ("/v1.0/subscribedSkus", "subscribedSku"), ("/v1.0/organization", "organization"),
        ("/v1.0/users/room1@contoso.com/licenseDetails", "licenseDetails"),
        ("/beta/teamwork/devices?$top=50", "teamworkDevice"), ("/v1.0/places/microsoft.graph.room", "room"),
        ("/v1.0/places/microsoft.graph.building", "building"), ("/v1.0/places/microsoft.graph.floor", "floor"),
        ("/v1.0/places/microsoft.graph.roomlist", "roomList"),
        ("/v1.0/places/b1-rooms@contoso.com/microsoft.graph.roomlist/rooms", "room"),
    ]

    static let allUserProperties =
        "id,displayName,userPrincipalName,mail,accountEnabled,assignedLicenses,assignedPlans,licenseAssignmentStates,"
        + "usageLocation,lastPasswordChangeDateTime,passwordPolicies,onPremisesSyncEnabled,officeLocation,city,country,"
        + "signInSessionsValidFromDateTime,userType,createdDateTime,proxyAddresses,businessPhones,otherMails,identities,"
        + "provisionedPlans,deletedDateTime,state,department"

    @Test(arguments: lists, [nil, GraphFault.Kind.nulls])
    func listsKeepToTheMetadata(_ list: (path: String, type: String), fault: GraphFault.Kind?) throws {
        let schema = try GraphSchema.load()
        var rehearsal = try Rehearsal(scenario: fault.map { faulty($0) } ?? .quiet)
        _ = rehearsal.wait(.seconds(2))
        let answer = rehearsal.get(list.path)
        #expect(answer.status == 200)
        let items = try answer.items
        #expect(!items.isEmpty)
        #expect(Set(items.flatMap { schema.complaints($0, as: Self.graph + list.type) }) == [])
        if fault == .nulls {
            #expect(items.allSatisfy { $0.members?.contains { $0.value == .null } ?? false })
        }
    }

    @Test func presencesKeepToTheMetadataInEveryState() throws {
        let schema = try GraphSchema.load()
        var rehearsal = try Rehearsal(scenario: .busy(rooms: 40, buildings: 4))
        let ids = try rehearsal.get("/v1.0/users?$top=999").items.compactMap { $0["id"] }
        var words: Set<String> = []
        var complaints: Set<String> = []
        for _ in 0..<60 {
            _ = rehearsal.wait(.seconds(30))
            let answer = rehearsal.post("/v1.0/communications/getPresencesByUserId", ["ids": .array(ids)])
            for item in try answer.items {
                complaints.formUnion(schema.complaints(item, as: Self.graph + "presence"))
                words.insert(item["activity"]?.string ?? "")
            }
        }
        #expect(complaints == [])
        #expect(words.isSuperset(of: ["Available", "Offline", "InACall", "InAMeeting", "PresenceUnknown"]))
        for path in ["/v1.0/users/room1@contoso.com/presence", "/v1.0/communications/presences/\(ids[0].string ?? "")"]
        {
            let answer = rehearsal.get(path)
            #expect(answer.status == 200)
            #expect(schema.complaints(try answer.json, as: Self.graph + "presence") == [])
        }
    }

    @Test(arguments: [
        ("", "teamworkDevice"), ("/health", "teamworkDeviceHealth"),
        ("/activity", "teamworkDeviceActivity"), ("/configuration", "teamworkDeviceConfiguration"),
    ])
    func devicesKeepToTheMetadataWellAndIll(_ part: String, _ type: String) throws {
        let schema = try GraphSchema.load()
        var rehearsal = try Rehearsal(
            scenario: scenario(.roomOff) {
                $0.room = "1"
                $0.deviceDelay = DurationText(.seconds(1))
            })
        let first = try #require(try rehearsal.get("/beta/teamwork/devices").items.first?["id"]?.string)
        for _ in 0..<2 {
            let answer = try rehearsal.get("/beta/teamwork/devices/\(first)\(part)").json
            // Parts are wrapped in "value", as Microsoft's samples show.
            let object = part.isEmpty ? answer : try #require(answer["value"])
            #expect(schema.complaints(object, as: Self.graph + type) == [])
            #expect(object["id"]?.string == first)
            _ = rehearsal.wait(.seconds(10))
        }
    }

    @Test func theCheckerSeesWhatIsWrong() throws {
        let schema = try GraphSchema.load()
        #expect(schema.complaints(["id": "x", "presents": "y"], as: Self.graph + "presence").count == 1)
        #expect(schema.complaints(["id": nil], as: Self.graph + "presence").count == 1)
        #expect(schema.complaints(["deviceType": "toaster"], as: Self.graph + "teamworkDevice").count == 1)
        #expect(schema.complaints(["status": "gone"], as: Self.graph + "serviceHealthIssue").count == 1)
        #expect(schema.complaints(["sortOrder": "1"], as: Self.graph + "floor").count == 1)
    }
}
