package main

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"time"

	"loalang/archive"
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
}

// lookAtMirror reads a part of the sound on a stick again, as data check does with the
// library: all of it within two weeks. What is wrong there is put anew where the board has
// it whole, else out of the way. It returns how much came back wrong in the last two
// weeks, and how much of that is lost.
func lookAtMirror(ctx context.Context, m archive.Mirror, f folder, now time.Time) (wrong, lost int) {
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
	all, err := m.List()
	if err != nil {
		look.Wrong, look.Since = look.Wrong+1, now
	}
	for _, file := range partOf(all, look.Last) {
		err := m.Whole(ctx, file.SHA256, gently())
		if ctx.Err() != nil {
			break
		}
		if look.Last = file.SHA256; err == nil {
			continue
		}
		look.Wrong, look.Since = look.Wrong+1, now
		if !putAgain(ctx, m, f, file.SHA256) {
			look.Lost++
		}
	}
	look.At = now
	_ = archive.Durable(note, func(w io.Writer) error { return json.NewEncoder(w).Encode(look) }) // else the same is read tomorrow
	return look.Wrong, look.Lost
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
// the library; false: that has it not whole, or the stick does not take it.
func putAgain(ctx context.Context, m archive.Mirror, f folder, sum string) bool {
	if err := m.Drop(sum); err != nil {
		return false
	}
	for _, form := range []recordings.Form{recordings.Master, recordings.Original} {
		from := filepath.Join(f.recordings(), filepath.FromSlash(recordings.BlobName(form, sum)))
		if m.Put(ctx, sum, from, gently()) == nil && m.Whole(ctx, sum, gently()) == nil {
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
