// A missing role switches off its module and no other; a superfluous one is named.

import FleetCore
import Testing

@Suite("Reviewing the token's roles")
struct PermissionReviewTests {
    static let least = [
        "Presence.Read.All", "User.Read.All", "TeamworkDevice.Read.All", "TeamworkDevice.ReadWrite.All",
        "CallRecords.Read.All", "CallRecord-PstnCalls.Read.All", "Place.Read.All", "Calendars.ReadBasic.All",
        "AuditLog.Read.All", "ServiceHealth.Read.All", "LicenseAssignment.Read.All",
    ]

    @Test("unreadable roles say nothing, the exact set has no remark")
    func silent() throws {
        #expect(PermissionReview(roles: nil) == nil)
        #expect(try #require(PermissionReview(roles: Self.least)).remarks.isEmpty)
        let empty = try #require(PermissionReview(roles: []))
        #expect(Set(empty.missing.map(\.module)) == Set(FleetModule.allCases))
    }

    @Test("the calendar role counts in either of its spellings, and neither is too much")
    func spellings() throws {
        let roles = Self.least.map { $0 == "Calendars.ReadBasic.All" ? "Calendars.ReadBasic" : $0 }
        #expect(try #require(PermissionReview(roles: roles)).remarks.isEmpty)
        let broader = Self.least.map { $0 == "Calendars.ReadBasic.All" ? "Calendars.Read" : $0 }
        let remarks = try #require(PermissionReview(roles: broader)).remarks
        #expect(remarks.count == 1 && remarks[0].contains("grant Calendars.ReadBasic.All instead"))
    }

    @Test(
        "each missing role switches off its own module alone",
        arguments: [
            ("Presence.Read.All", FleetModule.detection), ("User.Read.All", .detection),
            ("TeamworkDevice.ReadWrite.All", .deviceCommands), ("CallRecords.Read.All", .callHealth),
            ("CallRecord-PstnCalls.Read.All", .telephony), ("Place.Read.All", .smartBuildings),
            ("Calendars.ReadBasic.All", .bookings), ("AuditLog.Read.All", .signInEvidence),
            ("ServiceHealth.Read.All", .serviceHealthEvidence), ("LicenseAssignment.Read.All", .licenceEvidence),
        ])
    func missing(_ role: String, _ module: FleetModule) throws {
        let review = try #require(PermissionReview(roles: Self.least.filter { $0 != role }))
        #expect(Set(review.missing.map(\.module)) == [module] && review.missing.map(\.permission) == [role])
        #expect(review.excess.isEmpty && review.remarks.count == 1)
        #expect(review.remarks[0].contains(role))
    }

    @Test("a broader role serves, and is reported as broader than needed")
    func broader() throws {
        let roles = Self.least.filter { $0 != "User.Read.All" } + ["Directory.Read.All"]
        let review = try #require(PermissionReview(roles: roles))
        #expect(review.missing.isEmpty && review.excess == ["Directory.Read.All"])
        #expect(review.remarks[0].contains("User.Read.All instead"))
        // Commands need the broader one anyway, so reading is covered and nothing is in excess.
        let commands = try #require(PermissionReview(roles: Self.least.filter { $0 != "TeamworkDevice.Read.All" }))
        #expect(commands.remarks.isEmpty)
    }

    @Test("what nobody uses is in excess, also for modules that are switched off")
    func excess() throws {
        let roles = Self.least + ["Mail.Read", "Mail.Read"]
        #expect(try #require(PermissionReview(roles: roles)).excess == ["Mail.Read"])
        let review = try #require(
            PermissionReview(
                roles: ["Presence.Read.All", "User.Read.All", "CallRecords.Read.All"], modules: [.detection]))
        #expect(review.missing.isEmpty && review.excess == ["CallRecords.Read.All"])
    }
}
