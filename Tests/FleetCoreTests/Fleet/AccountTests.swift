// What follows from what the directory and the sign-in log say of a room's account, and what does not.

@testable import FleetCore
import Foundation
import Testing
import Timekeeping

@Suite struct AccountTests {
    private static let day = 86_400.0
    private static let now = at(0).wall

    private func account(
        _ facts: AccountFacts, isEnabled: Bool = true, licence: String? = "Microsoft_Teams_Rooms_Pro"
    ) -> AccountRecord {
        AccountRecord(
            id: AccountID("room-1"), name: "Room 1", userPrincipalName: "room1@contoso.com", isEnabled: isEnabled,
            roomLicence: licence, facts: facts)
    }

    private func words(
        _ facts: AccountFacts, isEnabled: Bool = true, isLost: Bool = false, basicHolders: Int = 0,
        policy: PasswordPolicy = PasswordPolicy()
    ) -> [String] {
        AccountRule.findings(
            of: account(facts, isEnabled: isEnabled), isLost: isLost, basicHolders: basicHolders, policy: policy,
            at: Self.now
        ).map(\.word)
    }

    private static let room = HeldLicence(.room, name: "Microsoft_Teams_Rooms_Pro")
    private static let basic = HeldLicence(.basicRoom, name: "Microsoft_Teams_Rooms_Basic")
    private static let shared = HeldLicence(.sharedDevices, name: "MCOCAP")
    private static let user = HeldLicence(.user, name: "SPE_E5")
    private static let other = HeldLicence(.unrecognised, name: "00000000-0000-0000-0000-00000000000f")

    @Test(arguments: [
        ([room], [String]()), ([room, shared], []), ([room, user], []), ([], ["no_licence"]),
        ([shared], ["wrong_licence"]), ([user], ["wrong_licence"]), ([shared, user], ["wrong_licence"]),
        ([other], []), ([user, other], []), ([basic], []),
    ])
    func licences(_ held: [HeldLicence], _ expected: [String]) {
        #expect(words(AccountFacts(licences: held)) == expected)
    }

    @Test func whatTheDirectoryLeavesOutIsNotMissing() {
        #expect(words(AccountFacts(licences: nil)) == [])
        #expect(words(AccountFacts(licences: nil), isEnabled: false) == ["disabled"])
    }

    @Test func basicCountsOnlyBeyondTheLimitAndForThoseWhoHoldIt() {
        #expect(words(AccountFacts(licences: [Self.basic]), basicHolders: 25) == [])
        #expect(words(AccountFacts(licences: [Self.basic]), basicHolders: 26) == ["basic_limit"])
        #expect(words(AccountFacts(licences: [Self.room]), basicHolders: 26) == [])
    }

    @Test func aFaultyAssignmentIsTheReasonForAMissingLicence() {
        let error = LicenceError(
            product: "Microsoft_Teams_Rooms_Pro", state: "Error", error: "CountViolation", isBlocking: true)
        #expect(words(AccountFacts(licences: [], licenceErrors: [error]), isLost: true) == ["licence_error"])
        let finding = AccountFinding(.licenceError(error), saidAt: Self.now)
        #expect(finding.sentence(at: Self.now).contains("Error (CountViolation: the tenant has none left)"))
        let strange = LicenceError(product: "X", state: "Quarantined", error: "SomethingNew", isBlocking: false)
        let odd = AccountFinding(.licenceError(strange), saidAt: Self.now)
        #expect(odd.sentence(at: Self.now).contains("Quarantined (SomethingNew"))
        #expect(!odd.isWorthTelling(at: Self.now) && !odd.explains(Self.now))
    }

    /// Days from the last change, the policy, and whether anything is listed, told, and blamed for an outage now.
    @Test(arguments: [
        (80, PasswordPolicy.Lifetime.days(90), true, false, false),
        (84, .days(90), true, true, false), (91, .days(90), true, true, true), (93, .days(90), true, true, false),
        (70, .days(90), false, false, false), (400, .days(90), true, true, false),
        (80, .unknown, true, false, false), (91, .unknown, true, false, false), (105, .unknown, false, false, false),
        (91, .never, false, false, false),
    ])
    func passwords(
        _ age: Int, _ lifetime: PasswordPolicy.Lifetime, _ isListed: Bool, _ isTold: Bool, _ isCause: Bool
    ) throws {
        let facts = AccountFacts(
            licences: [Self.room], passwordChanged: Self.now.addingTimeInterval(-Double(age) * Self.day))
        let found = AccountRule.findings(
            of: account(facts), isLost: false, basicHolders: 0, policy: PasswordPolicy(cloud: lifetime), at: Self.now)
        #expect(found.isEmpty == !isListed)
        #expect(found.first?.isWorthTelling(at: Self.now) ?? false == isTold)
        #expect(found.first?.explains(Self.now) ?? false == isCause)
    }

