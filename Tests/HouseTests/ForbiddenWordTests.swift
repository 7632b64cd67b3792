// Words that must not appear outside named places: clocks, randomness, unstructured tasks and the ways of turning the
// compiler's checks off. A replay of a stored night is only possible when nobody reads a clock behind its back.

import Foundation
import Testing

struct ForbiddenWordTests {
    /// A word, where it may stand all the same, and why.
    struct Rule: Sendable, CustomTestStringConvertible {
        var name: String
        /// Whether a line of code uses it.
        var isUsed: @Sendable (String) -> Bool
        /// Paths, or folders that end in `/`, each with the reason.
        var allowed: [String: String] = [:]
        var testDescription: String { name }

        func allows(_ path: String) -> Bool {
            allowed.keys.contains { path == $0 || ($0.hasSuffix("/") && path.hasPrefix($0)) }
        }
    }

    static let clocks = [
        "Sources/Timekeeping/SystemTimeSource.swift": "the one place that reads the machine's clocks",
        "Sources/roomwatchd/": "the executable stamps log lines before anything else exists",
        "Sources/roomwatch-bench/": "it measures, and is no part of the daemon",
    ]

    /// Executables and the daemon's wiring hand fresh randomness to everybody else.
    static let wiring = [
        "Sources/roomwatchd/": "an executable", "Sources/graph-simulator/": "an executable",
        "Sources/roomctl/": "an executable", "Sources/RoomwatchDaemon/": "the daemon's wiring",
    ]

    static let rules: [Rule] = [
        Rule(name: "Date()", isUsed: { $0.contains(call: "Date()") }, allowed: clocks),
        Rule(
            name: ".now",
            isUsed: { $0.contains(clockNow: ()) }, allowed: clocks),
        Rule(name: "ContinuousClock()", isUsed: { $0.contains(call: "ContinuousClock()") }, allowed: clocks),
        Rule(name: "SuspendingClock()", isUsed: { $0.contains(call: "SuspendingClock()") }),
        Rule(name: "Task.sleep", isUsed: { $0.contains("Task.sleep") }),
        Rule(name: "Task.detached", isUsed: { $0.contains("Task.detached") }),
        Rule(name: "UUID()", isUsed: { $0.contains(call: "UUID()") }, allowed: wiring),
        Rule(
            name: ".random( without using:",
            isUsed: {
                ($0.contains(".random(") && !$0.contains("using:")) || $0.contains("SystemRandomNumberGenerator()")
            },
            allowed: wiring.merging([
                "Sources/GraphClient/RandomSource.swift": "the injected source of randomness makes its system default"
            ]) { first, _ in first }),
        Rule(name: "try!", isUsed: { $0.contains("try!") }),
        Rule(name: "as!", isUsed: { $0.contains("as!") }),
        Rule(name: "fatalError", isUsed: { $0.contains(call: "fatalError(") }),
    ]

    @Test(arguments: rules)
    func staysInItsPlace(_ rule: Rule) throws {
        let found = try SourceTree.files().filter { !rule.allows($0.path) }.flatMap { file in
            file.code.filter { rule.isUsed($0.text) }.map { "\(file.path):\($0.number)" }
        }
        #expect(found == [])
    }

    /// A promise that the compiler cannot check stands beside its proof.
    @Test(arguments: ["@unchecked Sendable", "nonisolated(unsafe)"])
    func unsafePromisesAreProved(_ word: String) throws {
        var unproved: [String] = []
        for file in try SourceTree.files() {
            for (number, text) in file.code where text.contains(word) {
                let above = file.lines[max(0, number - 1 - 6)..<number].joined(separator: " ").lowercased()
                if !above.contains("proof") && !above.contains("because") { unproved.append("\(file.path):\(number)") }
            }
        }
        #expect(unproved == [])
    }

    /// Names that say nothing (Design, Words).
    @Test func typesAreNamedAfterWhatTheyAre() throws {
        let suffixes = ["Manager", "Helper", "Util", "Utils", "Info", "Data", "Handler"]
        let kinds: Set<Substring> = ["struct", "class", "enum", "actor", "protocol", "typealias"]
        var found: [String] = []
        for file in try SourceTree.files() {
            for (number, text) in file.code {
                let words = text.split { !($0.isLetter || $0.isNumber || $0 == "_") }
                for (word, name) in zip(words, words.dropFirst()) where kinds.contains(word) {
                    if suffixes.contains(where: { name.hasSuffix($0) }) {
                        found.append("\(file.path):\(number) \(name)")
                    }
                }
            }
        }
        #expect(found == [])
    }

    /// Each file says why it exists before it says anything else.
    @Test func filesOpenWithTheirReason() throws {
        let silent = try SourceTree.files().filter { file in
            let first = file.lines.first { !$0.hasPrefix("// swift-tools-version") && !$0.hasPrefix("#!") } ?? ""
            return !first.hasPrefix("//")
        }
        #expect(silent.map(\.path) == [])
    }

    /// The rules themselves: what they must catch and what they must let pass.
    @Test func rulesCatchWhatTheyName() {
        #expect("let a = Date()".contains(call: "Date()"))
        #expect(!"formatDate()".contains(call: "Date()"))
        #expect("let a = Date.now".contains(clockNow: ()))
        #expect("let a = clock.now".contains(clockNow: ()))
        #expect("sleep(until: .now + .seconds(1))".contains(clockNow: ()))
        #expect("sleep(until: .now.advanced(by: a))".contains(clockNow: ()))
        #expect(!"let now = time.now()".contains(clockNow: ()))
        #expect("ContinuousClock().now".contains(clockNow: ()))
        #expect("ContinuousClock.now".contains(clockNow: ()))
        #expect(!"exchange.now.wall".contains(clockNow: ()))
        #expect(!"self.now = now".contains(clockNow: ()))
        #expect(!"entry.nowhere".contains(clockNow: ()))
        let file = SourceFile(target: "A", path: "a", lines: ["let a = \"Date()\" // Date()", "let b = 1"])
        #expect(file.code.map(\.text) == ["let a =  ", "let b = 1"])
        #expect(Import("@preconcurrency public import struct Foundation.Date")?.symbol == "Date")
    }
}

extension String {
    /// Whether the word stands alone and is not the tail of a longer name.
    func contains(call word: String) -> Bool {
        var rest = self[...]
        while let found = rest.range(of: word) {
            let before = found.lowerBound == startIndex ? nil : Optional(self[index(before: found.lowerBound)])
            if before.map({ !($0.isLetter || $0.isNumber || $0 == "_") }) ?? true { return true }
            rest = rest[found.upperBound...]
        }
        return false
    }

    /// Whether a clock is read as a property: `Date.now`, `clock.now`, `ContinuousClock().now`, or `.now` where the
    /// type is inferred. Our own `time.now()` is a call on a port that was handed in, and `exchange.now` a value.
    func contains(clockNow: Void) -> Bool {
        var rest = self[...]
        while let found = rest.range(of: ".now") {
            let after = rest[found.upperBound...].first
            let isWhole = after.map { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "(") } ?? true
            if isWhole, Self.isClock(self[..<found.lowerBound]) { return true }
            rest = rest[found.upperBound...]
        }
        return false
    }

    private static func isClock(_ before: Substring) -> Bool {
        guard let last = before.last else { return true }
        if last == "?" || last == "!" || last == "]" { return false }
        let name = String(before.reversed().prefix { $0.isLetter || $0.isNumber || $0 == "_" }.reversed())
        if name.isEmpty { return last != ")" || before.hasSuffix("Clock()") }
        return name == "Date" || name.lowercased().hasSuffix("clock")
    }
}
