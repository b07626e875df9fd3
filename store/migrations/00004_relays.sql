-- Higher stations, their places in slots, what becomes of what is interrupted, and
-- music under the voices.

-- +goose Up

-- Only what is listed here is relayed.
CREATE TABLE stations (
    id         TEXT PRIMARY KEY,
    village    TEXT NOT NULL REFERENCES villages (village),
    origin     TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    deleted_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    name       TEXT NOT NULL,
    url        TEXT NOT NULL, -- http or https; empty: input is set
    input      TEXT NOT NULL  -- ALSA name of a line input; empty: url is set
) STRICT;
CREATE INDEX stations_of_village ON stations (village, name);

-- [{"station":"…","offset_ns":0,"length_ns":0,"fallback":"recording","patience_ns":0}]
ALTER TABLE slots ADD COLUMN relays TEXT NOT NULL DEFAULT '[]';

-- resume, restart or drop; empty: resume.
ALTER TABLE schedules ADD COLUMN interrupted TEXT NOT NULL DEFAULT '';

-- Recording under the voices; empty: none.
ALTER TABLE announcements ADD COLUMN bed TEXT NOT NULL DEFAULT '';
