// Two independent opinions about what a random pattern matches: Swift's own Regex, and the textbook definition of a
// pattern as a set of places that it can reach. Both are slow, both are written by nobody who wrote the engine's states.

import FleetCore

/// A random pattern that knows its own text.
indirect enum RandomPattern {
    case literal(Character)
    case dot
    /// A class by its spelling, and the members that it has among the alphabet.
    case set(String, Set<Character>)
    case begin
    case end
    case boundary(Bool)
    case sequence([RandomPattern])
    case either([RandomPattern])
    case repeated(RandomPattern, Int, Int?, String)

    static let alphabet: [Character] = ["a", "b", "A", "0", " ", "-"]

    static func random(depth: Int, using dice: inout SeededGenerator) -> RandomPattern {
        switch Int.random(in: 0..<(depth > 0 ? 12 : 6), using: &dice) {
        case 0, 1, 2: return .literal(["a", "b", "A", "0"].randomElement(using: &dice) ?? "a")
        case 3: return .dot
        case 4: return sets.randomElement(using: &dice).map { .set($0.0, Set($0.1)) } ?? .dot
        case 5: return [.begin, .end, .boundary(true), .boundary(false)].randomElement(using: &dice) ?? .begin
        case 6, 7, 8:
            return .sequence(
                (0..<Int.random(in: 0...3, using: &dice)).map { _ in random(depth: depth - 1, using: &dice) })
        case 9:
            return .either(
                (0..<Int.random(in: 2...3, using: &dice)).map { _ in random(depth: depth - 1, using: &dice) })
        default:
            let counts: [(Int, Int?, String)] = [
                (0, nil, "*"), (1, nil, "+"), (0, 1, "?"), (2, 2, "{2}"), (1, 2, "{1,2}"), (0, 3, "{0,3}"),
                (2, nil, "{2,}"), (0, nil, "*?"), (0, 0, "{0}"),
            ]
            let (minimum, maximum, text) = counts.randomElement(using: &dice) ?? (0, nil, "*")
            return .repeated(random(depth: depth - 1, using: &dice), minimum, maximum, text)
        }
    }

    private static let sets: [(String, String)] = [
        ("[ab]", "ab"), ("[^a]", "bA0 -"), ("\\d", "0"), ("\\D", "abA -"), ("\\w", "abA0"), ("\\W", " -"), ("\\s", " "),
        ("\\S", "abA0-"), ("[a-z0]", "ab0"), ("[^\\w]", " -"), ("[-b]", "-b"), ("[[:alpha:]]", "abA"), ("\\-", "-"),
    ]

    var text: String {
        switch self {
        case .literal(let character): String(character)
        case .dot: "."
        case .set(let text, _): text
        case .begin: "^"
        case .end: "$"
        case .boundary(let isBoundary): isBoundary ? "\\b" : "\\B"
        case .sequence(let parts): "(?:" + parts.map(\.text).joined() + ")"
        case .either(let parts): "(" + parts.map(\.text).joined(separator: "|") + ")"
        case .repeated(let inside, _, _, let counts): "(?:\(inside.text))\(counts)"
        }
    }

    /// Whether anything in it asks for a place; Swift's Regex and RE2 differ about repeating those.
    var asksForPlaces: Bool {
        switch self {
        case .begin, .end, .boundary: true
        case .literal, .dot, .set: false
        case .sequence(let parts), .either(let parts): parts.contains(where: \.asksForPlaces)
        case .repeated(let inside, _, _, _): inside.asksForPlaces
        }
    }

    /// Every place that the pattern can reach from any of the given ones.
    func reach(from places: Set<Int>, in text: [Character]) -> Set<Int> {
        switch self {
        case .literal(let character): return step(places, text) { $0 == character }
        case .dot: return step(places, text) { $0 != "\n" }
        case .set(_, let members): return step(places, text, members.contains)
        case .begin: return places.intersection([0])
        case .end: return places.intersection([text.count])
        case .boundary(let isBoundary):
            func isWord(_ place: Int) -> Bool { text.indices.contains(place) && "abA0".contains(text[place]) }
            return places.filter { (isWord($0 - 1) != isWord($0)) == isBoundary }
        case .sequence(let parts): return parts.reduce(places) { $1.reach(from: $0, in: text) }
        case .either(let parts): return parts.reduce(into: []) { $0.formUnion($1.reach(from: places, in: text)) }
        case .repeated(let inside, let minimum, let maximum, _):
            var now = places
            for _ in 0..<minimum { now = inside.reach(from: now, in: text) }
            var all = now
            var rounds = 0
            while rounds < maximum.map({ $0 - minimum }) ?? Int.max {
                now = inside.reach(from: now, in: text).subtracting(all)
                if now.isEmpty { break }
                all.formUnion(now)
                rounds += 1
            }
            return all
        }
    }

    private func step(_ places: Set<Int>, _ text: [Character], _ accepts: (Character) -> Bool) -> Set<Int> {
        Set(places.filter { $0 < text.count && accepts(text[$0]) }.map { $0 + 1 })
    }

    func matches(_ text: String) -> Bool {
        let characters = Array(text)
        return reach(from: [0], in: characters).contains(characters.count)
    }
}
