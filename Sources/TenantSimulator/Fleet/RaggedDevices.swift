// Devices that nobody looks after: enrolled twice, left behind by accounts that are gone, written down by back ends of other
// years. Real tenants list them by the thousand, and a monitor must read past every one of them.

extension Fleet {
    /// What is odd about the records of one device.
    struct Raggedness: Sendable {
        /// How its optional properties are written. The first four go to the end of it, so that each extreme is in every
        /// ragged tenant; the others mix.
        enum Manner: Int, Sendable, CaseIterable {
            case absent, null, strangeWords, strangeDates, mixed
        }

        /// Who its record says is signed in, where that is no account of the tenant.
        enum User: Sendable, Equatable {
            /// The device's own account, though more devices may have it.
            case own(upperCase: Bool)
            case null, absent
            case unknown(GUID)
            /// An object that does not say who.
            case withoutID, emptyID
        }

        let manner: Manner
        let user: User
    }

    private static let raggedTypes: [DeviceType] = [
        .teamsRoom, .collaborationBar, .surfaceHub, .teamsPanel, .touchConsole, .ipPhone, .teamsDisplay, .lowCostPhone,
        .unknown,
    ]

    /// Adds `count` ragged devices to those of a tidy tenant.
    mutating func addRaggedDevices(_ count: Int) {
        let persons = accounts.indices.filter { accounts[$0].kind == .person }
        for ordinal in 0..<count {
            var draws = SeededDraws(seed: seed, purpose: .ragged, index: ordinal)
            var type = Self.raggedTypes[draws.pick(0...Self.raggedTypes.count - 1)]
            var account: Int?
            let user: Raggedness.User
            switch ordinal % 8 {
            case 0: user = .null
            case 1: user = .absent
            case 2: user = .unknown(GUID(seed: seed, kind: .ragged, index: ordinal))
            case 3: user = .withoutID
            case 4: user = .emptyID
            case 5 where !persons.isEmpty:
                user = .own(upperCase: false)
                account = persons[draws.pick(0...persons.count - 1)]
                // A Teams Rooms system would make a room of this person.
                type = .ipPhone
            default:
                user = .own(upperCase: ordinal % 8 == 7)
                account = rooms[draws.pick(0...rooms.count - 1)].account
            }
            _ = add(
                Device(
                    id: GUID(seed: seed, kind: .device, index: 5_000_000 + ordinal), type: type, manufacturer: "",
                    model: "", serialNumber: "RG-\(ordinal + 1)", macAddress: "", account: account,
                    building: ordinal % buildings.count,
                    ragged: Raggedness(
                        manner: Raggedness.Manner(rawValue: ordinal % 23) ?? .mixed, user: user)))
        }
    }
}
