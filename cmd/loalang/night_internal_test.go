package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"loalang/recordings"
)

// With the backups switched off nothing of the library was ever read by night, and what interrupted runs
// left stayed for ever: a rotten recording was met when it was to sound.
func TestANightWithoutABackupLooksTheDataThrough(t *testing.T) {
	t.Parallel()
	data, log := t.TempDir(), program{err: t.Output()}.quietLog()
	s := settings{Data: data, Village: "un-ta"}
	db, err := openStore(t.Context(), s, time.Now, log)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	library, err := openLibrary(s, db, "", time.Now, log)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte("bản tin"))
	id := hex.EncodeToString(sum[:])
	rec := recordings.Recording{
		ID: id, Title: "Tin", Kind: recordings.Take, Bytes: 9, Length: time.Second, Origin: db.Node(), Created: time.Now(),
		Variants: []recordings.Variant{{Form: recordings.Master, SHA256: id, Bytes: 9}},
	}
	changed := filepath.Join(folder(data).recordings(), filepath.FromSlash(recordings.BlobName(recordings.Master, id)))
	left := filepath.Join(data, "loalang.db.update")
	past := time.Now().Add(-25 * time.Hour)
	err = errors.Join(db.SaveRecording(t.Context(), rec), os.MkdirAll(filepath.Dir(changed), 0o700), os.WriteFile(changed, []byte("bản tên"), 0o600),
		os.WriteFile(left, []byte("x"), 0o600), os.Chtimes(left, past, past))
	if err != nil {
		t.Fatal(err)
	}
	b := &board{settings: s, log: log}
	looks, ready := 0, false
	n := &nights{
		backUp: func(context.Context) { t.Error("it backs itself up") },
		look: func(ctx context.Context) bool {
			if !ready {
				return false
			}
			looks++
			if _, err := (checking{data: s, db: db, library: library, tonight: true, now: time.Now, log: log}).run(ctx); err != nil {
				t.Error(err)
			}
			return true
		},
	}
	night := time.Date(2026, 11, 26, 2, 0, 0, 0, time.UTC)
	b.tonight(t.Context(), n, night.Add(-4*time.Hour), time.Minute)
	if !exists(left) {
		t.Error("it did not wait for the night")
	}
	b.tonight(t.Context(), n, night, time.Minute) // something else is at the data
	ready = true
	for at := time.Duration(0); at < 2*time.Hour; at += nightLook {
		b.tonight(t.Context(), n, night.Add(at), time.Minute)
	}
	if list, err := library.Blemishes(); err != nil || len(list) != 1 || list[0].Recording != id {
		t.Errorf("noted is %+v: %v", list, err)
	}
	if looks != 1 || exists(left) {
		t.Errorf("it looked %d times; %s is there: %v", looks, left, exists(left))
	}
	again := &nights{look: n.look, looked: readNight(folder(data))} // the board was started anew
	b.tonight(t.Context(), again, night.Add(time.Hour), time.Hour)
	if looks != 1 {
		t.Error("behind a start it looked once more")
	}
	b.tonight(t.Context(), again, night.Add(24*time.Hour), time.Hour)
	if looks != 2 {
		t.Errorf("the next night it looked %d times", looks-1)
	}
}

// A board on a card that takes no writes reads its library once a night, and not every five minutes.
func TestANightThatCannotBeNotedIsOneAllTheSame(t *testing.T) {
	t.Parallel()
	looks := 0
	b := &board{settings: settings{Data: filepath.Join(t.TempDir(), "none"), Backup: true}, log: program{err: t.Output()}.quietLog()}
	backups := 0
	n := &nights{backUp: func(context.Context) { backups++ }, look: func(context.Context) bool { looks++; return true }}
	night := time.Date(2026, 11, 26, 2, 0, 0, 0, time.UTC)
	b.tonight(t.Context(), n, night, time.Minute)
	b.tonight(t.Context(), n, night.Add(nightLook), time.Minute)
	if looks != 1 || backups != 2 { // the note of a backup is its own
		t.Errorf("it looked %d times, and made %d backups", looks, backups)
	}
}
