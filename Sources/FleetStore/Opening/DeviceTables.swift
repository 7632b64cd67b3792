// The tables of devices: who they are and since when, so that names and ages are known at once after a restart, and what
// their records said, for as long as observations are kept.

extension Schema {
    /// Part of version 4. Texts named `detail` are JSON of a FleetCore value; no password or lock is ever among them.
    static let deviceTables = """
        CREATE TABLE device (
          tenant TEXT NOT NULL,
          id TEXT NOT NULL COLLATE NOCASE,
          first_listed INTEGER NOT NULL,
          last_listed INTEGER NOT NULL,
          detail TEXT NOT NULL,
          PRIMARY KEY (tenant, id)
        ) STRICT;

        -- A stretch in which the records of a device said the same; last_at is empty while it lasts. The texts are few and
        -- shared with those of observations.
        CREATE TABLE device_run (
          tenant TEXT NOT NULL,
          device TEXT NOT NULL COLLATE NOCASE,
          first_at INTEGER NOT NULL,
          last_at INTEGER,
          reading INTEGER NOT NULL REFERENCES reading (id),
          PRIMARY KEY (tenant, device, first_at)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX device_run_ended ON device_run (last_at) WHERE last_at IS NOT NULL;
        CREATE INDEX device_run_open ON device_run (tenant) WHERE last_at IS NULL;
        """
}
