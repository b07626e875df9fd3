-- The library's pages: looking for recordings without marks, taking a removal back,
-- and what is removed by itself.

-- +goose Up

-- The words by which a recording is found: its title, who brought it, and what was
-- said with it, as scheduler.SkeletonOf writes them. Made again when seen, the
-- newest updated_at and the sum of the revisions of what they are made of, is another;
-- not exchanged.
CREATE TABLE sought (
    recording TEXT PRIMARY KEY REFERENCES recordings (id) ON DELETE CASCADE,
    words     TEXT NOT NULL,
    seen      TEXT NOT NULL
) STRICT;
CREATE INDEX renditions_of_recording ON renditions (recording) WHERE deleted_at IS NULL AND recording <> '';
CREATE INDEX announcements_of_bed ON announcements (bed) WHERE deleted_at IS NULL AND bed <> '';

-- What renditions held of a removed recording, for when it is taken back; not
-- exchanged.
CREATE TABLE forgotten (
    rendition TEXT PRIMARY KEY,
    recording TEXT NOT NULL,
    length_ns INTEGER NOT NULL,
    state     TEXT NOT NULL,
    fault     TEXT NOT NULL
) STRICT;
CREATE INDEX forgotten_of ON forgotten (recording);

-- How long this board keeps what nothing uses; one row or none, and then the usual.
CREATE TABLE retention (
    board         INTEGER PRIMARY KEY CHECK (board = 1),
    preview_days  INTEGER NOT NULL,
    take_days     INTEGER NOT NULL,
    log_years     INTEGER NOT NULL, -- 0: for ever
    updated_at    INTEGER NOT NULL,
    updated_by    TEXT NOT NULL
) STRICT;
