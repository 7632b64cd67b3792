// Keys are what receivers remember a trouble by: short enough for all of them, and never the same for two places.

import FleetCore
import Testing

struct DedupKeyTests {
    private func key(_ building: String) -> String {
        DedupKey(tenant: TenantName("contoso"), condition: .buildingOffline, subject: .building(building)).text
    }

    @Test func anOrdinaryKeySaysWhatItIs() { #expect(key("B2") == "contoso:building.offline:B2") }

    @Test func aLongNameIsShortenedAndStaysItself() {
        let name = String(repeating: "Tower \u{1F3E2} ", count: 60)
        let keys = [key(name), key(name + "a"), key(name + "b")]
        #expect(Set(keys).count == 3)
        #expect(keys.allSatisfy { $0.unicodeScalars.count == 255 && $0.hasPrefix("contoso:building.offline:Tower") })
        #expect(key(name) == keys[0])
    }

    @Test func aKeyOfExactlyTheBoundIsWhole() {
        let room = 255 - "contoso:building.offline:".count
        #expect(key(String(repeating: "x", count: room)).hasSuffix("xx"))
        #expect(key(String(repeating: "x", count: room + 1)).contains("~"))
    }
}
