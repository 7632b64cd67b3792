// A copy of the store is older than what happened since. An operation that waits in it may have left long ago, and a
// device that is restarted a second time may be in a meeting by now; so nothing that waits in a copy is ever sent.

import FleetCore
import struct Foundation.Date
import GRDB

extension Database {
    /// What an operation of a copy says that was waiting in it.
    static let withdrawnByRestore =
        "the store was restored from a copy in which it was still waiting; whether it left after that is not known, "
        + "so it is not sent: look at the device, and ask again if it is still needed"

    /// Takes back everything that waits in a copy. What was on its way is looked up by the next start, like after a kill.
    ///
    /// - Returns: how many operations were taken back.
    func withdrawRestored(at now: Date) throws -> Int {
        // A copy from before there were commands has none; its upgrade makes the table.
        guard try tableExists("operation") else { return 0 }
        var remarks: [RowRemark] = []
        let waiting = try operations(
            sql: "SELECT id, detail FROM operation WHERE state = 'waiting' ORDER BY id",
            arguments: [], &remarks)
        var change = CommandChange()
        for one in waiting {
            var record = one
            record.state = .settled(.withdrawn(Self.withdrawnByRestore), at: now)
            record.homecoming = .notAwaited
            change.operations.append(record)
            change.steps.append(
                OperationStep(
                    operation: record.id, at: now, word: record.state.word, detail: Self.withdrawnByRestore))
        }
        try write(change)
        return waiting.count
    }
}
