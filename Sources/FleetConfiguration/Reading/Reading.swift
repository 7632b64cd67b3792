// One reading of one configuration: errors are collected, so that an operator sees all of them at once and not one per
// restart.

/// Collects what is wrong and what is worth knowing while a configuration is read. Lives as long as one call of
/// `Configuration.parse` and never leaves it.
final class Reading {
    let file: String
    private(set) var errors: [ConfigurationError] = []
    private(set) var notices: [ConfigurationNotice] = []

    /// More errors than a person will read; a broken file of a million lines must not cost more memory than it has.
    static let maximumErrors = 1000

    /// Tenants, receivers, routes, entries of `rooms` and windows of one configuration, each.
    static let maximumEntries = 500

    init(file: String) { self.file = file }

    func refuse(line: Int?, key: String?, _ problem: String, remedy: String) {
        guard errors.count < Self.maximumErrors else { return }
        errors.append(ConfigurationError(file: file, line: line, key: key, problem: problem, remedy: remedy))
    }

    func note(line: Int, key: String, _ text: String) {
        guard notices.count < Self.maximumErrors else { return }
        notices.append(ConfigurationNotice(file: file, line: line, key: key, text: text))
    }
}

extension String {
    /// The text as an error may quote it: short, on one line.
    var quoted: String {
        let text = onOneLine
        return "`" + (text.count > 40 ? text.prefix(40) + "…" : text) + "`"
    }
}
