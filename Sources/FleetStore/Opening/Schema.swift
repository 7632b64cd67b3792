// The tables, as numbered steps that are never edited once released. The number of the last step taken is SQLite's
// user_version: it sits in the file's header, so a newer database is recognised without opening it, and it changes in
// the same transaction as the tables.

/// One step of the schema.
struct Migration: Sendable {
    /// The user_version once the step is done; steps are numbered from 1 without gaps.
    let version: Int
    let sql: String
}

enum Schema {
    /// "RmWt": tells our databases from those of other programs (PRAGMA application_id).
    static let applicationID = 0x526D_5774

    static let migrations = [
        Migration(version: 1, sql: first), Migration(version: 2, sql: second), Migration(version: 3, sql: third),
        Migration(version: 4, sql: commandTables + deviceTables),
    ]

    /// Version 1. Instants are whole milliseconds since 1970. Texts named `detail` are JSON of a FleetCore value.
    private static let first = """
        -- Inventory -------------------------------------------------------------------------------------------------
        CREATE TABLE inventory (
          tenant TEXT NOT NULL PRIMARY KEY,
          refreshed_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE room (
          tenant TEXT NOT NULL,
          account TEXT NOT NULL,
          listed_since INTEGER NOT NULL,
          absences INTEGER NOT NULL,
          detail TEXT NOT NULL,
          PRIMARY KEY (tenant, account)
        ) STRICT;

        -- States ----------------------------------------------------------------------------------------------------
        CREATE TABLE track (
          tenant TEXT NOT NULL,
          account TEXT NOT NULL,
          presence_phase TEXT NOT NULL,
          presence_first_bad INTEGER,
          presence_fired INTEGER,
          presence_streak_first INTEGER,
          presence_streak_count INTEGER NOT NULL,
          device_phase TEXT NOT NULL,
          device_first_bad INTEGER,
          device_fired INTEGER,
          device_streak_first INTEGER,
          device_streak_count INTEGER NOT NULL,
          last_good INTEGER,
          last_usable INTEGER,
          last_good_proved_use INTEGER NOT NULL,
          in_use_at_first_bad INTEGER NOT NULL,
          PRIMARY KEY (tenant, account)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE condition (
          dedup_key TEXT NOT NULL PRIMARY KEY,
          tenant TEXT NOT NULL,
          condition TEXT NOT NULL,
          subject TEXT NOT NULL,
          phase TEXT NOT NULL,
          first_bad INTEGER,
          fired INTEGER,
          streak_first INTEGER,
          streak_count INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- A transition is the same one when all of these are the same, so a commit that is repeated because its outcome
        -- was unknown adds nothing. The index serves the history of a subject as well.
        CREATE TABLE transition (
          seq INTEGER PRIMARY KEY,
          tenant TEXT NOT NULL,
          subject TEXT NOT NULL,
          condition TEXT NOT NULL,
          from_phase TEXT NOT NULL,
          to_phase TEXT NOT NULL,
          at INTEGER NOT NULL,
          decided_at INTEGER NOT NULL,
          reason TEXT NOT NULL,
          incident TEXT
        ) STRICT;
        CREATE UNIQUE INDEX transition_once
          ON transition (tenant, subject, at, decided_at, condition, from_phase, to_phase);
        CREATE INDEX transition_at ON transition (at);

        -- Incidents and what was told of them -----------------------------------------------------------------------
        CREATE TABLE incident (
          id TEXT NOT NULL PRIMARY KEY,
          dedup_key TEXT NOT NULL,
          tenant TEXT NOT NULL,
          condition TEXT NOT NULL,
          severity TEXT NOT NULL,
          status TEXT NOT NULL,
          revision INTEGER NOT NULL,
          opened_at INTEGER NOT NULL,
          resolved_at INTEGER,
          detail TEXT NOT NULL
        ) STRICT;
        CREATE INDEX incident_open ON incident (dedup_key) WHERE status <> 'resolved';
        CREATE INDEX incident_resolved ON incident (resolved_at) WHERE status = 'resolved';

        -- The outbox. seq is the order of commits, and so the order in which a receiver hears of one key.
        CREATE TABLE notification (
          seq INTEGER PRIMARY KEY,
          id TEXT NOT NULL UNIQUE,
          receiver TEXT NOT NULL,
          dedup_key TEXT NOT NULL,
          incident TEXT NOT NULL,
          event TEXT NOT NULL,
          revision INTEGER NOT NULL,
          rule TEXT NOT NULL,
          decided_at INTEGER NOT NULL,
          not_before INTEGER NOT NULL,
          state TEXT NOT NULL CHECK (state IN ('waiting', 'accepted', 'failed', 'withdrawn')),
          next_attempt INTEGER NOT NULL,
          attempts INTEGER NOT NULL DEFAULT 0,
          settled_at INTEGER,
          remark TEXT,
          detail TEXT NOT NULL
        ) STRICT;
        CREATE INDEX notification_waiting ON notification (state) WHERE state = 'waiting';
        CREATE INDEX notification_lane ON notification (dedup_key, receiver) WHERE state = 'waiting';
        CREATE INDEX notification_incident ON notification (incident);
        CREATE INDEX notification_settled ON notification (settled_at) WHERE state <> 'waiting';

        CREATE TABLE delivery (
          notification INTEGER NOT NULL REFERENCES notification (seq) ON DELETE CASCADE,
          began_at INTEGER NOT NULL,
          latency INTEGER NOT NULL,
          outcome TEXT NOT NULL,
          status INTEGER,
          error TEXT,
          PRIMARY KEY (notification, began_at)
        ) STRICT, WITHOUT ROWID;

        -- Observations. A room has thousands of runs a quarter, so a run is five integers; the long texts are kept once.
        CREATE TABLE series (
          id INTEGER PRIMARY KEY,
          tenant TEXT NOT NULL,
          account TEXT NOT NULL,
          source TEXT NOT NULL,
          UNIQUE (tenant, account, source)
        ) STRICT;

        CREATE TABLE reading (
          id INTEGER PRIMARY KEY,
          text TEXT NOT NULL UNIQUE
        ) STRICT;

        CREATE TABLE run (
          series INTEGER NOT NULL REFERENCES series (id),
          first_at INTEGER NOT NULL,
          last_at INTEGER,
          reading INTEGER NOT NULL REFERENCES reading (id),
          observed INTEGER,
          PRIMARY KEY (series, first_at)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX run_open ON run (series) WHERE last_at IS NULL;

        CREATE TABLE gap (
          tenant TEXT NOT NULL,
          source TEXT NOT NULL,
          began_at INTEGER NOT NULL,
          ended_at INTEGER NOT NULL,
          outcome TEXT NOT NULL,
          unanswered INTEGER NOT NULL,
          reason TEXT NOT NULL,
          PRIMARY KEY (tenant, source, began_at, ended_at)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX gap_ended ON gap (ended_at);

        CREATE TABLE checkpoint (
          tenant TEXT NOT NULL,
          source TEXT NOT NULL,
          completed_at INTEGER NOT NULL,
          sweeps INTEGER NOT NULL,
          PRIMARY KEY (tenant, source)
        ) STRICT, WITHOUT ROWID;
        """

