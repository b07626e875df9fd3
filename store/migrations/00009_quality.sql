-- What an import measured of a recording, before and after.

-- +goose Up

-- JSON, recordings.Measures; empty: nothing was measured.
ALTER TABLE recordings ADD COLUMN measures TEXT NOT NULL DEFAULT '';
