package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"loalang/audio/speaker"
)

// buffers keeps how much sound each card had to hold, over restarts: buffers.json
// in the data folder, by the card's label.
type buffers struct {
	file string
	now  func() time.Time
	log  *slog.Logger

	mu sync.Mutex
}

// bufferNote is what was learned of one card.
type bufferNote struct {
	Buffer  string    `json:"buffer"`
	Learned time.Time `json:"learned"`
	Kernel  string    `json:"kernel"` // under which; another one is tried anew
}

// lessons are those that still hold. A file that cannot be read costs no more
// than learning again.
func (b *buffers) lessons() map[string]speaker.Lesson {
	b.mu.Lock()
	defer b.mu.Unlock()
	notes, err := readBuffers(b.file)
	if err != nil {
		b.log.Warn("the buffers of the cards are learned anew", "err", err)
		return nil
	}
	all := map[string]speaker.Lesson{}
	for device, n := range notes {
		d, err := time.ParseDuration(n.Buffer)
		if err != nil || n.Kernel != kernelRelease() {
			continue
		}
		all[device] = speaker.Lesson{Buffer: d, Age: b.now().Sub(n.Learned)}
	}
	return all
}

// keep writes them all, durably.
func (b *buffers) keep(lessons map[string]speaker.Lesson) {
	b.mu.Lock()
	defer b.mu.Unlock()
	notes := map[string]bufferNote{}
	for device, l := range lessons {
		notes[device] = bufferNote{Buffer: l.Buffer.String(), Learned: b.now().Add(-l.Age).UTC().Truncate(time.Second), Kernel: kernelRelease()}
	}
	raw, err := json.MarshalIndent(notes, "", "  ")
	if err == nil {
		err = replace(b.file, 0o644, func(w io.Writer) error {
			_, err := w.Write(append(raw, '\n'))
			return err
		})
	}
	if err == nil {
		err = syncFolder(filepath.Dir(b.file))
	}
	if err != nil {
		b.log.Warn("what the card's buffer must be is learned anew after a restart", "err", err)
	}
}

func readBuffers(file string) (map[string]bufferNote, error) {
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var notes map[string]bufferNote
	if err := json.Unmarshal(raw, &notes); err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	return notes, nil
}

// syncFolder makes a rename within it durable.
func syncFolder(name string) error {
	dir, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// kernelRelease is such as 6.12.8; empty when the kernel does not say.
func kernelRelease() string {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return ""
	}
	return unix.ByteSliceToString(u.Release[:])
}

// examineBuffer says what the card's buffer is and what was learned.
func examineBuffer(s settings, in tongue) finding {
	f := finding{Name: in.say("buffer"), OK: true, Found: in.say("buffer-usual")}
	if s.Buffer != 0 {
		f.Found = in.say("buffer-set", s.Buffer)
		return f
	}
	notes, err := readBuffers(folder(s.Data).buffers())
	if err != nil {
		return finding{Name: f.Name, Found: sentence(err), Advice: in.say("buffer-unread-do")}
	}
	var said []string
	for device, n := range notes {
		said = append(said, in.say("buffer-learned", device, n.Buffer, n.Learned.Format(time.DateOnly)))
		if d, err := time.ParseDuration(n.Buffer); err == nil && d > speaker.CalmBuffer {
			f.OK = false
			f.Advice = in.say("buffer-do")
		}
	}
	if len(said) > 0 {
		slices.Sort(said)
		f.Found = strings.Join(said, "; ")
	}
	return f
}
