-- How a message that is prepared for an emergency is to be heard, and how one was that
-- was raised.

-- +goose Up
ALTER TABLE templates ADD COLUMN messages TEXT NOT NULL DEFAULT '[]'; -- JSON: what is said by language, a text or a recording
ALTER TABLE templates ADD COLUMN zones TEXT NOT NULL DEFAULT '[]';    -- JSON; none is all
ALTER TABLE templates ADD COLUMN repeat INTEGER NOT NULL DEFAULT 0;   -- 0: until it ends
ALTER TABLE templates ADD COLUMN no_siren INTEGER NOT NULL DEFAULT 0;

ALTER TABLE emergencies ADD COLUMN messages TEXT NOT NULL DEFAULT '[]';
ALTER TABLE emergencies ADD COLUMN no_siren INTEGER NOT NULL DEFAULT 0;
