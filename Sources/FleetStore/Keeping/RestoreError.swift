// Why a copy was not put in the place of the store. Each text ends with what to do, because whoever reads it has a
// machine without a monitor.

/// A restore that did not happen; the store is as it was.
public enum RestoreError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The copy is not one that this build can use.
    case unusableCopy(path: String, reason: String)
    /// The store's own place refuses: another daemon runs, no space, no permission.
    case store(StoreError)

    public var description: String {
        switch self {
        case .unusableCopy(let path, let reason):
            "the copy \(path) cannot be restored, and nothing was changed: \(reason)"
        case .store(let error): "nothing was restored and the store is as it was: \(error)"
        }
    }
}
