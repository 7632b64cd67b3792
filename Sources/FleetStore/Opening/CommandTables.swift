// The tables of commands and operations. What was asked of a device cannot be taken back once it has left, so a row
// here is what a daemon that was killed goes on from: it never moves back to "not sent" by itself.

extension Schema {
    /// Part of version 4. Texts named `detail` are JSON of a FleetCore value.
    static let commandTables = """
        CREATE TABLE command (
          id TEXT NOT NULL PRIMARY KEY,
          tenant TEXT NOT NULL,
          requested_at INTEGER NOT NULL,
          detail TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- stage: 0 not known to have left, 1 left, 2 settled while the room may still be away, 3 over.
        CREATE TABLE operation (
          id TEXT NOT NULL PRIMARY KEY,
          command TEXT NOT NULL,
          tenant TEXT NOT NULL,
          room TEXT NOT NULL COLLATE NOCASE,
          device TEXT NOT NULL COLLATE NOCASE,
          state TEXT NOT NULL,
          homecoming TEXT NOT NULL,
          stage INTEGER NOT NULL,
          submitted_at INTEGER,
          settled_at INTEGER,
          detail TEXT NOT NULL
        ) STRICT;
        CREATE INDEX operation_open ON operation (tenant) WHERE stage < 3;
        CREATE INDEX operation_submitted ON operation (tenant, submitted_at) WHERE submitted_at IS NOT NULL;
        CREATE INDEX operation_settled ON operation (settled_at) WHERE settled_at IS NOT NULL;
        CREATE INDEX operation_command ON operation (command, state, homecoming);
        CREATE INDEX operation_room ON operation (room);
        CREATE INDEX operation_device ON operation (device);

        -- A step is the same one when all of it is the same, so a commit that is repeated adds nothing.
        CREATE TABLE operation_step (
          seq INTEGER PRIMARY KEY,
          operation TEXT NOT NULL,
          at INTEGER NOT NULL,
          word TEXT NOT NULL,
          detail TEXT
        ) STRICT;
        CREATE UNIQUE INDEX operation_step_once ON operation_step (operation, at, word, ifnull(detail, ''));
        """
}
