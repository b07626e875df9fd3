-- With what the monitor input was calibrated: its level holds for nothing else.
-- fallback: safe

-- +goose Up

-- ALSA name of the input; '': an older version made it, which did not say.
ALTER TABLE calibrations ADD COLUMN device TEXT NOT NULL DEFAULT '';
-- How far the input was turned up, in the words of its card; '': it does not tell.
ALTER TABLE calibrations ADD COLUMN capture TEXT NOT NULL DEFAULT '';
-- CARD:CONTROL of the output's volume; '': there was none.
ALTER TABLE calibrations ADD COLUMN control TEXT NOT NULL DEFAULT '';
-- dB where that stood.
ALTER TABLE calibrations ADD COLUMN fader_db REAL NOT NULL DEFAULT 0;
-- 1: on_db alone was measured; off_db is what an older version would have needed.
ALTER TABLE calibrations ADD COLUMN alone INTEGER NOT NULL DEFAULT 0;
