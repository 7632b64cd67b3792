// Whatever stands in the file, reading it ends with a configuration or with an error that has a line; it never crashes
// and never takes long. The mutations are seeded, so a failure can be repeated.

import Foundation
import Testing

@testable import FleetConfiguration

/// SplitMix64 (Steele, Lea and Flood 2014): small, and the same everywhere.
private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

@Suite struct MutationTests {
    private static let pieces = [
        "\t", "\n", " ", ":", "- ", "{", "}", "[", "]", "\"", "'", "#", "&a ", "*a", "<<: *a", "? ", "!x ", "|", ">",
        "---\n",
        "...\n", "%YAML 1.2\n", "\\", "\u{0}", "\u{FEFF}", "…", "😀", "null", "~", "5", "-1", "1e309", "5s", "true", "@",
        ",",
        "\r", "\u{85}", "\u{2028}", "99999999999999999999", "name", "{}", "[]", "\"\\x7Fduplicate\"",
    ]

    @Test(arguments: 0..<8)
    func mutatedSamplesAreReadOrRefusedButNeverCrash(_ seed: Int) {
        var generator = SeededGenerator(state: UInt64(seed))
        var accepted = 0
        var refused = 0
        for _ in 0..<150 {
            var characters = Array(Sample.contract.unicodeScalars)
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let at = Int.random(in: 0..<characters.count, using: &generator)
                let end = min(characters.count, at + Int.random(in: 1...30, using: &generator))
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: characters.removeSubrange(at..<end)
                case 1: characters.insert(contentsOf: characters[at..<end], at: at)
                case 2:
                    let piece = Self.pieces[Int.random(in: 0..<Self.pieces.count, using: &generator)]
                    characters.insert(contentsOf: piece.unicodeScalars, at: at)
                default:
                    let to = Int.random(in: 0..<(characters.count - (end - at)), using: &generator)
                    let moved = Array(characters[at..<end])
                    characters.removeSubrange(at..<end)
                    characters.insert(contentsOf: moved, at: to)
                }
            }
            let text = String(String.UnicodeScalarView(characters))
            do {
                let read = try Sample.parse(text)
                #expect(!read.tenants.isEmpty && !read.routes.isEmpty && !read.receivers.isEmpty)
                accepted += 1
            } catch {
                // Every error is one line that says what to do.
                for error in error.all {
                    #expect(!error.description.contains("\n") && !error.remedy.isEmpty, "\(error)")
                    #expect((error.line ?? 1) >= 1)
                }
                refused += 1
            }
        }
        // A comment or a text was hit now and then, a key or a value far more often.
        #expect(accepted > 0 && refused > 50)
    }
}
