-- What was claimed and never keyed may air after a restart; what has ended is
-- read with what is alive.

-- +goose Up

-- Durable before the first frame. What was claimed before this column was there
-- may have sounded.
ALTER TABLE asrun ADD COLUMN keyed_at INTEGER;
UPDATE asrun SET keyed_at = claimed_at;

-- Until when its misfire lets it begin; NULL: due_at.
ALTER TABLE asrun ADD COLUMN latest_at INTEGER;

DROP INDEX emergencies_active;
CREATE INDEX emergencies_by_expiry ON emergencies (village, expires_at);
