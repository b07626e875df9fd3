package upload

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// The files of an upload, beside one another in the folder:
//
//	ID.json   what is known of it, written when it begins, and anew after a power cut
//	ID.part   what has come of it; its size is the offset
//	ID.whole  the same, under this name once all of it is safe
//	ID.done   what became of it; then the sound itself is gone
const (
	aboutFile   = ".json"
	partFile    = ".part"
	wholeFile   = ".whole"
	outcomeFile = ".done"
	unfinished  = ".new" // a file that is being written; whatever follows a power cut
)

// about is what ID.json holds.
type about struct {
	Owner   string          `json:"owner"`
	Length  int64           `json:"length"`
	Header  string          `json:"metadata"`
	Note    json.RawMessage `json:"note,omitempty"`
	Created time.Time       `json:"created"`
	// Safe is how far it was safe when the program was first started after a power cut.
	Safe int64 `json:"safe,omitempty"`
}

func (s *Shelf) path(id, kind string) string { return filepath.Join(s.cfg.Dir, id+kind) }

func pathError(verb, path string, err error) error { return fmt.Errorf("%s %s: %w", verb, path, err) }

// errDamaged says that nobody knows what an upload was.
var errDamaged = errors.New("what is known of the upload cannot be read")

// Open takes a folder over with what lies there. An upload of which the disk has spoiled
// what is known is let go: its sender has it still. The errors are those of the disk.
func Open(c Config) (*Shelf, error) {
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder for uploads: %w", err)
	}
	s := &Shelf{cfg: c, all: map[string]*entry{}}
	files, err := os.ReadDir(c.Dir)
	if err != nil {
		return nil, fmt.Errorf("read the folder of uploads: %w", err)
	}
	for _, f := range files {
		id, ok := strings.CutSuffix(f.Name(), aboutFile)
		if !ok {
			continue
		}
		e, err := s.read(id)
		if errors.Is(err, errDamaged) {
			s.cfg.Log.Warn("an upload was damaged on the disk; its sender begins it anew", slog.String("upload", id), slog.Any("err", err))
			continue
		}
		if err != nil {
			return nil, err
		}
		s.all[id] = e
	}
	for _, f := range files { // what a power cut left of something that never began
		id, _, _ := strings.Cut(f.Name(), ".")
		if _, known := s.all[id]; !known || strings.HasSuffix(f.Name(), unfinished) {
			if err := os.RemoveAll(filepath.Join(c.Dir, f.Name())); err != nil {
				return nil, fmt.Errorf("tidy the folder of uploads: %w", err)
			}
		}
	}
	return s, nil
}

// read reads one upload back.
func (s *Shelf) read(id string) (*entry, error) {
	raw, err := os.ReadFile(s.path(id, aboutFile))
	if err != nil {
		return nil, fmt.Errorf("read an upload: %w", err)
	}
	var a about
	if err := json.Unmarshal(raw, &a); err != nil {
		return nil, pathError("read an upload", s.path(id, aboutFile), errors.Join(errDamaged, err))
	}
	pairs, err := parseMetadata(a.Header)
	if err != nil {
		return nil, pathError("read an upload", s.path(id, aboutFile), errors.Join(errDamaged, err))
	}
	e := &entry{Upload: Upload{ID: id, Owner: a.Owner, Length: a.Length, Metadata: pairs, Note: a.Note, Created: a.Created}, header: a.Header}
	touched, err := s.measure(e, a.Safe)
	if err != nil {
		return nil, err
	}
	if s.cfg.Torn && !e.Whole && e.Offset > a.Safe {
		a.Safe = e.Offset // the next cut takes nothing of this again
		if err := s.note(id, a); err != nil {
			s.cfg.Log.Warn("how far an upload is safe could not be written down", slog.String("upload", id), slog.Any("err", err))
		}
	}
	e.left = max(s.cfg.Life-max(s.cfg.Now().Sub(touched), 0), min(leastLife, s.cfg.Life))
	return e, nil
}

// measure finds how far an upload is, and when it last went on. Its first safe bytes are
// known to be whole.
func (s *Shelf) measure(e *entry, safe int64) (time.Time, error) {
	outcome, err := os.ReadFile(s.path(e.ID, outcomeFile))
	if err == nil {
		e.Offset, e.Whole, e.Outcome = e.Length, true, outcome
		return s.touched(e.ID, outcomeFile), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return time.Time{}, fmt.Errorf("read what became of an upload: %w", err)
	}
	if _, err := os.Stat(s.path(e.ID, wholeFile)); err == nil {
		e.Offset, e.Whole = e.Length, true
		return s.touched(e.ID, wholeFile), nil
	}
	part, err := os.OpenFile(s.path(e.ID, partFile), os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return time.Time{}, fmt.Errorf("open an upload: %w", err)
	}
	info, err := part.Stat()
	if err == nil {
		e.Offset = min(info.Size(), e.Length)
		if s.cfg.Torn { // its end may be anything that the disk had there before
			e.Offset = max(e.Offset-syncBytes, min(safe, e.Offset))
		}
		err = part.Truncate(e.Offset)
	}
	if err = errors.Join(err, part.Sync(), part.Close()); err != nil {
		return time.Time{}, pathError("take over", s.path(e.ID, partFile), err)
	}
	if e.Offset == e.Length { // the program ended before it could say so
		return info.ModTime(), s.complete(e)
	}
	return info.ModTime(), nil
}

func (s *Shelf) touched(id, kind string) time.Time {
	info, err := os.Stat(s.path(id, kind))
	if err != nil {
		return s.cfg.Now()
	}
	return info.ModTime()
}

// lay makes the files of a new upload.
func (s *Shelf) lay(e *entry) error {
	part, err := os.OpenFile(s.path(e.ID, partFile), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("begin an upload: %w", err)
	}
	if err := errors.Join(part.Sync(), part.Close()); err != nil {
		return fmt.Errorf("begin an upload: %w", err)
	}
	if err := s.note(e.ID, about{Owner: e.Owner, Length: e.Length, Header: e.header, Note: e.Note, Created: e.Created}); err != nil {
		return err
	}
	if e.Length == 0 {
		return s.complete(e)
	}
	return nil
}

// note writes down what is known of an upload.
func (s *Shelf) note(id string, a about) error {
	raw, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("write down an upload: %w", err)
	}
	return s.put(id, aboutFile, raw)
}

// put writes a file as a whole or not at all.
func (s *Shelf) put(id, kind string, raw []byte) error {
	path := s.path(id, kind+unfinished)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("write down an upload: %w", err)
	}
	_, err = f.Write(raw)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(pathError("write", path, err), os.Remove(path))
	}
	if err := os.Rename(path, s.path(id, kind)); err != nil {
		return fmt.Errorf("write down an upload: %w", err)
	}
	return s.syncFolder()
}

// complete gives the part, which is safe, the name of a whole.
func (s *Shelf) complete(e *entry) error {
	if err := os.Rename(s.path(e.ID, partFile), s.path(e.ID, wholeFile)); err != nil {
		return fmt.Errorf("complete an upload: %w", err)
	}
	if err := s.syncFolder(); err != nil {
		return err
	}
	e.Whole = true
	return nil
}

func (s *Shelf) syncFolder() error {
	d, err := os.Open(s.cfg.Dir)
	if err != nil {
		return fmt.Errorf("open the folder of uploads: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return pathError("sync", s.cfg.Dir, err)
	}
	return nil
}
