// `routes`: who hears of what, and when. The rules make sure that everything reaches a route at every hour.

import FleetCore
import struct Foundation.TimeZone

extension Reading {
    /// - Parameter zone: the time of routes that name no zone of their own.
    func routes(
        _ document: Section, tenants: Set<TenantName>, receivers: [ReceiverName: Field], zone: TimeZone
    ) -> [(route: Route, field: Field)] {
        let remedy = "end the routes with one that matches everything: {match: {}, receivers: [name]}"
        guard let field = document.required("routes", remedy: remedy),
            let items = field.list(maximum: Self.maximumEntries)
        else { return [] }
        guard let last = items.last else {
            field.refuse("is empty", remedy: remedy)
            return []
        }
        let routes = items.compactMap { item in
            route(item, tenants: tenants, receivers: receivers, zone: zone).map { (route: $0, field: item) }
        }
        guard routes.count == items.count, let final = routes.last?.route else { return routes }
        if !final.match.matchesEverything {
            last.refuse("the last route does not match everything, so some incidents would be lost", remedy: remedy)
        } else if final.times != nil {
            last.refuse(
                "the last route is not used at all times, so some incidents would be lost",
                remedy: "add a route after it without `active` and `mute`: {match: {}, receivers: [name]}")
        }
        return routes
    }

    private func route(
        _ item: Field, tenants: Set<TenantName>, receivers: [ReceiverName: Field], zone: TimeZone
    ) -> Route? {
        let keys = ["match", "receivers", "continue", "grouping", "active", "mute", "escalate"]
        guard let section = item.section(keys) else { return nil }
        let match = section.required("match", remedy: "write match: {} for everything")
            .flatMap { routeMatch($0, tenants: tenants) }
        let names = section.required("receivers", remedy: "name the receivers, or write [] to tell nobody")
        let found = names?.receiverNames(among: receivers) ?? []
        var continues = false
        if let field = section["continue"] { continues = field.boolean() ?? false }
        let grouping = section["grouping"].flatMap(grouping) ?? Grouping()
        return match.map {
            Route(
                rule: item.key, match: $0, receivers: found, continues: continues, grouping: grouping,
                times: times(section, zone: zone),
                escalations: section["escalate"].map { escalations($0, receivers: receivers) } ?? [])
        }
    }

    /// When a route is used; `nil` for always.
    private func times(_ section: Section, zone: TimeZone) -> ActiveTimes? {
        guard section["active"] != nil || section["mute"] != nil else { return nil }
        return ActiveTimes(
            active: section["active"].map { schedules($0, zone: zone) } ?? [],
            mute: section["mute"].map { schedules($0, zone: zone) } ?? [])
    }

    private func schedules(_ field: Field, zone: TimeZone) -> [ZonedSchedule] {
        let items = field.list(maximum: Self.maximumTimes) ?? []
        if field.isEmptyList {
            field.refuse(
                "is an empty list", remedy: "write times, such as [{days: mon-fri, from: \"07:00\", to: \"19:00\"}]")
        }
        return items.compactMap { schedule($0, zone: zone) }
    }

    /// One stretch of the week; without `from` and `to` the whole of its days.
    private func schedule(_ item: Field, zone: TimeZone) -> ZonedSchedule? {
        guard let section = item.section(["days", "from", "to", "time_zone"]) else { return nil }
        let hasTimes = section["from"] != nil || section["to"] != nil
        guard hasTimes || section["days"] != nil else {
            section.refuse("names neither days nor times", remedy: "write days, or from and to, or remove the entry")
            return nil
        }
        let days = section["days"].map { $0.weekdays() } ?? Set(BookableHours.Weekday.allCases)
        let zone = section["time_zone"].map { $0.timeZone() } ?? zone
        guard hasTimes else {
            guard let days, let zone else { return nil }
            return ZonedSchedule(WeeklySchedule(days: days, fromMinute: 0, toMinute: 1440), timeZone: zone)
        }
        let from = section.required("from", remedy: "write when it begins, as \"18:00\"")?.timeOfDay(upTo: 1439)
        let to = section.required("to", remedy: "write when it ends, as \"07:00\"")?.timeOfDay(upTo: 1440)
        guard let days, let zone, let from, let to else { return nil }
        return section.schedule(days: days, from: from, to: to).map { ZonedSchedule($0, timeZone: zone) }
    }

