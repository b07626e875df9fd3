-- People of their own making: invitations, PINs, passkeys, and where news is pushed to.

-- +goose Up

ALTER TABLE accounts ADD COLUMN pin TEXT NOT NULL DEFAULT ''; -- argon2id; empty: none was chosen
ALTER TABLE accounts ADD COLUMN signouts INTEGER NOT NULL DEFAULT 0; -- grows whenever every sign-in ends

CREATE TABLE invitations (
    id         TEXT PRIMARY KEY,
    village    TEXT NOT NULL, -- empty: every village
    origin     TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    deleted_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    name       TEXT NOT NULL, -- whom it is for
    role       TEXT NOT NULL,
    account    TEXT NOT NULL, -- whose password is chosen anew; empty: a new account
    hash       TEXT NOT NULL UNIQUE,
    invited_by TEXT NOT NULL,
    became     TEXT NOT NULL, -- name of the account that it made
    expires_at INTEGER NOT NULL,
    used_at    INTEGER,
    revoked_at INTEGER
) STRICT;

-- Not told in the history row by row: a sign-in counts up what a passkey remembers.
CREATE TABLE passkeys (
    id         TEXT PRIMARY KEY, -- of the credential, base64url
    account    TEXT NOT NULL,
    name       TEXT NOT NULL,
    credential TEXT NOT NULL, -- JSON, with the public key
    created_at INTEGER NOT NULL,
    used_at    INTEGER
) STRICT;
CREATE INDEX passkeys_of ON passkeys (account);

-- Where a browser takes in what is pushed to its owner (RFC 8030).
CREATE TABLE pushes (
    id         TEXT PRIMARY KEY, -- SHA-256 of the endpoint, hex
    account    TEXT NOT NULL,
    endpoint   TEXT NOT NULL,
    key        TEXT NOT NULL, -- p256dh, base64url
    auth       TEXT NOT NULL, -- base64url
    lang       TEXT NOT NULL,
    device     TEXT NOT NULL, -- the browser's name of itself
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX pushes_of ON pushes (account);
