// What was asked of devices and what became of it, for the start of the daemon and for people. Lists are paged by the id
// of the last row, as those of incidents are.

public import FleetCore
public import struct Foundation.Date
import GRDB

/// Everything that a start must know of what was asked of a tenant's devices.
public struct StoredCommands: Sendable, Hashable {
    public var commands: [Command] = []
    /// Those of commands that are not over, and those that left or ended lately, oldest first.
    public var operations: [OperationRecord] = []
    /// The rows that were skipped.
    public var remarks: [RowRemark] = []

    public init() {}
}

/// Which operations are asked for; a part that is `nil` or empty asks nothing.
public struct OperationQuery: Sendable, Hashable {
    public var tenant: TenantName?
    public var command: UniqueID?
    public var room: AccountID?
    public var device: String?
    /// Words of ``FleetCore/OperationState``.
    public var states: Set<String>
    /// Only what can still change.
    public var isOpen: Bool
    /// Only operations older than this one: the `next` of the page before.
    public var before: UniqueID?
    public var limit: Int

    public init(
        tenant: TenantName? = nil, command: UniqueID? = nil, room: AccountID? = nil, device: String? = nil,
        states: Set<String> = [], isOpen: Bool = false, before: UniqueID? = nil, limit: Int = 100
    ) {
        self.tenant = tenant
        self.command = command
        self.room = room
        self.device = device
        self.states = states
        self.isOpen = isOpen
        self.before = before
        self.limit = limit
    }
}

/// A page of operations, newest first.
public struct OperationPage: Sendable, Hashable {
    public var operations: [OperationRecord]
    /// The commands that they are part of.
    public var commands: [UniqueID: Command]
    /// Where the next page begins; `nil` on the last one.
    public var next: UniqueID?
}

/// A page of commands, newest first.
public struct CommandPage: Sendable, Hashable {
    public var commands: [Command]
    /// Where the next page begins; `nil` on the last one.
    public var next: UniqueID?
}

/// How many operations of a command stand alike.
public struct OperationCount: Sendable, Hashable {
    /// The word of the state.
    public var state: String
    /// Whether the room did not come back in time.
    public var isMissing: Bool
    public var count: Int

    public init(state: String, isMissing: Bool, count: Int) {
        self.state = state
        self.isMissing = isMissing
        self.count = count
    }
}

extension Store {
    /// A page of operations or commands is never longer.
    public static let maximumOperations = 1_000
    /// Steps that are read of one operation; it has one for each change, and a handful in all.
    public static let maximumSteps = 500

    /// What a start goes on with.
    ///
    /// - Parameters:
    ///   - since: operations that left or ended at or after this are included, because they count for the budget.
    ///   - missingSince: those that ended at or after this are included when the room did not come back from them.
    public func commands(
        of tenant: TenantName, since: Date, missingSince: Date
    ) throws(StoreError) -> StoredCommands {
        let stored = try read("loading the operations of \(tenant)") { db in
            var stored = StoredCommands()
            var remarks: [RowRemark] = []
            stored.operations = try db.operations(
                sql: """
                    SELECT id, detail FROM operation WHERE command IN (
                      SELECT command FROM operation WHERE tenant = ?1 AND stage < 3)
                    UNION
                    SELECT id, detail FROM operation WHERE tenant = ?1 AND submitted_at >= ?2
                    UNION
                    SELECT id, detail FROM operation WHERE tenant = ?1 AND settled_at >= ?2
                    UNION
                    SELECT id, detail FROM operation WHERE tenant = ?1 AND settled_at >= ?3 AND homecoming = 'missing'
                    ORDER BY id
                    """, arguments: [tenant.text, since.milliseconds, missingSince.milliseconds], &remarks)
            stored.commands = try db.commands(of: stored.operations, &remarks).values.sorted { $0.id < $1.id }
            stored.remarks = remarks
            return stored
        }
        log(stored.remarks)
        return stored
    }

    /// Operations, newest first.
    public func operations(_ query: OperationQuery) throws(StoreError) -> OperationPage {
        let limit = max(1, min(query.limit, Self.maximumOperations))
        let (condition, arguments) = query.condition
        var remarks: [RowRemark] = []
        let page = try read("listing operations") { db in
            let rows = try db.operations(
                sql: """
                    SELECT id, detail FROM operation WHERE \(condition)
                    ORDER BY id DESC LIMIT \(limit + 1)
                    """, arguments: arguments, &remarks)
            let shown = Array(rows.prefix(limit))
            return OperationPage(
                operations: shown, commands: try db.commands(of: shown, &remarks),
                next: rows.count > limit ? shown.last?.id : nil)
        }
        log(remarks)
        return page
    }

    public func operation(id: UniqueID) throws(StoreError) -> (operation: OperationRecord, command: Command?)? {
        var remarks: [RowRemark] = []
        let found = try read("looking operation \(id) up") { db -> (OperationRecord, Command?)? in
            let rows = try db.operations(
                sql: "SELECT id, detail FROM operation WHERE id = ?", arguments: [id.text],
                &remarks)
            guard let row = rows.first else { return nil }
            return (row, try db.commands(of: [row], &remarks)[row.command])
        }
        log(remarks)
        return found
    }

