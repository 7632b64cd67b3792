// What of an operation stands in columns of its own, because it is searched for or counted.

public import FleetCore
public import struct Foundation.Date

extension OperationRecord {
    /// How far it is; what is stored never goes back to a lower one (see CommandTables).
    var stage: Int {
        switch state {
        case .waiting, .submitting: return 0
        case .unconfirmed, .accepted: return 1
        case .settled:
            if case .awaited = homecoming { return 2 }
            return 3
        }
    }

    /// When it ended.
    ///
    /// Never inlined: the optimizer of Swift 6.3.1 ends with an ownership error where it copies this into another module.
    @inline(never)
    public var settledAt: Date? {
        if case .settled(_, let at) = state { at } else { nil }
    }
}

extension Operation.Homecoming {
    /// The word of it in the API and in the store.
    public var word: String {
        switch self {
        case .notAwaited: "not_awaited"
        case .awaited: "awaited"
        case .back: "back"
        case .missing: "missing"
        }
    }
}
