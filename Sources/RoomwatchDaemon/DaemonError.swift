// Why the daemon did not start or had to stop, sorted by what the service manager should do about it.

public import FleetConfiguration
public import FleetStore

/// A reason to end the process, and its exit code (Contract, Commands).
public enum DaemonError: Error, Sendable, CustomStringConvertible {
    /// The configuration, or a file that it names, is wrong: starting again cannot mend it (exit 78).
    case configuration([String])
    case store(StoreError)
    /// A copy was not put in the place of the store.
    case restore(RestoreError)
    /// A listener could not be opened, or inherited sockets are unusable.
    case listener(String)
    /// A loop ended that must not end.
    case loopEnded(String)

    public init(_ errors: ConfigurationErrors) {
        self = .configuration(errors.description.split(separator: "\n").map(String.init))
    }

    /// 78 for a bad configuration (EX_CONFIG of sysexits(3)), 1 for everything else. A `store.path` that names
    /// somebody else's file is a bad configuration: starting again finds the same file.
    public var exitCode: Int32 {
        switch self {
        case .configuration, .store(.notADatabase), .store(.foreignDatabase): 78
        case .restore(.store(.notADatabase)), .restore(.store(.foreignDatabase)): 78
        case .store, .restore, .listener, .loopEnded: 1
        }
    }

    public var description: String {
        switch self {
        case .configuration(let lines): lines.joined(separator: "\n")
        case .store(let error): error.description
        case .restore(let error): error.description
        case .listener(let text): text
        case .loopEnded(let text): text
        }
    }
}
