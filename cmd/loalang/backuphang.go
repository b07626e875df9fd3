package main

import (
	"errors"
	"slices"
	"time"
)

// stickRest is how long a stick that answered no more is left out, so that it holds no other
// night up. It is then tried once more, and at once when somebody asks for a backup.
const stickRest = 72 * time.Hour

// resting are the folders of the sticks that are left out at now.
func (s backupState) resting(now time.Time) []string {
	if rest := now.Sub(s.HungAt); rest < 0 || rest >= stickRest {
		return nil
	}
	return s.Hung
}

// leaveOut notes a stick that is left out, and answered no more at at.
func (s *backupState) leaveOut(dir string, at time.Time) {
	s.Hung, s.HungAt = append(s.Hung, dir), at
	if s.BadStick == "" {
		s.BadStick, s.StickWhy, s.StickCode = dir, sentence(errHangs), backupFault(errHangs)
	}
}

// tries notes on which stick a backup is being made, empty for none: whoever ends the process
// because that answers no more learns which it is.
func (s *backupState) tries(f folder, dir string) {
	if s.Trying != dir {
		s.Trying = dir
		_ = noteBackup(f, *s) // a card that takes no note may hold up a night, and no backup
	}
}

// noteHung writes down that a nightly backup did not end in its time, at now, and which stick
// is left out for that; named is false where nobody knows.
func noteHung(f folder, now time.Time) (named bool, err error) {
	s := readBackupState(f)
	s.Tried, s.Why, s.Code = now.UTC(), sentence(errHangs), backupFault(errHangs)
	if s.Trying != "" && !slices.Contains(s.resting(now), s.Trying) {
		s.Hung, s.BadStick = s.resting(now), ""
		s.leaveOut(s.Trying, now.UTC())
		named = true
	}
	s.Trying = ""
	if err := noteBackup(f, s); err != nil {
		return false, err
	}
	return named, nil
}

// forgetHung has every stick tried again.
func forgetHung(f folder) error {
	s := readBackupState(f)
	if len(s.Hung) == 0 {
		return nil
	}
	s.Hung, s.HungAt = nil, time.Time{}
	return noteBackup(f, s)
}

// noteUnfinished notes beside a backup that one on the stick dir is not finished. That stick is
// well, and the next night goes on there.
func noteUnfinished(f folder, dir string) error {
	s := readBackupState(f)
	if s.BadStick != "" { // another one is ill
		return nil
	}
	s.BadStick, s.StickWhy, s.StickCode = dir, sentence(errUnfinished), unfinished
	return noteBackup(f, s)
}

// outlastSticks has run make a nightly backup on the sticks that match patterns, or beside the
// data, and again without the stick that answered no more, or beside the data where it was not
// finished: the board is backed up in the same night. now is the board's clock. It returns what
// the last run said. ended says that the board is to end.
func outlastSticks(f folder, patterns string, now func() time.Time, ended func() bool, run func(patterns string) (string, error)) (string, error) {
	out, err := outlastHung(f, patterns, now, ended, run)
	stick := readBackupState(f).Trying
	if !errors.Is(err, errUnfinished) || stick == "" || ended() {
		return out, err
	}
	out, err = outlastHung(f, "", now, ended, run)
	return out, errors.Join(err, noteUnfinished(f, stick))
}

// outlastHung does it for sticks that answer no more.
func outlastHung(f folder, patterns string, now func() time.Time, ended func() bool, run func(patterns string) (string, error)) (string, error) {
	for {
		out, err := run(patterns)
		if !errors.Is(err, errHangs) || ended() {
			return out, err
		}
		named, noted := noteHung(f, now())
		if patterns == "" {
			return out, errors.Join(err, noted)
		}
		if !named { // no stick is then tried at all
			patterns = ""
		}
	}
}
