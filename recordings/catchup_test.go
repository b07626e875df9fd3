package recordings_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"loalang/recordings"
)

// backlog is an index of before there were measures.
type backlog struct {
	*index
	saved map[string]recordings.Measures
	lists atomic.Int32
}

func (b *backlog) Unmeasured(context.Context) (list []recordings.Recording, err error) {
	b.lists.Add(1)
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.known {
		if r.Measures.Before.Wave == nil && r.Kind != recordings.BuiltIn && r.Deleted.IsZero() {
			list = append(list, r)
		}
	}
	return list, nil
}

func (b *backlog) SaveMeasures(_ context.Context, id string, m recordings.Measures) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.saved[id] = m
	return nil
}

// forget makes a recording one of before there were measures and fingerprints.
func (b *backlog) forget(t *testing.T, dir string, rec recordings.Recording) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	rec.Measures = recordings.Measures{}
	b.known[rec.ID] = rec
	if err := os.Remove(filepath.Join(dir, "master", rec.ID[:2], rec.ID+".print")); err != nil {
		t.Fatal(err)
	}
}

// Recordings of before there were measures get them, and the same sound is found
// again; one whose original is gone holds up no other.
func TestOldRecordingsAreMeasured(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg", "espeak-ng")
	l, x, dir := library(t)
	b := &backlog{index: x, saved: map[string]recordings.Measures{}}
	ctx := context.Background()
	tmp := t.TempDir()
	wav := say(t, tmp, 8)
	rec, err := l.Import(ctx, bytes.NewReader(mustRead(t, wav)), recordings.About{Title: "old", Kind: recordings.Take})
	if err != nil {
		t.Fatal(err)
	}
	broken, err := importFile(l, tones(t, 500, 700))
	if err != nil {
		t.Fatal(err)
	}
	b.forget(t, dir, rec)
	b.forget(t, dir, broken)
	original := broken.Variants[0].SHA256
	if err := os.Remove(filepath.Join(dir, "original", original[:2], original+".bin")); err != nil {
		t.Fatal(err)
	}
	asked := 0
	idle := func(context.Context) bool { asked++; return true }
	if err := l.CatchUp(ctx, b, idle); err != nil || asked < 3 {
		t.Fatalf("%v, asked %d times whether the board is idle", err, asked)
	}
	got, want := b.saved[rec.ID], rec.Measures
	if len(b.saved) != 1 || !near(got.Before.Loudness, want.Before.Loudness, 0.01) || got.After.Loudness != want.After.Loudness || got.After.Length != rec.Length ||
		!bytes.Equal(got.After.Wave, want.After.Wave) || !bytes.Equal(got.Before.Wave, want.Before.Wave) {
		t.Errorf("it measured %+v, the import %+v", got, want)
	}
	mp3 := filepath.Join(tmp, "sent on.mp3")
	ffmpeg(t, "-v", "error", "-i", wav, "-ss", "0.3", "-c:a", "libmp3lame", "-b:a", "64k", mp3)
	if twin, err := importFile(l, mp3); err != nil || twin.Measures.Twin != rec.ID {
		t.Errorf("%v: the twin is %q", err, twin.Measures.Twin)
	}
	if left := files(t, filepath.Join(dir, "tmp")); len(left) > 0 {
		t.Errorf("it left %v", left)
	}
}

// Nothing is looked at while the board is busy, and a start that ends ends it.
func TestOldRecordingsWaitForTheAir(t *testing.T) {
	t.Parallel()
	l, x, _ := library(t)
	b := &backlog{index: x}
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	if err := l.CatchUp(ctx, b, func(context.Context) bool { return false }); err != nil || b.lists.Load() != 0 {
		t.Errorf("%v, looked %d times", err, b.lists.Load())
	}
}
