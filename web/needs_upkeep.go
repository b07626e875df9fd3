package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// ErrBusyKeeping says that the board looks after its data already.
var ErrBusyKeeping = errors.New("the board is being backed up or looked through already: wait until that is done")

// ErrBackingUp says that what it does for them is the backup that was asked for.
var ErrBackingUp = fmt.Errorf("a backup is being made: %w", ErrBusyKeeping)

// ErrSilentStick says that a stick does not answer.
var ErrSilentStick = errors.New("the stick does not answer: pull it out and use another")

// Backups is what is known of the board's backups.
type Backups struct {
	Off     bool      // none is made by night
	Running bool      // one is being made, or will be at once
	Busy    bool      // the board looks after its data, by that or otherwise: none can be begun
	Last    time.Time // of the newest that is whole; zero: there is none
	OnStick bool      // it lies on another disk than the data
	Stick   bool      // there is a stick that takes backups, now
	Silent  bool      // the sticks do not answer: what they keep is not known
	Damaged int       // files of the newest that were not whole
	Failed  time.Time // of a newer one that failed; zero: none did
	Code    string    // why: no-room, read-only, damaged, card, unreadable, gone, hangs, failed
	Kept    []Backup  // the newest first
	Whole   int64     // bytes that a backup with all recordings takes, about
}

// Backup is one backup that is kept.
type Backup struct {
	Name  string // of its file
	Made  time.Time
	Bytes int64
	Stick bool // it lies on another disk than the data
	Other bool // its name says that another board made it
}

// Ill is the code of something that is wrong with the board's data, for which there are
// words under "ill.".
type Ill string

// The ills, the worst first.
const (
	MissingDisk      Ill = "disk-missing" // the board runs in memory without it
	ReadOnlyDisk     Ill = "disk-read-only"
	FullDisk         Ill = "disk-full"
	NoInodes         Ill = "disk-inodes"
	DamagedSound     Ill = "recordings-damaged"
	NoRecentBackup   Ill = "backup-old"
	BackupFailed     Ill = "backup-failed"
	BadStick         Ill = "backup-stick" // a stick takes none, or gives back wrong what it took
	BackupOnDataOnly Ill = "backup-no-stick"
)

// Upkeep looks after the board's data. Its methods return within seconds, whatever a stick does.
type Upkeep interface {
	Backups() Backups
	// BackUp begins a backup; ErrBackingUp while one is being made, ErrBusyKeeping while the
	// board looks after its data otherwise.
	BackUp() error
	// Ills lists what is wrong with the data now, the worst first.
	Ills() []Ill
}

// BackupFiles hands backups out.
type BackupFiles interface {
	// OpenBackup opens one that is kept, by its name; fs.ErrNotExist when there is none,
	// ErrSilentStick when it may lie on a stick that does not answer.
	OpenBackup(name string) (*os.File, error)
	// WriteBackup writes one with all recordings to w, and blocks until it is done.
	WriteBackup(ctx context.Context, w io.Writer) error
}
