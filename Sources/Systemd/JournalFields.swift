// What the journal stores: fields that can be searched (`journalctl ROOMWATCH_ROOM=…`) instead of text to be parsed.

import Logging

extension LogRecord {
    /// Prefix of the fields that come from metadata; keeps them apart from the journal's own names.
    static let fieldPrefix = "ROOMWATCH_"
    /// journald drops fields with longer names (systemd.journal-fields(7)).
    static let fieldNameBytes = 64

    /// The fields as `NAME=value`, in the form that sd_journal_sendv(3) takes.
    ///
    /// `MESSAGE` also repeats the pairs, because that is all that plain `journalctl` and `systemctl status` show. It is
    /// escaped: journald would hide a message with control characters as a blob. The fields keep values as they are.
    func journalFields(identifier: String) -> [String] {
        var fields = [
            "MESSAGE=\(summary)",
            "PRIORITY=\(level.syslogPriority)",
            "SYSLOG_IDENTIFIER=\(identifier)",
            "LOGGER=\(logger)",
        ]
        if !file.isEmpty {
            fields.append("CODE_FILE=\(file)")
            fields.append("CODE_LINE=\(line)")
        }
        fields += pairs.map { "\(Self.fieldName(for: $0.key))=\($0.value)" }
        return fields
    }

    /// `ROOMWATCH_` and the key in the journal's alphabet: A-Z, 0-9 and `_`, everything else becomes `_`.
    static func fieldName(for key: String) -> String {
        let room = fieldNameBytes - fieldPrefix.utf8.count
        let name = key.unicodeScalars.prefix(room).map { scalar -> Character in
            switch scalar {
            case "A"..."Z", "0"..."9": Character(scalar)
            case "a"..."z": Character(scalar).uppercased().first ?? "_"
            default: "_"
            }
        }
        return fieldPrefix + String(name)
    }
}

extension Logger.Level {
    /// syslog(3)'s numbers, which `journalctl -p` filters by.
    var syslogPriority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
