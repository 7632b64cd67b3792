// One text on its way through a program.

/// The states that are alive at one place of a text.
struct PatternRun {
    private let program: PatternProgram
    private let ignoringCase: Bool
    /// States entered by the last character, before jumps and forks were followed.
    private var entered: [Int] = [0]
    /// States that wait for a character.
    private var waiting: [Int] = []
    /// The step at which each state was last visited, so that none is followed twice, loops of nothing included.
    private var visited: [Int]
    private var step = 0
    private var stack: [Int] = []
    /// What each test said of the present character; 0 means that it was not asked.
    private var answers: [UInt8]
    private(set) var hasAccepted = false

    init(_ program: PatternProgram, ignoringCase: Bool) {
        self.program = program
        self.ignoringCase = ignoringCase
        visited = Array(repeating: 0, count: program.instructions.count)
        answers = Array(repeating: 0, count: program.tests.count)
    }

    /// Whether no text whatsoever can match any more.
    var isDead: Bool { waiting.isEmpty }

    /// Follows everything that consumes nothing, at the place between two characters (`nil` at the ends of the text).
    mutating func settle(between before: UInt32?, and after: UInt32?) {
        step += 1
        waiting.removeAll(keepingCapacity: true)
        hasAccepted = false
        for start in entered {
            stack.append(start)
            while let state = stack.popLast() {
                guard visited[state] != step else { continue }
                visited[state] = step
                switch program.instructions[state] {
                case .scalar: waiting.append(state)
                case .accept: hasAccepted = true
                case .jump(let target): stack.append(target)
                case .fork(let first, let second):
                    stack.append(second)
                    stack.append(first)
                case .place(let place):
                    if place.holds(between: before, and: after) { stack.append(state + 1) }
                }
            }
        }
    }

    /// Takes one character: every waiting state whose set has it goes on.
    mutating func consume(_ scalar: UInt32) {
        entered.removeAll(keepingCapacity: true)
        for index in answers.indices { answers[index] = 0 }
        for state in waiting {
            guard case .scalar(let set) = program.instructions[state] else { continue }
            if answers[set] == 0 {
                answers[set] = program.tests[set].accepts(scalar, ignoringCase: ignoringCase) ? 1 : 2
            }
            if answers[set] == 1 { entered.append(state + 1) }
        }
    }
}

extension PatternProgram.Test {
    func accepts(_ scalar: UInt32, ignoringCase: Bool) -> Bool {
        var isMember = set.contains(scalar)
        if !isMember, ignoresCase || ignoringCase {
            let folded = Fold.folded(scalar)
            isMember = set.contains(folded) || set.contains(Fold.upper(folded)) || set.contains(Fold.lower(scalar))
        }
        return isMember != isNegated
    }
}

extension TextPlace {
    func holds(between before: UInt32?, and after: UInt32?) -> Bool {
        switch self {
        case .beginning: before == nil
        case .end: after == nil
        case .wordBoundary: Self.isWord(before) != Self.isWord(after)
        case .noWordBoundary: Self.isWord(before) == Self.isWord(after)
        }
    }

    private static func isWord(_ scalar: UInt32?) -> Bool { scalar.map(ScalarSet.word.contains) ?? false }
}
