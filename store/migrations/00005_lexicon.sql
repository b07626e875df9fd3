-- What a village reads aloud in its own way.

-- +goose Up

CREATE TABLE words (
    id         TEXT PRIMARY KEY,
    village    TEXT NOT NULL REFERENCES villages (village),
    origin     TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    deleted_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    language   TEXT NOT NULL,
    written    TEXT NOT NULL, -- NFC, as it stands in texts
    spoken     TEXT NOT NULL, -- NFC, in words
    note       TEXT NOT NULL,
    changed_by TEXT NOT NULL  -- name of the account or token
) STRICT;
CREATE UNIQUE INDEX word_of_writing ON words (village, language, written) WHERE deleted_at IS NULL;
