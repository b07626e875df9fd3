-- Who records what in which language until when, the text that a recording was
-- made for, what becomes of a language that is missing, and what aired of it.

-- +goose Up

-- Who was asked to record it; all empty: nobody.
ALTER TABLE renditions ADD COLUMN reader TEXT NOT NULL DEFAULT '';
ALTER TABLE renditions ADD COLUMN reader_account TEXT NOT NULL DEFAULT '';
ALTER TABLE renditions ADD COLUMN reading_due_at INTEGER;
ALTER TABLE renditions ADD COLUMN asked_by TEXT NOT NULL DEFAULT '';
ALTER TABLE renditions ADD COLUMN asked_at INTEGER;

-- The wording for which a person made the recording; empty: not known.
ALTER TABLE renditions ADD COLUMN told TEXT NOT NULL DEFAULT '';

-- Every wording that an announcement had and a recording may have been made for.
CREATE TABLE wordings (
    announcement TEXT NOT NULL REFERENCES announcements (id),
    wording      TEXT NOT NULL, -- scheduler.Wording of text
    text         TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    PRIMARY KEY (announcement, wording)
) STRICT, WITHOUT ROWID;

-- fallback, wait or skip; empty: fallback.
ALTER TABLE villages ADD COLUMN missing TEXT NOT NULL DEFAULT '';
-- Silence between two languages; 0: that of frames.
ALTER TABLE villages ADD COLUMN pause_ns INTEGER NOT NULL DEFAULT 0;

-- Languages of the village that were not ready.
ALTER TABLE asrun ADD COLUMN missing TEXT NOT NULL DEFAULT '[]';
-- Those of them for which a voice stood.
ALTER TABLE airings ADD COLUMN stood_for TEXT NOT NULL DEFAULT '[]';
