// A missing secret is the most common mistake of a first installation. The message has to be the whole manual: where
// was looked, what was found there, which line of which file to change.

/// Why a secret file could not be used. Never holds the content.
public struct CredentialError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was wrong, and where.
    public enum Reason: Sendable, Hashable {
        case malformedName
        case missing(places: [String])
        case unreadable(path: String, errorNumber: Int32)
        case notAFile(path: String)
        case empty(path: String)
        case tooLong(path: String)
        case notText(path: String)
    }

    /// The name as the configuration gives it.
    public let name: String
    public let reason: Reason

    init(name: String, _ reason: Reason) {
        self.name = name
        self.reason = reason
    }

    public var description: String {
        let subject = "secret \"\(name.escapedForLine)\""
        switch reason {
        case .malformedName:
            return "\(subject): not a file name; give the name of a credential or the path of a file"
        case .missing(let places):
            let looked = places.map(\.escapedForLine).joined(separator: ", ")
            let remedy =
                name.contains("/")
                ? "put the file there or correct the path"
                : "put it into /etc/credstore/\(name.escapedForLine) and add LoadCredential=\(name.escapedForLine) to "
                    + "the unit (systemctl edit roomwatchd), then restart; or put the file beside the configuration"
            return "\(subject): no such file at \(looked); \(remedy)"
        case .unreadable(let path, let errorNumber):
            return "\(subject): \(path.escapedForLine) cannot be read: \(errorText(errorNumber)); "
                + "make it readable for the daemon's account, or hand it over with LoadCredential="
        case .notAFile(let path):
            return "\(subject): \(path.escapedForLine) is not a plain file; give the path of a plain file"
        case .empty(let path):
            return "\(subject): \(path.escapedForLine) is empty; write the secret into it"
        case .tooLong(let path):
            return "\(subject): \(path.escapedForLine) is longer than \(Credentials.limit / 1024) KiB; "
                + "check that it is the intended file"
        case .notText(let path):
            return "\(subject): \(path.escapedForLine) is not UTF-8 text; convert it (a certificate or key to PEM)"
        }
    }
}
