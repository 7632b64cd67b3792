// What a health record means part by part, and what it does not mean.

import FleetCore
import Foundation
import Testing
import Timekeeping

struct DeviceJudgementTests {
    typealias Link = DeviceHealthReport.Link

    private func words(_ report: DeviceHealthReport, isOffline: Bool = false) -> [String] {
        DeviceJudgement.signs(of: report, isOffline: isOffline).map { "\($0.problem.text) \($0.signal)" }
    }

    @Test func anEmptyReportSaysNothing() {
        #expect(words(DeviceHealthReport()) == [])
    }

    @Test(arguments: [
        (Bool?.some(false), Link.State.disconnected, "bad"), (false, .connected, "good"), (false, .unknown, "unknown"),
        (true, .disconnected, "good"), (true, .unknown, "good"), (true, .connected, "good"),
        (nil, .disconnected, "unknown"), (nil, .unknown, "unknown"), (nil, .connected, "good"),
    ])
    func onlyARequiredPeripheralIsMissed(_ isOptional: Bool?, _ state: Link.State, _ signal: String) {
        let report = DeviceHealthReport(
            peripherals: [PeripheralReport(kind: .microphone, isOptional: isOptional, link: Link(state))])
        #expect(words(report) == ["peripheral: microphone \(signal)"])
    }

    @Test func displaysAreOneProblemThatSaysHowManyAreLost() throws {
        let since = at(-60).wall
        let report = DeviceHealthReport(
            connection: Link(.connected),
            peripherals: [
                PeripheralReport(kind: .display, isOptional: false, link: Link(.connected)),
                PeripheralReport(
                    kind: .display, isOptional: false, link: Link(.disconnected, since: since), name: "Front"),
                PeripheralReport(kind: .display, isOptional: true, link: Link(.disconnected)),
            ])
        let sign = try #require(DeviceJudgement.signs(of: report).first { $0.signal == .bad })
        #expect(sign.problem == .peripheral(.display))
        #expect(sign.sentence == "1 of 3 displays is not connected (Front)")
        #expect(sign.since == since)
    }

    @Test func aDeviceThatIsAwaySaysNothingOfItsParts() {
        let parts = DeviceHealthReport(
            connection: Link(.disconnected), logins: [.teams: Link(.disconnected)],
            peripherals: [PeripheralReport(kind: .speaker, isOptional: false, link: Link(.disconnected))],
            hardware: [.compute: Link(.disconnected)])
        #expect(words(parts) == ["offline bad"])
        var silent = parts
        silent.connection = nil
        #expect(words(silent, isOffline: true) == [], "its record says offline, so its parts are old news")
        #expect(words(silent).contains("peripheral: speaker bad"))
        silent.connection = Link(.unknown)
        #expect(words(silent, isOffline: true) == [])
        silent.connection = Link(.connected)
        #expect(words(silent, isOffline: true).contains("offline good"), "the connection is the closer witness")
    }

    @Test func loginsAndHardwareAreJudgedOneByOne() {
        let report = DeviceHealthReport(
            connection: Link(.connected), logins: [.teams: Link(.disconnected), .exchange: Link(.unknown)],
            hardware: [.compute: Link(.connected), .hdmiIngest: Link(.disconnected)])
        #expect(
            words(report) == [
                "hardware: compute good", "hardware: hdmi_ingest bad", "login: exchange unknown", "login: teams bad",
                "offline good",
            ])
    }

    @Test func whoIsSignedInCountsOnlyAgainstWhomTheDeviceBelongsTo() {
        func sign(_ who: AccountID?, _ isSignedIn: Bool?, home: AccountID? = account(1), kind: DeviceKind = .teamsRoom)
            -> DeviceSign?
        {
            DeviceJudgement.sign(
                ofUserIn: DeviceRecord(
                    device: RoomDevice(id: "d", kind: kind), account: who, isSignedIn: isSignedIn,
                    reading: .healthy(asked: at(0))), home: home,
                room: { $0 == account(2) ? Room(account: $0, name: "Room 2", email: "", reason: .licence) : nil })
        }
        #expect(sign(account(1), nil)?.signal == .good)
        #expect(sign(account(2), nil)?.sentence == "the account of Room 2 is signed in on it")
        #expect(sign(AccountID("person"), nil)?.signal == .bad)
        #expect(sign(nil, true)?.signal == .bad, "a guest")
        #expect(sign(nil, nil)?.signal == .unknown)
        #expect(sign(nil, false)?.signal == .unknown, "nobody is not somebody else")
        #expect(sign(AccountID("person"), nil, home: nil) == nil, "whose it is was never learned")
        #expect(sign(AccountID("person"), nil, kind: .panel) == nil)
    }

    @Test func everyProblemIsReadBackFromItsText() throws {
        #expect(Set(DeviceProblem.all.map(\.text)).count == DeviceProblem.all.count)
        for problem in DeviceProblem.all {
            #expect(DeviceProblem(text: problem.text) == problem)
            let data = try JSONEncoder().encode([problem])
            #expect(try JSONDecoder().decode([DeviceProblem].self, from: data) == [problem])
        }
        #expect(DeviceProblem(text: "peripheral: toaster") == nil)
    }
}
