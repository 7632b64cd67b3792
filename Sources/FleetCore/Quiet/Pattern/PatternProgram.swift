// A pattern as states that run side by side: Thompson's construction (Communications of the ACM 11/6, 1968) and Pike's
// way of stepping it. Each state is visited at most once for each character of the text, so time is states × characters
// whatever the pattern says, and memory is two lists of states.

/// A compiled pattern.
struct PatternProgram: Sendable, Hashable {
    enum Instruction: Sendable, Hashable {
        /// Consumes one character of the set with this number.
        case scalar(set: Int)
        case place(TextPlace)
        case fork(Int, Int)
        case jump(Int)
        case accept
    }

    struct Test: Sendable, Hashable {
        var set: ScalarSet
        var isNegated: Bool
        var ignoresCase: Bool
    }

    private(set) var instructions: [Instruction] = []
    private(set) var tests: [Test] = []

    init(_ node: PatternNode) {
        emit(node)
        instructions.append(.accept)
    }

    // MARK: Compiling

    private mutating func emit(_ node: PatternNode) {
        switch node {
        case .nothing: break
        case .place(let place): instructions.append(.place(place))
        case .scalars(let set, let negated, let ignoresCase):
            instructions.append(.scalar(set: number(of: Test(set: set, isNegated: negated, ignoresCase: ignoresCase))))
        case .sequence(let parts): for part in parts { emit(part) }
        case .either(let parts):
            var jumps: [Int] = []
            for part in parts.dropLast() {
                let fork = reserve()
                emit(part)
                jumps.append(reserve())
                instructions[fork] = .fork(fork + 1, instructions.count)
            }
            if let last = parts.last { emit(last) }
            for jump in jumps { instructions[jump] = .jump(instructions.count) }
        case .repeated(let inside, let minimum, let maximum):
            for _ in 0..<minimum { emit(inside) }
            guard let maximum else {
                let fork = reserve()
                emit(inside)
                instructions.append(.jump(fork))
                instructions[fork] = .fork(fork + 1, instructions.count)
                return
            }
            var forks: [Int] = []
            for _ in minimum..<maximum {
                forks.append(reserve())
                emit(inside)
            }
            for fork in forks { instructions[fork] = .fork(fork + 1, instructions.count) }
        }
    }

    /// A place for an instruction whose target is not known yet.
    private mutating func reserve() -> Int {
        instructions.append(.jump(0))
        return instructions.count - 1
    }

    /// Equal sets are tested once for each character, however many states ask.
    private mutating func number(of test: Test) -> Int {
        if let known = tests.firstIndex(of: test) { return known }
        tests.append(test)
        return tests.count - 1
    }

    // MARK: Running

    /// Whether the whole text matches.
    func matches(_ text: String, ignoringCase: Bool) -> Bool {
        var run = PatternRun(self, ignoringCase: ignoringCase)
        var before: UInt32?
        for scalar in text.unicodeScalars {
            run.settle(between: before, and: scalar.value)
            if run.isDead { return false }
            run.consume(scalar.value)
            before = scalar.value
        }
        run.settle(between: before, and: nil)
        return run.hasAccepted
    }
}
