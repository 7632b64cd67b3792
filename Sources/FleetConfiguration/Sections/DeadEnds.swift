// A silent hole in the routes looks exactly like a healthy fleet, so notices say which receivers, routes and severities
// lead nowhere.

import FleetCore
import struct Foundation.Date

extension Reading {
    func noteDeadEnds(
        _ routes: [(route: Route, field: Field)], receivers: [ReceiverConfiguration], lines: [ReceiverName: Field]
    ) {
        let final = routes.firstIndex { $0.route.endsEverything } ?? routes.count
        for (_, field) in routes.dropFirst(final + 1) {
            note(line: field.line, key: field.key, "never used: an earlier route matches everything")
        }
        let live = routes.prefix(final + 1).filter { route, field in
            guard route.isNeverActive else { return true }
            note(line: field.line, key: field.key, "never used: `mute` covers all of its times")
            return false
        }
        for (route, field) in live where !route.escalations.isEmpty && !route.escalates {
            note(line: field.line, key: field.key, "never escalates: nobody is asked to acknowledge a warning")
        }
        noteUnreached(live.map(\.route), receivers: receivers, lines: lines)
        for severity in Severity.allCases {
            let path = live.filter { $0.route.match.severities?.contains(severity) ?? true }
            let stop = path.firstIndex { $0.route.endsAll(of: severity) }
            let walked = stop.map { path[...$0] } ?? path[...]
            guard let last = walked.last, walked.allSatisfy({ $0.route.receivers(of: severity).isEmpty }) else {
                continue
            }
            note(line: last.field.line, key: last.field.key, "incidents of severity \(severity.rawValue) reach nobody")
        }
    }

    private func noteUnreached(
        _ live: [Route], receivers: [ReceiverConfiguration], lines: [ReceiverName: Field]
    ) {
        var reached = Set(Severity.allCases.flatMap { severity in live.flatMap { $0.receivers(of: severity) } })
        for _ in receivers {
            reached.formUnion(receivers.filter { reached.contains($0.name) }.compactMap(\.fallback))
        }
        for receiver in receivers where !reached.contains(receiver.name) {
            guard let field = lines[receiver.name] else { continue }
            note(line: field.line, key: field.key, "no route and no fallback leads to \(receiver.name.text.quoted)")
        }
    }
}

extension Route {
    /// Whether nothing ever gets past this route.
    fileprivate var endsEverything: Bool { match.matchesEverything && !continues && times == nil }

    /// Whether no incident of a severity gets past this route.
    fileprivate func endsAll(of severity: Severity) -> Bool {
        !continues && times == nil && match.severities?.contains(severity) ?? true && match.conditions == nil
            && match.tenants == nil && match.buildings == nil
    }

    /// Reminders and escalations are for what is worse than a warning.
    fileprivate var escalates: Bool { match.severities?.contains { $0 > .warning } ?? true }

    /// Who hears of a severity by this route, sooner or later.
    fileprivate func receivers(of severity: Severity) -> [ReceiverName] {
        guard match.severities?.contains(severity) ?? true else { return [] }
        return receivers + (severity > .warning ? escalations.flatMap(\.receivers) : [])
    }

    /// Whether its times leave nothing. Weekly times are the same in every week but for the change of a clock, so any
    /// instant will do to look from.
    fileprivate var isNeverActive: Bool {
        guard let times else { return false }
        return times.nextActive(from: Date(timeIntervalSince1970: 1_767_225_600)) == nil
    }
}
