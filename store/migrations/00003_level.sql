-- How loud what aired was.

-- +goose Up

-- Mean power while it sounded, in dBFS; NULL: not known.
ALTER TABLE airings ADD COLUMN level_db REAL;
