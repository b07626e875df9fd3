package store

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/mattn/go-sqlite3"

	"loalang/scheduler"
)

var (
	// ErrNewer says that a newer version of loalang has written the data
	// folder. Nothing was changed.
	ErrNewer = errors.New("the data folder was written by a newer version of loalang: install that version, or restore a backup made by this one")
	// ErrNotDatabase says that the file is something else. Nothing was changed.
	ErrNotDatabase = errors.New("the file is not a database of loalang: choose another data folder, or move the file away and restore a backup")
	// ErrCorrupt says that the database is damaged; it also is syscall.EUCLEAN.
	// The file is never overwritten or deleted.
	ErrCorrupt error = corrupt{}
	// ErrCopyUnread says that a copy of the database does not read back as it was written. The
	// database itself is whole.
	ErrCopyUnread = errors.New("the copy of the database does not read back: put it on another disk")
	// ErrBehind says that the tables are as an older version of loalang left them, and
	// could not be brought up to date. A Store that met it at its start touches the file no
	// more until the next: it is ErrCorrupt too.
	ErrBehind = errors.New("the database is as an older version of loalang left it")
	// ErrGone says that the disk of the database gives nothing back any more, as one that was
	// pulled out. A Store that met it touches the file no more until the next start: it is
	// ErrCorrupt too.
	ErrGone = errors.New("the disk with the data gives nothing back any more")
	// ErrBusy says that another program held the database for too long.
	ErrBusy = errors.New("another program holds the database: end it, then try again")
	// ErrFull says that the disk is full; it also is syscall.ENOSPC. Nothing of
	// the write was kept.
	ErrFull error = full{}
)

// full is a type so that ErrFull can be ENOSPC as well: packages that must not
// know the store then recognise it.
type full struct{}

// Error says what to do.
func (full) Error() string {
	return "the disk is full: delete recordings that are no longer needed, or put in a larger card"
}

// Is makes every full error the same, and the same as ENOSPC.
func (full) Is(target error) bool { return target == error(full{}) || target == error(syscall.ENOSPC) }

// corrupt is a type so that ErrCorrupt can be EUCLEAN as well, as full is.
type corrupt struct{}

// Error says what to do.
func (corrupt) Error() string {
	return "the database is damaged: stop loalang, keep a copy of the data folder, and run `sudo loalang-board data repair`; where that saves too little, restore the last backup"
}

// Is makes every damage the same, and the same as EUCLEAN.
func (corrupt) Is(target error) bool {
	return target == error(corrupt{}) || target == error(syscall.EUCLEAN)
}

// untouched is ErrNewer met at a start. It is ErrCorrupt as well: the board goes on as with
// a database that is damaged.
type untouched struct{ why error }

// Error says what to do.
func (u untouched) Error() string { return u.why.Error() }

// Unwrap gives why.
func (u untouched) Unwrap() error { return u.why }

// Is makes it a database that must not be touched.
func (untouched) Is(target error) bool { return corrupt{}.Is(target) }

// behind is ErrBehind with why the disk did not let the tables be brought up to date. It is
// nothing of what why is: that the disk is full is not what is in the way of a page.
type behind struct{ why error }

// Error says what to do.
func (b behind) Error() string {
	return fmt.Sprintf("%v and could not be brought up to date: free room on the disk, or put in a card that can be written, and start again; or install that version again (%v)", ErrBehind, b.why)
}

// Is makes it a database that must not be touched.
func (behind) Is(target error) bool { return target == ErrBehind || corrupt{}.Is(target) }

// gone is ErrGone with what a page was said to be.
type gone struct{ why error }

// Error says what to do.
func (g gone) Error() string {
	return fmt.Sprintf("%v: look whether it is plugged in, which a board then takes by itself; after some minutes switch the board off and on (%v)", ErrGone, g.why)
}

// Is makes it a database that must not be touched.
func (gone) Is(target error) bool { return target == ErrGone || corrupt{}.Is(target) }

// damagedBy is ErrCorrupt with what was found.
func damagedBy(why error) error { return fmt.Errorf("%w (%w)", ErrCorrupt, why) }

// unreadable says whether an error of a reading is the database's, and none of
// what was asked for.
func unreadable(err error) bool {
	var lite sqlite3.Error
	return errors.Is(err, ErrCorrupt) || errors.Is(err, ErrBusy) || errors.Is(err, ErrFull) || errors.As(err, &lite)
}

// missing is the error of a record that is not there. It is fs.ErrNotExist,
// and besides the sentinel of the package whose interface promises one.
type missing struct {
	what, id string
	also     error
}

// Error names the record.
func (m missing) Error() string { return fmt.Sprintf("no %s %q", m.what, m.id) }

// Is says what the error stands for.
func (m missing) Is(target error) bool {
	return target == fs.ErrNotExist || m.also != nil && target == m.also
}

// explain gives an error of SQLite the sentence that says what to do.
func explain(err error) error {
	var lite sqlite3.Error
	if err == nil || errors.Is(err, ErrCorrupt) || !errors.As(err, &lite) {
		return err
	}
	switch lite.Code {
	case sqlite3.ErrFull:
		return fmt.Errorf("%w (%w)", ErrFull, err)
	case sqlite3.ErrCorrupt:
		return fmt.Errorf("%w (%w)", ErrCorrupt, err)
	case sqlite3.ErrNotADB:
		return fmt.Errorf("%w (%w)", ErrNotDatabase, err)
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return fmt.Errorf("%w (%w)", ErrBusy, err)
	case sqlite3.ErrIoErr:
		if lite.SystemErrno == syscall.ENOSPC {
			return fmt.Errorf("%w (%w)", ErrFull, err)
		}
	}
	switch lite.ExtendedCode {
	case sqlite3.ErrConstraintPrimaryKey, sqlite3.ErrConstraintUnique:
		return fmt.Errorf("%w (%w)", scheduler.ErrRevision, err)
	case sqlite3.ErrConstraintForeignKey:
		return fmt.Errorf("what the record belongs to is gone: %w (%w)", fs.ErrNotExist, err)
	}
	return err
}

// clash says whether err is a second row with a key that must be unique.
func clash(err error) bool {
	var lite sqlite3.Error
	return errors.As(err, &lite) && lite.ExtendedCode == sqlite3.ErrConstraintUnique
}
