-- What the monitor input heard of what aired, and how it was calibrated.
-- fallback: safe

-- +goose Up

-- {"verdict":"yes","score":0.93,…}; '': nothing listened.
ALTER TABLE asrun ADD COLUMN proof TEXT NOT NULL DEFAULT '';

CREATE TABLE envelopes (
    asrun   TEXT PRIMARY KEY REFERENCES asrun (id) ON DELETE CASCADE,
    made_at INTEGER NOT NULL,
    step_ns INTEGER NOT NULL, -- of one point
    sent    BLOB NOT NULL,    -- a byte for each point: half decibels above −120; 255: nobody knows
    heard   BLOB NOT NULL
) STRICT;
CREATE INDEX envelopes_by_age ON envelopes (made_at);

CREATE TABLE calibrations (
    id         TEXT PRIMARY KEY,
    village    TEXT NOT NULL REFERENCES villages (village),
    origin     TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    deleted_at INTEGER,
    created_at INTEGER NOT NULL, -- when it was asked for
    updated_at INTEGER NOT NULL,
    person     TEXT NOT NULL,    -- who asked
    ended_at   INTEGER,          -- NULL: it waits, or is under way
    cause      TEXT NOT NULL,    -- why it was refused; '': the levels hold
    off_db     REAL,
    on_db      REAL,
    sent_db    REAL,
    score      REAL NOT NULL
) STRICT;
CREATE INDEX calibrations_of ON calibrations (village, created_at) WHERE deleted_at IS NULL;
