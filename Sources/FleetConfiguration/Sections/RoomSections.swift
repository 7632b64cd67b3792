// `rooms` and `maintenance`: read and checked in full, so that a file written today means the same when a later version
// acts on it.

import FleetCore

extension Reading {
    func rooms(_ document: Section, tenants: Set<TenantName>) -> [RoomOverride] {
        guard let field = document["rooms"], let items = field.list(), !items.isEmpty else { return [] }
        field.noteWithoutEffect()
        return items.compactMap { item in
            guard let section = item.section(["match", "vip", "contact", "out_of_service"]) else { return nil }
            let match = section.required("match", remedy: "say which rooms, such as match: {building: B2}")
            guard let match = match?.placeMatch(tenants: tenants) else { return nil }
            return RoomOverride(
                match: match, isVIP: section["vip"]?.boolean() ?? false, contact: section["contact"]?.optionalText(),
                outOfService: section["out_of_service"].flatMap(outOfService))
        }
    }

    private func outOfService(_ field: Field) -> RoomOverride.OutOfService? {
        guard let section = field.section(["reason", "until"]) else { return nil }
        let reason = section.required("reason", remedy: "say why, for the people who wonder later")?.text()
        let until = section["until"]?.dayOrInstant()
        return reason.map { RoomOverride.OutOfService(reason: $0, until: until) }
    }

    func maintenance(_ document: Section, tenants: Set<TenantName>) -> [MaintenanceWindow] {
        guard let field = document["maintenance"], let items = field.list(), !items.isEmpty else { return [] }
        field.noteWithoutEffect()
        var seen: Set<String> = []
        return items.compactMap { window($0, tenants: tenants, seen: &seen) }
    }

    private func window(_ item: Field, tenants: Set<TenantName>, seen: inout Set<String>) -> MaintenanceWindow? {
        let keys = ["name", "enabled", "days", "from", "to", "time_zone", "match", "return_within"]
        guard let section = item.section(keys) else { return nil }
        guard let nameField = section.required("name", remedy: "name the window"),
            let name = nameField.text(maximum: 64)
        else { return nil }
        guard seen.insert(name).inserted else {
            nameField.refuse(
                "\(name.quoted) is the name of an earlier window", remedy: "give every window its own name")
            return nil
        }
        // The shipped window has its times already and can be switched off with a single key (Detection, Expected
        // outages).
        let isNightly = name == MaintenanceWindow.nightlyName
        var from: Int? = isNightly ? 120 : nil
        var to: Int? = isNightly ? 210 : nil
        if !isNightly || section["from"] != nil {
            from = section.required("from", remedy: "write when it begins, as \"02:00\"")?.timeOfDay(upTo: 1439)
        }
        if !isNightly || section["to"] != nil {
            to = section.required("to", remedy: "write when it ends, as \"03:30\"")?.timeOfDay(upTo: 1440)
        }
        let days = section["days"].map { $0.weekdays() } ?? Set(BookableHours.Weekday.allCases)
        let match = section["match"].map { $0.placeMatch(tenants: tenants) } ?? PlaceMatch()
        let returnWithin = section["return_within"]?.duration(in: .seconds(60)...hours(24))
        guard let from, let to, let days, let match else { return nil }
        guard from != to else {
            section.refuse("begins and ends at the same minute", remedy: "for whole days write from 00:00 to 24:00")
            return nil
        }
        return MaintenanceWindow(
            name: name, isEnabled: section["enabled"]?.boolean() ?? true, days: days, fromMinute: from, toMinute: to,
            timeZone: section["time_zone"]?.timeZone(), match: match,
            returnWithin: returnWithin ?? (isNightly ? minutes(20) : nil))
    }
}

extension Field {
    /// Which rooms an entry is about.
    func placeMatch(tenants: Set<TenantName>) -> PlaceMatch? {
        guard let section = section(["tenant", "building", "floor", "room"]) else { return nil }
        var match = PlaceMatch()
        match.tenants = section["tenant"]?.matchValues { $0.tenant(among: tenants) }
        match.buildings = section["building"]?.matchValues { $0.text(maximum: 256) }
        match.floors = section["floor"]?.matchValues { $0.text(maximum: 256) }
        match.rooms = section["room"]?.matchValues { $0.account() }
        return match
    }

    /// The values of one part of a match, a single one or a list.
    func matchValues<Value: Hashable>(_ read: (Field) -> Value?) -> Set<Value>? {
        guard let items = listOrSingle() else { return nil }
        if items.isEmpty { refuse("is an empty list and matches nothing", remedy: "name a value or remove the key") }
        return Set(items.compactMap(read))
    }

    /// A tenant of this file, or the name under which Roomwatch reports on itself.
    func tenant(among tenants: Set<TenantName>) -> TenantName? {
        guard let text = text(maximum: 64) else { return nil }
        let names = tenants.sorted() + [.roomwatch]
        if names.contains(TenantName(text)) { return TenantName(text) }
        refuse("no tenant is called \(text.quoted)", remedy: NearestName.remedy(for: text, among: names.map(\.text)))
        return nil
    }

    /// A day, or an instant as `2026-11-20T08:00:00Z`.
    func dayOrInstant() -> String? {
        guard let text = text(maximum: 40) else { return nil }
        let parts = text.split(separator: "T", maxSplits: 1).map(String.init)
        if let first = parts.first, Identifiers.isDay(first) {
            if parts.count == 1 { return text }
            if Identifiers.isTimeWithZone(parts[1]) { return text }
        }
        refuse("\(text.quoted) is no day or instant", remedy: "write 2026-12-31 or 2026-12-31T18:00:00Z")
        return nil
    }
}

extension Identifiers {
    /// `HH:MM:SS` with `Z` or an offset such as `+01:00` (RFC 3339 without fractions).
    static func isTimeWithZone(_ text: String) -> Bool {
        let digits = text.map { $0.isASCII && $0.isNumber ? "9" : $0 }
        guard ["99:99:99Z", "99:99:99+99:99", "99:99:99-99:99"].contains(String(digits)) else { return false }
        let numbers = text.split { !$0.isNumber }.compactMap { Int($0) }
        return numbers[0] < 24 && numbers[1] < 60 && numbers[2] < 60
            && numbers.dropFirst(3).elementsEqual(
                numbers.dropFirst(3).enumerated().map { $0 == 0 ? min($1, 23) : min($1, 59) })
    }
}
