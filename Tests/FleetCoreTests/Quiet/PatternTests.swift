// The engine behind =~ decides who is woken. It is held against tables, against two oracles, and against patterns that
// stop other engines.

import FleetCore
import Foundation
import Testing

struct PatternTests {
    /// pattern ; texts that match ; texts that do not. Texts are separated by commas, `''` is the empty text.
    static let cases = #"""
        Board.*          ; Board,Boardroom,Board 2       ; board,The Board,''
        B[1-3]           ; B1,B3                         ; B4,B,B11
        B1|B2            ; B1,B2                         ; B1B2,B
        (?i)board.*      ; BOARDROOM,board               ; aboard
        a(?i:b)c         ; abc,aBc                       ; Abc,abC
        a(?i)b|c         ; ab,aB,C                       ; AB
        (?i)straße       ; Straße,STRAßE                 ; STRASSE
        (?i)[k]          ; K,k,K                         ; j
        (?i)[^k]         ; j                             ; K,k
        .                ; x,é                           ; '',xy
        [^0-9]+          ; abc                           ; a1b
        [^]a]            ; b                             ; ],a
        []a]             ; ],a                           ; b
        [a-]             ; a,-                           ; b
        [a\-z]           ; a,-,z                         ; b
        [\d.]+           ; 1.2                           ; 1x
        [[:upper:]]\d    ; A1                            ; a1
        [[:^upper:]]     ; a                             ; A
        \d{2,3}          ; 12,123                        ; 1,1234
        a{               ; a{                            ; a
        {x}              ; {x}                           ; x
        x{0}             ; ''                            ; x
        x{2,}            ; xx,xxxx                       ; x
        (a|b)*c          ; c,abac                        ; abd
        (?:a|b)+?        ; ab                            ; ''
        (?P<n>a)(?<m>b)  ; ab                            ; a
        ^Room$           ; Room                          ; Rooms
        \ARoom\z         ; Room                          ; Rooms
        Room\b.*         ; Room 1,Room                   ; Rooms
        \x41\x{42}\.\*   ; AB.*                          ; ABxx
        (|a)b            ; b,ab                          ; a
        ()*              ; ''                            ; a
        (a*)*            ; '',aaa                        ; b
        (a*)+b           ; b,aab                         ; aa
        ^*a              ; a                             ; b
        (?s)a.b          ; axb                           ; ab
        """#

    @Test(arguments: cases.split(separator: "\n").map(String.init))
    func table(_ line: String) throws {
        let cells = line.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
        let pattern = try Pattern(cells[0])
        for text in Self.texts(cells[1]) { #expect(pattern.matches(text), "\(cells[0]) must match '\(text)'") }
        for text in Self.texts(cells[2]) { #expect(!pattern.matches(text), "\(cells[0]) must not match '\(text)'") }
    }

    private static func texts(_ cell: String) -> [String] {
        cell.split(separator: ",").map { $0 == "''" ? "" : String($0) }
    }

    /// The long s has the upper case S and the Kelvin sign the lower case k, as in RE2.
    @Test func caseIsFoldedThroughBothCases() throws {
        #expect(try Pattern("(?i)s").matches("\u{017F}"))
        #expect(try Pattern("(?i)[j-l]").matches("\u{212A}"))
        #expect(try !Pattern("s").matches("\u{017F}"))
    }

    @Test func lineFeedsNeedTheFlag() throws {
        #expect(try !Pattern("a.b").matches("a\nb"))
        #expect(try Pattern("(?s)a.b").matches("a\nb"))
        #expect(try Pattern("a[^x]b").matches("a\nb"))
        #expect(try !Pattern("a$").matches("a\n"))
    }

    /// A brace that is no repetition is a character, as in RE2.
    @Test func braces() throws {
        #expect(try Pattern("a{,2}").matches("a{,2}"))
        #expect(try !Pattern("a{,2}").matches("aa"))
    }

    @Test func caseCanBeIgnoredFromOutside() throws {
        let pattern = try Pattern("Room[1-3]@Contoso\\.com")
        #expect(!pattern.matches("room1@contoso.com"))
        #expect(pattern.matches("room1@contoso.com", ignoringCase: true))
    }

    /// pattern | place | words of the complaint
    static let refusals = #"""
        a(b              ; 2  ; never closed
        a)b              ; 2  ; not opened
        a[b              ; 2  ; never closed
        a[               ; 2  ; never closed
        [z-a]            ; 2  ; ends before it begins
        *a               ; 1  ; nothing to repeat
        a|+              ; 3  ; nothing to repeat
        (?i)*            ; 5  ; nothing to repeat
        {2}              ; 1  ; nothing to repeat
        a**              ; 3  ; follows a repetition
        a{2}{3}          ; 5  ; follows a repetition
        a{3,2}           ; 2  ; counts backwards
        a{1001}          ; 2  ; counts backwards or beyond 1000
        a{99999999999999999999} ; 2 ; counts backwards or beyond
        a\               ; 2  ; lone backslash
        a\q              ; 2  ; no known escape
        \pL              ; 1  ; no known escape
        \Qa\E            ; 1  ; no known escape
        [\pL]            ; 2  ; no known escape
        \x4              ; 1  ; no known escape
        \x{110000}       ; 1  ; no known escape
        \x{D800}         ; 1  ; no known escape
        (a)\1            ; 4  ; back-references
        a(?=b)           ; 2  ; look-ahead
        a(?!b)           ; 2  ; look-ahead
        (?<=a)b          ; 1  ; look-behind
        (?<!a)b          ; 1  ; look-behind
        (?m)a            ; 1  ; '(?m' is not supported
        (?>a)            ; 1  ; '(?>' is not supported
        (?P=n)           ; 1  ; is not supported
        (?               ; 1  ; never closed
        [[:letter:]]     ; 2  ; no known class
        ((a{100}){100})  ; 2  ; more than 600 states
        (((a{1000}){1000}){1000}){1000} ; 4 ; more than 600 states
        """#

    @Test(arguments: refusals.split(separator: "\n").map(String.init))
    func refuses(_ line: String) throws {
        let cells = line.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
        let error = #expect(throws: PatternError.self) { _ = try Pattern(cells[0]) }
        #expect(error.map(\.place) == Int(cells[1]), "\(error.map(\.description) ?? "-")")
        #expect(error?.complaint.contains(cells[2]) == true, "\(error?.complaint ?? "-")")
        #expect(error?.remedy.isEmpty == false)
    }

    @Test func boundsAreNamed() throws {
        #expect(throws: PatternError(.tooLong(maximum: 500), place: 501)) {
            _ = try Pattern(String(repeating: "a", count: 501))
        }
        #expect(throws: PatternError.self) {
            _ = try Pattern(String(repeating: "(", count: 40) + String(repeating: ")", count: 40))
        }
        // Nothing, however often, is nothing.
        #expect(try Pattern("((((){1000}){1000}){1000}){1000}").states == 1)
        #expect(try Pattern("((((a{0}){1000}){1000}){1000}){1000}").states == 1)
    }

    /// Patterns on which backtracking takes longer than anybody waits: an engine that does would not come back here.
    @Test(arguments: ["(a+)+b", "(a|aa)+b", "(a*)*b", "(a|a)*b", "((a+)+)+b", "(.*.*.*.*.*)x", "(a?){130}a{130}b"])
    func hostilePatterns(_ text: String) throws {
        let pattern = try Pattern(text)
        #expect(pattern.states <= Pattern.maximumStates + 1)
        #expect(!pattern.matches(String(repeating: "a", count: 2_000)))
    }

    @Test func randomPatternsAgreeWithTheDefinition() throws {
        var dice = SeededGenerator(seed: 42)
        var matched = 0
        for _ in 0..<4_000 {
            let random = RandomPattern.random(depth: 4, using: &dice)
            let pattern: Pattern
            do throws(PatternError) {
                pattern = try Pattern(random.text)
            } catch {
                // Only size may be held against a well-formed pattern.
                guard case .tooLong = error.problem else { throw error }
                continue
            }
            for _ in 0..<8 {
                let text = Self.randomText(using: &dice)
                let expected = random.matches(text)
                matched += expected ? 1 : 0
                #expect(pattern.matches(text) == expected, "\(random.text) on '\(text)'")
            }
        }
        #expect(matched > 1_000, "the texts must not all be refused")
    }

    /// Swift's Regex as the second oracle, where both engines mean the same.
    @Test func randomPatternsAgreeWithSwiftsRegex() throws {
        var dice = SeededGenerator(seed: 7)
        var compared = 0
        for _ in 0..<1_500 {
            let random = RandomPattern.random(depth: 3, using: &dice)
            guard !random.asksForPlaces, random.text.count <= 60, let pattern = try? Pattern(random.text) else {
                continue
            }
            let oracle = try Regex(random.text).matchingSemantics(.unicodeScalar).asciiOnlyWordCharacters()
            for _ in 0..<6 {
                let text = Self.randomText(using: &dice)
                compared += 1
                #expect(
                    try pattern.matches(text) == (oracle.wholeMatch(in: text) != nil), "\(random.text) on '\(text)'")
            }
        }
        #expect(compared > 3_000)
    }

    private static func randomText(using dice: inout SeededGenerator) -> String {
        String(
            (0..<Int.random(in: 0...7, using: &dice)).map { _ in
                RandomPattern.alphabet.randomElement(using: &dice) ?? "a"
            })
    }

    /// Whatever is typed is read or refused at a place inside it; it never traps and never grows.
    @Test func anyTextIsReadOrRefused() {
        var dice = SeededGenerator(seed: 99)
        let pieces: [String] = [
            "a", "é", "\\", "[", "]", "(", ")", "(?", ":", "i", "-", "^", "$", "{", "}", "1", "9", ",", "*", "+", "?",
            "|",
            ".", "\\d", "[:", ":]", "\\x", "<", "P", "=", "!", "😀", "\n",
        ]
        var read = 0
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0...12, using: &dice)).map { _ in pieces.randomElement(using: &dice) ?? "" }
                .joined()
            do throws(PatternError) {
                let pattern = try Pattern(text)
                read += 1
                _ = pattern.matches("a1-é")
                #expect(pattern.states <= Pattern.maximumStates + 1)
            } catch {
                #expect(error.place >= 1 && error.place <= max(1, text.unicodeScalars.count + 1), "\(text): \(error)")
            }
        }
        #expect(read > 2_000)
    }
}
