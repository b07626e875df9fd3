-- What a report divides by, as it was when a row was first written, and its order.

-- +goose Up

-- Of the announcement; empty: it had none, or there was no announcement.
ALTER TABLE asrun ADD COLUMN topic  TEXT NOT NULL DEFAULT '';
ALTER TABLE asrun ADD COLUMN issuer TEXT NOT NULL DEFAULT '';

-- JSON array of the languages in which it was to be told.
ALTER TABLE asrun ADD COLUMN languages TEXT NOT NULL DEFAULT '[]';

-- Of what is there already, as the announcement says now, deleted or not, and as
-- its airings told.
UPDATE asrun SET (topic, issuer) = (SELECT topic, issuer FROM announcements WHERE announcements.id = asrun.announcement)
    WHERE announcement IN (SELECT id FROM announcements);
UPDATE asrun SET languages = (SELECT json_group_array(language) FROM
        (SELECT language FROM airings WHERE airings.asrun = asrun.id AND language <> '' GROUP BY language ORDER BY min(ordinal)))
    WHERE id IN (SELECT asrun FROM airings WHERE language <> '');

-- By the instant by which a row counts.
CREATE INDEX asrun_by_turn ON asrun (village, coalesce(due_at, nominal_at), id);