    /// Version 2: correlation, the order between keys, and the record of what nobody was told.
    private static let second = """
        ALTER TABLE track ADD COLUMN onset INTEGER;
        ALTER TABLE track ADD COLUMN voice TEXT;
        ALTER TABLE track ADD COLUMN flap TEXT;

        -- The row that must be settled before this one may go.
        ALTER TABLE notification ADD COLUMN after TEXT;

        CREATE TABLE suppression (
          seq INTEGER PRIMARY KEY,
          tenant TEXT NOT NULL,
          dedup_key TEXT NOT NULL,
          incident TEXT,
          event TEXT NOT NULL,
          receiver TEXT,
          at INTEGER NOT NULL,
          detail TEXT NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX suppression_once ON suppression (dedup_key, at, event, ifnull(receiver, ''));
        CREATE INDEX suppression_at ON suppression (at);

        -- Silences, planned windows and comments: few, and read whole.
        CREATE TABLE silence (
          id TEXT NOT NULL PRIMARY KEY,
          ends_at INTEGER NOT NULL,
          detail TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE planned_window (
          id TEXT NOT NULL PRIMARY KEY,
          ends_at INTEGER NOT NULL,
          detail TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE comment (
          seq INTEGER PRIMARY KEY,
          incident TEXT NOT NULL,
          at INTEGER NOT NULL,
          author TEXT NOT NULL,
          text TEXT NOT NULL
        ) STRICT;
        CREATE INDEX comment_incident ON comment (incident);

        -- Who changed what, and from where.
        CREATE TABLE audit (
          seq INTEGER PRIMARY KEY,
          at INTEGER NOT NULL,
          actor TEXT NOT NULL,
          role TEXT NOT NULL,
          origin TEXT NOT NULL,
          action TEXT NOT NULL,
          subject TEXT NOT NULL,
          detail TEXT NOT NULL
        ) STRICT;
        CREATE INDEX audit_at ON audit (at);
        """

    /// Version 3: an outage that nobody saw beginning has a span for its beginning.
    private static let third = """
        ALTER TABLE track ADD COLUMN first_bad_after INTEGER;
        """
}
