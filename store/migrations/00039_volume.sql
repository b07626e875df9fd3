-- How loud a village's programme is, in dB against how sound is levelled.

-- +goose Up
ALTER TABLE villages ADD COLUMN volume INTEGER NOT NULL DEFAULT 0;
