// Copies of the store for people. A copy takes a second thread and as much disk as the store, so there is one at a time;
// and because whoever asked may stop listening without hanging up, a copy that nobody takes gives its place away.

import FleetAPI
import FleetCore
import FleetStore
import Synchronization
import Timekeeping

/// Makes copies, one at a time.
final class Backups: Sendable {
    /// Bytes of one piece.
    static let piece = 256 << 10
    /// A copy of which nothing was taken for this long is given up when somebody else asks.
    static let patience: Duration = .seconds(60)

    private let thread: CopyThread
    private let time: any TimeSource

    private struct Place {
        var holder: UInt64
        var asker: String
        /// When the copy was ready, and then when something was taken of it.
        var moved: Moment
        /// `nil` while it is being made.
        var copy: StoreCopy?
    }

    private struct State {
        var place: Place?
        var last: UInt64 = 0
    }

    private let state = Mutex(State())

    init(store: Store, executor: any SerialExecutor, time: any TimeSource) {
        thread = CopyThread(store: store, executor: executor)
        self.time = time
    }

    /// Copies the store.
    ///
    /// - Parameter recording: what is done before anything is copied, once it is certain that it will be.
    func copy(for asker: Asker, recording: () async throws(Refusal) -> Void) async throws(Refusal) -> any BackupStream {
        let place = HeldPlace(number: try take(for: asker), backups: self)
        try await recording()
        let copy: StoreCopy
        do throws(StoreError) {
            copy = try await thread.copy()
        } catch {
            throw Refusal(error)
        }
        // Only now there is something to take: a large store on a slow disk takes longer to copy than anybody's patience.
        let ready = time.now()
        state.withLock { state in
            state.place?.moved = ready
            state.place?.copy = copy
        }
        return CopyStream(copy: copy, place: place, thread: thread)
    }

    private func take(for asker: Asker) throws(Refusal) -> UInt64 {
        let now = time.now()
        let outcome: Result<(UInt64, StoreCopy?), Refusal> = state.withLock { state in
            if let place = state.place, place.copy == nil || place.moved.elapsed(until: now) < Self.patience {
                return .failure(
                    Refusal(
                        .conflict, "a backup for \(place.asker) is under way already",
                        remedy: "ask again when it is done; one that nobody takes ends after a minute"))
            }
            let abandoned = state.place?.copy
            state.last += 1
            state.place = Place(holder: state.last, asker: asker.name, moved: now)
            return .success((state.last, abandoned))
        }
        let (number, abandoned) = try outcome.get()
        abandoned?.close()
        return number
    }

    /// Says that whoever holds a place is still there.
    ///
    /// - Returns: whether the place is still theirs.
    fileprivate func moves(_ number: UInt64) -> Bool {
        let now = time.now()
        return state.withLock { state in
            guard state.place?.holder == number else { return false }
            state.place?.moved = now
            return true
        }
    }

    fileprivate func release(_ number: UInt64) {
        state.withLock { if $0.place?.holder == number { $0.place = nil } }
    }
}

/// SQLite calls and reads of a copy block, so they have a thread of their own, beside that of the questions.
private actor CopyThread {
    private let store: Store
    private let executor: any SerialExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(store: Store, executor: any SerialExecutor) {
        self.store = store
        self.executor = executor
    }

    func copy() throws(StoreError) -> StoreCopy { try store.copy() }

    func read(_ copy: StoreCopy, at offset: Int) throws(StoreError) -> [UInt8] {
        try copy.read(at: offset, upTo: Backups.piece)
    }
}

/// The place of one copy, given back when the last reference goes, however the request ends.
private final class HeldPlace: Sendable {
    let number: UInt64
    private let backups: Backups

    init(number: UInt64, backups: Backups) {
        self.number = number
        self.backups = backups
    }

    deinit { backups.release(number) }

    var isMoving: Bool { backups.moves(number) }
}

/// One copy on its way out.
private final class CopyStream: BackupStream {
    let bytes: Int
    let digest: [UInt8]
    let newest: Timestamp?
    private let copy: StoreCopy
    private let place: HeldPlace
    private let thread: CopyThread
    private let offset = Mutex(0)

    /// Somebody else asked while nobody took this one.
    struct GivenUp: Error {}

    init(copy: StoreCopy, place: HeldPlace, thread: CopyThread) {
        self.copy = copy
        self.place = place
        self.thread = thread
        bytes = copy.bytes
        digest = copy.digest
        newest = copy.newest.map { Timestamp($0) }
    }

    deinit { copy.close() }

    func next() async throws -> [UInt8] {
        let start = offset.withLock { $0 }
        guard start < bytes else { return [] }
        guard place.isMoving else { throw GivenUp() }
        let piece = try await thread.read(copy, at: start)
        guard !piece.isEmpty else { throw GivenUp() }
        offset.withLock { $0 += piece.count }
        return piece
    }
}

extension LedgerIntents {
    public func backup(for asker: Asker) async throws(Refusal) -> any BackupStream {
        try Self.checkUnbound(asker, "a backup holds every tenant")
        return try await backups.copy(for: asker) { () async throws(Refusal) in
            try await ledger.recordBackup(by: asker)
        }
    }
}
