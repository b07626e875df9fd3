package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"loalang/archive"
	"loalang/recordings"
	"loalang/store"
)

// hoard is what of a data folder goes into a backup.
type hoard struct {
	dir     folder
	db      *store.Store
	village string
	given   []given // settings of the environment
	now     func() time.Time
	keys    bool            // the private keys too
	bare    bool            // recordings are named only
	mirror  *archive.Mirror // where the sound goes that is only named; nil: nowhere
	put     []string        // SHA-256 of what was copied there now
	left    int             // files that had no room there
	spare   int64           // bytes that are left free there, for the next backup
	noted   map[string]bool // SHA-256 of what is noted there as not read back, see unprovenNote
	signs   *signs          // told of each piece; nil: nobody is
	scratch string          // folder for the copy of the database while the backup is made
}

// keptAlways are the files beside the database that every backup has, keptKeys those
// that let whoever has them pass for this board.
var (
	keptAlways = []string{"loalang.toml", "public.key", "buffers.json", "trusted.json", "board.json"}
	keptKeys   = []string{"push.key", "bundle.key", "tls/ca.key", "tls/ca.pem"}
)

// name is that of a file of its own for this backup, by which it is known whose it is and from
// when: see backupForm. made says how it came about, and is empty or byHandEnding.
func (h *hoard) name(made string) string {
	return "loalang-" + h.village + "-" + boardDigits(h.db.Node()) + h.now().UTC().Format("-20060102-150405Z") + made + backupEnding
}

// file writes the backup to path, which is not there before.
func (h *hoard) file(ctx context.Context, path string) (m archive.Manifest, err error) {
	h.scratch = filepath.Dir(path)
	need, err := h.size()
	if err != nil {
		return m, err
	}
	if err := archive.Room(h.scratch, need); err != nil {
		return m, fmt.Errorf("back up to %s: %w", h.scratch, err)
	}
	h.spare = need
	err = archive.Durable(path, func(w io.Writer) error {
		m, err = h.write(ctx, w)
		return err
	})
	switch {
	case errors.Is(err, syscall.EFBIG):
		return m, fmt.Errorf("back up to %s: its file system holds no file as large as that: format the stick as exFAT or ext4, or back up with --without-recordings", h.scratch)
	case errors.Is(err, syscall.EROFS), errors.Is(err, syscall.EACCES):
		return m, fmt.Errorf("back up to %s: the folder cannot be written: %w; name another one, or unlock the stick", h.scratch, reasonOf(err))
	}
	return m, err
}

// size is about how many bytes the backup takes: the database twice, for its copy lies
// beside the archive meanwhile.
func (h *hoard) size() (int64, error) {
	info, err := os.Stat(h.dir.database())
	if err != nil {
		return 0, ofCard{fmt.Errorf("look at the database: %w", err)}
	}
	sum := 2 * info.Size()
	if log, err := os.Stat(h.dir.database() + "-wal"); err == nil {
		sum += 2 * log.Size()
	}
	err = h.eachRecording(func(f libraryFile) error {
		if !h.bare || f.want == "" {
			sum += f.bytes + 2048
		}
		return nil
	})
	return sum, err
}

// write writes the whole backup.
func (h *hoard) write(ctx context.Context, to io.Writer) (archive.Manifest, error) {
	if h.scratch == string(h.dir) { // beside the data, for an archive that goes elsewhere
		if err := archive.Room(h.scratch, copiedBytes(h.dir)); err != nil { // what Room leaves free is enough: a full card is when it is wanted
			return archive.Manifest{}, fmt.Errorf("copy the database for the backup: %w", err)
		}
	}
	copied := filepath.Join(h.scratch, ".loalang-"+newID()+".db")
	defer func() { _ = os.Remove(copied) }() // gone already when it could not be made
	if err := h.db.Snapshot(ctx, copied); err != nil {
		return archive.Manifest{}, err
	}
	w, err := archive.NewWriter(to, archive.Manifest{
		Program: version, Schema: h.db.Schema(), Oldest: h.db.Oldest(), Node: h.db.Node(), Village: h.village, Made: h.now().UTC().Truncate(time.Second), Keys: h.keys,
	}, h.signs.pace)
	if err != nil {
		return archive.Manifest{}, err
	}
	switch file, err := w.Add(ctx, filepath.Base(h.dir.database()), copied, ""); {
	case err != nil:
		return archive.Manifest{}, err
	case file.Damaged: // no disk but that of the copy is at fault
		return archive.Manifest{}, fmt.Errorf("%s %w", copied, errUnread)
	}
	if err := h.writeSmall(ctx, w); err != nil {
		return archive.Manifest{}, err
	}
	if err := h.writeRecordings(ctx, w, copied); err != nil {
		return archive.Manifest{}, err
	}
	return w.Close()
}

