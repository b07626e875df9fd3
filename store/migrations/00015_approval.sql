-- Who approved what, and who changed what.

-- +goose Up

-- What somebody decided about an announcement; '': nobody was asked.
ALTER TABLE announcements ADD COLUMN approval TEXT NOT NULL DEFAULT '';
-- The rest of it: {"by","at","reason","review_until","pin":{…}}.
ALTER TABLE announcements ADD COLUMN approval_form TEXT NOT NULL DEFAULT '';
-- Whose announcements need whose approval; '': nobody's.
ALTER TABLE villages ADD COLUMN approvals TEXT NOT NULL DEFAULT '';

-- The history of every record that people change, written by triggers that the
-- program lays over its one writing connection: in the transaction of the change.
CREATE TABLE history (
    id       INTEGER PRIMARY KEY,
    at       INTEGER NOT NULL,
    actor    TEXT NOT NULL, -- ID of the account or token; '': a process
    name     TEXT NOT NULL,
    actor_kind TEXT NOT NULL, -- account, token, process
    way      TEXT NOT NULL, -- panel, api, cli, board
    village  TEXT NOT NULL,
    kind     TEXT NOT NULL, -- the record's table
    record   TEXT NOT NULL,
    about    TEXT NOT NULL, -- the announcement it belongs to; '': none
    deed     TEXT NOT NULL, -- made, changed, removed
    revision INTEGER NOT NULL,
    fields   TEXT NOT NULL  -- {"title":["before","after"]}; a long text is {"digest":"…"}
) STRICT;
CREATE INDEX history_of_record ON history (record, id);
CREATE INDEX history_about ON history (about, id) WHERE about <> '';
CREATE INDEX history_of_village ON history (village, id);

-- Long texts, each kept once.
CREATE TABLE history_texts (
    digest TEXT PRIMARY KEY,
    text   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Nothing of it is altered, deleted or replaced.
-- +goose StatementBegin
CREATE TRIGGER history_stays BEFORE UPDATE ON history BEGIN SELECT RAISE(ABORT, 'the history cannot be altered'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER history_remains BEFORE DELETE ON history BEGIN SELECT RAISE(ABORT, 'the history cannot be altered'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER history_is_not_replaced BEFORE INSERT ON history WHEN EXISTS (SELECT 1 FROM history WHERE id = new.id)
BEGIN SELECT RAISE(ABORT, 'the history cannot be altered'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER history_texts_stay BEFORE UPDATE ON history_texts BEGIN SELECT RAISE(ABORT, 'the history cannot be altered'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER history_texts_remain BEFORE DELETE ON history_texts BEGIN SELECT RAISE(ABORT, 'the history cannot be altered'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER history_texts_are_not_replaced BEFORE INSERT ON history_texts WHEN EXISTS (SELECT 1 FROM history_texts WHERE digest = new.digest)
BEGIN SELECT RAISE(ABORT, 'the history cannot be altered'); END;
-- +goose StatementEnd
