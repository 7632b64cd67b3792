import TenantSimulator
import Testing
import Timekeeping

@Suite struct RaggedTests {
    func tenant(_ count: Int, seed: UInt64 = 1) throws -> Rehearsal {
        var plan = Scenario.quiet
        plan.raggedDevices = count
        plan.limitsScale = 1000
        return try Rehearsal(seed: seed, scenario: plan)
    }

    func list(_ rehearsal: inout Rehearsal) throws -> [JSONValue] {
        var next: String? = "/beta/teamwork/devices?$top=50"
        var all: [JSONValue] = []
        while let target = next {
            let page = rehearsal.get(target)
            all += try page.items
            next = try page.json["@odata.nextLink"]?.string.map { "/beta\($0)" }
        }
        return all
    }

    /// Complaints but those about words: an enumeration may grow.
    func complaints(_ value: JSONValue, _ type: String, _ schema: GraphSchema) -> [String] {
        schema.complaints(value, as: "microsoft.graph.\(type)").filter {
            !$0.contains("is no member of")
        }
    }

    @Test func everyOptionalPropertyIsMissingNullAndStrangeSomewhere() throws {
        var rehearsal = try tenant(0)
        let tidy = try list(&rehearsal)
        rehearsal = try tenant(2000)
        let all = try list(&rehearsal)
        #expect(all.count == tidy.count + 2000)
        #expect(Array(all.prefix(tidy.count)) == tidy)
        let ragged = all.dropFirst(tidy.count)
        let names = Set(tidy[0].members?.map(\.name) ?? []).subtracting(["id", "deviceType", "hardwareDetail"])
        for name in names {
            #expect(ragged.contains { $0[name] == nil }, "\(name) is missing somewhere")
            #expect(ragged.contains { $0[name] == .null }, "\(name) is null somewhere")
        }
        // The extremes: nothing but what must be there, and everything there but null.
        #expect(
            ragged.contains { device in
                device.members?.map(\.name) == ["id", "deviceType", "hardwareDetail"]
                    && device["hardwareDetail"]?.members?.isEmpty == true
            })
        #expect(
            ragged.contains { device in
                device.members?.count == tidy[0].members?.count && names.allSatisfy { device[$0] == .null }
            })
        for name in tidy[0]["hardwareDetail"]?.members?.map(\.name) ?? [] {
            #expect(ragged.contains { $0["hardwareDetail"]?[name] == nil })
            #expect(ragged.contains { $0["hardwareDetail"]?[name] == .null })
        }
        for word in ["deviceType", "healthStatus", "activityState"] {
            #expect(ragged.contains { $0[word] == "SomethingNew" })
        }
        #expect(ragged.contains { $0["lastModifiedDateTime"] == "0001-01-01T00:00:00Z" })
        #expect(ragged.contains { $0["createdDateTime"] == "9999-12-31T23:59:59.9999999Z" })
        #expect(ragged.allSatisfy { $0["id"]?.string != nil && $0["hardwareDetail"]?.members != nil })
        // Raggedness keeps to the shapes of the metadata.
        let schema = try GraphSchema.load()
        #expect(ragged.prefix(300).flatMap { complaints($0, "teamworkDevice", schema) } == [])
    }

    @Test func usersAreNobodyAnybodyAndTheSameTwice() throws {
        var rehearsal = try tenant(2000)
        let rooms = try Set((1...40).map { try rehearsal.roomID($0) })
        let devices = try list(&rehearsal).filter { $0["hardwareDetail"]?["manufacturer"]?.string?.isEmpty ?? true }
        let ids = devices.map { $0["currentUser"]?["id"]?.string }
        #expect(devices.contains { $0["currentUser"] == nil })
        #expect(devices.contains { $0["currentUser"] == .null })
        #expect(devices.contains { $0["currentUser"]?["id"] == .null })
        #expect(ids.contains(""))
        #expect(ids.contains { id in id.map { $0.count == 36 && !rooms.contains($0.lowercased()) } ?? false })
        #expect(ids.contains { id in id.map { $0 != $0.lowercased() && rooms.contains($0.lowercased()) } ?? false })
        let perAccount = Dictionary(grouping: ids.compactMap { $0?.lowercased() }.filter(rooms.contains), by: \.self)
        #expect(perAccount.values.contains { $0.count > 5 })
        // Rooms have presence of their own whatever devices say.
        #expect(try rehearsal.availability(room: 1) == "Available")
    }

    @Test func objectsAndTheirPartsComeBareAndWrapped() throws {
        let schema = try GraphSchema.load()
        var rehearsal = try tenant(100)
        let devices = try list(&rehearsal).suffix(100)
        for (path, type) in [
            ("", "teamworkDevice"), ("/health", "teamworkDeviceHealth"), ("/activity", "teamworkDeviceActivity"),
            ("/configuration", "teamworkDeviceConfiguration"),
        ] {
            var wrapped: Set<Bool> = []
            for device in devices {
                let json = try rehearsal.get("/beta/teamwork/devices/\(device["id"]?.string ?? "")\(path)").json
                wrapped.insert(json["value"] != nil)
                let object = json["value"] ?? json
                #expect(object["id"] == device["id"])
                #expect(complaints(object, type, schema) == [])
            }
            #expect(wrapped == [true, false])
        }
    }

    @Test func theSameSeedIsRaggedInTheSameWay() throws {
        var (one, same, other) = (try tenant(200), try tenant(200), try tenant(200, seed: 2))
        let records = try list(&one)
        #expect(try list(&same) == records)
        #expect(try list(&other) != records)
        #expect(throws: ScenarioError.self) { try tenant(-1) }
    }
}
