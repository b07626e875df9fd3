-- Ready texts that a village has changed or written itself.

-- +goose Up

CREATE TABLE templates (
    id         TEXT PRIMARY KEY,
    village    TEXT NOT NULL REFERENCES villages (village),
    origin     TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    deleted_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    key        TEXT NOT NULL, -- of what comes with the program and is replaced; empty: the village's own
    topic      TEXT NOT NULL,
    class      TEXT NOT NULL,
    name       TEXT NOT NULL,
    title      TEXT NOT NULL, -- NFC, may hold blanks
    text       TEXT NOT NULL,
    changed_by TEXT NOT NULL  -- name of the account or token
) STRICT;
CREATE UNIQUE INDEX template_of_key ON templates (village, key) WHERE deleted_at IS NULL AND key <> '';
CREATE INDEX templates_of_village ON templates (village) WHERE deleted_at IS NULL;
