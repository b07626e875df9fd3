-- Schedules that recur by a rule.

-- +goose Up

-- scheduler.Schedule.Rule, canonical text of a calendar.Rule; '' of other kinds.
ALTER TABLE schedules ADD COLUMN rule TEXT NOT NULL DEFAULT '';
-- From when on the rule as it stands promises anything; NULL of other kinds. Of
-- a rule that ends, until_day is its last civil day.
ALTER TABLE schedules ADD COLUMN since_at INTEGER;
