// Who is watched, and what happens to the rooms that come and go (Detection, Who is watched).

import FleetCore
import Testing
import Timekeeping

struct InventoryTests {
    @Test func licenceDeviceOrTheOperatorMakesARoom() throws {
        let accounts = [
            record(1), record(2, licence: nil), record(3, licence: nil), record(4, licence: nil), record(5),
            record(6, licence: nil), record(7, licence: nil),
        ]
        let devices =
            devices(of: 2, kinds: [.teamsRoom]) + devices(of: 3, kinds: [.phone])
            + devices(of: 6, kinds: [.collaborationBar]) + devices(of: 7, kinds: [.surfaceHub])
        let scope = InventoryScope(include: ["Room4@Contoso.com"], exclude: ["ROOM-5"])
        let decision = InventoryRule.decide(inventory(accounts, devices: devices), known: [], scope: scope)
        guard case .replace(let rooms, let removed) = decision else {
            Issue.record("\(decision)")
            return
        }
        #expect(
            rooms.map { "\($0.room.account) \($0.room.reason)" } == [
                "room-1 licence", "room-2 device", "room-4 included", "room-6 device", "room-7 device",
            ])
        #expect(removed == [])
    }

    @Test func aRoomLeavesAfterTwoCompleteAbsences() {
        var watch = Watch(rooms: 3)
        watch.hear(.bad, of: [3], from: 1, through: 16)
        watch.refresh([1, 2], at: 100)
        #expect(watch.fleet.rooms.count == 3 && watch.told.count == 1)
        _ = watch.fleet.accept(inventory(nil), scope: InventoryScope(), decided: at(150))
        #expect(watch.fleet.rooms.count == 3, "an unreadable directory is no absence")
        watch.refresh([1, 2], at: 200)
        #expect(watch.fleet.rooms.map(\.account) == [account(1), account(2)])
        #expect(watch.told == ["opened room.offline room-3 error", "resolved room.offline room-3 removed"])
        watch.hear(.bad, of: [1, 2, 3], from: 205, through: 206)
        #expect(watch.told.count == 2)
    }

    @Test func anAppearanceBetweenResetsTheAbsences() {
        var watch = Watch(rooms: 3)
        for (second, list) in [(100.0, [1, 2]), (200, [1, 2, 3]), (300, [1, 2])] { watch.refresh(list, at: second) }
        #expect(watch.fleet.rooms.count == 3)
        watch.refresh([1, 2], at: 400)
        #expect(watch.fleet.rooms.count == 2)
    }

    /// max(5, 10 %) may leave at once.
    @Test(arguments: [(20, 5, false), (20, 6, true), (100, 10, false), (100, 11, true), (5, 5, false)])
    func aRefreshThatRemovesTooManyIsHeld(count: Int, missing: Int, isHeld: Bool) {
        var watch = Watch(rooms: count)
        let rest = missing == count ? [] : Array((missing + 1)...count)
        watch.refresh(rest, at: 100)
        watch.refresh(rest, at: 200)
        #expect(watch.fleet.rooms.count == (isHeld ? count : count - missing))
        #expect(watch.told == (isHeld ? ["opened inventory.shrunk contoso warning"] : []))
        watch.refresh(Array(1...count), at: 300)
        #expect(watch.fleet.rooms.count == count)
        #expect(watch.told(.inventoryShrunk).count == (isHeld ? 2 : 0))
    }

    /// An excluded room leaves at once, and its incident with it, also when the refresh itself is not believed.
    @Test(arguments: [Array(1...20), [1]])
    func anExcludedRoomTakesItsIncidentAlong(present: [Int]) {
        var watch = Watch(rooms: 20)
        watch.hear(.bad, of: [1], from: 1, through: 16)
        watch.refresh(present, exclude: ["room1@contoso.com"], at: 100)
        #expect(watch.fleet.index[account(1)] == nil)
        #expect(watch.fleet.rooms.count == 19)
        #expect(watch.told(.roomOffline).last == "resolved room.offline room-1 removed")
        #expect(watch.open(.roomOffline, .room(account(1))) == nil)
    }

    @Test func whoStaysKeepsEverythingAndOldQuestionsFindTheirRooms() throws {
        var watch = Watch(rooms: 3)
        watch.hear(.bad, of: [3], from: 1, through: 16)
        watch.hear([1: .good], at: 17)
        let old = watch.fleet.pages(of: .steady)
        watch.refresh([2, 3, 4], at: 20)
        watch.refresh([2, 3, 4], at: 30)
        #expect(watch.fleet.rooms.map(\.account) == [account(2), account(3), account(4)])
        #expect(try watch.track(3).phase == .firing)
        #expect(try watch.track(3).listedSince == at(0))
        #expect(try watch.track(4).listedSince == at(20))
        let page = PresencePage(
            request: old[0], answers: old[0].accounts.map { _ in PresenceAnswer(.good) }, asked: at(31),
            received: at(31))
        _ = watch.fleet.accept(page)
        #expect(try watch.track(3).phase == .recovering)
        #expect(try watch.track(2).presence.lastGood == at(31))
        #expect(try watch.track(4).presence.lastGood == nil)
    }

    @Test func aRoomThatLeavesEndsItsRunAndItsSilence() {
        var watch = Watch(rooms: 3)
        watch.hear(.good, of: [1, 2, 3], from: 1, through: 11)
        SilenceTests.go(&watch, from: 20, through: 1000, third: .saidUnknown)
        watch.refresh([1, 2], at: 1100)
        let decision = watch.refresh([1, 2], at: 1200)
        #expect(decision.told == ["resolved room.unseen room-3 removed"])
        #expect(decision.observations.ended.map(\.account) == [account(3)])
        watch.judge(at: 1300)
        #expect(watch.told(.roomUnseen).count == 2)
    }

    @Test func theDirectoryExplainsAnAccount() {
        let before = [KnownRoom(room: Room(account: account(1), name: "", email: "", licence: "X", reason: .licence))]
        func state(_ accounts: [AccountRecord], include: [String] = []) -> AccountState? {
            let scope = InventoryScope(include: include)
            guard case .replace(let rooms, _) = InventoryRule.decide(inventory(accounts), known: before, scope: scope)
            else { return nil }
            return rooms.first?.room.accountState
        }
        #expect(state([record(1)]) == .usable)
        #expect(state([record(1, isEnabled: false)]) == .disabled)
        #expect(state([record(1, licence: nil)], include: ["room-1"]) == .unlicensed)
        #expect(state([record(1, licence: nil)]) == .unlicensed)
        #expect(state([]) == .deleted)
    }

    /// A list of devices that is empty for once takes no licence away from a room that never had one.
    @Test func aRoomThatIsListedForItsDeviceLosesNoLicence() {
        let known = [KnownRoom(room: Room(account: account(1), name: "", email: "", licence: nil, reason: .device))]
        guard
            case .replace(let rooms, _) = InventoryRule.decide(
                inventory([record(1, licence: nil)]), known: known, scope: InventoryScope())
        else {
            Issue.record("the list is not replaced")
            return
        }
        #expect(rooms.first?.room.accountState == .usable)
    }

    /// What could not be read changes nothing.
    @Test func anUnreadDeviceListKeepsTheDevices() throws {
        var watch = Watch(rooms: 1, weak: [1])
        _ = watch.fleet.accept(inventory([record(1)], devices: nil), scope: InventoryScope(), decided: at(10))
        #expect(watch.fleet.rooms[0].isWeak)
        _ = watch.fleet.accept(inventory([record(1)], devices: []), scope: InventoryScope(), decided: at(20))
        #expect(!watch.fleet.rooms[0].isWeak)
    }

    @Test func placesNameTheRoomAndItsBuilding() throws {
        let place = PlaceRecord(email: "ROOM1@contoso.com", name: "Aquarium", building: "B2", floor: "3", capacity: 8)
        var watch = Watch(rooms: 1)
        _ = watch.fleet.accept(
            inventory([record(1, office: "HQ")], places: [place]), scope: InventoryScope(), decided: at(10))
        #expect(watch.fleet.rooms[0].placedName == "Aquarium (B2, floor 3)")
        _ = watch.fleet.accept(inventory([record(1)], places: nil), scope: InventoryScope(), decided: at(20))
        #expect(watch.fleet.rooms[0].building == "B2", "an unread list of places changes no building")
    }
}
