-- What came from somebody's calendar, what a feed has told, and addresses of feeds.

-- +goose Up

-- An event that was taken in, so that the same file again does not double it.
CREATE TABLE imported (
    id           TEXT PRIMARY KEY,
    village      TEXT NOT NULL,
    origin       TEXT NOT NULL,
    revision     INTEGER NOT NULL,
    deleted_at   INTEGER,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    uid          TEXT NOT NULL, -- as the calendar has it
    announcement TEXT NOT NULL,
    schedule     TEXT NOT NULL, -- what its recurrence became
    sequence     INTEGER NOT NULL,
    modified_at  INTEGER,       -- LAST-MODIFIED, else DTSTAMP
    digest       TEXT NOT NULL  -- of everything that was taken of it
) STRICT;
CREATE UNIQUE INDEX imported_once ON imported (village, uid) WHERE deleted_at IS NULL;

-- What the feed of a village last told of an occurrence, for its SEQUENCE to rise
-- when that changes. A row goes some weeks after its occurrence.
CREATE TABLE feed_events (
    village    TEXT NOT NULL,
    occurrence TEXT NOT NULL,
    digest     TEXT NOT NULL,
    sequence   INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    begins_at  INTEGER NOT NULL,
    PRIMARY KEY (village, occurrence)
) STRICT, WITHOUT ROWID;
CREATE INDEX feed_events_by_time ON feed_events (village, begins_at);

-- 1: it opens the feed of its village and nothing else.
ALTER TABLE tokens ADD COLUMN feed INTEGER NOT NULL DEFAULT 0;