// writeSmall adds the files beside the database.
func (h *hoard) writeSmall(ctx context.Context, w *archive.Writer) error {
	names := slices.Clone(keptAlways)
	if h.keys {
		names = append(names, keptKeys...)
	}
	// What the database could not take yet; emergencies are of their day: a restore ends them.
	rows, err := filepath.Glob(filepath.Join(h.dir.spool(), "asrun-*.json"))
	if err != nil {
		return err
	}
	for _, row := range rows {
		names = append(names, "spool/"+filepath.Base(row))
	}
	for _, b := range h.givenUp() { // a restored board must not ask for them anew
		names = append(names, "recordings/"+b.Note())
	}
	for _, name := range names {
		if raw, err := os.ReadFile(filepath.Join(string(h.dir), name)); name == "loalang.toml" && err == nil {
			if err := w.AddText(name, tomlKept(raw)); err != nil {
				return err
			}
			continue
		}
		_, err := w.Add(ctx, name, filepath.Join(string(h.dir), filepath.FromSlash(name)), "")
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if kept := settingsFile(h.given); kept != "" {
		return w.AddText(keptSettings, kept)
	}
	return nil
}

// writeRecordings adds the library and names what is missing of it: copied is the copy
// of the database that went into the backup.
func (h *hoard) writeRecordings(ctx context.Context, w *archive.Writer, copied string) error {
	blobs, err := store.BlobsOf(ctx, copied)
	if err != nil {
		return err
	}
	wanted := make(map[string]store.Blob, len(blobs))
	for _, b := range blobs {
		wanted["recordings/"+recordings.BlobName(b.Form, b.SHA256)] = b
	}
	if err := h.noteCopies(); err != nil {
		return err
	}
	err = h.eachRecording(func(f libraryFile) error {
		err := h.writeOne(ctx, w, f)
		if errors.Is(err, fs.ErrNotExist) { // it was removed meanwhile
			return nil
		}
		delete(wanted, f.name)
		return err
	})
	if err != nil {
		return err
	}
	for _, b := range h.givenUp() {
		delete(wanted, "recordings/"+b.Stored())
	}
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		if _, err := h.db.Recording(ctx, wanted[name].Recording); errors.Is(err, fs.ErrNotExist) {
			continue // removed meanwhile
		}
		w.Miss(name)
	}
	return nil
}

// givenUp are the originals without which a recording goes on: nobody misses them.
func (h *hoard) givenUp() []recordings.Blemish {
	noted, err := recordings.BlemishesIn(h.dir.recordings(), slog.New(slog.DiscardHandler))
	if err != nil {
		return nil // then they are told of as missing
	}
	return slices.DeleteFunc(noted, func(b recordings.Blemish) bool { return b.Mended != recordings.MendedWithout })
}

// writeOne adds one file of the library, or mentions it; fs.ErrNotExist when it is there no
// more. What the card does not give ends no backup: it is listed as what it is.
func (h *hoard) writeOne(ctx context.Context, w *archive.Writer, f libraryFile) error {
	from := filepath.Join(string(h.dir), filepath.FromSlash(f.name))
	file := archive.File{Name: f.name, Bytes: f.bytes, SHA256: f.want, Damaged: f.ill != nil}
	switch {
	case h.bare && f.want != "":
	case f.ill != nil:
		w.Miss(f.name)
		return nil
	default:
		_, err := w.Add(ctx, f.name, from, f.want)
		return err
	}
	if h.mirror != nil && f.ill == nil {
		err := h.copySound(ctx, f, from)
		switch {
		case err == nil:
		case !archive.OfSource(err):
			return ofTarget(fmt.Errorf("copy %s: %w", f.name, err))
		case errors.Is(err, fs.ErrNotExist):
			return err
		default:
			file.Damaged = true
		}
	}
	w.Mention(file)
	return nil
}

// ofTarget keeps what is not there of a stick, for that was pulled out, from being taken for
// a recording that is not there any more.
func ofTarget(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %s", syscall.ENODEV, sentence(err))
	}
	return err
}

// libraryFile is a file of the library that a backup keeps.
type libraryFile struct {
	name  string // in the data folder, with slashes
	want  string // SHA-256 that it must have; empty for what is not named by it
	bytes int64  // its length
	ill   error  // why the card does not even tell what it is, of a folder what is in it; nil: it does
}

// eachRecording hands out the files of the library that a backup keeps, by name, and what
// the card does not give back. Play copies are a cache.
func (h *hoard) eachRecording(do func(libraryFile) error) error {
	for _, part := range []string{string(recordings.Original), string(recordings.Master), "aired"} {
		root := filepath.Join(h.dir.recordings(), part)
		err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
			if err == nil && !e.Type().IsRegular() {
				return nil
			}
			rel, failed := filepath.Rel(string(h.dir), path)
			if failed != nil {
				return failed
			}
			f := libraryFile{name: filepath.ToSlash(rel), want: hashInName(filepath.Base(path)), ill: err}
			if err == nil {
				var info fs.FileInfo
				if info, f.ill = e.Info(); f.ill == nil {
					f.bytes = info.Size()
				}
			}
			if errors.Is(f.ill, fs.ErrNotExist) {
				return nil
			}
			return do(f)
		})
		if err != nil {
			return fmt.Errorf("look through the library: %w", err)
		}
	}
	return nil
}

// hashInName is the SHA-256 that names a file of the library; empty when none does.
func hashInName(name string) string {
	for _, ending := range []string{".bin", ".flac"} {
		if sum, ok := strings.CutSuffix(name, ending); ok {
			return sum
		}
	}
	return ""
}
