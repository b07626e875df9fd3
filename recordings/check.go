package recordings

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// What can be wrong with a stored form.
const (
	BlemishChanged    = "changed"    // its bytes are not those that were stored
	BlemishMissing    = "missing"    // there is no file
	BlemishUnreadable = "unreadable" // the disk does not give it back
)

// How a blemish was made good.
const (
	MendedCopy     = "copy"     // by a whole copy of the very bytes, of a backup
	MendedRemade   = "remade"   // by making the very bytes again
	MendedReplaced = "replaced" // by another recording, made from what is whole of it
	MendedSpoken   = "respoken" // a voice reads it again
	MendedAsked    = "asked"    // somebody gave it up: a person must read it again, and is told
	MendedWithout  = "without"  // the original was given up; what airs is whole
	MendedUnused   = "unused"   // nothing uses it any more; nothing was removed for that
)

// Blemish is a stored form of a recording that is not what was stored.
type Blemish struct {
	Recording string    `json:"recording"`
	Title     string    `json:"title"`
	Kind      Kind      `json:"kind"`
	Form      Form      `json:"form"`
	SHA256    string    `json:"sha256"` // of what it should be, hex
	What      string    `json:"what"`
	Found     time.Time `json:"found"`
	Mended    string    `json:"mended,omitempty"` // how; empty: not yet
}

// Stored is the name of the file within the library's folder, with slashes.
func (b Blemish) Stored() string { return BlobName(b.Form, b.SHA256) }

// Note is the name of the file within the library's folder that tells of the blemish, with
// slashes.
func (b Blemish) Note() string { return "damaged/" + b.SHA256 + ".json" }

// damaged is the folder for what is not what was stored, and for what is known of it.
func (l *Library) damaged() string { return filepath.Join(l.dir, "damaged") }

func (l *Library) blemishNote(hash string) string {
	return filepath.Join(l.damaged(), hash+".json")
}

// Settled says whether nobody needs the very bytes: they are there again, or other sound is.
func (b Blemish) Settled() bool {
	return slices.Contains([]string{MendedCopy, MendedRemade, MendedReplaced, MendedSpoken}, b.Mended)
}

// Blemishes lists what was found damaged, mended or not, the oldest first.
func (l *Library) Blemishes() ([]Blemish, error) { return BlemishesIn(l.dir, l.log) }

// BlemishesIn lists the blemishes that are noted in the folder of a library, as Blemishes
// does. It only reads. A note that the disk does not give back hides none of the others.
func BlemishesIn(dir string, log *slog.Logger) (list []Blemish, err error) {
	notes, err := filepath.Glob(filepath.Join(dir, "damaged", "*.json"))
	if err != nil {
		return nil, fmt.Errorf("list damaged recordings: %w", err)
	}
	for _, note := range notes {
		var b Blemish
		raw, err := os.ReadFile(note)
		if err == nil {
			err = json.Unmarshal(raw, &b)
		}
		if err != nil || !isID(b.SHA256) {
			log.Warn("a note of a damaged recording cannot be read", "note", note, "err", err)
			continue
		}
		list = append(list, b)
	}
	slices.SortFunc(list, func(a, b Blemish) int {
		if c := a.Found.Compare(b.Found); c != 0 {
			return c
		}
		return strings.Compare(a.SHA256, b.SHA256)
	})
	return list, nil
}

// Check reads every stored form of a recording and notes the ones that are not what was
// stored; those are taken out of the way, so that nothing is made from them. A play copy
// is a cache: a wrong one is made again at once, that of a built-in sound from the
// program. What is in order gives no error and no
// blemish. What cannot be noted or taken out of the way is an error, and the other forms are
// looked at all the same. pace is asked before each read of a file; nil: it goes as fast as it can.
func (l *Library) Check(ctx context.Context, rec Recording, pace func() error) (found []Blemish, err error) {
	var errs []error
	for _, v := range rec.Variants {
		if v.Form == PlayCopy || !isID(v.SHA256) {
			continue
		}
		what, err := l.look(ctx, v, pace)
		if err != nil {
			return found, fmt.Errorf("check %.8s: %w", rec.ID, err)
		}
		if what == "" {
			continue
		}
		if what == BlemishMissing && l.noted(v.SHA256).Mended == MendedWithout {
			continue // somebody knows, and gave it up
		}
		b := l.blemish(rec, v, what)
		if err := l.quarantine(b); err != nil {
			errs = append(errs, fmt.Errorf("check %.8s: %w", rec.ID, err))
		}
		l.log.LogAttrs(ctx, slog.LevelError, "a recording is damaged on the disk", slog.String("recording", rec.ID), slog.String("title", rec.Title), slog.String("form", string(v.Form)), slog.String("what", what))
		found = append(found, b)
	}
	return found, errors.Join(append(errs, l.checkPlay(ctx, rec, pace))...)
}

