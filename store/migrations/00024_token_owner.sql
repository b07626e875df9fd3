-- Whose token it is: where two people are asked for, it acts as that person.

-- +goose Up
ALTER TABLE tokens ADD COLUMN owner TEXT NOT NULL DEFAULT ''; -- ID of an account; empty: a program's own
