package playout

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// journalPatience is how long one write may wait for the database before the
// row goes to the spool: air must not wait for a locked file.
const journalPatience = 2 * time.Second

// drainEvery is how often spooled rows are offered to the journal again.
const drainEvery = 10 * time.Second

// logbook writes the as-run: to the journal, and while that fails to fsynced
// files, one for each row, from which the journal is filled later.
type logbook struct {
	journal Journal
	dirs    []string // spool folders, tried in order
	log     *slog.Logger

	mu      sync.Mutex
	order   []string         // occurrences with a row to write, oldest first
	rows    map[string]AsRun // newest state of each
	wake    chan struct{}
	failing bool // the journal's last write failed: logged once
}

func newLogbook(j Journal, dirs []string, log *slog.Logger) *logbook {
	return &logbook{journal: j, dirs: dirs, log: log, rows: map[string]AsRun{}, wake: make(chan struct{}, 1)}
}

// claim makes a durable before the amplifier is keyed. ErrClaimed when the
// occurrence has a row. Any other error means that neither the journal nor a
// spool folder could keep it.
func (l *logbook) claim(ctx context.Context, a AsRun) error {
	if l.spooled(a.Occurrence) {
		return ErrClaimed
	}
	patient, cancel := context.WithTimeout(ctx, journalPatience)
	defer cancel()
	err := l.journal.Claim(patient, a)
	if err == nil || errors.Is(err, ErrClaimed) {
		l.health(nil)
		return err
	}
	l.health(err)
	if spoolErr := l.spool(a); spoolErr != nil {
		return fmt.Errorf("claim %s: %w", a.Occurrence, errors.Join(err, spoolErr))
	}
	return nil
}

// record queues the newest state of a row. It never blocks on the disk.
func (l *logbook) record(a AsRun) {
	a.Airings = append([]Airing(nil), a.Airings...)
	l.mu.Lock()
	if _, waiting := l.rows[a.Occurrence]; !waiting {
		l.order = append(l.order, a.Occurrence)
	}
	l.rows[a.Occurrence] = a
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// run writes what is queued until ctx ends, and then what is left.
func (l *logbook) run(ctx context.Context) {
	tick := time.NewTicker(drainEvery)
	defer tick.Stop()
	l.drain(ctx)
	for {
		l.flush(ctx)
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*journalPatience)
			defer cancel()
			l.flush(last)
			return
		case <-l.wake:
		case <-tick.C:
			l.drain(ctx)
		}
	}
}

// flush writes every queued row, oldest first.
func (l *logbook) flush(ctx context.Context) {
	for {
		a, ok := l.next()
		if !ok {
			return
		}
		l.write(ctx, a)
	}
}

func (l *logbook) next() (AsRun, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.order) == 0 {
		return AsRun{}, false
	}
	id := l.order[0]
	l.order = l.order[1:]
	a := l.rows[id]
	delete(l.rows, id)
	return a, true
}

func (l *logbook) write(ctx context.Context, a AsRun) {
	// A row in the spool is older than a: the file must not win afterwards.
	wasSpooled := l.spooled(a.Occurrence)
	patient, cancel := context.WithTimeout(context.WithoutCancel(ctx), journalPatience)
	defer cancel()
	err := l.journal.Record(patient, a)
	l.health(err)
	if err != nil {
		if spoolErr := l.spool(a); spoolErr != nil {
			l.log.Error("as-run row could not be kept", "occurrence", a.Occurrence, "err", spoolErr)
		}
		return
	}
	if wasSpooled {
		l.unspool(a.Occurrence)
	}
}

// drain offers the spooled rows to the journal.
func (l *logbook) drain(ctx context.Context) {
	for _, dir := range l.dirs {
		names, err := filepath.Glob(filepath.Join(dir, "asrun-*.json"))
		if err != nil {
			continue
		}
		for _, name := range names {
			if !l.drainOne(ctx, name) {
				return
			}
		}
	}
}

// drainOne says whether it is worth going on.
func (l *logbook) drainOne(ctx context.Context, name string) bool {
	var a AsRun
	raw, err := os.ReadFile(name)
	if err == nil {
		err = json.Unmarshal(raw, &a)
	}
	if err != nil {
		l.log.Error("spooled as-run row is unreadable and is set aside", "file", name, "err", err)
		if err := os.Rename(name, strings.TrimSuffix(name, ".json")+".broken"); err != nil {
			l.log.Error("spooled as-run row could not be set aside", "file", name, "err", err)
		}
		return true
	}
	l.mu.Lock()
	_, newer := l.rows[a.Occurrence]
	l.mu.Unlock()
	if newer {
		return true // the queue writes a newer state in a moment
	}
	patient, cancel := context.WithTimeout(ctx, journalPatience)
	defer cancel()
	if err := l.journal.Record(patient, a); err != nil {
		l.health(err)
		return false
	}
	l.health(nil)
	l.unspool(a.Occurrence)
	return true
}

// health logs a change of the journal's state, not every failure.
func (l *logbook) health(err error) {
	l.mu.Lock()
	was := l.failing
	l.failing = err != nil
	l.mu.Unlock()
	switch {
	case err != nil && !was:
		l.log.Error("the as-run log cannot be written, rows are kept in the spool", "err", err)
	case err == nil && was:
		l.log.Info("the as-run log can be written again")
	}
}

func spoolName(occurrence string) string {
	sum := sha256.Sum256([]byte(occurrence))
	return "asrun-" + hex.EncodeToString(sum[:12]) + ".json"
}

func (l *logbook) spooled(occurrence string) bool {
	for _, dir := range l.dirs {
		if _, err := os.Stat(filepath.Join(dir, spoolName(occurrence))); err == nil {
			return true
		}
	}
	return false
}

func (l *logbook) unspool(occurrence string) {
	for _, dir := range l.dirs {
		if err := os.Remove(filepath.Join(dir, spoolName(occurrence))); err != nil && !errors.Is(err, fs.ErrNotExist) {
			l.log.Error("spooled as-run row could not be removed", "occurrence", occurrence, "err", err)
		}
	}
}

// spool keeps a row in the first folder that takes it.
func (l *logbook) spool(a AsRun) error {
	raw, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("encode as-run: %w", err)
	}
	return writeDurable(l.dirs, spoolName(a.Occurrence), raw)
}

// writeDurable writes name into the first of dirs that takes it: temporary
// file, fsync, rename, fsync of the folder. Older copies in the dirs behind go:
// they must not win after a restart.
func writeDurable(dirs []string, name string, raw []byte) error {
	var errs []error
	for i, dir := range dirs {
		if err := writeInto(dir, name, raw); err != nil {
			errs = append(errs, err)
			continue
		}
		for _, behind := range dirs[i+1:] {
			if err := os.Remove(filepath.Join(behind, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
		return nil
	}
	return errors.Join(errs...)
}

func writeInto(dir, name string, raw []byte) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone after the rename; left over only on failure
	_, err = f.Write(raw)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	if err := os.Rename(f.Name(), filepath.Join(dir, name)); err != nil {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
