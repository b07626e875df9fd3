package recordings

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Config is what a Library is made of.
type Config struct {
	// Dir is the library's own folder; made when missing.
	Dir string
	// Index remembers the recordings.
	Index Index
	// Bin remembers what was removed. Nil: what is removed is gone for ever.
	Bin Bin
	// Memory is a folder on a file system in memory, made when missing, for what
	// must be made while the disk of Dir is full; empty: within Dir.
	Memory string
	// Sandbox opens foreign files. Nil: a Sandbox with the zero configuration.
	Sandbox *Sandbox
	// Origin is the node that owns what is imported here.
	Origin string
	// Now stamps recordings and orders the play copies' cache.
	Now func() time.Time
	// Limits bound one import; fields at zero take their defaults.
	Limits Limits
	// Log tells what happened; nil: nothing is told.
	Log *slog.Logger
}

// Limits bound what an import and the cache may take.
type Limits struct {
	Bytes   int64         // of one upload; default 100 MB
	Length  time.Duration // of one recording, in whole seconds; default and most: an hour
	Reserve int64         // bytes of the disk that are left alone; default 200 MB
	Cache   int64         // bytes of play copies that are kept; default 2 GiB
}

func (l Limits) filled() Limits {
	if l.Bytes == 0 {
		l.Bytes = 100 << 20
	}
	if l.Length == 0 || l.Length > longest {
		l.Length = longest
	}
	if l.Reserve == 0 {
		l.Reserve = 200 << 20
	}
	if l.Cache == 0 {
		l.Cache = 2 << 30
	}
	return l
}

const (
	// longest is the most that Limits.Length can be: what bounds a step of ffmpeg and
	// its files fits that.
	longest = time.Hour
	// longestFleeting bounds what is made in memory, where all of it lies at once.
	longestFleeting = 30 * time.Minute
)

// Library keeps recordings in a folder:
//
//	original/ab/abcd….bin  the bytes as they came, by their own sha256
//	original/ab/abcd….id   which recording they became
//	master/ab/abcd….flac   FLAC 32 kHz mono, by its own sha256: the recording's ID
//	master/ab/abcd….print  its fingerprint, by which the same sound in another file is found
//	play/ab/abcd….wav      WAV 48 kHz s16 mono, by the recording's ID: a cache
//	tmp/                   imports on their way
//
// Every method may be called from any goroutine, and blocks until it is done.
type Library struct {
	dir     string
	memory  string
	index   Index
	bin     Bin
	sandbox *Sandbox
	origin  string
	now     func() time.Time
	limits  Limits
	log     *slog.Logger
	line    line // of imports
	lost    lossMemory
	proofs  proofs
}

// Open opens the library in c.Dir and removes what interrupted imports left.
// It needs neither ffmpeg nor a sandbox, nor a disk that takes anything: without
// them what is there plays, and Import says what is missing. The error is that of
// a Config that is not filled.
func Open(c Config) (*Library, error) {
	if c.Dir == "" || c.Index == nil || c.Now == nil {
		return nil, errors.New("open recordings: Dir, Index and Now are needed")
	}
	dir, err := filepath.Abs(c.Dir) // the lock looks from a root of its own
	if err != nil {
		return nil, fmt.Errorf("open recordings: %w", err)
	}
	l := &Library{
		dir: dir, memory: c.Memory, index: c.Index, bin: c.Bin, sandbox: c.Sandbox, origin: c.Origin,
		now: c.Now, limits: c.Limits.filled(), log: c.Log,
	}
	if l.memory == "" {
		l.memory = l.tmp()
	}
	if l.sandbox == nil {
		l.sandbox = NewSandbox(SandboxConfig{})
	}
	if l.log == nil {
		l.log = slog.New(slog.DiscardHandler)
	}
	if err := l.furnish(); err != nil {
		l.log.Error("the folder of the recordings is not as it should be: what is whole in it plays", "folder", l.dir, "err", err)
	}
	return l, nil
}

// furnish makes the folders of the library, and removes what interrupted imports left.
func (l *Library) furnish() error {
	var faults []error
	for _, form := range []Form{Original, Master, PlayCopy} {
		faults = append(faults, os.MkdirAll(filepath.Join(l.dir, string(form)), 0o750))
	}
	return errors.Join(append(faults, syncPath(l.dir), syncPath(filepath.Dir(l.dir)), sweep(l.tmp()))...)
}

// PlayCopy opens the 48 kHz s16 mono WAV of a recording, at its start; the
// caller closes it. It asks only the disk, not the Index, so that what is
// planned airs while the database is away. A copy that the cache has dropped,
// that a failing card has cut short, or that cannot be read, is made again from the
// master, which takes a second or more: callers cue ahead, and Ready looks at all of
// its bytes before. ErrNotFound when there is no such recording, ErrDamaged when its
// master is not what it was.
func (l *Library) PlayCopy(ctx context.Context, id string) (*os.File, error) {
	if !isID(id) {
		return nil, ErrNotFound
	}
	path := l.blob(PlayCopy, id)
	f, err := openPlay(path)
	if err == nil {
		now := l.now()
		_ = os.Chtimes(path, now, now) // only orders the cache
		return f, nil
	}
	if again := l.remake(ctx, id); again != nil {
		if !errors.Is(err, os.ErrNotExist) && !errors.Is(err, ErrDamaged) {
			again = fmt.Errorf("%w; it was to stand for one that cannot be read: %w", again, err)
		}
		return nil, fmt.Errorf("make play copy of %.8s again: %w", id, again)
	}
	if f, err = openPlay(path); err != nil {
		return nil, fmt.Errorf("open play copy: %w", err)
	}
	return f, nil
}

// Recording reads what the Index knows of a recording; ErrNotFound when that is
// nothing.
func (l *Library) Recording(ctx context.Context, id string) (Recording, error) {
	r, err := l.index.Recording(ctx, id)
	if err != nil {
		return Recording{}, fmt.Errorf("read recording: %w", err)
	}
	return r, nil
}

// Master opens the FLAC master of a recording. Built-in sounds have none.
func (l *Library) Master(_ context.Context, id string) (*os.File, error) {
	return l.open(Master, id)
}

// Original opens the bytes that a recording was made from, as they came.
func (l *Library) Original(ctx context.Context, id string) (*os.File, error) {
	if !isID(id) {
		return nil, ErrNotFound
	}
	r, err := l.index.Recording(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("find original: %w", err)
	}
	for _, v := range r.Variants {
		if v.Form == Original {
			return l.open(Original, v.SHA256)
		}
	}
	return nil, ErrNotFound
}

func (l *Library) open(form Form, hash string) (*os.File, error) {
	if !isID(hash) {
		return nil, ErrNotFound
	}
	f, err := os.Open(l.blob(form, hash))
	if errors.Is(err, os.ErrNotExist) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", form, err)
	}
	return f, nil
}

// isID says whether s can be a sha256 in lower-case hex, so that it may become
// part of a path.
func isID(s string) bool {
	return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == ""
}
