// Secrets reach the daemon as files, never as arguments or variables. Under systemd they come through LoadCredential=,
// which puts them into a directory that only this service can read; by hand they lie beside the configuration.

import Glibc

/// Finds and reads the secret files that the configuration names.
///
/// A relative name is looked up in `$CREDENTIALS_DIRECTORY`, then beside the configuration file; an absolute path is
/// taken as it is.
public struct Credentials: Sendable, Hashable {
    /// The largest secret file that is read, in bytes. A certificate chain with its key stays far below.
    public static let limit = 64 * 1024

    /// `$CREDENTIALS_DIRECTORY` as systemd set it; `nil` where the service got none.
    public let credentialsDirectory: String?
    /// The folder of the configuration file.
    public let configurationDirectory: String

    public init(credentialsDirectory: String?, configurationDirectory: String) {
        self.credentialsDirectory = credentialsDirectory.flatMap { $0.isEmpty ? nil : $0 }
        self.configurationDirectory = configurationDirectory.isEmpty ? "." : configurationDirectory
    }

    /// Where `name` may lie, in the order in which the places are tried.
    public func candidates(for name: String) -> [String] {
        if name.hasPrefix("/") { return [name] }
        let beside = Self.join(configurationDirectory, name)
        // systemd's credential names hold no slash, so a name with one can only mean a path beside the configuration.
        guard let credentialsDirectory, !name.contains("/"), name != ".", name != ".." else { return [beside] }
        return [Self.join(credentialsDirectory, name), beside]
    }

    /// Reads the secret called `name`.
    ///
    /// One line break at the end is removed: editors and `echo` leave it there.
    ///
    /// - Throws: ``CredentialError``; it names the places tried and the remedy, and never the content.
    public func read(_ name: String) throws(CredentialError) -> Credential {
        guard !name.isEmpty, !name.utf8.contains(0) else { throw CredentialError(name: name, .malformedName) }
        let places = candidates(for: name)
        for path in places {
            guard let file = try open(path, as: name) else { continue }
            defer { close(file.descriptor) }
            return Credential(
                path: path, text: try contents(of: file, at: path, as: name), warning: warning(for: file, at: path))
        }
        throw CredentialError(name: name, .missing(places: places))
    }

    private struct OpenFile {
        let descriptor: Int32
        let mode: mode_t
    }

    private func open(_ path: String, as name: String) throws(CredentialError) -> OpenFile? {
        // Without O_NONBLOCK a named pipe would hold the start of the daemon for ever.
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            let number = errno
            if number == ENOENT || number == ENOTDIR { return nil }
            throw CredentialError(name: name, .unreadable(path: path, errorNumber: number))
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let number = errno
            close(descriptor)
            throw CredentialError(name: name, .unreadable(path: path, errorNumber: number))
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw CredentialError(name: name, .notAFile(path: path))
        }
        return OpenFile(descriptor: descriptor, mode: status.st_mode & 0o7777)
    }

    private func contents(of file: OpenFile, at path: String, as name: String) throws(CredentialError) -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        // One byte beyond the limit is enough to know that the file is too long, whatever fstat said about its size.
        while bytes.count <= Self.limit {
            let count = Glibc.read(file.descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw CredentialError(name: name, .unreadable(path: path, errorNumber: errno)) }
            if count == 0 { break }
            bytes.append(contentsOf: chunk.prefix(count))
        }
        guard bytes.count <= Self.limit else { throw CredentialError(name: name, .tooLong(path: path)) }
        if bytes.last == UInt8(ascii: "\n") {
            bytes.removeLast()
            if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        }
        let blank: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
        guard !bytes.allSatisfy(blank.contains) else { throw CredentialError(name: name, .empty(path: path)) }
        guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
            throw CredentialError(name: name, .notText(path: path))
        }
        return text
    }

    /// systemd guards its credentials directory itself; elsewhere the mode is all that keeps others out.
    private func warning(for file: OpenFile, at path: String) -> CredentialWarning? {
        if let credentialsDirectory, path.hasPrefix(Self.join(credentialsDirectory, "")) { return nil }
        guard file.mode & 0o077 != 0 else { return nil }
        return CredentialWarning(path: path, mode: UInt16(file.mode))
    }

    private static func join(_ directory: String, _ name: String) -> String {
        directory.hasSuffix("/") ? directory + name : directory + "/" + name
    }
}

/// A secret and where it came from. Its descriptions never show the text.
public struct Credential: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public let path: String
    /// The secret itself, without the one line break at the end of the file.
    public let text: String
    /// Set when accounts other than the owner may use the file.
    public let warning: CredentialWarning?

    public var description: String { "credential from \(path.escapedForLine)" }
    public var debugDescription: String { description }
    /// Without this `dump` and string interpolation of an enclosing value would print the secret.
    public var customMirror: Mirror { Mirror(self, children: ["path": path]) }
}

/// A secret file that other accounts may use. The daemon goes on; the operator should know.
public struct CredentialWarning: Sendable, Hashable, CustomStringConvertible {
    public let path: String
    /// The permission bits of the file, as `chmod` takes them.
    public let mode: UInt16

    public var description: String {
        let octal = String(mode, radix: 8)
        let padded = String(repeating: "0", count: max(0, 4 - octal.count)) + octal
        return "secret file \(path.escapedForLine) has mode \(padded), so accounts other than its owner may use it; "
            + "run chmod 600, or hand it over with LoadCredential="
    }
}
