-- The public board: whether a village has one, and what is for the loudspeakers alone.

-- +goose Up
ALTER TABLE villages ADD COLUMN board TEXT NOT NULL DEFAULT ''; -- on, off; empty: nobody has decided
ALTER TABLE villages ADD COLUMN board_indexed INTEGER NOT NULL DEFAULT 0; -- 1: search engines may list it
ALTER TABLE villages ADD COLUMN board_address TEXT NOT NULL DEFAULT ''; -- as posters print it
ALTER TABLE announcements ADD COLUMN speaker_only INTEGER NOT NULL DEFAULT 0; -- 1: not on the board
