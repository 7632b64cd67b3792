// `routes`: who hears of what. The rules make sure that everything reaches a route, and notices say what reaches
// nobody, because a silent hole in the routes looks exactly like a healthy fleet.

import FleetCore

extension Reading {
    func routes(
        _ document: Section, tenants: Set<TenantName>, receivers: [ReceiverName: Field]
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
            route(item, tenants: tenants, receivers: receivers).map { (route: $0, field: item) }
        }
        if routes.count == items.count, let final = routes.last?.route, !final.match.matchesEverything {
            last.refuse("the last route does not match everything, so some incidents would be lost", remedy: remedy)
        }
        return routes
    }

    private func route(
        _ item: Field, tenants: Set<TenantName>, receivers: [ReceiverName: Field]
    ) -> Route? {
        guard let section = item.section(["match", "receivers", "continue", "grouping"]) else { return nil }
        let match = section.required("match", remedy: "write match: {} for everything")
            .flatMap { routeMatch($0, tenants: tenants) }
        let names = section.required("receivers", remedy: "name the receivers, or write [] to tell nobody")
        let found = (names?.listOrSingle() ?? []).compactMap { field -> ReceiverName? in
            guard let text = field.text(maximum: 64) else { return nil }
            guard receivers[ReceiverName(text)] == nil else { return ReceiverName(text) }
            field.refuse(
                "no receiver is called \(text.quoted)",
                remedy: receivers.isEmpty
                    ? "define it under receivers"
                    : NearestName.remedy(for: text, among: receivers.keys.map(\.text).sorted()))
            return nil
        }
        var continues = false
        if let field = section["continue"] { continues = field.boolean() ?? false }
        let grouping = section["grouping"].flatMap(grouping) ?? Grouping()
        return match.map {
            Route(rule: item.key, match: $0, receivers: found, continues: continues, grouping: grouping)
        }
    }

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

    /// Says which receivers, routes and severities lead nowhere.
    func noteDeadEnds(
        _ routes: [(route: Route, field: Field)], receivers: [ReceiverConfiguration], lines: [ReceiverName: Field]
    ) {
        let final = routes.firstIndex { $0.route.match.matchesEverything && !$0.route.continues } ?? routes.count
        let live = routes.prefix(final + 1)
        for (_, field) in routes.dropFirst(final + 1) {
            note(line: field.line, key: field.key, "never used: an earlier route matches everything")
        }
        var reached = Set(live.flatMap(\.route.receivers))
        for _ in receivers {
            reached.formUnion(receivers.filter { reached.contains($0.name) }.compactMap(\.fallback))
        }
        for receiver in receivers where !reached.contains(receiver.name) {
            guard let field = lines[receiver.name] else { continue }
            note(line: field.line, key: field.key, "no route and no fallback leads to \(receiver.name.text.quoted)")
        }
        for severity in Severity.allCases {
            let path = live.filter { $0.route.match.severities?.contains(severity) ?? true }
            let stop = path.firstIndex { $0.route.endsAll(of: severity) }
            let walked = stop.map { path[...$0] } ?? path[...]
            guard let last = walked.last, walked.allSatisfy({ $0.route.receivers.isEmpty }) else { continue }
            note(line: last.field.line, key: last.field.key, "incidents of severity \(severity.rawValue) reach nobody")
        }
    }
}

extension Route {
    /// Whether no incident of a severity gets past this route.
    fileprivate func endsAll(of severity: Severity) -> Bool {
        !continues && match.severities?.contains(severity) ?? true && match.conditions == nil && match.tenants == nil
            && match.buildings == nil
    }
}

extension Field {
    /// A condition that this version knows.
    func condition() -> Condition? {
        guard let text = text(maximum: 64) else { return nil }
        if Condition(rawValue: text) == nil, text.hasPrefix("device.") {
            refuse("\(text.quoted) is not in this version", remedy: "remove it")
            return nil
        }
        return word(Condition.self)
    }
}
