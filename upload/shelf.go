package upload

import (
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// syncBytes bounds what of a file is not yet safe on the disk, and so what a power
	// cut can spoil of it.
	syncBytes = 256 << 10
	// leastLife is what is left of an upload's time after a start of the program, at
	// the least: the board may have been off for a month.
	leastLife = 24 * time.Hour
	// tendEvery is how often Tend looks for what nobody goes on with.
	tendEvery = time.Hour
	// holdPatience is how long a newcomer waits for the one before to let go.
	holdPatience = 10 * time.Second
)

// Config is what a Shelf needs. Fields without a note are required.
type Config struct {
	Dir        string        // made when it is missing
	Bytes      int64         // of the largest file
	OwnerFiles int           // of one owner that are on their way
	OwnerBytes int64         // of one owner that are on their way
	Margin     int64         // bytes of the disk that stay free
	Life       time.Duration // after which an upload that nobody goes on with is removed
	Silence    time.Duration // after which a line on which nothing comes is given up
	// Torn says that the machine may have lost its power since the folder was last
	// written to: what was not yet safe then is sent again.
	Torn bool
	Now  func() time.Time // what the board believes the time to be
	// Deadline is the system clock's reading so long from now, for connections.
	Deadline func(time.Duration) time.Time
	// Free is the room on the disk of a folder, in bytes; nil: it is asked.
	Free func(dir string) (int64, error)
	// Whole is called when all of an upload is safe: Waiting lists it. It must not
	// block. Nil: nobody is told.
	Whole func()
	Log   *slog.Logger
}

// Shelf is a folder of uploads. Open makes one.
type Shelf struct {
	cfg Config
	mu  sync.Mutex
	all map[string]*entry // by ID
}

// entry is an upload with what only the Shelf knows of it. Shelf.mu guards it.
type entry struct {
	Upload
	header string        // Upload-Metadata as it came
	left   time.Duration // until it expires
	held   *holder       // who writes it; nil: nobody
}

// holder is the request that has an upload to itself.
type holder struct {
	mu   sync.Mutex
	line *line // what it reads; nil: nothing yet
	gone bool  // it was told to let go
	done chan struct{}
}

// release tells the holder to let go.
func (h *holder) release() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.gone = true
	if h.line != nil {
		h.line.end()
	}
}

// reads says what the holder reads, which ends when it has been told to let go; nil:
// nothing any more.
func (h *holder) reads(l *line) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.line = l; l != nil && h.gone {
		l.end()
	}
}

// Find gives an upload; ErrMissing when there is none or it is not owner's.
func (s *Shelf) Find(id, owner string) (Upload, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.all[id]
	if !ok || e.Owner != owner {
		return Upload{}, ErrMissing
	}
	return s.seen(e), nil
}

// Waiting lists the uploads that are whole and of which nothing has become, the
// oldest first.
func (s *Shelf) Waiting() []Upload {
	s.mu.Lock()
	defer s.mu.Unlock()
	var waiting []Upload
	for _, e := range s.all {
		if e.Whole && e.Outcome == nil {
			waiting = append(waiting, s.seen(e))
		}
	}
	slices.SortFunc(waiting, func(x, y Upload) int { return x.Created.Compare(y.Created) })
	return waiting
}

// seen is an upload as it is shown outside. mu is held.
func (s *Shelf) seen(e *entry) Upload {
	u := e.Upload
	u.Metadata, u.Expires = maps.Clone(e.Metadata), s.cfg.Now().Add(e.left)
	return u
}

// hold gives an upload to one request alone: whoever had it is told to let go. The
// errors are ErrMissing and errHeld.
func (s *Shelf) hold(id, owner string) (*entry, *holder, error) {
	patience := time.NewTimer(holdPatience)
	defer patience.Stop()
	for {
		s.mu.Lock()
		e, ok := s.all[id]
		if !ok || e.Owner != owner {
			s.mu.Unlock()
			return nil, nil, ErrMissing
		}
		before := e.held
		if before == nil {
			e.held = &holder{done: make(chan struct{})}
			s.mu.Unlock()
			return e, e.held, nil
		}
		s.mu.Unlock()
		before.release()
		select {
		case <-before.done:
		case <-patience.C:
			return nil, nil, errHeld
		}
	}
}

func (s *Shelf) letGo(e *entry, h *holder) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e.held = nil
	close(h.done)
}

// newID makes an ID that nobody guesses.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, says its documentation
	return hex.EncodeToString(b[:])
}

// begin makes an upload, or finds the one of the same key. The errors are Faults and
// those of the disk.
func (s *Shelf) begin(u Upload, header string) (*entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if key := u.Metadata[KeyOnce]; key != "" {
		for _, e := range s.all {
			if e.Owner != u.Owner || e.Metadata[KeyOnce] != key {
				continue
			}
			if e.Length != u.Length {
				return nil, Fault{http.StatusConflict, "upload-key"}
			}
			return e, nil
		}
	}
	if err := s.room(u); err != nil {
		return nil, err
	}
	u.ID, u.Created = newID(), s.cfg.Now().UTC()
	e := &entry{Upload: u, header: header, left: s.cfg.Life}
	if err := s.lay(e); err != nil {
		return nil, err
	}
	s.all[u.ID] = e
	return e, nil
}

// room refuses what would be more than an owner may have on its way, or than the disk
// holds. mu is held.
func (s *Shelf) room(u Upload) error {
	files, bytes, coming := 0, u.Length, u.Length
	for _, e := range s.all {
		if e.Outcome != nil {
			continue
		}
		coming += e.Length - e.Offset
		if e.Owner == u.Owner {
			files++
			bytes += e.Length
		}
	}
	if u.Length > s.cfg.Bytes {
		return Fault{http.StatusRequestEntityTooLarge, "upload-too-large"}
	}
	if files >= s.cfg.OwnerFiles || bytes > s.cfg.OwnerBytes {
		return Fault{http.StatusTooManyRequests, "many-uploads"}
	}
	free, err := s.free()
	if err != nil {
		return err
	}
	if free-coming < s.cfg.Margin {
		return Fault{http.StatusInsufficientStorage, "upload-disk-full"}
	}
	return nil
}

func (s *Shelf) free() (int64, error) {
	if s.cfg.Free != nil {
		return s.cfg.Free(s.cfg.Dir)
	}
	var disk unix.Statfs_t
	if err := unix.Statfs(s.cfg.Dir, &disk); err != nil {
		return 0, pathError("ask for room on the disk", s.cfg.Dir, err)
	}
	return int64(disk.Bavail) * int64(disk.Bsize), nil //nolint:gosec,unconvert // no disk is so large; the types differ between machines
}
