package recordings

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// tapeSync is after how many frames what was written is made durable, 1 s.
	tapeSync = playRate
	// tapeAhead is what must be free beside the reserve for a tape to go on.
	tapeAhead = 1 << 20
	// tapeMost is how many bytes a tape may have, whatever the limit of what people
	// send: those of the longest recording, and a second.
	tapeMost = wavHead + 2*playRate*int64(longest/time.Second+1)
)

// TapeNote says what is on a Tape. It lies beside the sound, so that the sound
// finds its way into the library after a power cut.
type TapeNote struct {
	ID         string    // letters, digits and dashes: it names the files
	Occurrence string    // of the as-run
	About      About     // with which it is imported
	Began      time.Time // UTC
}

// Tape takes down what airs while it airs: WAV, 48 kHz s16 mono, durable to the
// last second or so. One goroutine uses it; every method blocks on the disk.
type Tape struct {
	lib    *Library
	file   *os.File
	frames int64
	synced int64
}

// aired is the folder of the tapes.
func (l *Library) aired() string { return filepath.Join(l.dir, "aired") }

func (l *Library) tapeSound(id string) string { return filepath.Join(l.aired(), id+".wav") }

func (l *Library) tapeNote(id string) string { return filepath.Join(l.aired(), id+".json") }

// NewTape begins a tape. ErrDiskFull when the reserve would be touched; nothing
// is left behind then.
func (l *Library) NewTape(note TapeNote) (_ *Tape, err error) {
	if !isTapeID(note.ID) {
		return nil, fmt.Errorf("begin a tape: %q is no ID of one", note.ID)
	}
	if _, err := os.Lstat(l.tapeSound(note.ID)); err == nil {
		return nil, fmt.Errorf("begin a tape: there is one of the ID %s", note.ID)
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("begin a tape: %w", fullDisk(errors.Join(err, l.eraseTape(note.ID))))
		}
	}()
	if err := os.MkdirAll(l.aired(), 0o750); err != nil {
		return nil, err
	}
	if err := l.tapeRoom(); err != nil {
		return nil, err
	}
	if err := l.writeNote(note); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(l.tapeSound(note.ID), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	if _, err := f.Write(wavHeader(playRate, 0)); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if err := errors.Join(f.Sync(), syncPath(l.aired()), syncPath(l.dir)); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &Tape{lib: l, file: f}, nil
}

// writeNote makes a note durable.
func (l *Library) writeNote(note TapeNote) error {
	raw, err := json.Marshal(note)
	if err != nil {
		return fmt.Errorf("write the note of a tape: %w", err)
	}
	if err := os.WriteFile(l.tapeNote(note.ID), raw, 0o600); err != nil {
		return fmt.Errorf("write the note of a tape: %w", err)
	}
	return syncPath(l.tapeNote(note.ID))
}

// isTapeID says whether id can be part of a path.
func isTapeID(id string) bool {
	return id != "" && len(id) <= 64 && strings.Trim(id, "0123456789abcdefghijklmnopqrstuvwxyz-") == ""
}

// tapeRoom asks whether a tape may take more of the disk.
func (l *Library) tapeRoom() error {
	var s unix.Statfs_t
	if err := unix.Statfs(l.aired(), &s); err != nil {
		return fmt.Errorf("ask for free space: %w", err)
	}
	if int64(s.Bavail)*int64(s.Bsize) < l.limits.Reserve+tapeAhead {
		return ErrDiskFull
	}
	return nil
}

func fullDisk(err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		return ErrDiskFull
	}
	return err
}

// Write appends frames, and once a second makes durable what came so far.
// ErrDiskFull when the reserve would be touched; what is on the tape stays.
func (t *Tape) Write(frames []int16) error {
	raw := make([]byte, 0, 2*len(frames))
	for _, v := range frames {
		raw = binary.LittleEndian.AppendUint16(raw, uint16(v))
	}
	if _, err := t.file.Write(raw); err != nil {
		return fmt.Errorf("write a tape: %w", fullDisk(err))
	}
	if t.frames += int64(len(frames)); t.frames-t.synced < tapeSync {
		return nil
	}
	t.synced = t.frames
	if err := t.file.Sync(); err != nil {
		return fmt.Errorf("make a tape durable: %w", fullDisk(err))
	}
	return t.lib.tapeRoom()
}

// Close makes the rest durable. What is on the tape is taken into the library
// by KeepTape.
func (t *Tape) Close() error {
	if err := errors.Join(t.file.Sync(), t.file.Close()); err != nil {
		return fmt.Errorf("end a tape: %w", err)
	}
	return nil
}

// Tapes lists what waits to be taken into the library, the oldest first, tapes
// that are being written included. A note that cannot be read is left where it
// is, and its sound with it.
func (l *Library) Tapes() ([]TapeNote, error) {
	names, err := filepath.Glob(filepath.Join(l.aired(), "*.json"))
	if err != nil {
		return nil, fmt.Errorf("look for tapes: %w", err)
	}
	var notes []TapeNote
	var faults error
	for _, name := range names {
		var note TapeNote
		raw, err := os.ReadFile(name)
		if err == nil {
			err = json.Unmarshal(raw, &note)
		}
		if err != nil || note.ID+".json" != filepath.Base(name) {
			faults = errors.Join(faults, fmt.Errorf("read the note of a tape, %s: %w", filepath.Base(name), err))
			continue
		}
		notes = append(notes, note)
	}
	slices.SortFunc(notes, func(a, b TapeNote) int { return a.Began.Compare(b.Began) })
	return notes, faults
}

// KeepTape takes a tape that nobody writes any more into the library, tells named
// what it became, and erases it when named is content. A tape that was taken in
// before gives the same recording again. The errors are those of Import and of
// named; with Refused the tape is erased: there is no sound on it.
func (l *Library) KeepTape(ctx context.Context, note TapeNote, named func(Recording) error) error {
	if !isTapeID(note.ID) {
		return fmt.Errorf("keep a tape: %q is no ID of one", note.ID)
	}
	f, err := os.OpenFile(l.tapeSound(note.ID), os.O_RDONLY, 0)
	if errors.Is(err, os.ErrNotExist) {
		return errors.Join(Refused{Code: Empty}, l.eraseTape(note.ID)) // the power went before there was any
	}
	if err != nil {
		return fmt.Errorf("keep a tape: %w", err)
	}
	defer func() { _ = f.Close() }()
	sound, err := tapeReader(f)
	if err != nil {
		return fmt.Errorf("keep a tape: %w", err)
	}
	rec, err := l.importUpTo(ctx, sound, note.About, tapeMost)
	var refused Refused
	if errors.As(err, &refused) {
		return errors.Join(err, l.eraseTape(note.ID))
	}
	if err == nil {
		err = named(rec)
	}
	if err != nil {
		return fmt.Errorf("keep a tape: %w", err)
	}
	return l.eraseTape(note.ID)
}

// tapeReader is the tape as a whole WAV: its length is that of the file, whatever
// the head says that was written before there was any sound.
func tapeReader(f *os.File) (io.Reader, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	frames := max(0, info.Size()-wavHead) / 2
	return io.MultiReader(strings.NewReader(string(wavHeader(playRate, frames))), io.NewSectionReader(f, wavHead, 2*frames)), nil
}

// eraseTape removes a tape: the note last, so that no sound is left without one.
func (l *Library) eraseTape(id string) error {
	var faults error
	for _, name := range []string{l.tapeSound(id), l.tapeNote(id)} {
		if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
			faults = errors.Join(faults, fmt.Errorf("erase a tape: %w", err))
		}
	}
	return faults
}
