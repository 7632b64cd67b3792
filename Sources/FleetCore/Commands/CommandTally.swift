// How far a command is, counted: what people see while two hundred rooms are updated, and what decides at the end whether
// somebody must hear of it.

/// The operations of a command, counted by what became of them.
public struct CommandTally: Sendable, Hashable {
    public var operations = 0
    /// Not sent yet.
    public var waiting = 0
    /// Sent, and not settled.
    public var running = 0
    public var succeeded = 0
    /// Failed, refused, cancelled, already running.
    public var failed = 0
    public var unknown = 0
    public var withdrawn = 0
    /// Rooms that did not come back in time, whatever became of their operation.
    public var missing = 0

    public init(_ operations: some Sequence<Operation>) {
        for operation in operations {
            self.operations += 1
            if case .missing = operation.homecoming { missing += 1 }
            switch operation.state {
            case .waiting: waiting += 1
            case .submitting, .unconfirmed, .accepted: running += 1
            case .settled(.succeeded, _): succeeded += 1
            case .settled(.failed, _), .settled(.refused, _), .settled(.cancelled, _), .settled(.alreadyRunning, _):
                failed += 1
            case .settled(.unknown, _): unknown += 1
            case .settled(.withdrawn, _): withdrawn += 1
            }
        }
    }
}
