-- Who made a token, and when it was last used.

-- +goose Up
ALTER TABLE tokens ADD COLUMN issuer TEXT NOT NULL DEFAULT ''; -- name of whoever made it; empty: not known

-- Apart, because a use is no edit: it counts no revision and makes no history.
CREATE TABLE token_uses (
    token   TEXT PRIMARY KEY,
    used_at INTEGER NOT NULL -- to the hour
) STRICT;
