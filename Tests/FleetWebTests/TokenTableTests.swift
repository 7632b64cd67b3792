// The file of tokens: what may stand in it, what is refused with which line, and whose token is whose.

@testable import FleetWeb
import FleetAPI
import Testing

@Suite struct TokenTableTests {
    /// SHA-256 of "alpha", of "beta" and of "gamma", by sha256sum(1).
    static let alpha = "8ed3f6ad685b959ead7022518e1af76cd816f8e8ec7ccdda1ed4018e8f2223f8"
    static let beta = "f44e64e75f3948e9f73f8dfa94721c4ce8cbb4f265c4790c702b2d41cfbf2753"
    static let gamma = "be9d587d89e6ddaa61e7b2b24c0b5cf1b3f7a5c5ec0d1bc6aa6fbe5f0a2f5bd0"

    private func table(_ text: String) throws -> TokenTable { try TokenTable(parsing: text, tenants: ["contoso"]) }

    @Test func linesBecomeTokens() throws {
        let table = try table(
            """
            # people
            anna operator sha256:\(Self.alpha)

              wall-1	viewer,contoso	sha256:\(Self.beta.uppercased())\r
            """)
        #expect(table.tokens.map(\.name) == ["anna", "wall-1"])
        #expect(table.tokens.map(\.role) == [.operator, .viewer])
        #expect(table.tokens.map(\.tenant) == [nil, "contoso"])
        #expect(table.bearer(of: "alpha")?.name == "anna")
        #expect(table.bearer(of: "beta")?.name == "wall-1")
        #expect(table.bearer(of: "gamma") == nil)
        #expect(table.bearer(of: "") == nil)
        #expect(table.bearer(of: Self.alpha) == nil, "the hash is no token")
    }

    @Test func nobodyIsAnybodyWithoutAFile() {
        #expect(TokenTable().bearer(of: "alpha") == nil)
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        var line: String
        var says: String
        var testDescription: String { says }
    }

    static let bad = [
        Bad(line: "anna", says: "write name"),
        Bad(line: "anna operator", says: "write name"),
        Bad(line: "anna operator sha256:\(alpha) more", says: "write name"),
        Bad(line: "anna boss sha256:\(alpha)", says: "role is none of"),
        Bad(line: "anna Operator sha256:\(alpha)", says: "role is none of"),
        Bad(line: "anna operator, sha256:\(alpha)", says: "no tenant"),
        Bad(line: "anna operator,fabrikam sha256:\(alpha)", says: "no tenant fabrikam"),
        Bad(line: "anna operator md5:\(alpha)", says: "hexadecimal"),
        Bad(line: "anna operator sha256:\(alpha.dropLast())", says: "hexadecimal"),
        Bad(line: "anna operator sha256:\(alpha)00", says: "hexadecimal"),
        Bad(line: "anna operator sha256:\(alpha.dropLast())g", says: "hexadecimal"),
        Bad(line: "an/na operator sha256:\(alpha)", says: "A-Z"),
        Bad(line: "\(String(repeating: "a", count: 65)) operator sha256:\(alpha)", says: "at most 64"),
        Bad(line: "first viewer sha256:\(alpha)", says: "name first is used twice"),
        Bad(line: "other viewer sha256:\(beta)", says: "hash is used twice"),
    ]

    @Test(arguments: bad) func badLinesAreNamedAndNotQuoted(_ one: Bad) throws {
        do {
            _ = try table("first viewer sha256:\(Self.beta)\n\(one.line)\n")
            Issue.record("accepted: \(one.line)")
        } catch {
            let text = "\(error)"
            #expect(text.hasPrefix("line 2: "))
            #expect(text.contains(one.says))
            #expect(!text.contains(Self.alpha.prefix(20)), "a hash does not belong in the log")
        }
    }
}
