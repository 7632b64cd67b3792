// Every obstacle on the way to a tenant has a name and a next step; this is what both travel in.

/// Why a connection cannot go on.
public struct ConnectionFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, as a sentence without secrets.
    public let problem: String
    /// What to do.
    public let remedy: String

    public init(_ problem: String, remedy: String) {
        self.problem = problem
        self.remedy = remedy
    }

    public var description: String { "\(problem)\(problem.hasSuffix(".") ? "" : ".") \(remedy)" }
}
