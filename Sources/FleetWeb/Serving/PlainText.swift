// What people write is shown to others, in logs, on pages and in the audit trail: it must look like what it is, whether it
// came as JSON or from a form.

import FleetAPI

extension Refusal {
    static let notPlain = Refusal(
        .invalid, "a text holds control characters or nothing that can be seen", remedy: "write it as plain text")
}

extension String {
    /// Whether it has no control characters but line ends and tabs, and does not only look empty. Emptiness that shows is
    /// for whoever reads the field to judge.
    var isPlain: Bool {
        var hasVisible = false
        var hasInvisible = false
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control where !["\n", "\r", "\t"].contains(scalar): return false
            case .format: hasInvisible = true
            case .control, .spaceSeparator, .lineSeparator, .paragraphSeparator: continue
            default: hasVisible = true
            }
        }
        return hasVisible || !hasInvisible
    }
}
