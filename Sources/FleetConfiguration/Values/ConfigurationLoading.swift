// The only part that touches the disk: reads the file within a bound and looks whether the files it names are there.
// Their content is nobody's business here.

import Foundation
import Systemd

extension Configuration {
    /// Reads the configuration of a file.
    ///
    /// Files that it names must exist. Without `$CREDENTIALS_DIRECTORY` a plain name that is not beside the file only
    /// becomes a notice, because systemd may pass it later: `--check-config` is run by people, outside of the unit.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - environment: the process's environment, of which `CREDENTIALS_DIRECTORY` is read.
    public static func load(path: String, environment: [String: String]) throws(ConfigurationErrors) -> Configuration {
        var configuration = try parse(text: try text(of: path), file: path)
        let slash = path.lastIndex(of: "/")
        let directory = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let credentials = Credentials(
            credentialsDirectory: environment["CREDENTIALS_DIRECTORY"], configurationDirectory: directory)
        var errors: [ConfigurationError] = []
        for reference in configuration.secretReferences {
            let paths = credentials.candidates(for: reference.name)
            var isDirectory: ObjCBool = false
            guard let found = paths.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
                if credentials.credentialsDirectory == nil, !reference.name.contains("/") {
                    configuration.notices.append(
                        ConfigurationNotice(
                            file: path, line: reference.line, key: reference.key,
                            text: "no such file beside the configuration; LoadCredential= must pass it"))
                } else {
                    errors.append(reference.error(in: path))
                }
                continue
            }
            if FileManager.default.fileExists(atPath: found, isDirectory: &isDirectory), isDirectory.boolValue {
                errors.append(reference.error(in: path, problem: "is a directory", remedy: "name a file"))
            }
        }
        if let errors = ConfigurationErrors(errors) { throw errors }
        configuration.noteFederatedTokens(credentials, file: path)
        configuration.notices.sort { $0.line < $1.line }
        return configuration
    }

    /// A federated token may come later than the daemon; but a copy that systemd made at the start is never renewed.
    private mutating func noteFederatedTokens(_ credentials: Credentials, file: String) {
        for tenant in tenants {
            guard case .federatedToken(let reference) = tenant.credential else { continue }
            let found = credentials.candidates(for: reference.name).first { FileManager.default.fileExists(atPath: $0) }
            let text: String
            if found == nil {
                text = "there is no such file yet; it is read whenever a token is asked for"
            } else if let directory = credentials.credentialsDirectory, found?.hasPrefix(directory) == true {
                text = "LoadCredential= passes a copy that is never renewed; name the file itself by its absolute path"
            } else {
                continue
            }
            notices.append(ConfigurationNotice(file: file, line: reference.line, key: reference.key, text: text))
        }
    }

    private static func text(of path: String) throws(ConfigurationErrors) -> String {
        func failure(_ problem: String, _ remedy: String, line: Int? = nil) -> ConfigurationErrors {
            ConfigurationErrors(
                first: ConfigurationError(file: path, line: line, key: nil, problem: problem, remedy: remedy))
        }
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw failure("there is no such file", "create it, or name another with --config FILE")
        }
        guard !isDirectory.boolValue else {
            throw failure("is a directory", "name the file itself with --config FILE")
        }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw failure("cannot be opened", "let the daemon's user read it (chown and chmod 0640)")
        }
        let content: Data
        do {
            // One byte more than allowed tells a file that is too large from one that just fits.
            content = try handle.read(upToCount: DocumentLimit.bytes + 1) ?? Data()
            try handle.close()
        } catch {
            throw failure("cannot be read", "check the file system; the daemon's user must be able to read the file")
        }
        guard content.count <= DocumentLimit.bytes else {
            throw failure("larger than \(DocumentLimit.bytes) bytes", "is this really the configuration file?")
        }
        guard let text = String(validating: content, as: UTF8.self) else {
            throw failure(
                "is not UTF-8", "save the file as UTF-8 in the editor", line: lineOfInvalidByte(in: content))
        }
        return text
    }

    /// The line of the first byte that is not UTF-8.
    private static func lineOfInvalidByte(in content: Data) -> Int {
        var line = 1
        for part in content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if String(validating: part, as: UTF8.self) == nil { return line }
            line += 1
        }
        return line
    }
}
