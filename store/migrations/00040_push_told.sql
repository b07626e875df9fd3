-- What was pushed to whom, so that nothing is told twice, nor lost by a restart.

-- +goose Up
CREATE TABLE push_told (
    news    TEXT NOT NULL,
    push    TEXT NOT NULL,
    told_at INTEGER NOT NULL,
    PRIMARY KEY (news, push)
) STRICT;

ALTER TABLE pushes ADD COLUMN mark TEXT NOT NULL DEFAULT ''; -- of the account's sign-ins as they were then
