// Carrying commands out, as far as it is a matter of writing: what is about to leave is on the disk before it does, and
// what came of it is never lost, however long the disk refuses.

import CoreMetrics
import FleetCore
import FleetStore
import Foundation
import Logging
import Timekeeping

extension Ledger {
    // MARK: Beginning

    /// Goes on with what an earlier run of the daemon was asked for.
    func resumeCommands(of tenant: TenantName, rules: CommandRules, at now: Moment) throws(StoreError) {
        let since = now.wall.addingTimeInterval(-CommandRules.remembered.seconds)
        let missing = now.wall.addingTimeInterval(-CommandRules.missingRemembered.seconds)
        let known = try store.commands(of: tenant, since: since, missingSince: missing)
        for remark in known.remarks {
            log.warning("store: \(remark)", metadata: ["tenant": "\(tenant)"])
        }
        fleets[tenant]?.adopt(commandRules: rules)
        guard
            let decision = fleets[tenant]?.restore(
                commands: known.commands, operations: known.operations, at: now)
        else { return }
        let open = known.operations.count { !$0.state.isSettled }
        if open > 0 {
            log.notice("going on with \(open) operations that were asked for before", metadata: ["tenant": "\(tenant)"])
        }
        carryOut(decision, tenant: tenant, at: now)
    }

    /// Has a loop told when a command is taken. Only its bell is kept, not the loop, which knows this Ledger.
    public func register(_ loop: OperationLoop) { operationBells[loop.tenant] = loop.bell }

    /// Whether devices of a tenant can be asked at all.
    ///
    /// - Parameter why: for people, when they cannot.
    func setCommands(available: Bool, why: String?, tenant: TenantName) {
        fleets[tenant]?.setCommands(available: available, why: why)
    }

    // MARK: Sending

    /// Operations that may leave now; the others learn why not.
    ///
    /// While the disk refuses nothing leaves: nobody would know after a restart that it had.
    func releasable(tenant: TenantName, limit: Int) -> [FleetCore.Operation] {
        let now = time.now()
        guard memory.isEmpty, let released = fleets[tenant]?.releasable(limit: limit, at: now) else { return [] }
        carryOut(released.decision, tenant: tenant, at: now)
        // What was just decided may be what the disk refuses.
        return memory.isEmpty ? released.ready : []
    }

    /// Writes down that a request is about to leave.
    ///
    /// - Parameter listed: what Graph lists for the device now.
    /// - Returns: whether it may leave; otherwise nothing may be sent.
    func begin(_ id: UniqueID, tenant: TenantName, knowing listed: [ListedOperation]) -> Bool {
        let now = time.now()
        guard memory.isEmpty, var fleet = fleets[tenant] else { return false }
        let undo = undo
        guard let decision = fleet.begin(id, knowing: listed, at: now) else {
            if let held = fleets[tenant]?.hold(id, knowing: listed, at: now) { carryOut(held, tenant: tenant, at: now) }
            return false
        }
        fleets[tenant] = fleet
        let change = change(by: decision, tenant: tenant, at: now)
        do throws(StoreError) {
            try store.commit(change)
        } catch {
            restore(undo)
            noteStoreFailure(error, at: now)
            // It waits in memory with everything else until the disk takes it, and nothing leaves before.
            hold(
                id, tenant: tenant, why: "the store cannot be written at present, so nothing is sent",
                notBefore: now.advanced(by: OperationLoop.retry))
            return false
        }
        noteCommitted(change, at: now)
        return true
    }

    /// It does not go now, for a reason that may pass.
    func hold(_ id: UniqueID, tenant: TenantName, why: String, notBefore: Moment) {
        let now = time.now()
        guard let decision = fleets[tenant]?.hold(id, why: why, notBefore: notBefore, at: now) else { return }
        carryOut(decision, tenant: tenant, at: now)
    }

    /// Takes what became of the request.
    func take(_ answer: SubmissionAnswer, of id: UniqueID, tenant: TenantName, began: Moment) {
        let now = time.now()
        metrics.submitted.record(began.elapsed(until: now).seconds)
        guard let decision = fleets[tenant]?.take(answer, of: id, at: now) else { return }
        carryOut(decision, tenant: tenant, at: now)
    }

    // MARK: Following

    /// Operations that Graph is to be asked about now.
    func dueLooks(tenant: TenantName, limit: Int) -> [FleetCore.Operation] {
        fleets[tenant]?.dueLooks(at: time.now(), limit: limit) ?? []
    }

    /// Takes what Graph lists for the device of an operation; `nil` when it could not be read.
    func take(_ listed: [ListedOperation]?, of id: UniqueID, tenant: TenantName) {
        let now = time.now()
        guard let decision = fleets[tenant]?.take(listed, of: id, at: now) else { return }
        carryOut(decision, tenant: tenant, at: now)
    }

    /// Whether anything waits or is followed.
    func hasOperations(tenant: TenantName) -> Bool {
        fleets[tenant]?.commandBook.operations.values.contains { !$0.state.isSettled } ?? false
    }

    /// A device whose operations tell whether they can be read at all.
    func anyDevice(tenant: TenantName) -> String? { fleets[tenant]?.rooms.lazy.compactMap(\.mainDevice?.id).first }

    /// How many operations stand in each state that is not the last.
    func openOperations(of tenant: TenantName) -> [String: Int] {
        var counts: [String: Int] = [:]
        for one in fleets[tenant]?.commandBook.operations.values.filter({ !$0.state.isSettled }) ?? [] {
            counts[one.state.word, default: 0] += 1
        }
        return counts
    }
}
