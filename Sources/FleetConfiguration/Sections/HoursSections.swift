// `hours` and `buildings`: when a dark room hurts somebody, in whose time, and whom to call on site.

import FleetCore
import Foundation

extension Reading {
    func hoursAndBuildings(_ document: Section) -> (HoursTable, [String: BuildingConfiguration]) {
        let hoursKeys = ["days", "from", "to", "time_zone", "holidays"]
        var table = HoursTable()
        var ofBuildings: [(name: String, field: Field)] = []
        if let entries = document["hours"]?.namedEntries() {
            for entry in entries where entry.name == "default" {
                table.byDefault = hours(entry.field, keys: hoursKeys, inheriting: table.byDefault)
            }
            ofBuildings = entries.filter { $0.name != "default" }
        }

        var buildings: [String: BuildingConfiguration] = [:]
        for (name, field) in document["buildings"]?.namedEntries() ?? [] {
            guard let section = field.section(["time_zone", "contact", "hours"]) else { continue }
            let remedy = "name the zone as the tz database does, such as Europe/Berlin"
            let zone = section.required("time_zone", remedy: remedy)?.timeZone() ?? .gmt
            buildings[name] = BuildingConfiguration(timeZone: zone, contact: section["contact"]?.optionalText())
            var inherited = table.byDefault
            inherited.timeZone = zone
            table.byBuilding[name] = inherited
            if let own = section["hours"] {
                if ofBuildings.contains(where: { $0.name == name }) {
                    own.refuse("this building has hours under `hours` too", remedy: "keep one of the two")
                }
                // The zone of a building is said once, beside its contact.
                let keys = hoursKeys.filter { $0 != "time_zone" }
                table.byBuilding[name] = hours(own, keys: keys, inheriting: inherited)
            }
        }
        for (name, field) in ofBuildings {
            if buildings[name] == nil, NearestName.of(name, among: ["default"]) != nil {
                field.refuse("no building has this name", remedy: "did you mean `default`?")
                continue
            }
            let keys = buildings[name] == nil ? hoursKeys : hoursKeys.filter { $0 != "time_zone" }
            table.byBuilding[name] = hours(field, keys: keys, inheriting: table.byBuilding[name] ?? table.byDefault)
        }
        return (table, buildings)
    }

    /// One block of hours; what it does not say is inherited.
    private func hours(_ field: Field, keys: [String], inheriting: BookableHours) -> BookableHours {
        var hours = inheriting
        guard !field.node.isNull, let section = field.section(keys) else { return hours }
        hours.days = section["days"]?.weekdays() ?? hours.days
        hours.fromMinute = section["from"]?.timeOfDay(upTo: 1439) ?? hours.fromMinute
        hours.toMinute = section["to"]?.timeOfDay(upTo: 1440) ?? hours.toMinute
        hours.timeZone = section["time_zone"]?.timeZone() ?? hours.timeZone
        if let holidays = section["holidays"]?.list() { hours.holidays = Set(holidays.compactMap { $0.day() }) }
        if hours.fromMinute == hours.toMinute {
            section.refuse("begins and ends at the same minute", remedy: "for whole days write from 00:00 to 24:00")
        }
        return hours
    }
}

extension Field {
    /// A zone of the tz database.
    func timeZone() -> TimeZone? {
        guard let text = text(maximum: 64) else { return nil }
        // Foundation also takes abbreviations such as CEST, which name an offset and not a place.
        let known = Self.zones
        if text == "UTC" || text == "GMT" || known.contains(text) || text.contains("/"),
            let zone = TimeZone(identifier: text)
        {
            return zone
        }
        let nearest = NearestName.of(text, among: known)
        refuse(
            "\(text.quoted) is no time zone",
            remedy: nearest.map { "did you mean `\($0)`?" } ?? "name it as the tz database does, such as Europe/Berlin")
        return nil
    }

    private static let zones = TimeZone.knownTimeZoneIdentifiers

    /// Minutes after midnight. YAML 1.1 would read an unquoted 07:00 as a number to the base 60; here it is text.
    func timeOfDay(upTo latest: Int) -> Int? {
        guard let text = text(maximum: 32) else { return nil }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...2).contains(parts[0].count), parts[1].count == 2,
            parts.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } }), let hour = Int(parts[0]),
            let minute = Int(parts[1]), minute < 60, hour * 60 + minute <= latest
        else {
            let last = latest == 1440 ? "24:00" : "23:59"
            refuse(
                "\(text.quoted) is no time of day",
                remedy: "write hours and minutes from 00:00 to \(last), as \"07:00\"")
            return nil
        }
        return hour * 60 + minute
    }

    /// `mon-fri`, `mon,wed` or a list of such.
    func weekdays() -> Set<BookableHours.Weekday>? {
        guard let items = listOrSingle() else { return nil }
        var days: Set<BookableHours.Weekday> = []
        for item in items {
            guard let text = item.text(maximum: 64) else { return nil }
            for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { word in
                    (word.drop { $0 == " " }).lowercased().split(separator: " ").first.map(String.init) ?? ""
                }
                guard (1...2).contains(ends.count), let first = item.weekday(ends[0]),
                    let last = item.weekday(ends[ends.count - 1])
                else { return nil }
                let span = (last.rawValue - first.rawValue + 7) % 7
                for step in 0...span {
                    guard let day = BookableHours.Weekday(rawValue: (first.rawValue - 1 + step) % 7 + 1) else {
                        continue
                    }
                    days.insert(day)
                }
            }
        }
        guard !days.isEmpty else {
            refuse("names no day", remedy: "write mon-fri, or a list of days")
            return nil
        }
        return days
    }

    private static let dayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    private func weekday(_ word: String) -> BookableHours.Weekday? {
        if let index = Self.dayNames.firstIndex(of: word) { return BookableHours.Weekday(rawValue: index + 1) }
        refuse("\(word.quoted) is no day", remedy: NearestName.remedy(for: word, among: Self.dayNames))
        return nil
    }
}