    /// Every step of an operation, oldest first.
    public func steps(of operation: UniqueID) throws(StoreError) -> [OperationStep] {
        var remarks: [RowRemark] = []
        let found = try read("reading the steps of operation \(operation)") { db in
            try db.rows(
                of: "operation_step",
                sql: "SELECT seq, at, word, detail FROM operation_step WHERE operation = ? ORDER BY seq LIMIT ?",
                arguments: [operation.text, Self.maximumSteps], &remarks
            ) { columns in
                _ = try columns.number()
                return OperationStep(
                    operation: operation, at: try columns.date(), word: try columns.text(),
                    detail: try columns.textIfAny())
            }
        }
        log(remarks)
        return found
    }

    /// Commands, newest first.
    ///
    /// - Parameter before: only commands older than this one.
    public func commands(
        tenant: TenantName? = nil, before: UniqueID? = nil, limit: Int = 50
    ) throws(StoreError) -> CommandPage {
        let limit = max(1, min(limit, Self.maximumOperations))
        var remarks: [RowRemark] = []
        let page = try read("listing commands") { db in
            let rows = try db.commands(
                sql: """
                    SELECT id, detail FROM command WHERE (?1 IS NULL OR tenant = ?1) AND (?2 IS NULL OR id < ?2)
                    ORDER BY id DESC LIMIT ?3
                    """, arguments: [tenant?.text, before?.text, limit + 1], &remarks)
            return CommandPage(
                commands: Array(rows.prefix(limit)), next: rows.count > limit ? rows[limit - 1].id : nil)
        }
        log(remarks)
        return page
    }

    public func command(id: UniqueID) throws(StoreError) -> Command? {
        var remarks: [RowRemark] = []
        let found = try read("looking command \(id) up") { db in
            try db.commands(sql: "SELECT id, detail FROM command WHERE id = ?", arguments: [id.text], &remarks).first
        }
        log(remarks)
        return found
    }

    /// How far commands are, counted by the database.
    ///
    /// - Parameter commands: at most as many as a page has.
    public func progress(of commands: [UniqueID]) throws(StoreError) -> [UniqueID: [OperationCount]] {
        guard !commands.isEmpty else { return [:] }
        var remarks: [RowRemark] = []
        let ids = commands.prefix(Self.maximumOperations).map(\.text)
        let rows = try read("counting operations") { db in
            try db.rows(
                of: "operation",
                sql: """
                    SELECT command, state, homecoming = 'missing', count(*) FROM operation
                    WHERE command IN (\(databaseQuestionMarks(count: ids.count)))
                    GROUP BY command, state, homecoming = 'missing' ORDER BY command, state
                    """, arguments: StatementArguments(ids), &remarks
            ) { columns in
                (
                    UniqueID(stored: try columns.text()),
                    OperationCount(
                        state: try columns.text(), isMissing: try columns.flag(), count: try columns.number())
                )
            }
        }
        log(remarks)
        return Dictionary(grouping: rows, by: \.0).mapValues { $0.map(\.1) }
    }
}

extension OperationQuery {
    fileprivate var condition: (sql: String, arguments: StatementArguments) {
        var parts = ["1"]
        var arguments: [any DatabaseValueConvertible] = []
        func add(_ part: String, _ value: String?) {
            guard let value else { return }
            parts.append(part)
            arguments.append(value)
        }
        add("tenant = ?", tenant?.text)
        add("command = ?", command?.text)
        add("room = ?", room?.text)
        add("device = ?", device)
        add("id < ?", before?.text)
        if isOpen { parts.append("stage < 3") }
        if !states.isEmpty {
            parts.append("state IN (\(databaseQuestionMarks(count: states.count)))")
            arguments += states.sorted()
        }
        return (parts.joined(separator: " AND "), StatementArguments(arguments))
    }
}

extension Database {
    func operations(
        sql: String, arguments: StatementArguments, _ remarks: inout [RowRemark]
    ) throws -> [OperationRecord] {
        try rows(of: "operation", sql: sql, arguments: arguments, &remarks) { columns in
            _ = try columns.text()
            return try JSONColumn.value(OperationRecord.self, from: try columns.text())
        }
    }

    fileprivate func commands(
        sql: String, arguments: StatementArguments, _ remarks: inout [RowRemark]
    ) throws -> [Command] {
        try rows(of: "command", sql: sql, arguments: arguments, &remarks) { columns in
            _ = try columns.text()
            return try JSONColumn.value(Command.self, from: try columns.text())
        }
    }

    /// The commands that operations are part of; there are far fewer of them.
    fileprivate func commands(
        of operations: [OperationRecord], _ remarks: inout [RowRemark]
    ) throws -> [UniqueID: Command] {
        var found: [UniqueID: Command] = [:]
        for id in Set(operations.map(\.command)).sorted() {
            found[id] = try commands(
                sql: "SELECT id, detail FROM command WHERE id = ?", arguments: [id.text], &remarks
            ).first
        }
        return found
    }
}
