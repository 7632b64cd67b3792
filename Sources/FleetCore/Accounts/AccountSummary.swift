// Three hundred accounts whose passwords end on one day are one sentence.

import struct Foundation.Date

/// What is wrong with several accounts, counted.
struct AccountSummary {
    /// `2 are disabled; the passwords of 298 expire from 2026-12-01 on`.
    let text: String

    /// - Parameter findings: of each account those that are worth telling, at least one.
    init(_ findings: [[AccountFinding]], at now: Date) {
        var disabled = 0
        var unlicensed = 0
        var faulty = 0
        var ends: [Date] = []
        for account in findings {
            // Each account counts once, for what must be mended first.
            switch account.first?.trouble {
            case .disabled: disabled += 1
            case .noLicence, .wrongLicence: unlicensed += 1
            case .licenceError, .basicLimit: faulty += 1
            case .passwordExpiry(let end, _): ends.append(end)
            case nil: break
            }
        }
        var parts: [String] = []
        if disabled > 0 { parts.append("\(disabled) disabled") }
        if unlicensed > 0 { parts.append("\(unlicensed) without a Teams Rooms licence") }
        if faulty > 0 { parts.append("\(faulty) with a faulty licence") }
        let over = ends.count { $0 <= now }
        if over > 0 { parts.append("\(over) with an expired password") }
        if let first = ends.filter({ $0 > now }).min(), let last = ends.max() {
            let span =
                UTCText.date(first) == UTCText.date(last)
                ? "on \(UTCText.date(first))" : "between \(UTCText.date(first)) and \(UTCText.date(last))"
            parts.append("\(ends.count - over) with a password that expires \(span)")
        }
        text = parts.joined(separator: "; ")
    }
}
