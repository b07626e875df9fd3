-- Rules of the place besides its hours, exceptions to them, and what they did to
-- what aired.

-- +goose Up

-- {"quiet":[{"from":"11:30","to":"13:30"}],"limits":[…],…}; {}: nothing is ruled.
ALTER TABLE villages ADD COLUMN rules TEXT NOT NULL DEFAULT '{}';

CREATE TABLE exceptions (
    id           TEXT PRIMARY KEY,
    village      TEXT NOT NULL REFERENCES villages (village),
    origin       TEXT NOT NULL,
    revision     INTEGER NOT NULL,
    deleted_at   INTEGER,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    announcement TEXT NOT NULL, -- empty: any
    slot         TEXT NOT NULL, -- empty: any, and what is in none
    from_at      INTEGER NOT NULL,
    to_at        INTEGER NOT NULL,
    rules        TEXT NOT NULL, -- list of what it lifts: hours, quiet, minutes, music
    reason       TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    decided_by   TEXT NOT NULL, -- empty: nobody yet
    decided_at   INTEGER,
    approved     INTEGER NOT NULL CHECK (approved IN (0, 1)),
    answer       TEXT NOT NULL,
    withdrawn_by TEXT NOT NULL,
    withdrawn_at INTEGER
) STRICT;
CREATE INDEX exceptions_by_end ON exceptions (village, to_at) WHERE deleted_at IS NULL;
CREATE INDEX exceptions_by_age ON exceptions (village, created_at DESC, id DESC);

-- Exceptions by which a row aired, and mourning that took its music, as reasons:
-- [{"code":"exception","exception":"…","person":"…","why":"…"}].
ALTER TABLE asrun ADD COLUMN rules TEXT NOT NULL DEFAULT '[]';
