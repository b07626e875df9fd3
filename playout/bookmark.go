package playout

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"loalang/audio"
	"loalang/scheduler"
)

const (
	// bookmarkFile and pulseFile lie in PlayerConfig.Memory.
	bookmarkFile = "onair.json"
	pulseFile    = "onair.pulse"
	// pulseEvery is how often the pulse is written while something sounds: as much
	// sound is heard twice after a crash, at most.
	pulseEvery = 100 * time.Millisecond
)

// bookmark keeps, for the next run of this process in the same boot, what is on
// the air and how far it has come: a file with what changes at each start and
// end, and beside it a pulse, the instant at which this process was last alive.
// From both follows which frames had left the card for certain. The files lie in
// memory and are not synced: they are for a crash of this process, not of the
// machine. Its methods belong to the loop of the Player; none of them waits.
type bookmark struct {
	dir     string // empty: nothing is kept
	boot    string
	village string
	log     *slog.Logger

	pulse   *os.File
	written []byte
	failing bool // the last write failed: logged once
}

// page is what the file holds.
type page struct {
	Boot    string        // of the machine; instants mean nothing in another one
	Village string        // whose Player wrote it
	At      audio.Instant // when it was written
	Items   []markedItem
	Alarms  []markedAlarm
}

// markedItem is an item that had begun, or for which the amplifier was due. One
// with an outcome is over, and only its row may not be in the journal yet.
type markedItem struct {
	Occurrence scheduler.Occurrence
	Row        AsRun
	Parts      []markedPart
	Bed        *markedPart   // nil: none was heard
	Begins     audio.Instant // first frame of its newest try
	Hurt, Went string        // as in item
	EndAs      Outcome       // as in item: it was being ended
	EndBy      string
	EndCause   string
	Crashes    int // how often it was picked up already
	// For how long it was heard, as of the last change; a bookmark of a version that did not
	// note this says that nothing kept it from being heard.
	Reach reach
}

// markedPart is how far a part had come.
type markedPart struct {
	Ended   bool
	Cause   audio.Cause
	Skipped audio.Frames  // of its file, before its newest cue
	Told    audio.Frames  // of that cue, in airings that were closed
	Started audio.Instant // of the open airing; zero when none is open
	Airing  int
	Unheard bool
	Mute    bool // as in part
	Passed  string

	Part scheduler.Part
}

// Interrupted says whether a crash left something on the air for the next run of a
// Player with that PlayerConfig.Memory: most of it waits to sound again.
func Interrupted(memory string) bool {
	_, err := os.Stat(filepath.Join(memory, bookmarkFile))
	return memory != "" && err == nil
}

func newBookmark(cfg PlayerConfig) *bookmark {
	if cfg.Boot == "" {
		cfg.Memory = "" // an instant means nothing when its boot is not known
	}
	return &bookmark{dir: cfg.Memory, boot: cfg.Boot, village: cfg.Village, log: cfg.Log}
}

// keep writes what is on the air, when that has changed.
func (b *bookmark) keep(now audio.Instant, items []markedItem, alarms []markedAlarm) {
	if b.dir == "" {
		return
	}
	p := page{Boot: b.boot, Village: b.village, Items: items, Alarms: alarms}
	raw, err := json.Marshal(p)
	if err == nil && bytes.Equal(raw, b.written) {
		return
	}
	b.written = raw
	if err == nil && len(items)+len(alarms) == 0 {
		b.told(b.clear())
		return
	}
	if err == nil {
		p.At = now
		err = b.write(p)
	}
	if err != nil {
		b.written = nil
		err = errors.Join(err, b.clear()) // an old one would let something air twice
	}
	b.told(err)
}

// told logs a change of its health, not every failure.
func (b *bookmark) told(err error) {
	if err != nil && !b.failing {
		b.log.Error("what is on the air would not go on after a crash of this program", "err", err)
	}
	b.failing = err != nil
}

func (b *bookmark) write(p page) error {
	raw, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("encode bookmark: %w", err)
	}
	fresh := filepath.Join(b.dir, "."+bookmarkFile)
	if err := os.WriteFile(fresh, raw, 0o600); err != nil {
		return fmt.Errorf("write bookmark: %w", err)
	}
	if err := os.Rename(fresh, filepath.Join(b.dir, bookmarkFile)); err != nil {
		return fmt.Errorf("write bookmark: %w", err)
	}
	return nil
}

// beat says that this process is alive and the sound goes on.
func (b *bookmark) beat(now audio.Instant) {
	if b.dir == "" {
		return
	}
	if b.pulse == nil {
		f, err := os.OpenFile(filepath.Join(b.dir, pulseFile), os.O_WRONLY|os.O_CREATE, 0o600)
		if err != nil {
			b.told(err)
			return
		}
		b.pulse = f
	}
	var raw [8]byte
	binary.LittleEndian.PutUint64(raw[:], uint64(now))
	_, err := b.pulse.WriteAt(raw[:], 0)
	if err != nil {
		b.told(err)
	}
}

// read returns what the last run left and the last instant at which it was
// alive; ok is false when there is nothing of this boot and village.
func (b *bookmark) read(now audio.Instant) (p page, ok bool) {
	if b.dir == "" {
		return p, false
	}
	raw, err := os.ReadFile(filepath.Join(b.dir, bookmarkFile))
	if missing(err) {
		return p, false
	}
	if err == nil {
		err = json.Unmarshal(raw, &p)
	}
	if err == nil {
		err = p.check()
	}
	if err != nil {
		b.log.Error("what was on the air before the crash cannot be read", "err", err)
		return p, false
	}
	if beat, err := os.ReadFile(filepath.Join(b.dir, pulseFile)); err == nil && len(beat) == 8 {
		p.At = max(p.At, audio.Instant(binary.LittleEndian.Uint64(beat)))
	}
	return p, p.Boot == b.boot && p.Village == b.village && p.At > 0 && p.At <= now
}

// check refuses a page that points outside itself.
func (p page) check() error {
	for _, m := range p.Alarms {
		if err := m.check(); err != nil {
			return err
		}
	}
	for _, m := range p.Items {
		if m.Occurrence.ID == "" || m.Occurrence.ID != m.Row.Occurrence {
			return fmt.Errorf("bookmark: the row of %q is of %q", m.Occurrence.ID, m.Row.Occurrence)
		}
		parts := m.Parts
		if m.Bed != nil {
			parts = append(slices.Clone(parts), *m.Bed)
		}
		for _, mp := range parts {
			if mp.Airing >= len(m.Row.Airings) || mp.Airing < 0 && mp.Started != 0 || mp.Skipped < 0 || mp.Told < 0 {
				return fmt.Errorf("bookmark: a part of %s makes no sense", m.Occurrence.ID)
			}
		}
	}
	return nil
}

// clear lets the next run find nothing.
func (b *bookmark) clear() error {
	if b.dir == "" {
		return nil
	}
	if b.pulse != nil {
		_ = b.pulse.Close() // what it says is without meaning now
		b.pulse = nil
	}
	var errs []error
	for _, name := range []string{bookmarkFile, pulseFile} {
		if err := os.Remove(filepath.Join(b.dir, name)); err != nil && !missing(err) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