    /// Steps in the order of time.
    private func escalations(_ field: Field, receivers: [ReceiverName: Field]) -> [Route.Escalation] {
        var steps: [Route.Escalation] = []
        for item in field.list(maximum: Self.maximumSteps) ?? [] {
            guard let section = item.section(["after", "receivers"]) else { continue }
            let written = section.required("after", remedy: "say how long nobody must have acknowledged, such as 15m")
            let names = section.required("receivers", remedy: "name the receivers that are told then")
            let found = names?.receiverNames(among: receivers) ?? []
            if let names, names.isEmptyList {
                names.refuse("is empty, so the step tells nobody", remedy: "name a receiver or remove the step")
            }
            // The planner looks at what is open once a minute.
            guard let after = written?.duration(in: minutes(1)...hours(24)) else { continue }
            if let before = steps.last, after <= before.after {
                written?.refuse(
                    "is not later than the step before it", remedy: "write the steps in the order of their times")
            }
            steps.append(Route.Escalation(after: after, receivers: found))
        }
        return steps
    }

    /// Stretches of one list, and steps of one route; more than anybody could follow.
    private static let maximumTimes = 50
    private static let maximumSteps = 20

    private func grouping(_ field: Field) -> Grouping? {
        guard let section = field.section(["wait", "max"]) else { return nil }
        var grouping = Grouping()
        let bounds = Duration.zero...hours(1)
        let wait = section["wait"]?.duration(in: bounds)
        let maximum = section["max"]?.duration(in: bounds)
        grouping.wait = wait ?? grouping.wait
        // A longer wait alone raises the default maximum; two written values must fit one another.
        grouping.maximum = maximum ?? max(grouping.maximum, grouping.wait)
        if section["wait"] == nil, let maximum { grouping.wait = min(grouping.wait, maximum) }
        if wait != nil, grouping.wait > grouping.maximum {
            section.refuse(
                key: "wait", line: section["wait"]?.line, "is longer than max", remedy: "make max at least as long")
        }
        return grouping
    }

    private func routeMatch(_ field: Field, tenants: Set<TenantName>) -> RouteMatch? {
        guard let section = field.section(["severity", "condition", "tenant", "building"]) else { return nil }
        return RouteMatch(
            severities: section["severity"]?.matchValues { $0.word(Severity.self) },
            conditions: section["condition"]?.matchValues { $0.condition() },
            tenants: section["tenant"]?.matchValues { $0.tenant(among: tenants) },
            buildings: section["building"]?.matchValues { $0.text(maximum: 256) })
    }
}

extension Field {
    /// Receivers of this file; a single one stands for a list of one.
    fileprivate func receiverNames(among receivers: [ReceiverName: Field]) -> [ReceiverName] {
        (listOrSingle() ?? []).compactMap { field in
            guard let text = field.text(maximum: 64) else { return nil }
            guard receivers[ReceiverName(text)] == nil else { return ReceiverName(text) }
            field.refuse(
                "no receiver is called \(text.quoted)",
                remedy: receivers.isEmpty
                    ? "define it under receivers"
                    : NearestName.remedy(for: text, among: receivers.keys.map(\.text).sorted()))
            return nil
        }
    }

    /// Whether it is a list without entries; what is no list is refused where it is read.
    fileprivate var isEmptyList: Bool {
        if case .sequence(let items) = node.content { items.isEmpty } else { false }
    }

    /// A condition that this version knows.
    func condition() -> Condition? {
        guard text(maximum: 64) != nil else { return nil }
        return word(Condition.self)
    }
}
