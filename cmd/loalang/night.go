package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"loalang/archive"
	"loalang/store"
)

// The rhythm of what the board does for its data while people sleep.
const (
	nightLook  = 5 * time.Minute  // between two looks
	nightFrom  = 1                // o'clock in the village, from when on it is night
	nightTo    = 4                // o'clock, until when
	backupEach = 20 * time.Hour   // least between two backups by night
	backupLate = 30 * time.Hour   // since the last, when one is made at any hour: the board may be off at night
	backupWait = time.Hour        // after one that failed
	firstWait  = 20 * time.Minute // after the start, when there was none ever
)

// nightNote is the file that says when the board last looked its data through by night.
func (f folder) nightNote() string { return filepath.Join(string(f), "night.json") }

// nights are what the board does for its data by night.
type nights struct {
	backUp func(context.Context)
	look   func(context.Context) bool // reads a part of the library; false: it could not begin, or was ended
	looked time.Time                  // when that was last done; zero: never
}

// nightNoted is what the file of nightNote holds.
type nightNoted struct {
	Looked time.Time `json:"looked"`
}

// readNight is when the board last looked its data through; zero where that is not known.
func readNight(f folder) time.Time {
	var n nightNoted
	raw, err := os.ReadFile(f.nightNote())
	if err != nil || json.Unmarshal(raw, &n) != nil {
		return time.Time{}
	}
	return n.Looked
}

// noteNight writes down that the board looked its data through at an instant.
func noteNight(f folder, at time.Time) error {
	err := archive.Durable(f.nightNote(), func(w io.Writer) error { return json.NewEncoder(w).Encode(nightNoted{at.UTC()}) })
	if err != nil {
		return fmt.Errorf("note the night: %w", err)
	}
	return nil
}

// backupDue says whether a backup is to be made at now, in the zone of the village. up is
// how long the board has been running.
func backupDue(s backupState, now time.Time, up time.Duration) bool {
	if s.failing(now) && now.Sub(s.Tried) < backupWait && !now.Before(s.Tried) {
		return false
	}
	return nightDue(s.Last, now, up)
}

// nightDue says whether what is done once a night, and was last done at an instant, is to be done at now.
func nightDue(last, now time.Time, up time.Duration) bool {
	night := now.Hour() >= nightFrom && now.Hour() < nightTo
	since := now.Sub(last)
	switch {
	case last.IsZero():
		return night || up >= firstWait
	case since < 0: // the clock was ahead; and the board may be off at night
		return night || up >= firstWait
	}
	return since >= backupLate || night && since >= backupEach
}

// tendData backs the board up and looks its data through every night while nothing airs, until ctx ends.
func (b *board) tendData(ctx context.Context) error {
	if was, err := clearStage(folder(b.settings.Data)); err != nil { // here, and not before the board can sound
		b.log.Warn("what an interrupted restore left takes room", "err", err)
	} else if was {
		b.log.Info("what an interrupted restore left is removed")
	}
	n := nights{backUp: b.backUp, look: b.checkLibrary, looked: readNight(folder(b.settings.Data))}
	began := time.Now()
	tick := time.NewTicker(nightLook)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-b.upkeep.order:
			if err := forgetHung(folder(b.settings.Data)); err != nil { // somebody may have changed the stick
				b.log.Warn("a stick that answered no more stays left out", "err", err)
			}
			b.backUp(ctx)
			continue
		case <-tick.C:
		}
		if !b.clock.Trusted() || b.db.Damaged() || !b.idle(ctx) {
			continue
		}
		now := b.clock.Now()
		if zone, err := b.village.Location(); err == nil {
			now = now.In(zone)
		}
		b.tonight(ctx, &n, now, time.Since(began))
	}
}

// tonight does what is due at now, in the zone of the village: a backup where the settings want one, and without
// one too, what interrupted runs left goes, and a part of the library is read. up is how long the board has been running.
func (b *board) tonight(ctx context.Context, n *nights, now time.Time, up time.Duration) {
	f := folder(b.settings.Data)
	if b.settings.Backup && backupDue(readBackupState(f), now, up) {
		n.backUp(ctx)
	}
	if !nightDue(n.looked, now, up) {
		return
	}
	clearHome(f, time.Now()) // by the system's clock, as files are
	if !n.look(ctx) {
		return // it is tried again soon
	}
	n.looked = now // also where no note of it can be left: an ill card is not read again and again
	if err := noteNight(f, now); err != nil {
		b.log.Warn("the next start looks the data through once more", "err", err)
	}
}

// checkLibrary reads a part of the library and makes good what is damaged, in a process of
// its own with the least priority. False: the data are looked after already, or the board ended it.
func (b *board) checkLibrary(ctx context.Context) (done bool) {
	if !b.upkeep.begin() {
		return false
	}
	defer b.upkeep.end()
	out, err := b.aside(ctx, "data", "check", "--tonight", "--village", b.settings.Village, "--backup-stick", b.settings.BackupSticks)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		b.log.Error("the data were looked through", "found", err)
	default:
		b.log.Info("the data were looked through", "said", firstLine(out))
	}
	return ctx.Err() == nil
}

// backUp makes the nightly backup now, in a process of its own with the least priority.
// What went wrong is in the note that it leaves or that is made for it, and in the log. A stick that answers no more
// is left out, and the next place takes it. One that takes long goes on while nothing airs.
func (b *board) backUp(ctx context.Context) {
	if !b.upkeep.begin() {
		return
	}
	defer b.upkeep.end()
	b.upkeep.saving()
	f := folder(b.settings.Data)
	before := readBackupState(f)
	bounds := steady{backupStill, backupFree, backupMost, backupPeek, func() bool { return b.idle(ctx) }}
	out, err := outlastSticks(f, b.settings.BackupSticks, b.clock.Now, func() bool { return ctx.Err() != nil }, func(patterns string) (string, error) {
		return bounds.run(ctx, itself, "backup", "nightly", "--village", b.settings.Village, "--backup-keep", strconv.Itoa(b.settings.BackupKeep), "--backup-stick", patterns, "--data", b.settings.Data)
	})
	switch {
	case ctx.Err() != nil:
	case err != nil:
		b.log.Error("the board could not be backed up", "err", err)
		b.failedBackup(ctx, before, err)
	default:
		b.log.Info("the board is backed up", "said", firstLine(out))
	}
}

// damagePatience is how long the database is looked through behind a backup that failed.
const damagePatience = time.Minute

// failedBackup sees to it that what made a backup fail is known: before is what was noted
// when it began. Damage that it met the store is to know of, too, and at once.
func (b *board) failedBackup(ctx context.Context, before backupState, why error) {
	f := folder(b.settings.Data)
	unsaid := !readBackupState(f).saysMore(before)
	if unsaid || readBackupState(f).Code == backupFault(store.ErrCorrupt) {
		ctx, cancel := context.WithTimeout(ctx, damagePatience)
		defer cancel()
		if err := b.db.Integrity(ctx); errors.Is(err, store.ErrCorrupt) {
			why = err
		}
	}
	if !unsaid {
		return
	}
	if err := noteFailed(f, b.clock.Now(), why); err != nil {
		b.log.Warn("nothing but the log tells that a backup failed", "err", err)
	}
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}

func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndexByte(text, '\n')+1:]
}
