// Secrets never stand in the configuration; it names files. Where a name is looked for is the business of
// Systemd.Credentials, so that the check of a configuration and the start of the daemon agree.

/// A file that the configuration names for its content: a secret, or a certificate.
public struct SecretReference: Sendable, CustomStringConvertible {
    /// The key that names it: `tenants[0].credential.client_secret_file`.
    public var key: String
    /// As written: an absolute path, or a name relative to `$CREDENTIALS_DIRECTORY` or the configuration.
    public var name: String
    /// Where it is written.
    public var line: Int

    public init(key: String, name: String, line: Int) {
        self.key = key
        self.name = name
        self.line = line
    }

    /// The error for a file that is at none of its paths, or cannot be used. Does not quote the name: people paste the
    /// secret itself where the name of its file belongs.
    public func error(
        in file: String, problem: String = "there is no such file",
        remedy: String = "create it beside the configuration or pass it with LoadCredential="
    ) -> ConfigurationError {
        ConfigurationError(file: file, line: line, key: key, problem: problem, remedy: remedy)
    }

    public var description: String { "the file named by \(key)" }
}

extension SecretReference: Hashable {
    /// Two references are the same when they name the same file for the same purpose, wherever they are written.
    public static func == (a: SecretReference, b: SecretReference) -> Bool { a.key == b.key && a.name == b.name }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(key)
        hasher.combine(name)
    }
}