// blemish is what is wrong with a stored form of a recording, found now.
func (l *Library) blemish(rec Recording, v Variant, what string) Blemish {
	return Blemish{Recording: rec.ID, Title: rec.Title, Kind: rec.Kind, Form: v.Form, SHA256: v.SHA256, What: what, Found: l.now().UTC()}
}

// noted is what is known of the file with a hash; the zero Blemish when that is nothing.
func (l *Library) noted(hash string) (b Blemish) {
	raw, err := os.ReadFile(l.blemishNote(hash))
	if err != nil || json.Unmarshal(raw, &b) != nil {
		return Blemish{}
	}
	return b
}

// NoteMissing notes the stored forms of a recording that are not there, without reading
// those that are; it returns how many are not. An original that was given up is not missed.
func (l *Library) NoteMissing(rec Recording) (n int, err error) {
	if rec.Kind == BuiltIn {
		return 0, nil
	}
	for _, v := range rec.Variants {
		if v.Form == PlayCopy || !isID(v.SHA256) || l.Holds(l.blemish(rec, v, "")) || l.noted(v.SHA256).Mended == MendedWithout {
			continue
		}
		n++
		if err := l.noteBlemish(l.blemish(rec, v, BlemishMissing)); err != nil {
			return n, err
		}
	}
	return n, nil
}

// Holds says whether a file lies where that of a blemish should; its bytes are not read.
func (l *Library) Holds(b Blemish) bool {
	info, err := os.Lstat(l.blob(b.Form, b.SHA256))
	return err == nil && info.Mode().IsRegular()
}

// lookAgain is how long a disk that gave something wrong is left alone until it is asked
// once more.
const lookAgain = time.Second

// look says what is wrong with a stored form; empty: nothing. What a card short of power
// or a loose plug misreads once is no damage: only what is wrong twice is.
func (l *Library) look(ctx context.Context, v Variant, pace func() error) (what string, err error) {
	for _, read := range []func(string) (stored, error){hashFile, func(path string) (stored, error) { return hashAnew(path, nil) }} {
		if what != "" {
			if err := rest(ctx, lookAgain); err != nil {
				return "", err
			}
		}
		if pace != nil {
			if err := pace(); err != nil {
				return "", err
			}
		}
		if err := ctx.Err(); err != nil {
			return "", err
		}
		got, err := read(l.blob(v.Form, v.SHA256))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return BlemishMissing, nil
		case err != nil:
			what = BlemishUnreadable
		case got.hash != v.SHA256:
			what = BlemishChanged
		default:
			return "", nil
		}
	}
	return what, nil
}

