// What Microsoft posts in the admin centre about its own services. A scenario writes the posts; nothing in the tenant
// follows from them, just as in the real one.

import struct Foundation.Date

/// An issue of a Microsoft 365 service.
struct PostedIssue: Sendable {
    var id: String
    var title: String
    /// `incident` or `advisory`.
    var classification: String
    var service: String
    var began: Date
    var changed: Date
    /// When it was resolved; `nil` while it goes on.
    var ended: Date?

    var isResolved: Bool { ended != nil }

    var status: String {
        if isResolved { return "serviceRestored" }
        return classification == "incident" ? "serviceDegradation" : "investigating"
    }
}

extension Timeline {
    /// The service whose rooms are watched.
    static var teams: String { "Microsoft Teams" }
    /// Posts kept; the oldest go first.
    private static var maximumIssues: Int { 200 }

    mutating func post(_ event: ScenarioEvent, cause: Int) {
        let began = wall(elapsed + (event.startsIn?.duration ?? .zero))
        if issues.count >= Self.maximumIssues { issues.removeFirst() }
        let issue = PostedIssue(
            id: "TM\(900_000 + cause)", title: event.title ?? "Some users may be unable to sign in to Microsoft Teams",
            classification: event.classification?.rawValue ?? "incident", service: Self.teams, began: began,
            changed: wall(elapsed))
        issues.append(issue)
        record(
            "service_issue", cause: cause, kind: event.kind, visible: elapsed,
            detail: "\(issue.id) \(issue.classification)")
    }

    mutating func resolveIssue(ofCause cause: Int) {
        guard let index = issues.firstIndex(where: { $0.id == "TM\(900_000 + cause)" }) else { return }
        issues[index].ended = wall(elapsed)
        issues[index].changed = wall(elapsed)
        record("service_issue_resolved", cause: cause, kind: .serviceIssue, visible: elapsed)
    }
}
