// What a device's record says beside its health, and types of devices that break the list of all.

import FleetCore
import FleetGraph
import Foundation
import GraphClient
import Testing
import Timekeeping

@Suite("Device records")
struct DeviceRecordTests {
    static let account = "3f6c1d7e-0000-4000-8abc-000000000001"

    /// The only record of a list that holds `fields` beside an id.
    static func record(_ fields: String) async throws -> DeviceRecord {
        let rig = try Rig { _ in Rig.json(#"{"value":[{"id":"a"\#(fields.isEmpty ? "" : ",")\#(fields)}]}"#) }
        return try #require(await DeviceReaderTests.reader(rig).list().devices?.first)
    }

    @Test("the record's words are kept, bounded and on one line")
    func words() async throws {
        let record = try await Self.record(
            #""healthStatus":"NonUrgent","activityState":"Busy","companyAssetTag":"A\u0000-17","#
                + #""notes":"call the porter","hardwareDetail":{"serialNumber":"\#(String(repeating: "7", count: 300))"},"#
                + #""currentUser":{"id":"\#(Self.account)","displayName":"Somebody","userIdentityType":"aadUser"}"#)
        #expect(record.healthWord == "NonUrgent" && record.activity == .busy && record.assetTag == "A-17")
        #expect(record.serialNumber == String(repeating: "7", count: 256))
        #expect(record.account == AccountID(Self.account) && record.isSignedIn == true)
        #expect(!"\(record)".contains("Somebody") && !"\(record)".contains("porter"))
    }

    @Test(
        "an activity in any case, and any other word, is one of ours",
        arguments: [
            ("\"IDLE\"", DeviceActivity.idle), ("\"unavailable\"", .unavailable), ("\"unknownFutureValue\"", .unknown),
            ("\"asleep\"", .unknown), ("null", .unknown), ("7", .unknown), ("{}", .unknown),
        ])
    func activity(_ word: String, _ activity: DeviceActivity) async throws {
        #expect(try await Self.record(#""activityState":\#(word)"#).activity == activity)
    }

    @Test("a record of nothing but an id says nothing")
    func empty() async throws {
        let record = try await Self.record("")
        #expect(
            record
                == DeviceRecord(
                    device: RoomDevice(id: "a", kind: .other), account: nil,
                    reading: DeviceReading(
                        health: .unknown(.saidUnknown(text: "empty")), asked: record.reading.asked)))
        #expect(record.isSignedIn == nil && record.healthWord == nil)
    }

    /// `currentUser`, the account, and whether anybody is signed in.
    static let users: [(String, AccountID?, Bool?)] = [
        ("null", nil, false), (#"{"id":"\#(account)"}"#, AccountID(account), true),
        (#"{"id":"\#(account)","userIdentityType":"OnPremiseAadUser"}"#, AccountID(account), true),
        (#"{"id":"\#(account)","userIdentityType":"somethingNew"}"#, AccountID(account), true),
        (#"{"id":"\#(account)","userIdentityType":7}"#, AccountID(account), true),
        (#"{"id":"+15550100","userIdentityType":"PhoneUser"}"#, nil, true),
        (#"{"id":"\#(account)","userIdentityType":"anonymousGuest"}"#, nil, true),
        (#"{"userIdentityType":"aadUser"}"#, nil, true), ("{}", nil, nil), (#"{"id":""}"#, nil, nil),
        (#"{"id":null,"displayName":"Somebody"}"#, nil, nil), ("[]", nil, nil), ("7", nil, nil), (#""x""#, nil, nil),
    ]

    @Test("nobody is signed in only where Graph says null, and a guest is no account", arguments: users)
    func user(_ user: String, _ account: AccountID?, _ isSignedIn: Bool?) async throws {
        let record = try await Self.record(#""currentUser":\#(user)"#)
        #expect(record.account == account && record.isSignedIn == isSignedIn)
    }

    // MARK: Quarantine

    static func types(_ rig: Rig) -> [String] {
        rig.asked.map { $0.target.split(separator: "'").dropFirst().first.map(String.init) ?? "all" }
    }

    static func poisoned(_ types: Set<String>) throws -> Rig {
        try Rig { asked in
            guard let type = asked.target.split(separator: "'").dropFirst().first else { return Rig.error(500) }
            return types.contains(String(type))
                ? Rig.error(500)
                : Rig.json(#"{"value":[\#(DeviceReaderTests.device("\(type)-1", type: "\(type)"))]}"#)
        }
    }

    @Test("a type that breaks the list is set aside for an hour, and then the whole list is tried again")
    func quarantine() async throws {
        let rig = try Self.poisoned(["IpPhone"])
        let reader = DeviceReaderTests.reader(rig)
        let first = await reader.list()
        let quarantine = try #require(first.quarantine)
        #expect(quarantine.types == ["IpPhone"])
        #expect(rig.time.now().elapsed(until: quarantine.until) == DeviceQuarantine.duration)
        #expect(first.remarks.first?.contains("because of devices of the type IpPhone") == true)
        #expect(Self.types(rig).count == 9 && first.devices?.count == 7)

        rig.time.advance(by: .seconds(300))
        let second = await reader.list(quarantine)
        #expect(Self.types(rig).dropFirst(9).contains("all") == false)
        #expect(Self.types(rig).dropFirst(9).contains("IpPhone") == false)
        #expect(second.devices?.map(\.device.id) == first.devices?.map(\.device.id))
        #expect(second.quarantine == quarantine && second.remarks == Array(first.remarks.prefix(1)))

        rig.time.advance(by: DeviceQuarantine.duration)
        let third = await reader.list(quarantine)
        #expect(Self.types(rig).count == 9 + 7 + 9)
        #expect(third.quarantine != quarantine && third.quarantine != nil)
    }

    @Test("a whole list that answers again ends the quarantine")
    func healed() async throws {
        let rig = try Rig { _ in Rig.json(#"{"value":[]}"#) }
        let listing = await DeviceReaderTests.reader(rig).list()
        #expect(listing.quarantine == nil && listing.remarks.isEmpty)
    }

    @Test("when no type fails alone, the remark says that another one breaks the list")
    func other() async throws {
        let listing = await DeviceReaderTests.reader(try Self.poisoned([])).list()
        #expect(listing.quarantine?.types == [] && listing.devices?.count == 8)
        #expect(listing.remarks.count == 1 && listing.remarks[0].contains("SIP"))
    }

    @Test("a kind of room system that fails is no poison: nothing is set aside")
    func main() async throws {
        let listing = await DeviceReaderTests.reader(try Self.poisoned(["TeamsRoom"])).list()
        #expect(listing.devices == nil && listing.quarantine == nil)
    }

    @Test("what is known of poison outlives a read that fails for another reason")
    func outlives() async throws {
        let count = Counter()
        let rig = try Rig { asked in
            if !asked.target.contains("'") { return Rig.error(500) }
            return count.next() > 8 ? Rig.error(503) : Rig.json(#"{"value":[]}"#)
        }
        let reader = DeviceReaderTests.reader(rig)
        let known = try #require(await reader.list().quarantine)
        let failed = await reader.list(known)
        #expect(failed.devices == nil && failed.quarantine == known)
    }

    @Test("a companion type that is only slow is left out this time and not set aside")
    func slow() async throws {
        let rig = try Rig { asked in
            if !asked.target.contains("'") { return Rig.error(500) }
            return asked.target.contains("TeamsPanel") ? Rig.error(503) : Rig.json(#"{"value":[]}"#)
        }
        let listing = await DeviceReaderTests.reader(rig).list()
        #expect(listing.quarantine?.types == [])
        #expect(listing.remarks.contains { $0.contains("TeamsPanel could not be read") })
    }
}
