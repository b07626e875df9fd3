-- How the board was: what became better or worse, and some numbers every five minutes
-- for a day and every two hours for three months.
-- fallback: safe

-- +goose Up
CREATE TABLE health_changes (
	id       INTEGER PRIMARY KEY,
	at       INTEGER NOT NULL,           -- microseconds
	part     TEXT NOT NULL,
	level    TEXT NOT NULL,
	code     TEXT NOT NULL,
	said     TEXT NOT NULL DEFAULT '[]'  -- JSON: the values of its words
) STRICT;

CREATE TABLE health_samples (
	step        INTEGER NOT NULL,        -- seconds
	at          INTEGER NOT NULL,        -- microseconds
	level       TEXT NOT NULL,
	temperature REAL,                    -- °C
	disk_free   INTEGER,                 -- bytes
	memory_free INTEGER,                 -- bytes
	memory      INTEGER,                 -- bytes that the program takes
	descriptors INTEGER,
	PRIMARY KEY (step, at)
) STRICT, WITHOUT ROWID;
