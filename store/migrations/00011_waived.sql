-- Languages in which an announcement is not told because somebody said so.

-- +goose Up

-- 1: nobody is to tell it in this language; then its state is missing.
ALTER TABLE renditions ADD COLUMN waived INTEGER NOT NULL DEFAULT 0 CHECK (waived IN (0, 1));
