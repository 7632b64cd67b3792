// What was asked of devices must survive every end of the daemon, and never look as if it had not left when it had.

import FleetCore
import Foundation
import GRDB
import Testing
import Timekeeping

@testable import FleetStore

/// A command of the room's device, as somebody asked for it.
func command(_ number: Int, tenant: TenantName = contoso, requested: Date = morning) -> Command {
    Command(
        id: id(number), tenant: tenant, action: .updateSoftware(.teamsClient, version: "1.2"), author: "anna",
        role: "operator", reason: "it hangs", isForced: false, selection: #"building="B2""#, requestedAt: requested,
        waitsUntil: requested.addingTimeInterval(3_600))
}

/// The operation of a room's device, not sent yet.
func operation(_ number: Int, of command: Command, room number2: Int? = nil) -> FleetCore.Operation {
    Operation(
        id: id(number), command: command.id, tenant: command.tenant, room: account(number2 ?? number),
        device: "Device-\(number2 ?? number)", action: command.action)
}

func moment(_ seconds: Double) -> Moment {
    Moment(wall: at(seconds), steady: .seconds(seconds + 1_000_000))
}

@Suite("Commands and operations")
struct OperationTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private let rules = FollowingRules()

    private func step(_ operation: FleetCore.Operation, _ seconds: Double, detail: String? = nil) -> OperationStep {
        OperationStep(operation: operation.id, at: at(seconds), word: operation.state.word, detail: detail)
    }

    /// The change that brings operations to where they are.
    private func change(
        _ operations: [FleetCore.Operation], commands: [Command] = [], steps: [OperationStep] = []
    ) -> Change {
        var change = Change()
        change.commands.commands = commands
        change.commands.operations = operations.map { OperationRecord($0) }
        change.commands.steps = steps
        return change
    }

    private func sent(_ operation: FleetCore.Operation, _ seconds: Double) -> FleetCore.Operation {
        var operation = operation
        #expect(operation.state.word == "waiting")
        _ = operation.begin(knowing: [], at: moment(seconds))
        return operation
    }

    private func takenBack(_ operation: FleetCore.Operation, _ seconds: Double) -> FleetCore.Operation {
        var operation = operation
        _ = operation.withdraw("not needed", at: moment(seconds))
        return operation
    }

    private func found(_ operation: FleetCore.Operation, in store: Store) throws -> OperationRecord {
        try #require(try store.operation(id: operation.id)).operation
    }

    @Test("Commands, operations and steps are there after the store was closed and opened again")
    func reopen() throws {
        let asked = command(1)
        var one = operation(11, of: asked)
        do {
            let store = try openStore(directory)
            try store.commit(change([one], commands: [asked], steps: [step(one, 0)]))
            one = sent(one, 5)
            try store.commit(change([one], steps: [step(one, 5, detail: "it goes")]))
            try store.close()
        }
        let store = try openStore(directory)
        let known = try store.commands(of: contoso, since: at(-3_600), missingSince: at(-86_400))
        #expect(known.commands == [asked])
        #expect(known.operations == [OperationRecord(one)])
        #expect(known.remarks.isEmpty)
        #expect(try found(one, in: store).submittedAt == at(5))
        #expect(
            try store.steps(of: one.id) == [
                OperationStep(operation: one.id, at: at(0), word: "waiting"),
                OperationStep(operation: one.id, at: at(5), word: "submitting", detail: "it goes"),
            ])
        #expect(try store.command(id: asked.id) == asked)
        #expect(
            try store.commands(of: TenantName("fabrikam"), since: at(-3_600), missingSince: at(-86_400))
                == StoredCommands())
    }

    @Test("Commits of before that arrive once more add nothing and take nothing back, from every state on")
    func repeatedCommits() throws {
        let store = try openStore(directory)
        let asked = command(1)
        var one = operation(11, of: asked)
        var course = [change([one], commands: [asked], steps: [step(one, 0)])]
        func note(_ seconds: Double) { course.append(change([one], steps: [step(one, seconds)])) }
        one = sent(one, 5)
        note(5)
        one.take(.accepted(graphID: "op-1"), at: moment(6), rules: rules)
        note(6)
        one.take(
            [ListedOperation(graphID: "op-1", kind: .updateSoftware, progress: .succeeded, word: "successful")],
            at: moment(60), rules: rules)
        note(60)
        one.see(.returned, at: moment(90), rules: rules)
        note(90)
        for (number, change) in course.enumerated() {
            try store.commit(change)
            let contents = try dump()
            for earlier in course[...number] {
                // Before anything left, the order of commits alone tells the newer of two states.
                guard number >= 2 || earlier == change else { continue }
                try store.commit(earlier)
                #expect(Set(try dump()).symmetricDifference(contents).isEmpty, "after state \(number)")
            }
        }
        let stored = try found(one, in: store)
        #expect(stored == OperationRecord(one))
        #expect(stored.submittedAt == at(5))
        let words = ["waiting", "submitting", "accepted", "succeeded", "succeeded"]
        #expect(try store.steps(of: one.id).map(\.word) == words)
    }

    @Test("An answer that says that nothing was done makes it wait again, as if it had never left")
    func waitsAgain() throws {
        let store = try openStore(directory)
        let asked = command(1)
        var one = operation(11, of: asked)
        try store.commit(change([one], commands: [asked]))
        one = sent(one, 5)
        try store.commit(change([one]))
        one.take(.notSent("throttled", retryAfter: .seconds(60)), at: moment(6), rules: rules)
        try store.commit(change([one]))
        let stored = try found(one, in: store)
        #expect(stored.state == .waiting(.init(why: "throttled", notBefore: at(66))))
        #expect(stored.submittedAt == nil)
    }

    @Test("A start hears of commands that are not over, and of what left or ended lately")
    func atStart() throws {
        let store = try openStore(directory)
        let (asked, over) = (command(1), command(2))
        func left(_ number: Int, of command: Command, at seconds: Double) -> FleetCore.Operation {
            var one = sent(operation(number, of: command), seconds)
            one.take(.refused("no such device"), at: moment(seconds + 1), rules: rules)
            return one
        }
        let open = [
            operation(11, of: asked), left(12, of: asked, at: -9_000), takenBack(operation(13, of: asked), -9_000),
        ]
        let ended = [
            left(21, of: over, at: -3_599), left(22, of: over, at: -3_602),
            takenBack(operation(23, of: over), -3_599), takenBack(operation(24, of: over), -3_601),
        ]
        try store.commit(change(open + ended, commands: [asked, over]))
        let known = try store.commands(of: contoso, since: at(-3_600), missingSince: at(-86_400))
        #expect(known.operations.map(\.id) == [11, 12, 13, 21, 23].map { id($0) })
        #expect(known.commands == [asked, over])
    }

    @Test("Lists are newest first, page by page, and hold only what was asked for")
    func lists() throws {
        let store = try openStore(directory)
        let (asked, other) = (command(1), command(2, tenant: TenantName("fabrikam")))
        var operations = (0..<250).map { operation(1_000 + $0, of: asked, room: $0 % 50) }
        operations.append(operation(2_000, of: other, room: 7))
        for place in operations.indices where place % 10 == 0 {
            operations[place] = takenBack(operations[place], 1)
        }
        try store.commit(change(operations, commands: [asked, other]))
        func ids(_ query: OperationQuery) throws -> [String] {
            var query = query
            var found: [String] = []
            while true {
                let page = try store.operations(query)
                #expect(page.operations.count <= query.limit)
                for one in page.operations { #expect(page.commands[one.command]?.author == "anna") }
                found += page.operations.map(\.id.text)
                guard let next = page.next else { return found }
                query.before = next
            }
        }
        let newestFirst = operations.map(\.id.text).sorted(by: >)
        #expect(try ids(OperationQuery(limit: 40)) == newestFirst)
        #expect(try ids(OperationQuery(limit: 251)) == newestFirst)
        #expect(try ids(OperationQuery(tenant: TenantName("fabrikam"))) == [id(2_000).text])
        #expect(try ids(OperationQuery(command: asked.id, limit: 7)).count == 250)
        #expect(try ids(OperationQuery(room: AccountID(account(7).text.uppercased()))).count == 6)
        #expect(try ids(OperationQuery(device: "DEVICE-7")).count == 6)
        #expect(try ids(OperationQuery(states: ["withdrawn"], limit: 3)).count == 26)
        #expect(try ids(OperationQuery(states: ["waiting", "accepted"])).count == 225)
        #expect(try ids(OperationQuery(command: asked.id, isOpen: true, limit: 100)).count == 225)

        let first = try store.commands(limit: 1)
        #expect(first.commands == [other] && first.next == other.id)
        let last = try store.commands(before: first.next, limit: 1)
        #expect(last.commands == [asked] && last.next == nil)
        #expect(try store.commands(tenant: contoso).commands == [asked])
    }

    @Test("A start knows what rooms did not come back from, however long ago")
    func missing() throws {
        let store = try openStore(directory)
        let asked = command(1)
        var operations = (0..<3).map { sent(operation(100 + $0, of: asked), 1) }
        for place in operations.indices {
            operations[place].take(.accepted(graphID: "g"), at: moment(2), rules: rules)
        }
        for place in 0..<2 { operations[place].see(.down(since: moment(3)), at: moment(5_000), rules: rules) }
        operations[2].see(.returned, at: moment(300), rules: rules)
        let over = ListedOperation(
            graphID: "g", kind: .restart, progress: .succeeded, word: "Successful", createdAt: at(2))
        for place in operations.indices { operations[place].take([over], at: moment(90_000), rules: rules) }
        try store.commit(change(operations, commands: [asked]))
        let known = try store.commands(of: contoso, since: at(100_000), missingSince: at(80_000))
        #expect(known.operations.map(\.id) == operations.prefix(2).map(\.id))
        #expect(known.commands == [asked])
        #expect(try store.commands(of: contoso, since: at(100_000), missingSince: at(100_000)) == StoredCommands())
    }

    @Test("The database counts how far commands are")
    func progress() throws {
        let store = try openStore(directory)
        let (asked, other) = (command(1), command(2))
        var operations = (0..<9).map { operation(100 + $0, of: asked) }
        for place in 0..<4 { operations[place] = sent(operations[place], 1) }
        operations[0].take(.unheard("no answer"), at: moment(2), rules: rules)
        operations[1].take(.refused("no"), at: moment(2), rules: rules)
        operations[2].take(.accepted(graphID: nil), at: moment(2), rules: rules)
        operations[2].see(.down(since: moment(3)), at: moment(50_000), rules: rules)
        try store.commit(change(operations + [operation(200, of: other)], commands: [asked, other]))
        let counts = try store.progress(of: [asked.id, other.id, id(3)])
        #expect(counts.keys.sorted() == [asked.id, other.id])
        #expect(
            counts[asked.id] == [
                OperationCount(state: "accepted", isMissing: true, count: 1),
                OperationCount(state: "refused", isMissing: false, count: 1),
                OperationCount(state: "submitting", isMissing: false, count: 1),
                OperationCount(state: "unconfirmed", isMissing: false, count: 1),
                OperationCount(state: "waiting", isMissing: false, count: 5),
            ])
        #expect(counts[other.id] == [OperationCount(state: "waiting", isMissing: false, count: 1)])
    }

    @Test("What is over is forgotten with the incidents of its time; what can still change stays")
    func retention() throws {
        let store = try openStore(directory)
        let (old, new) = (command(1), command(2, requested: at(20_000)))
        var over = operation(11, of: old)
        over = takenBack(over, 10)
        let open = operation(12, of: old)
        var late = operation(13, of: new)
        late = takenBack(late, 20_010)
        let all = [over, open, late]
        try store.commit(change(all, commands: [old, new], steps: all.map { step($0, 10) }))
        let policy = RetentionPolicy(observations: .seconds(1_000), incidents: .seconds(10_000))
        var deleted = 0
        while true {
            let bite = try store.applyRetention(policy, at: at(25_000), chunk: 1)
            deleted += bite.deleted
            guard bite.hasMore else { break }
        }
        #expect(deleted == 2)
        #expect(try store.operations(OperationQuery()).operations.map(\.id) == [late.id, open.id])
        #expect(try store.steps(of: over.id).isEmpty)
        #expect(try store.steps(of: open.id).count == 1)
        #expect(try store.commands().commands.map(\.id) == [new.id, old.id])

        var ended = open
        ended = takenBack(ended, 25_000)
        try store.commit(change([ended]))
        _ = try store.applyRetention(policy, at: at(1_000_000))
        #expect(try store.operations(OperationQuery()).operations.isEmpty)
        #expect(try store.commands().commands.isEmpty)
    }

    @Test("A copy that is restored sends nothing: what waited in it is withdrawn, what was on its way is looked up")
    func restored() throws {
        let asked = command(1)
        let waiting = operation(11, of: asked)
        var leaving = operation(12, of: asked)
        leaving = sent(leaving, 5)
        var taken = operation(13, of: asked)
        taken = sent(taken, 5)
        taken.take(.accepted(graphID: "op-1"), at: moment(6), rules: rules)
        let store = try openStore(directory)
        try store.commit(change([waiting, leaving, taken], commands: [asked]))
        let copy = directory.path("copy.sqlite")
        let made = try store.copy()
        try Data(try made.read(at: 0, upTo: made.bytes)).write(to: URL(filePath: copy))
        try store.close()
        let done = try Store.restore(from: copy, to: directory.database, by: "anna", now: at(7_200), log: quiet)
        #expect(done.withdrawn == 1)
        let again = try openStore(directory)
        let one = try found(waiting, in: again)
        guard case .settled(.withdrawn(let why), let at) = one.state else {
            Issue.record("\(one.state)")
            return
        }
        #expect(at == FleetStoreTests.at(7_200) && why.contains("restored"))
        #expect(try again.steps(of: waiting.id).map(\.word) == ["withdrawn"])
        let open = try again.commands(of: contoso, since: morning, missingSince: morning).operations
        #expect(open.map(\.state.word) == ["withdrawn", "submitting", "accepted"])
    }

    /// Every row of the tables of commands, through a connection of its own.
    private func dump() throws -> [String] {
        let queue = try DatabaseQueue(path: directory.database)
        return try queue.read { db in
            try ["command", "operation", "operation_step"].flatMap { table in
                try Row.fetchAll(db, sql: "SELECT * FROM \(table)").map { "\(table) \($0)" }
            }
        }
    }
}
