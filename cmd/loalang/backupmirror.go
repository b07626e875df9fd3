package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"loalang/archive"
	"loalang/health"
	"loalang/recordings"
)

const (
	// mirrorNote is the file in a folder of sound that says how far it was read.
	mirrorNote = "checked.json"
	// mirrorEach is the least between two looks at the same folder.
	mirrorEach = 12 * time.Hour
	// mirrorTold is how long a stick that gave something back wrong is told of: until
	// all of it was read once more.
	mirrorTold = checkNights * 24 * time.Hour
)

// mirrorLook is what is known of a folder of sound. It lies in that folder: another stick
// has one of its own.
type mirrorLook struct {
	Last  string    `json:"last"`           // SHA-256 of the file that was read last
	At    time.Time `json:"at"`             // when
	Wrong int       `json:"wrong"`          // files that came back otherwise than they were, since
	Lost  int       `json:"lost"`           // of them: that the board had not whole either
	Since time.Time `json:"since,omitzero"` // when the newest of them was found

	alive *signs // told of each file that was read; nil: nobody is
}

// lookAtMirror reads a part of the sound on a stick again, as data check does with the
// library: all of it within two weeks. What is wrong there is put anew where the board has
// it whole, else out of the way. It returns how much came back wrong in the last two
// weeks, and how much of that is lost.
func lookAtMirror(ctx context.Context, m archive.Mirror, f folder, now time.Time, alive *signs) (wrong, lost int) {
	note := filepath.Join(m.Dir, mirrorNote)
	var look mirrorLook
	if raw, err := os.ReadFile(note); err == nil && json.Unmarshal(raw, &look) != nil {
		look = mirrorLook{} // from the beginning
	}
	if now.Sub(look.Since).Abs() >= mirrorTold {
		look.Wrong, look.Lost, look.Since = 0, 0, time.Time{}
	}
	if now.Sub(look.At).Abs() < mirrorEach {
		return look.Wrong, look.Lost
	}
	disk, err := diskOf(m.Dir)
	if err != nil {
		return look.Wrong, look.Lost
	}
	look.alive = alive
	all, err := m.List()
	if isWorn(err) {
		look.Wrong, look.Since = look.Wrong+1, now
	}
	look.reread(ctx, m, f, partOf(all, look.Last), disk, now)
	if look.At = now; !liesOn(m.Dir, disk) {
		return look.Wrong, look.Lost
	}
	_ = archive.Durable(note, func(w io.Writer) error { return json.NewEncoder(w).Encode(look) }) // else the same is read tomorrow
	return look.Wrong, look.Lost
}

// reread reads files of a folder of sound that lies on disk, and puts anew what is worn. It
// ends where the stick is no longer there: what is not, cannot be read, and is not worn.
func (l *mirrorLook) reread(ctx context.Context, m archive.Mirror, f folder, part []archive.MirrorFile, disk uint64, now time.Time) {
	for _, file := range part {
		err := m.Whole(ctx, file.SHA256, gently())
		if ctx.Err() != nil || isGone(err) || err != nil && !liesOn(m.Dir, disk) {
			return
		}
		if l.Last = file.SHA256; !isWorn(err) {
			l.alive.give()
			continue
		}
		again := putAgain(ctx, m, f, file.SHA256, disk)
		if !again && (ctx.Err() != nil || !liesOn(m.Dir, disk)) {
			return
		}
		if l.Wrong, l.Since = l.Wrong+1, now; !again {
			l.Lost++
		}
	}
}

// isWorn says whether a disk gave something back otherwise than it was, or not at all.
func isWorn(err error) bool {
	return errors.Is(err, archive.ErrChanged) || health.IllDisk(err)
}

// isGone says whether what was to be read is not there: a stick was pulled out.
func isGone(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENODEV) || errors.Is(err, syscall.ENOTCONN)
}

// diskOf is the number of the device on which a folder lies.
func diskOf(dir string) (uint64, error) {
	var s unix.Stat_t
	if err := unix.Stat(dir, &s); err != nil {
		return 0, fmt.Errorf("look at %s: %w", dir, err)
	}
	return uint64(s.Dev), nil //nolint:unconvert // uint32 on some machines
}

// liesOn says whether a folder is there, lies on a device, and can be listed. Below the mount
// point of a stick that was pulled out lies the disk of the board.
func liesOn(dir string, disk uint64) bool {
	now, err := diskOf(dir)
	if err != nil || now != disk {
		return false
	}
	f, err := os.Open(dir)
	if err != nil {
		return false
	}
	_, err = f.Readdirnames(1)
	return errors.Join(f.Close(), err) == nil || errors.Is(err, io.EOF) // there is nothing in it
}

// partOf is what one night reads, on from behind the file that was read last.
func partOf(all []archive.MirrorFile, last string) (part []archive.MirrorFile) {
	var sum, got int64
	from := 0
	for i, f := range all {
		sum += f.Bytes
		if f.SHA256 <= last {
			from = i + 1
		}
	}
	most := max(checkLeast, sum/checkNights)
	for i := range all {
		f := all[(from+i)%len(all)]
		part = append(part, f)
		if got += f.Bytes; got >= most {
			break
		}
	}
	return part
}

// putAgain puts a file whose bytes are wrong out of the way, and copies it once more from
// the library; false: that has it not whole, the stick does not take it, or the folder of
// sound lies on disk no more, and then nothing is copied.
func putAgain(ctx context.Context, m archive.Mirror, f folder, sum string, disk uint64) bool {
	if !liesOn(m.Dir, disk) || m.Drop(sum) != nil {
		return false
	}
	for _, form := range []recordings.Form{recordings.Master, recordings.Original} {
		from := filepath.Join(f.recordings(), filepath.FromSlash(recordings.BlobName(form, sum)))
		if !liesOn(m.Dir, disk) || noteUnproven(m, sum) != nil { // the night may end before it is read back
			return false
		}
		if m.Put(ctx, sum, from, gently()) == nil && m.Whole(ctx, sum, gently()) == nil {
			strikeProven(m, map[string]bool{sum: true})
			return true
		}
	}
	return false
}

// gently is a pace that rests as long as each piece took, and a little at least: on many boards the sound
// card hangs on the same bus as the stick.
func gently() archive.Pace {
	const least = 5 * time.Millisecond
	last := time.Now()
	return func(ctx context.Context) error {
		rest := time.NewTimer(min(max(time.Since(last), least), time.Second))
		defer rest.Stop()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-rest.C:
		}
		last = time.Now()
		return nil
	}
}
