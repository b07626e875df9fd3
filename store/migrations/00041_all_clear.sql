-- An emergency that tells that the danger is over.

-- +goose Up
ALTER TABLE emergencies ADD COLUMN all_clear INTEGER NOT NULL DEFAULT 0;
