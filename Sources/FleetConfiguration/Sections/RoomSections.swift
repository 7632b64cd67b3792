// `rooms` and `maintenance`: what is special about some rooms, and the hours in which nobody is told of them. A mistake
// here silences a room that somebody waits for, so everything is checked and nothing is guessed.

import FleetCore
import Foundation

extension Reading {
    func rooms(_ document: Section, tenants: Set<TenantName>, hours: HoursTable) -> [RoomRule] {
        let items = document["rooms"]?.list(maximum: Self.maximumEntries) ?? []
        return items.compactMap { item in
            guard let section = item.section(["match", "vip", "contact", "out_of_service"]) else { return nil }
            let match = section.required("match", remedy: "say which rooms, such as match: {building: B2}")
            guard let match = match?.placeMatch(tenants: tenants) else { return nil }
            return RoomRule(
                match: match, isVIP: section["vip"]?.boolean() ?? false, contact: section["contact"]?.optionalText(),
                outOfService: section["out_of_service"].flatMap { outOfService($0, zones: hours.zones(of: match)) })
        }
    }

    private func outOfService(_ field: Field, zones: [TimeZone]) -> RoomRule.OutOfService? {
        guard let section = field.section(["reason", "until"]) else { return nil }
        let reason = section.required("reason", remedy: "say why, for the people who wonder later")?.text()
        let until = section["until"]?.dayOrInstant()
        return reason.map { RoomRule.OutOfService(reason: $0, until: until?.end(in: zones)) }
    }

    /// The windows, among them the shipped one (Detection, Expected outages), which the file may change or switch off.
    func maintenance(_ document: Section, tenants: Set<TenantName>) -> [MaintenanceWindow] {
        let items = document["maintenance"]?.list(maximum: Self.maximumEntries) ?? []
        var seen: Set<String> = []
        let windows = items.compactMap { window($0, tenants: tenants, seen: &seen) }
        return seen.contains(MaintenanceWindow.nightlyName) ? windows : windows + [.nightly]
    }

    private func window(_ item: Field, tenants: Set<TenantName>, seen: inout Set<String>) -> MaintenanceWindow? {
        let keys = ["name", "enabled", "days", "from", "to", "time_zone", "match", "device_types", "return_within"]
        guard let section = item.section(keys) else { return nil }
        guard let nameField = section.required("name", remedy: "name the window"),
            let name = nameField.text(maximum: 64)
        else { return nil }
        guard seen.insert(name).inserted else {
            nameField.refuse(
                "\(name.quoted) is the name of an earlier window", remedy: "give every window its own name")
            return nil
        }
        // The shipped window has its parts already; an entry replaces those that it names.
        let shipped = name == MaintenanceWindow.nightlyName ? MaintenanceWindow.nightly : nil
        guard let schedule = schedule(section, shipped: shipped?.weekly) else { return nil }
        var window = MaintenanceWindow(
            name: name, schedule: .weekly(schedule, timeZone: section["time_zone"]?.timeZone()))
        window.isEnabled = section["enabled"]?.boolean() ?? true
        window.match = section["match"]?.placeMatch(tenants: tenants) ?? PlaceMatch()
        window.deviceKinds = section["device_types"]?.deviceKinds() ?? shipped?.deviceKinds
        window.returnWithin =
            section["return_within"]?.duration(in: .seconds(60)...hours(24)) ?? shipped?.returnWithin
        return window
    }

    private func schedule(_ section: Section, shipped: WeeklySchedule?) -> WeeklySchedule? {
        var from = shipped?.fromMinute
        var to = shipped?.toMinute
        if shipped == nil || section["from"] != nil {
            from = section.required("from", remedy: "write when it begins, as \"02:00\"")?.timeOfDay(upTo: 1439)
        }
        if shipped == nil || section["to"] != nil {
            to = section.required("to", remedy: "write when it ends, as \"03:30\"")?.timeOfDay(upTo: 1440)
        }
        let days = section["days"].map { $0.weekdays() } ?? Set(BookableHours.Weekday.allCases)
        guard let from, let to, let days else { return nil }
        return section.schedule(days: days, from: from, to: to)
    }
}

extension Section {
    /// Weekly hours; equal ends are refused, because nobody can see whether they mean a whole day or none.
    func schedule(days: Set<BookableHours.Weekday>, from: Int, to: Int) -> WeeklySchedule? {
        guard from != to else {
            refuse("begins and ends at the same minute", remedy: "for whole days write from 00:00 to 24:00")
            return nil
        }
        return WeeklySchedule(days: days, fromMinute: from, toMinute: to)
    }
}

extension MaintenanceWindow {
    fileprivate var weekly: WeeklySchedule? {
        if case .weekly(let schedule, _) = schedule { schedule } else { nil }
    }
}

extension HoursTable {
    /// The zones of the buildings that a match names; the default one where it names none.
    fileprivate func zones(of match: PlaceMatch) -> [TimeZone] {
        match.buildings.map { buildings in buildings.map { of($0).timeZone } } ?? [byDefault.timeZone]
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

    /// Kinds of main devices; what hangs beside them does not make a room.
    fileprivate func deviceKinds() -> Set<DeviceKind>? {
        matchValues { item in item.word(MainDevice.self).flatMap { DeviceKind(rawValue: $0.rawValue) } }
    }

    private enum MainDevice: String, CaseIterable {
        case teamsRoom = "teams_room"
        case collaborationBar = "collaboration_bar"
        case surfaceHub = "surface_hub"
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
    func dayOrInstant() -> DayOrInstant? {
        guard let text = text(maximum: 40) else { return nil }
        if let read = DayOrInstant(text) { return read }
        refuse("\(text.quoted) is no day or instant", remedy: "write 2026-12-31 or 2026-12-31T18:00:00Z")
        return nil
    }
}
