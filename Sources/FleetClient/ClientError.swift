// What can go wrong between somebody who asks and the daemon, sorted by what they can do about it.

public import FleetAPI

/// A question that got no good answer.
public enum ClientError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Nobody answers there.
    case unreachable(String)
    /// The daemon understood and refused; nothing was done.
    case refused(Problem)
    /// The connection broke after the question left; it may have been carried out.
    case unheard(String)
    /// Whoever answered is no Roomwatch, or one of another time.
    case malformed(String)

    public var description: String {
        switch self {
        case .unreachable(let text), .unheard(let text), .malformed(let text): text
        case .refused(let problem): "\(problem.detail); \(problem.remedy)"
        }
    }
}
