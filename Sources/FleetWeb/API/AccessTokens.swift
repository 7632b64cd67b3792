// Who may ask, by the file `api.tokens_file`. It holds hashes only: whoever reads the file cannot use what is in it.

import Crypto
public import FleetAPI
import Foundation
import Synchronization

/// One line of the file.
public struct AccessToken: Sendable, Hashable {
    public var name: String
    public var role: Role
    /// The only tenant that its bearer sees; `nil` for all.
    public var tenant: String?
    /// SHA-256 of the token.
    var hash: [UInt8]

    /// Whether it gives an asker the rights that they have.
    func isOf(_ asker: Asker) -> Bool { name == asker.name && role == asker.role && tenant == asker.tenant }
}

/// A line that cannot be used; nothing of the hash is quoted.
public struct TokenFileError: Error, Sendable, Hashable, CustomStringConvertible {
    public var line: Int
    public var reason: String

    public var description: String { "line \(line): \(reason)" }
}

/// The tokens in force.
public struct TokenTable: Sendable, Hashable {
    public static let maximumTokens = 1_000
    static let maximumNameLength = 64

    public private(set) var tokens: [AccessToken] = []

    public init() {}

    /// Reads `name role[,tenant] sha256:<hex>` a line; empty lines and those that begin with `#` are passed over.
    ///
    /// - Parameter tenants: the tenants of the configuration; a token bound to another one could never be used.
    public init(parsing text: String, tenants: Set<String>) throws(TokenFileError) {
        for (place, raw) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = raw.trimmingCharacters(in: .whitespaces)
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            let token = try Self.token(line, number: place + 1, tenants: tenants)
            if tokens.contains(where: { $0.name == token.name }) {
                throw TokenFileError(
                    line: place + 1, reason: "the name \(token.name) is used twice; names stand in the audit trail")
            }
            if tokens.contains(where: { $0.hash == token.hash }) {
                throw TokenFileError(
                    line: place + 1, reason: "the hash is used twice; give everybody a token of their own")
            }
            guard tokens.count < Self.maximumTokens else {
                throw TokenFileError(line: place + 1, reason: "there are more than \(Self.maximumTokens) tokens")
            }
            tokens.append(token)
        }
    }

    private static func token(
        _ line: String, number: Int, tenants: Set<String>
    ) throws(TokenFileError) -> AccessToken {
        func fault(_ reason: String) -> TokenFileError { TokenFileError(line: number, reason: reason) }
        let parts = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
        guard parts.count == 3 else { throw fault("write name role[,tenant] sha256:<hex>") }
        let name = String(parts[0])
        let isPlain = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-@".contains($0)) }
        guard isPlain, name.count <= maximumNameLength else {
            throw fault("a name has at most \(maximumNameLength) of A-Z a-z 0-9 . _ - @")
        }
        let rights = parts[1].split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
        guard let role = Role(rawValue: String(rights[0])) else {
            throw fault("the role is none of \(Role.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let tenant = rights.count > 1 ? String(rights[1]) : nil
        if let tenant, !tenants.contains(tenant) { throw fault("there is no tenant \(tenant)") }
        let prefix = "sha256:"
        guard parts[2].hasPrefix(prefix), let hash = bytes(ofHex: parts[2].dropFirst(prefix.count)),
            hash.count == SHA256.byteCount
        else { throw fault("the third part is not sha256: and \(SHA256.byteCount * 2) hexadecimal digits") }
        return AccessToken(name: name, role: role, tenant: tenant, hash: hash)
    }

    private static func bytes(ofHex text: Substring) -> [UInt8]? {
        let digits = text.utf8.map {
            UInt8(ascii: "0") <= $0 && $0 <= UInt8(ascii: "9")
                ? Int($0) - 48
                : UInt8(ascii: "a") <= $0 | 0x20 && $0 | 0x20 <= UInt8(ascii: "f") ? Int($0 | 0x20) - 87 : -1
        }
        guard digits.count % 2 == 0, !digits.contains(-1) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
    }

    /// The hash of a token as it stands in the file.
    static func hexadecimalHash(of token: String) -> String {
        SHA256.hash(data: Data(token.utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// Whose token it is. Every hash is compared whole, so that the time it takes tells nothing.
    public func bearer(of token: String) -> AccessToken? {
        let hash = Array(SHA256.hash(data: Data(token.utf8)))
        var found: AccessToken?
        for one in tokens {
            var difference: UInt8 = 0
            for place in hash.indices { difference |= hash[place] ^ one.hash[place] }
            if difference == 0 { found = one }
        }
        return found
    }
}

/// The table that requests are checked against; a reload exchanges it.
public final class AccessTokens: Sendable {
    private let table: Mutex<TokenTable>

    public init(_ table: TokenTable = TokenTable()) { self.table = Mutex(table) }

    public func replace(with table: TokenTable) { self.table.withLock { $0 = table } }

    var current: TokenTable { table.withLock { $0 } }

    /// How many tokens have which role.
    public var counts: [(role: Role, count: Int)] {
        let tokens = current.tokens
        return Role.allCases.map { role in (role, tokens.count { $0.role == role }) }
    }
}
