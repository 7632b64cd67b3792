// One kind of mistake in a configuration: the line and the key that the operator is sent to, and a word of the advice.

import Foundation
import Testing

/// One mistake.
struct Mistake: Sendable, CustomTestStringConvertible {
    var text: String
    var line: Int?
    var key: String?
    /// Part of the problem or the remedy.
    var says: String
    var testDescription: String { "\(key ?? "-"): \(says)" }

    /// The minimal configuration with lines at its end; the first of them is line 14.
    static func adding(_ lines: String, _ line: Int, _ key: String, _ says: String) -> Mistake {
        Mistake(text: Sample.minimal + lines + "\n", line: line, key: key, says: says)
    }

    /// The minimal configuration with one part of it written differently.
    static func replacing(_ old: String, _ new: String, _ line: Int?, _ key: String?, _ says: String) -> Mistake {
        Mistake(text: Sample.minimal.replacingOccurrences(of: old, with: new), line: line, key: key, says: says)
    }

    /// The minimal configuration with another channel in place of its webhook.
    static func channel(_ channel: String, _ key: String, _ says: String) -> Mistake {
        .replacing(
            "webhook: { url: https://hooks.contoso.com/roomwatch, secret_file: hook-secret }", channel, 10, key, says)
    }

    /// The minimal configuration with one more key in its only route, on line 14.
    static func route(_ key: String, _ line: Int, _ path: String, _ says: String) -> Mistake {
        .replacing("[oncall]", "[oncall]\n    \(key)", line, path, says)
    }

    static let ofValues = ofNumbers + ofTenants + ofPlaces + ofTheMachine + ofReceivers + ofRoutes

    /// The same with an anchor in the tenant, which moves none of its lines but the first.
    func anchoringTheTenant() -> Mistake {
        var copy = self
        copy.text = text.replacingOccurrences(of: "  - name: contoso", with: "  - &t\n    name: contoso")
        return copy
    }
}
