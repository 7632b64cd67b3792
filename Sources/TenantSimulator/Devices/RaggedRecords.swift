// Wears the record of a ragged device down as far as the metadata allows: only what is never null there is kept. The shapes
// are still Graph's own, because a monitor that guards against more than Graph may send would prove nothing.

extension Fleet.Raggedness {
    /// Properties that the metadata marks as never null, on the outermost object; an id is so everywhere.
    private static let required: Set<String> = ["deviceType", "hardwareDetail", "connection"]
    /// Properties that hold a word of an enumeration.
    private static let words: Set<String> = [
        "deviceType", "healthStatus", "activityState", "userIdentityType", "connectionStatus", "softwareFreshness",
        "supportedClient",
    ]
    /// Properties that may be empty without being missing.
    private static let texts: Set<String> = ["serialNumber", "model", "manufacturer", "companyAssetTag", "uniqueId"]
    private static let strangeWords = ["SomethingNew", "unknownFutureValue", "Unknown", "HOLOGRAM", "2"]
    private static let strangeDates = [
        "0001-01-01T00:00:00Z", "0001-01-01T00:00:00.0000000Z", "9999-12-31T23:59:59.9999999Z",
        "1601-01-01T00:00:00Z", "2019-02-28T23:59:59.5Z",
    ]

    /// The object as this device's back end writes it.
    func worn(_ object: JSONValue, draws: inout SeededDraws, isOutermost: Bool = true) -> JSONValue {
        guard let members = object.members else { return object }
        var written: [JSONValue.Member] = []
        for member in members {
            if member.name == "id" || (isOutermost && Self.required.contains(member.name)) {
                written.append(.init(member.name, value(of: member, draws: &draws)))
                continue
            }
            switch manner {
            case .absent: continue
            case .null: written.append(.init(member.name, .null))
            case .strangeWords, .strangeDates:
                written.append(.init(member.name, value(of: member, draws: &draws)))
            case .mixed:
                switch draws.pick(0...9) {
                case 0: continue
                case 1: written.append(.init(member.name, .null))
                default: written.append(.init(member.name, value(of: member, draws: &draws)))
                }
            }
        }
        return .object(written)
    }

    private func value(of member: JSONValue.Member, draws: inout SeededDraws) -> JSONValue {
        switch member.value {
        case .object: return worn(member.value, draws: &draws, isOutermost: false)
        case .array(let items):
            if manner == .mixed, draws.pick(0...4) == 0 { return [] }
            return .array(items.map { worn($0, draws: &draws, isOutermost: false) })
        case .string:
            let isMixed = manner == .mixed && draws.pick(0...3) == 0
            if Self.words.contains(member.name), manner == .strangeWords || isMixed {
                return .string(Self.strangeWords[draws.pick(0...Self.strangeWords.count - 1)])
            }
            if member.name.hasSuffix("DateTime"), manner == .strangeDates || isMixed {
                return .string(Self.strangeDates[draws.pick(0...Self.strangeDates.count - 1)])
            }
            return isMixed && Self.texts.contains(member.name) ? "" : member.value
        default: return member.value
        }
    }
}

extension SimulatedTenant {
    /// The record, or a part of it, as the device's back end writes it; tidy devices are left as they are.
    func worn(_ object: JSONValue, device index: Int) -> JSONValue {
        guard let ragged = fleet.devices[index].ragged else { return object }
        var draws = SeededDraws(seed: fleet.seed, purpose: .ragged, index: index, round: 1)
        let written = ragged.worn(object, draws: &draws)
        guard object["deviceType"] != nil, var members = written.members else { return written }
        members.removeAll { $0.name == "currentUser" }
        if let user = userObject(ragged.user, device: index) { members.append(.init("currentUser", user)) }
        return .object(members)
    }

    private func userObject(_ user: Fleet.Raggedness.User, device: Int) -> JSONValue? {
        switch user {
        case .absent: return nil
        case .null: return .null
        case .withoutID: return ["id": .null, "displayName": "Former room", "userIdentityType": .null]
        case .emptyID: return ["id": "", "displayName": "", "userIdentityType": "unknownFutureValue"]
        case .unknown(let id): return ["id": .string(id.description), "displayName": .null]
        case .own(let upperCase):
            guard let id = shownUser(of: device) else { return .null }
            return ["id": .string(upperCase ? id.uppercased() : id), "userIdentityType": "aadUser"]
        }
    }
}
