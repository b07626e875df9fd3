-- What one village needs for its first broadcast.
--
-- Conventions of every table:
--   *_at   an instant, INTEGER, microseconds since 1970 UTC; NULL: none
--   *_ns   a length, INTEGER, nanoseconds
--   *_day  a civil day, TEXT, 2026-11-23; NULL: open
--   zone   the IANA name of the zone in which people read the instants beside it
--   lists  are JSON arrays in TEXT
-- Rows that boards and hub may one day exchange carry id (UUIDv7), village,
-- origin (the node that owns the row), revision (1 at birth, +1 at each
-- change), deleted_at (a tombstone), created_at and updated_at.
-- Words such as states and kinds are not CHECKed: later versions add some, and
-- a database stays readable one version back.

-- +goose Up

-- "loaL": tells our database from any other.
PRAGMA application_id = 1819238732;

-- The node that this database belongs to: one row.
CREATE TABLE node (
    id         TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE villages (
    id         TEXT PRIMARY KEY,
    village    TEXT NOT NULL UNIQUE, -- the key, such as un-ta
    origin     TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    deleted_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    name       TEXT NOT NULL,
    commune    TEXT NOT NULL,
    zone       TEXT NOT NULL,
    languages  TEXT NOT NULL,
    allowed    TEXT NOT NULL -- [{"from":300,"to":1320,"days":0}], minutes after midnight
) STRICT;

-- The sound around every notice, as this board was set up; not exchanged.
CREATE TABLE frames (
    village  TEXT PRIMARY KEY REFERENCES villages (village),
    chime    TEXT NOT NULL, -- recording; empty: none
    chime_ns INTEGER NOT NULL,
    tail     TEXT NOT NULL,
    tail_ns  INTEGER NOT NULL,
    pause_ns INTEGER NOT NULL,
    gap_ns   INTEGER NOT NULL,
    lead_ns  INTEGER NOT NULL
) STRICT;

CREATE TABLE slots (
    id         TEXT PRIMARY KEY,
    village    TEXT NOT NULL REFERENCES villages (village),
    origin     TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    deleted_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    name       TEXT NOT NULL,
    start      INTEGER NOT NULL, -- minutes after local midnight
    length_ns  INTEGER NOT NULL,
    days       INTEGER NOT NULL, -- bit 1<<0 is Sunday; 0: every day
    opening    TEXT NOT NULL,
    closing    TEXT NOT NULL
) STRICT;
CREATE INDEX slots_of_village ON slots (village, start);

CREATE TABLE announcements (
    id             TEXT PRIMARY KEY,
    village        TEXT NOT NULL REFERENCES villages (village),
    origin         TEXT NOT NULL,
    revision       INTEGER NOT NULL,
    deleted_at     INTEGER,
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    title          TEXT NOT NULL,
    topic          TEXT NOT NULL,
    class          TEXT NOT NULL,
    issuer         TEXT NOT NULL,
    text           TEXT NOT NULL,
    zone           TEXT NOT NULL,
    valid_from_at  INTEGER,
    valid_until_at INTEGER,
    withdrawn_at   INTEGER,
    created_by     TEXT NOT NULL
) STRICT;
CREATE INDEX announcements_by_age ON announcements (village, created_at DESC, id DESC);

CREATE TABLE renditions (
    id           TEXT PRIMARY KEY,
    village      TEXT NOT NULL,
    origin       TEXT NOT NULL,
    revision     INTEGER NOT NULL,
    deleted_at   INTEGER,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    announcement TEXT NOT NULL REFERENCES announcements (id),
    language     TEXT NOT NULL,
    state        TEXT NOT NULL,
    voice        TEXT NOT NULL,
    spoken_text  TEXT NOT NULL,
    recording    TEXT NOT NULL,
    length_ns    INTEGER NOT NULL,
    fault        TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX rendition_of_language ON renditions (announcement, language) WHERE deleted_at IS NULL;
CREATE INDEX renditions_by_state ON renditions (village, state) WHERE deleted_at IS NULL;

CREATE TABLE schedules (
    id           TEXT PRIMARY KEY,
    village      TEXT NOT NULL,
    origin       TEXT NOT NULL,
    revision     INTEGER NOT NULL,
    deleted_at   INTEGER,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    announcement TEXT NOT NULL REFERENCES announcements (id),
    kind         TEXT NOT NULL,
    zone         TEXT NOT NULL,
    instant_at   INTEGER,
    slots        TEXT NOT NULL,
    days         INTEGER NOT NULL,
    from_day     TEXT,
    until_day    TEXT,
    misfire      TEXT NOT NULL,
    grace_ns     INTEGER NOT NULL,
    created_by   TEXT NOT NULL
) STRICT;
CREATE INDEX schedules_of_announcement ON schedules (announcement);
CREATE INDEX schedules_by_instant ON schedules (village, kind, instant_at) WHERE deleted_at IS NULL;

-- The library. id is the SHA-256 of the FLAC master, hex; village is empty for
-- built-in sounds.
CREATE TABLE recordings (
    id         TEXT PRIMARY KEY,
    village    TEXT NOT NULL,
    origin     TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    deleted_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    title      TEXT NOT NULL,
    kind       TEXT NOT NULL,
    length_ns  INTEGER NOT NULL, -- of the play copy
    loudness   REAL NOT NULL,    -- LUFS
    true_peak  REAL NOT NULL,    -- dBTP
    warnings   TEXT NOT NULL,
    bytes      INTEGER NOT NULL, -- of the master
    brought_by TEXT NOT NULL
) STRICT;
CREATE INDEX recordings_by_age ON recordings (created_at DESC, id DESC);

CREATE TABLE variants (
    recording TEXT NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
    form      TEXT NOT NULL,
    sha256    TEXT NOT NULL,
    bytes     INTEGER NOT NULL,
    PRIMARY KEY (recording, form)
) STRICT, WITHOUT ROWID;

-- What was spoken before, so that nothing is synthesised twice; not exchanged.
CREATE TABLE spoken (
    key        TEXT PRIMARY KEY,
    recording  TEXT NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The plan last published, one for each village.
CREATE TABLE plans (
    village TEXT PRIMARY KEY,
    zone    TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    from_at INTEGER NOT NULL,
    to_at   INTEGER NOT NULL,
    body    TEXT NOT NULL -- JSON, see planform.go
) STRICT;

-- The as-run refers to other tables without foreign keys: it must be writable
-- whatever became of the rest.
CREATE TABLE asrun (
    id           TEXT PRIMARY KEY,
    village      TEXT NOT NULL,
    origin       TEXT NOT NULL,
    revision     INTEGER NOT NULL,
    deleted_at   INTEGER,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    occurrence   TEXT NOT NULL,
    kind         TEXT NOT NULL,
    announcement TEXT NOT NULL,
    schedule     TEXT NOT NULL,
    slot         TEXT NOT NULL,
    title        TEXT NOT NULL,
    class        TEXT NOT NULL,
    zone         TEXT NOT NULL,
    nominal_at   INTEGER,
    due_at       INTEGER,
    planned_ns   INTEGER NOT NULL,
    claimed_at   INTEGER,
    outcome      TEXT NOT NULL, -- empty while it has none
    cause        TEXT NOT NULL,
    person       TEXT NOT NULL, -- who stopped or raised it
    heard        TEXT NOT NULL,
    lateness_ns  INTEGER NOT NULL,
    UNIQUE (village, occurrence)
) STRICT;
CREATE INDEX asrun_by_due ON asrun (due_at);
CREATE INDEX asrun_by_occurrence ON asrun (occurrence);
CREATE INDEX asrun_open ON asrun (village) WHERE outcome = '';

CREATE TABLE airings (
    id         TEXT PRIMARY KEY,
    asrun      TEXT NOT NULL REFERENCES asrun (id) ON DELETE CASCADE,
    ordinal    INTEGER NOT NULL,
    part       TEXT NOT NULL,
    recording  TEXT NOT NULL,
    language   TEXT NOT NULL,
    zones      TEXT NOT NULL,
    started_at INTEGER,
    ended_at   INTEGER, -- NULL: started, never ended
    frames     INTEGER NOT NULL,
    underruns  INTEGER NOT NULL,
    cause      TEXT NOT NULL
) STRICT;
CREATE INDEX airings_of_asrun ON airings (asrun, ordinal);

CREATE TABLE emergencies (
    id         TEXT PRIMARY KEY,
    village    TEXT NOT NULL,
    origin     TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    deleted_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    title      TEXT NOT NULL,
    reason     TEXT NOT NULL,
    source     TEXT NOT NULL,
    text       TEXT NOT NULL,
    languages  TEXT NOT NULL,
    zones      TEXT NOT NULL,
    repeat     INTEGER NOT NULL,
    raised_at  INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at   INTEGER,
    ended_by   TEXT NOT NULL,
    supersedes TEXT NOT NULL,
    raised_by  TEXT NOT NULL
) STRICT;
CREATE INDEX emergencies_active ON emergencies (village, expires_at) WHERE ended_at IS NULL;

CREATE TABLE accounts (
    id          TEXT PRIMARY KEY,
    village     TEXT NOT NULL, -- empty: every village
    origin      TEXT NOT NULL,
    revision    INTEGER NOT NULL,
    deleted_at  INTEGER,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    name        TEXT NOT NULL,
    name_key    TEXT NOT NULL, -- people.FoldName
    role        TEXT NOT NULL,
    password    TEXT NOT NULL,
    disabled_at INTEGER
) STRICT;
CREATE UNIQUE INDEX account_of_name ON accounts (name_key) WHERE deleted_at IS NULL;

CREATE TABLE tokens (
    id         TEXT PRIMARY KEY,
    village    TEXT NOT NULL,
    origin     TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    deleted_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    name       TEXT NOT NULL,
    role       TEXT NOT NULL,
    emergency  INTEGER NOT NULL,
    hash       TEXT NOT NULL UNIQUE,
    expires_at INTEGER,
    revoked_at INTEGER
) STRICT;

-- One-time links that create the first account.
CREATE TABLE setups (
    hash       TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    token      TEXT PRIMARY KEY,
    data       BLOB NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