    @Test func anAccountFromThePremisesFollowsAPolicyThatNobodyKnows() {
        let old = Self.now.addingTimeInterval(-89 * Self.day)
        let facts = AccountFacts(licences: [Self.room], passwordChanged: old, isSynchronised: true)
        #expect(words(facts) == [])
        #expect(words(facts, policy: PasswordPolicy(cloud: .days(90))) == [])
        #expect(words(facts, policy: PasswordPolicy(onPremises: .days(90))) == ["password_expiry"])
        #expect(
            words(
                AccountFacts(licences: [Self.room], passwordChanged: old, passwordNeverExpires: true),
                policy: PasswordPolicy(cloud: .days(90))) == [])
    }

    // MARK: The sign-in log

    private func reading(_ signIns: [(second: Double, SignIn.Outcome)]) -> SignInReading {
        SignInReading(
            signIns: .value(signIns.map { SignIn(at: at($0.second).wall, outcome: $0.1) }), asked: at(600))
    }

    @Test func onlyAFailureNearTheOutageWithoutALaterSuccessIsACause() {
        let expired = SignIn.Outcome.failed(.passwordExpired, code: 50_055)
        let onset = at(0).wall
        func trouble(_ signIns: [(second: Double, SignIn.Outcome)]) -> SignInTrouble? {
            reading(signIns).trouble(of: onset, isDeviceWell: false)
        }
        #expect(trouble([(13, expired)]) == .passwordExpired)
        #expect(trouble([(-300, expired)]) == .passwordExpired)
        #expect(trouble([(-301, expired)]) == nil, "the room went on working")
        #expect(reading([(-301, expired)]).telling(of: onset) != nil, "it is quoted nevertheless")
        #expect(reading([(-3_601, expired)]).telling(of: onset) == nil)
        #expect(trouble([(13, expired), (20, .succeeded)]) == nil)
        #expect(trouble([(20, expired), (13, .succeeded)]) == .passwordExpired)
        #expect(trouble([(13, expired), (20, .interrupted(code: 50_140))]) == .passwordExpired)
        #expect(trouble([(13, expired), (20, .unrecognised(code: 9))]) == .passwordExpired)
        #expect(trouble([(20, .unrecognised(code: 999_999))]) == nil)
        #expect(reading([(20, .interrupted(code: 50_058))]).telling(of: onset) == nil)
        #expect(
            reading([(20, .unrecognised(code: 999_999))]).telling(of: onset)?.text
                == "Sign-in failed at 08:00:20Z: AADSTS999999")
        #expect(
            reading([(13, expired)]).telling(of: onset)?.text
                == "Sign-in failed at 08:00:13Z: password expired (AADSTS50055)")
        let broken = SignInReading(signIns: .unknown(.failed("http_503")), asked: at(0))
        #expect(broken.trouble(of: onset, isDeviceWell: true) == nil)
    }

    @Test func aLockoutAloneExplainsOnlyADeviceThatIsWell() {
        let lockout = SignIn.Outcome.failed(.lockedOut, code: 50_053)
        let wrong = SignIn.Outcome.failed(.wrongPassword, code: 50_126)
        let onset = at(0).wall
        #expect(reading([(13, lockout)]).trouble(of: onset, isDeviceWell: false) == nil)
        #expect(reading([(13, lockout)]).trouble(of: onset, isDeviceWell: true) == .lockedOut)
        #expect(reading([(10, wrong), (13, lockout)]).trouble(of: onset, isDeviceWell: false) == .wrongPassword)
        #expect(
            reading([(10, wrong), (11, .succeeded), (13, lockout)]).trouble(of: onset, isDeviceWell: false) == nil)
        #expect(reading([(13, lockout)]).telling(of: onset) != nil)
    }

    /// The outcome of a sign-in near the fall, what the device record says, and the cause of the page.
    @Test(arguments: [
        (SignInTrouble.wrongPassword, DeviceReading?.none, Cause.account),
        (.wrongPassword, .offline(asked: at(100)), .networkOrPower),
        (.wrongPassword, .healthy(asked: at(100), modified: at(60)), .account),
        (.lockedOut, nil, .unknown), (.lockedOut, .offline(asked: at(100)), .networkOrPower),
        (.lockedOut, .healthy(asked: at(100)), .unknown),
        (.lockedOut, .healthy(asked: at(100), modified: at(60)), .account),
    ])
    func aDeviceThatIsOffTheAirOutranksASignIn(_ trouble: SignInTrouble, _ device: DeviceReading?, _ cause: Cause)
        throws
    {
        var watch = Watch(rooms: 5)
        watch.hear(.good, of: Array(1...5), from: 5, through: 10)
        for second in [15.0, 21, 27] { watch.hear([1: .bad], at: second) }
        if let device { watch.read(device, of: 1) }
        let failed = SignInReading(
            signIns: .value([SignIn(at: at(14).wall, outcome: .failed(trouble, code: 1))]), asked: at(200))
        _ = watch.fleet.accept(failed, of: FleetCoreTests.account(1), decided: at(200))
        let incident = try #require(watch.open(.roomOffline, .room(FleetCoreTests.account(1))))
        #expect(incident.cause == cause)
        #expect(incident.summary.contains("signing in fails") == (cause == .account))
        #expect(incident.evidence.contains { $0.source == "sign_in" })
    }

    // MARK: Closed by hand

    @Test(arguments: [false, true])
    func whatWasClosedByHandStaysQuietAndAFurtherAccountIsNews(_ restarts: Bool) throws {
        let rooms = Array(1...5)
        var watch = Watch(rooms: 5)
        watch.hear(.good, of: rooms, from: 5, through: 10)
        for second in [60.0, 120] { watch.refresh(rooms, disabled: [1, 2], at: second) }
        let first = try #require(watch.open(.roomAccount, .tenant))
        watch.close(.roomAccount, at: 130)
        for second in [180.0, 240, 300] { watch.refresh(rooms, disabled: [1, 2], at: second) }
        let told = ["opened room.account contoso warning", "resolved room.account contoso manual"]
        #expect(watch.told(.roomAccount) == told)
        // After a restart as well.
        if restarts { watch = watch.restarted(at: 310, checkpoint: 305) }
        watch.hear(.good, of: rooms, from: 315, through: 320)
        for second in [360.0, 420, 480] { watch.refresh(rooms, disabled: [1, 2], at: second) }
        #expect(watch.told(.roomAccount) == told)
        for second in [540.0, 600] { watch.refresh(rooms, disabled: [1, 2, 3], at: second) }
        #expect(watch.told(.roomAccount) == told + [told[0]])
        let second = try #require(watch.open(.roomAccount, .tenant))
        #expect(second.id != first.id && second.rooms.map(\.name) == ["Room 3"])
        // It ends although the others stay, and who was well in between is news again.
        watch.refresh(rooms, disabled: [1], at: 660)
        #expect(watch.told(.roomAccount).last == "resolved room.account contoso recovered")
        for second in [720.0, 780] { watch.refresh(rooms, disabled: [1, 2], at: second) }
        #expect(watch.open(.roomAccount, .tenant)?.rooms.map(\.name) == ["Room 2"])
    }

    @Test func theLogUpdatesAPageAndNeverRingsAgain() throws {
        var watch = Watch(rooms: 5)
        watch.hear(.good, of: Array(1...5), from: 5, through: 10)
        watch.hear([1: .bad], at: 15)
        watch.hear([1: .bad], at: 21)
        watch.hear([1: .bad], at: 27)
        #expect(watch.told(.roomOffline).count == 1)
        #expect(watch.fleet.roomsWorthSignIns(at: at(28), limit: 10).map(\.account) == [FleetCoreTests.account(1)])
        let failed = SignInReading(
            signIns: .value([SignIn(at: at(14).wall, outcome: .failed(.blockedByPolicy, code: 53_003))]), asked: at(200)
        )
        let decision = watch.fleet.accept(failed, of: FleetCoreTests.account(1), decided: at(200))
        #expect(decision.told == ["updated room.offline room-1 error"])
        #expect(watch.open(.roomOffline, .room(FleetCoreTests.account(1)))?.cause == .account)
        // The same answer again is no news, and neither is a log that fails.
        var again = failed
        again.asked = at(500)
        #expect(watch.fleet.accept(again, of: FleetCoreTests.account(1), decided: at(500)).told == [])
        let broken = SignInReading(signIns: .unknown(.failed("http_503")), asked: at(900))
        #expect(watch.fleet.accept(broken, of: FleetCoreTests.account(1), decided: at(900)).told == [])
        #expect(watch.open(.roomOffline, .room(FleetCoreTests.account(1)))?.cause == .account)
    }

    @Test func roomsThatAreWellAreNeverAskedAboutAndADarkBuildingIsSampled() {
        var town = Town([("B1", 60), ("B2", 60)])
        #expect(town.fleet.roomsWorthSignIns(at: town.now, limit: 100).isEmpty)
        town.darken(town.rooms(of: "B1"), from: 20, over: 10)
        town.live(until: 120)
        #expect(town.fleet.roomsWorthSignIns(at: town.now, limit: 100).count == 20)
    }
}
