-- Scheduled tests of the emergency path, and what they found.

-- +goose Up

CREATE TABLE drills (
    id          TEXT PRIMARY KEY,
    village     TEXT NOT NULL REFERENCES villages (village),
    origin      TEXT NOT NULL,
    revision    INTEGER NOT NULL,
    deleted_at  INTEGER,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    title       TEXT NOT NULL,
    silent      INTEGER NOT NULL CHECK (silent IN (0, 1)),
    keyed       INTEGER NOT NULL CHECK (keyed IN (0, 1)), -- the amplifier, in a silent one
    rule        TEXT NOT NULL, -- canonical text of a calendar.Rule; empty: once, at_at
    at_at       INTEGER,
    since_at    INTEGER, -- from when on the rule as it stands promises anything
    immediate   INTEGER NOT NULL CHECK (immediate IN (0, 1)), -- somebody asked for it now
    before_text TEXT NOT NULL,
    after_text  TEXT NOT NULL,
    siren_ns    INTEGER NOT NULL,
    languages   TEXT NOT NULL, -- JSON array; []: all of the village
    person      TEXT NOT NULL
) STRICT;
CREATE INDEX drills_of ON drills (village) WHERE deleted_at IS NULL;

-- {"silent":true,"steps":[{"code":"siren","ok":true,"took_ns":…},…]}; '': no drill.
ALTER TABLE asrun ADD COLUMN drill TEXT NOT NULL DEFAULT '';
CREATE INDEX asrun_drills ON asrun (village, due_at) WHERE kind = 'drill';
