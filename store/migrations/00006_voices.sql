-- Which voice speaks a village's languages, and which spoke what.

-- +goose Up

CREATE TABLE voices (
    id         TEXT PRIMARY KEY,
    village    TEXT NOT NULL REFERENCES villages (village),
    origin     TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    deleted_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    language   TEXT NOT NULL,
    voice      TEXT NOT NULL,    -- "piper:vais1000"; empty: the board's first of the language
    rate       INTEGER NOT NULL, -- words a minute; 0: the voice's own
    pitch      INTEGER NOT NULL  -- 1 to 99; 0: the voice's own
) STRICT;
CREATE UNIQUE INDEX voice_of_language ON voices (village, language) WHERE deleted_at IS NULL;

-- The voice that spoke the recording, and the one that should have.
ALTER TABLE renditions ADD COLUMN spoken_by TEXT NOT NULL DEFAULT '';
ALTER TABLE renditions ADD COLUMN instead_of TEXT NOT NULL DEFAULT '';
-- Before, espeak-ng alone spoke.
UPDATE renditions SET spoken_by = CASE WHEN voice <> '' THEN voice ELSE 'espeak:' || language END
    WHERE state = 'ready' AND spoken_text <> '' AND recording <> '';
CREATE INDEX renditions_to_revoice ON renditions (village) WHERE instead_of <> '' AND deleted_at IS NULL;

-- Whether a sound was heard yet is asked each minute.
CREATE INDEX airings_of_recording ON airings (recording);