// checkPlay makes a play copy again that is not what was stored, while its master is
// whole.
func (l *Library) checkPlay(ctx context.Context, rec Recording, pace func() error) error {
	i := slices.IndexFunc(rec.Variants, func(v Variant) bool { return v.Form == PlayCopy })
	if i < 0 || !l.renewable(rec) {
		return nil
	}
	path := l.blob(PlayCopy, rec.ID)
	if pace != nil {
		if err := pace(); err != nil {
			return err
		}
	}
	got, err := hashFile(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && got.hash == rec.Variants[i].SHA256 {
		return nil // a cache need not have it
	}
	err = l.renewPlay(ctx, rec, got.hash)
	if errors.Is(err, ErrNoFFmpeg) || errors.Is(err, ErrNoSandbox) {
		return nil // as it is, it plays
	}
	return err
}

// renewable says whether a play copy can be made again: the master is whole, or the sound
// is one of this program, which may have had others once.
func (l *Library) renewable(rec Recording) bool {
	if rec.Kind == BuiltIn {
		return slices.ContainsFunc(BuiltIns(), func(b BuiltInSound) bool { return b.ID == rec.ID })
	}
	return l.sound(rec.ID) == nil
}

// quarantine notes a blemish and moves its bytes out of the way, where they are kept:
// somebody may hear them yet.
func (l *Library) quarantine(b Blemish) error {
	if err := l.noteBlemish(b); err != nil {
		return err
	}
	from := l.blob(b.Form, b.SHA256)
	err := os.Rename(from, filepath.Join(l.damaged(), filepath.Base(from)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("take a damaged file out of the way: %w", err)
	}
	return errors.Join(syncPath(l.damaged()), syncPath(filepath.Dir(from)))
}

// noteBlemish writes down what is known of one.
func (l *Library) noteBlemish(b Blemish) error {
	raw, err := json.MarshalIndent(b, "", " ")
	if err != nil {
		return fmt.Errorf("note a damaged recording: %w", err)
	}
	if err := os.MkdirAll(l.damaged(), 0o750); err != nil {
		return fmt.Errorf("note a damaged recording: %w", err)
	}
	w, err := l.begin()
	if err != nil {
		return err
	}
	defer func() { _ = w.end() }() // what is left of it goes at the next start
	if err := os.WriteFile(w.path("note"), raw, 0o600); err != nil {
		return fmt.Errorf("note a damaged recording: %w", err)
	}
	return publish(w.path("note"), l.blemishNote(b.SHA256))
}

// Mend puts whole bytes in the place of damaged ones: those of the first of the files
// copies that has the very hash; false: none has. The errors are those of the disk.
func (l *Library) Mend(b Blemish, copies []string) (bool, error) {
	for _, from := range copies {
		done, err := l.putBack(b, from)
		if err != nil {
			return false, fmt.Errorf("mend %.8s: %w", b.Recording, err)
		}
		if done {
			return true, l.Mended(b, MendedCopy)
		}
	}
	return false, nil
}

// MendAside reads once more what was put aside of a blemish: what a card short of power or
// a loose plug misread may be whole, and is put back in its place then; false: it is not.
// The errors are those of the disk.
func (l *Library) MendAside(b Blemish) (bool, error) {
	aside := filepath.Join(l.damaged(), filepath.Base(l.blob(b.Form, b.SHA256)))
	done, err := l.Mend(b, []string{aside})
	if !done || err != nil {
		return done, err
	}
	l.log.Warn("a file that was put aside as damaged is whole and in its place again: the disk had misread it, have its plug and its supply looked at", "recording", b.Recording, "title", b.Title, "form", b.Form)
	if err := os.Remove(aside); err != nil {
		return true, fmt.Errorf("remove what was put aside: %w", err)
	}
	return true, nil
}

// Whole opens what is left of a recording to make it anew from: its original, else its
// play copy, and says which; ErrNotFound when neither is what was stored. The caller
// closes it.
func (l *Library) Whole(ctx context.Context, rec Recording) (*os.File, Form, error) {
	for _, form := range []Form{Original, PlayCopy} {
		i := slices.IndexFunc(rec.Variants, func(v Variant) bool { return v.Form == form && isID(v.SHA256) })
		if i < 0 {
			continue
		}
		path, sum := l.blob(form, rec.Variants[i].SHA256), rec.Variants[i].SHA256
		if form == PlayCopy {
			path = l.blob(form, rec.ID)
		}
		if err := ctx.Err(); err != nil {
			return nil, "", err
		}
		if got, err := hashFile(path); err != nil || got.hash != sum {
			continue
		}
		f, err := os.Open(path)
		return f, form, err
	}
	return nil, "", ErrNotFound
}

// Mended notes how a blemish was made good.
func (l *Library) Mended(b Blemish, how string) error {
	b.Mended = how
	return l.noteBlemish(b)
}

// putBack copies the file from to its place when it has the hash that is missing there.
func (l *Library) putBack(b Blemish, from string) (done bool, err error) {
	if got, err := hashAnew(from, nil); err != nil || got.hash != b.SHA256 {
		return false, nil //nolint:nilerr // another may have it
	}
	w, err := l.begin()
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, w.end()) }()
	f, err := os.Open(from)
	if err != nil {
		return false, nil //nolint:nilerr // the stick was pulled
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return false, err
	}
	if err := w.room(info.Size()); err != nil {
		return false, err
	}
	to, err := os.OpenFile(w.path("copy"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return false, err
	}
	_, err = to.ReadFrom(f)
	if err = errors.Join(err, to.Close()); err != nil {
		return false, err
	}
	if got, err := hashFile(w.path("copy")); err != nil || got.hash != b.SHA256 {
		return false, err
	}
	return true, publish(w.path("copy"), l.blob(b.Form, b.SHA256))
}
