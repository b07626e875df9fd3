-- Slots as a broadcaster's clock, how often a notice airs, and what authors are told
-- of notices that found no place.

-- +goose Up

-- [{"from":"11-15","to":"02-28","start":1050}], month-day and minutes after midnight;
-- over New Year too.
ALTER TABLE slots ADD COLUMN seasons TEXT NOT NULL DEFAULT '[]';
-- [{"date":"2027-02-06","off":true},{"date":"2027-02-07","start":420}]
ALTER TABLE slots ADD COLUMN days_off TEXT NOT NULL DEFAULT '[]';
-- How much of it notices may take; 0: all of it.
ALTER TABLE slots ADD COLUMN limit_ns INTEGER NOT NULL DEFAULT 0;

-- How often in each slot (0: once), and at most on one day (0: no limit).
ALTER TABLE schedules ADD COLUMN per_slot INTEGER NOT NULL DEFAULT 0;
ALTER TABLE schedules ADD COLUMN per_day INTEGER NOT NULL DEFAULT 0;

-- What became of the turns of a schedule, for fairness over days.
CREATE INDEX asrun_of_schedule ON asrun (village, schedule, due_at);

-- What the plan moves or leaves out, for the author to know before the day. A row
-- goes with the occurrence that does not air as promised.
CREATE TABLE tellings (
    village      TEXT NOT NULL,
    occurrence   TEXT NOT NULL,
    announcement TEXT NOT NULL,
    title        TEXT NOT NULL,
    author       TEXT NOT NULL, -- who made the announcement, by name
    slot         TEXT NOT NULL,
    from_at      INTEGER NOT NULL, -- the promise
    to_at        INTEGER,          -- where it airs instead; NULL: nowhere
    reason       TEXT NOT NULL,
    told_at      INTEGER NOT NULL, -- since when the plan says so
    seen_at      INTEGER,
    seen_by      TEXT NOT NULL,
    PRIMARY KEY (village, occurrence)
) STRICT, WITHOUT ROWID;
CREATE INDEX tellings_by_time ON tellings (village, from_at);
