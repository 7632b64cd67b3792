// Accounts, devices and rooms of an imagined tenant, contoso; the smallest set that shows each rule.

import FleetCore
import Foundation
import Timekeeping

/// The account of room number `number`.
func account(_ number: Int) -> AccountID { AccountID("room-\(number)") }

/// A directory record with a Teams Rooms licence.
func record(
    _ number: Int, isEnabled: Bool = true, licence: String? = "Microsoft_Teams_Rooms_Pro", office: String? = nil,
    facts: AccountFacts? = nil
) -> AccountRecord {
    AccountRecord(
        id: account(number), name: "Room \(number)", userPrincipalName: "room\(number)@contoso.com",
        mail: "room\(number)@contoso.com", isEnabled: isEnabled, roomLicence: licence, officeLocation: office,
        facts: facts)
}

/// A main device, and for a weak room a panel that is signed in with the same account.
func devices(of number: Int, kinds: [DeviceKind], at moment: Moment = at(0)) -> [DeviceRecord] {
    kinds.enumerated().map { place, kind in
        DeviceRecord(
            device: RoomDevice(id: "device-\(number)-\(place)", kind: kind), account: account(number),
            reading: .healthy(asked: moment))
    }
}

/// One complete refresh; without devices the device list was read and is empty.
func inventory(
    _ accounts: [AccountRecord]?, devices: [DeviceRecord]? = [], places: [PlaceRecord]? = nil, at moment: Moment = at(0)
) -> InventoryReading {
    InventoryReading(accounts: accounts, devices: devices, places: places, asked: moment, remarks: [])
}
