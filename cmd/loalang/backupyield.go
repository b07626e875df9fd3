package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"loalang/archive"
	"loalang/recordings"
)

// yieldSound removes sound from beside the backups of a folder, the oldest copies first, where the next
// one has no room else: what the database holds is nowhere but in backups, and sound lies in the library too. Only
// what the library has whole goes; what people removed there, or it has lost, may have its only place
// here. Nothing goes where all of that would not be enough. It returns how many files went.
func (h *hoard) yieldSound(ctx context.Context, dir string) (gone int) {
	need, err := h.size()
	if err != nil || h.mirror == nil {
		return 0 // the backup says so
	}
	var full archive.NoRoom
	if err := archive.Room(dir, need); !errors.As(err, &full) {
		return 0
	}
	lack, list := full.Need-full.Free, h.copiesOfLibrary()
	var sum int64
	for _, c := range list {
		sum += c.bytes
	}
	if sum < lack {
		return 0
	}
	for _, c := range list {
		if lack <= 0 || ctx.Err() != nil {
			break
		}
		h.signs.give()
		if got, err := archive.Hash(ctx, c.from, gently()); err != nil || got != c.sum || os.Remove(h.mirror.Path(c.sum)) != nil {
			continue
		}
		lack -= c.bytes
		gone++
	}
	return gone
}

// soundCopy is a file of sound beside backups that the library has too, as far as its length tells.
type soundCopy struct {
	sum   string // SHA-256, hex
	from  string // the file of the library
	bytes int64
	put   time.Time // when it was copied, by the clock of then
}

// copiesOfLibrary lists them, what was copied first at the beginning.
func (h *hoard) copiesOfLibrary() (list []soundCopy) {
	all, _ := h.mirror.List() // what cannot be listed stays
	for _, f := range all {
		info, err := os.Stat(h.mirror.Path(f.SHA256))
		if err != nil {
			continue
		}
		for _, form := range []recordings.Form{recordings.Master, recordings.Original} {
			from := filepath.Join(h.dir.recordings(), filepath.FromSlash(recordings.BlobName(form, f.SHA256)))
			if own, err := os.Stat(from); err == nil && own.Size() == f.Bytes {
				list = append(list, soundCopy{f.SHA256, from, f.Bytes, info.ModTime()})
				break
			}
		}
	}
	slices.SortStableFunc(list, func(a, b soundCopy) int { return a.put.Compare(b.put) })
	return list
}

// copySound copies a file of the library beside the backup, unless it is there. What has no room there, with as much
// left as the next backup takes, is counted in h.left and ends nothing. The errors are those of Mirror.Put.
func (h *hoard) copySound(ctx context.Context, f libraryFile, from string) error {
	if h.mirror.Has(f.want, f.bytes) {
		return nil
	}
	if err := archive.Room(filepath.Dir(h.mirror.Dir), f.bytes+h.spare); errors.As(err, new(archive.NoRoom)) {
		h.left++
		return nil
	}
	if err := h.noteCopy(f.want); err != nil { // it may have come in meanwhile
		return err
	}
	err := h.mirror.Put(ctx, f.want, from, h.signs.pace)
	switch {
	case err == nil:
		h.put = append(h.put, f.want)
	case errors.Is(err, syscall.ENOSPC) && !archive.OfSource(err): // a folder of FAT may be full before its disk
		h.left++
		return nil
	}
	return err
}
