package playout

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"loalang/proof"
)

// drain offers the spooled rows to the journal. It says whether the journal has
// them all.
func (l *logbook) drain(ctx context.Context) bool {
	l.setClean(true) // before it is looked at: what comes meanwhile says so
	names := l.spool.list("asrun-*.json")
	if len(names) > 0 {
		l.setClean(false)
	}
	for _, name := range names {
		if !l.drainOne(ctx, name) {
			return false
		}
	}
	return true
}

func (l *logbook) isClean() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.clean
}

func (l *logbook) setClean(clean bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.clean = clean
}

// drainOne says whether it is worth going on.
func (l *logbook) drainOne(ctx context.Context, name string) bool {
	a, err := l.readRow(name)
	if err != nil {
		l.log.Error("spooled as-run row is unreadable and is set aside", "file", name, "err", err)
		if err := l.spool.setAside(name, strings.TrimSuffix(name, ".json")+".broken"); err != nil {
			l.log.Error("spooled as-run row could not be set aside", "file", name, "err", err)
		}
		return true
	}
	defer l.turn(a.Occurrence)()
	if a, err = l.readRow(name); err != nil || a.Occurrence == "" {
		return true // written or drained while we waited for our turn
	}
	patient, cancel := context.WithTimeout(ctx, journalPatience)
	defer cancel()
	err = l.journal.Record(patient, a)
	l.health(err)
	if err != nil {
		return false
	}
	l.unspool(a.Occurrence)
	return true
}

// spooledRow is a row as a file of the spool has it: with the picture of what was heard, which
// the row itself never shows.
type spooledRow struct {
	AsRun

	Picture *proof.Envelopes `json:"picture,omitempty"`
}

func rowFile(a AsRun) (f spooledRow) {
	if f.AsRun = a; a.Proof != nil {
		f.Picture = a.Proof.Envelopes
	}
	return f
}

func (f spooledRow) row() AsRun {
	if f.Proof != nil {
		f.Proof.Envelopes = f.Picture
	}
	return f.AsRun
}

func spoolName(occurrence string) string {
	sum := sha256.Sum256([]byte(occurrence))
	return "asrun-" + hex.EncodeToString(sum[:12]) + ".json"
}

// spooled reads the row of an occurrence that waits in the spool. One that
// cannot be read is one too, where its folder names it: what it was claimed for
// must not air twice. A folder that cannot be read itself is no row: it would
// keep the whole programme from the air.
func (l *logbook) spooled(occurrence string) (AsRun, bool) {
	name := spoolName(occurrence)
	a, err := l.readRow(name)
	switch {
	case a.Occurrence != "":
		return a, true
	case err != nil && l.spool.names(name):
		return AsRun{Occurrence: occurrence}, true
	}
	l.spoolHealth(err)
	return AsRun{}, false
}

// spoolHealth logs a change of the state of the spool's folders, not every failure.
func (l *logbook) spoolHealth(err error) {
	l.mu.Lock()
	was := l.ill
	l.ill = err != nil
	l.mu.Unlock()
	switch {
	case err != nil && !was:
		l.log.Error("the spool cannot be read, the as-run log alone says what has aired: have the card or disk looked at", "err", err)
	case err == nil && was:
		l.log.Info("the spool can be read again")
	}
}

// readRow reads the newest readable copy of a spooled row; the zero row when
// there is no copy, an error when there are and none can be read.
func (l *logbook) readRow(name string) (newest AsRun, err error) {
	copies, err := l.spool.read(name)
	for _, raw := range copies {
		var f spooledRow
		if bad := json.Unmarshal(raw, &f); bad != nil {
			err = errors.Join(err, bad)
			continue
		}
		a := f.row()
		if a.Occurrence == "" {
			err = errors.Join(err, errors.New("the row names no occurrence"))
			continue
		}
		if newest.Occurrence == "" || a.Updated.After(newest.Updated) {
			newest = a
		}
	}
	if newest.Occurrence != "" {
		err = nil
	}
	return newest, err
}

// unspool takes a row out of the spool. Of a folder that cannot even be read spooled tells.
func (l *logbook) unspool(occurrence string) {
	name := spoolName(occurrence)
	if err := l.spool.remove(name); err != nil && l.spool.names(name) {
		l.log.Error("spooled as-run row could not be removed", "occurrence", occurrence, "err", err)
	}
}

// keep writes a row to the spool.
func (l *logbook) keep(a AsRun) error {
	raw, err := json.Marshal(rowFile(a))
	if err != nil {
		return fmt.Errorf("encode as-run: %w", err)
	}
	defer l.setClean(false) // once it is there
	return l.spool.write(spoolName(a.Occurrence), raw)
}

// Spooled lists the as-run rows that wait beside the database, the earliest due first:
// what aired while that could not be written. It reads the disk, needs no database, and
// may be called from any goroutine. Rows that cannot be read are left out.
func (p *Player) Spooled() []AsRun {
	var rows []AsRun
	for _, name := range p.book.spool.list("asrun-*.json") {
		if a, err := p.book.readRow(name); err == nil && a.Occurrence != "" && a.Deleted.IsZero() {
			rows = append(rows, a)
		}
	}
	slices.SortStableFunc(rows, func(a, b AsRun) int { return a.Due.Compare(b.Due) })
	return rows
}
