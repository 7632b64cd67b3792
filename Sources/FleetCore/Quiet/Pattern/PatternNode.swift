// A pattern as it was read, before it becomes states. Every node knows how many states it will need, so that a pattern
// like ((a{1000}){1000}){1000} is refused while it is read and never written out.

/// A place in the text that consumes nothing.
enum TextPlace: UInt8, Sendable, Hashable {
    case beginning
    case end
    case wordBoundary
    case noWordBoundary
}

/// One node of a pattern.
indirect enum PatternNode: Sendable, Hashable {
    case nothing
    case scalars(ScalarSet, negated: Bool, ignoresCase: Bool)
    case place(TextPlace)
    case sequence([PatternNode])
    case either([PatternNode])
    /// `maximum` is `nil` when there is none.
    case repeated(PatternNode, minimum: Int, maximum: Int?)
}

/// A node and the number of states that it compiles to.
struct SizedNode: Sendable {
    var node: PatternNode
    var states: Int

    static let nothing = SizedNode(node: .nothing, states: 0)

    init(node: PatternNode, states: Int) {
        self.node = node
        self.states = states
    }

    /// A node that is one state by itself.
    init(_ node: PatternNode) { self.init(node: node, states: 1) }

    static func sequence(_ parts: [SizedNode]) -> SizedNode {
        if parts.count == 1 { return parts[0] }
        return SizedNode(node: .sequence(parts.map(\.node)), states: parts.reduce(0) { $0 + $1.states })
    }

    /// Each alternative but the last costs a fork and a jump.
    static func either(_ parts: [SizedNode]) -> SizedNode {
        if parts.count == 1 { return parts[0] }
        return SizedNode(
            node: .either(parts.map(\.node)), states: parts.reduce(2 * (parts.count - 1)) { $0 + $1.states })
    }

    /// Written out: `minimum` copies, then either a loop or one optional copy for each that may follow.
    ///
    /// What consumes nothing and asks nothing is the same however often it is repeated; it costs nothing.
    func repeated(minimum: Int, maximum: Int?) -> SizedNode {
        guard states > 0 else { return .nothing }
        let copies = minimum * states
        let rest = maximum.map { ($0 - minimum) * (states + 1) } ?? (states + 2)
        return SizedNode(node: .repeated(node, minimum: minimum, maximum: maximum), states: copies + rest)
    }
}
