-- What a person kept of a recording as it came.

-- +goose Up

-- recordings.Trim, in ns from the beginning of the sound as it came; trim_to_ns
-- 0: to its end.
ALTER TABLE recordings ADD COLUMN trim_from_ns INTEGER NOT NULL DEFAULT 0;
ALTER TABLE recordings ADD COLUMN trim_to_ns   INTEGER NOT NULL DEFAULT 0;
