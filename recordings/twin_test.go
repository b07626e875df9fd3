package recordings_test

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"loalang/recordings"
)

// The same sound in another file is found, and told; it is taken in all the same.
func TestTheSameSoundInAnotherFileIsTold(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg", "espeak-ng")
	dir := t.TempDir()
	wav := say(t, dir, 12)
	l, _, _ := library(t)
	first, err := importFile(l, wav)
	if err != nil || first.Measures.Twin != "" || first.Again {
		t.Fatalf("%v: twin %q, again %v", err, first.Measures.Twin, first.Again)
	}
	again, err := importFile(l, wav)
	if err != nil || again.ID != first.ID || !again.Again {
		t.Errorf("the same bytes: %v %v, again %v", again.ID == first.ID, err, again.Again)
	}
	mp3 := filepath.Join(dir, "sent on.mp3")
	ffmpeg(t, "-v", "error", "-i", wav, "-ss", "0.4", "-c:a", "libmp3lame", "-b:a", "48k", mp3)
	twin, err := importFile(l, mp3)
	if err != nil || twin.ID == first.ID || twin.Measures.Twin != first.ID {
		t.Errorf("%v: twin of %q, want %.8s", err, twin.Measures.Twin, first.ID)
	}
	other := filepath.Join(dir, "other.wav")
	ffmpeg(t, "-v", "error", "-i", wav, "-af", "areverse", other)
	rec, err := importFile(l, other)
	if err != nil || rec.Measures.Twin != "" {
		t.Errorf("%v: another sound is taken for %q", err, rec.Measures.Twin)
	}
	for _, id := range []string{first.ID, twin.ID} {
		if err := l.Remove(context.Background(), id); err != nil {
			t.Fatal(err)
		}
	}
	if rec, err = importFile(l, mp3); err != nil || rec.Measures.Twin != "" {
		t.Errorf("%v: what was removed is still %q", err, rec.Measures.Twin)
	}
}

// What came can be heard as it came, whatever form it had.
func TestBeforeIsWhatCame(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg", "espeak-ng")
	dir := t.TempDir()
	wav := say(t, dir, 6)
	quiet := filepath.Join(dir, "quiet.wav")
	ffmpeg(t, "-v", "error", "-i", wav, "-af", "volume=-14dB,pan=stereo|c0=c0|c1=0*c0", quiet)
	files := map[string]string{"stereo": quiet, "amr": filepath.Join(dir, "old.amr")}
	narrow(t, wav, files["amr"])
	l, _, _ := library(t)
	for name, path := range files {
		rec, err := importFile(l, path)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // made, and from the cache
			f, err := l.Before(context.Background(), rec.ID)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			f.Close()
			got, came := measure(t, f.Name()), measure(t, path)
			loud, peaks := 0.3, 0.3
			if name == "amr" { // ffmpeg measures what it decodes beyond full scale; 16 bits end there
				loud, peaks = 0.8, 1.5
			}
			if !near(got.integrated, came.integrated, loud) || !near(got.truePeak, came.truePeak, peaks) {
				t.Errorf("%s: %+v, it came as %+v", name, got, came)
			}
		}
	}
	for _, id := range []string{recordings.BuiltIns()[0].ID, "../../etc/passwd", ""} {
		if _, err := l.Before(context.Background(), id); !errors.Is(err, recordings.ErrNotFound) {
			t.Errorf("%q: %v", id, err)
		}
	}
}

// A sound as it came is part of the cache and goes with its recording.
func TestBeforeIsBoundedAndRemoved(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg", "espeak-ng")
	l, _, dir := library(t, func(c *recordings.Config) { c.Limits.Cache = 700_000 })
	ctx := context.Background()
	play := filepath.Join(dir, "play")
	var recs []recordings.Recording
	for _, hertz := range []float64{400, 600} {
		rec, err := importFile(l, tones(t, hertz, 500, 700, 900, 500, 800))
		if err != nil {
			t.Fatal(err)
		}
		f, err := l.Before(ctx, rec.ID)
		if err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
		recs = append(recs, rec)
		time.Sleep(10 * time.Millisecond) // the cache goes by the time of use
	}
	kept := files(t, play)
	if len(kept) == 0 || slices.ContainsFunc(kept, func(name string) bool { return !strings.Contains(name, recs[1].ID) }) {
		t.Errorf("in the cache: %v", kept)
	}
	for _, rec := range recs {
		if err := l.Remove(ctx, rec.ID); err != nil {
			t.Fatal(err)
		}
	}
	if left := files(t, play); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// Whoever brings a file hears how far it is, from the first stage to the last, and
// never that it goes backwards.
func TestImportTellsHowFarItIs(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg", "espeak-ng")
	l, _, _ := library(t)
	var stages []recordings.Stage
	done := -1.0
	_, err := l.Import(context.Background(), bytes.NewReader(mustRead(t, say(t, t.TempDir(), 5))), recordings.About{
		Title: "x", Kind: recordings.Take, Tell: func(p recordings.Progress) {
			if len(stages) == 0 || stages[len(stages)-1] != p.Stage {
				stages = append(stages, p.Stage)
			}
			if p.Done < done || p.Done > 1 {
				t.Errorf("%s: %.2f after %.2f", p.Stage, p.Done, done)
			}
			done = p.Done
		},
	})
	want := []recordings.Stage{recordings.Receiving, recordings.Opening, recordings.Cleaning, recordings.Levelling, recordings.Storing}
	if err != nil || !slices.Equal(stages, want) || done < 0.9 {
		t.Errorf("%v: %v, to %.2f", err, stages, done)
	}
}

// Two work, the others wait and hear how many are before them; what a voice spoke
// goes first; who leaves makes room; and no more wait than are told they may.
func TestImportsStandInLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := recordings.NewLine()
		ctx, cancel := context.WithCancel(context.Background())
		first, err := l.Enter(ctx, recordings.About{})
		if err != nil {
			t.Fatal(err)
		}
		second, err := l.Enter(ctx, recordings.About{})
		if err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		var order []string
		ahead := map[string]int{}
		come := func(ctx context.Context, name string, kind recordings.Kind) {
			leave, err := l.Enter(ctx, recordings.About{Kind: kind, Tell: func(p recordings.Progress) {
				mu.Lock()
				defer mu.Unlock()
				ahead[name] = p.Ahead
			}})
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				order = append(order, "not "+name)
				return
			}
			order = append(order, name)
			go func() { time.Sleep(time.Second); leave() }()
		}
		leaves, goAway := context.WithCancel(ctx)
		go come(ctx, "take", recordings.Take)
		synctest.Wait()
		go come(leaves, "impatient", recordings.Take)
		synctest.Wait()
		go come(ctx, "voice", recordings.Speech)
		synctest.Wait()
		if ahead["voice"] != 2 || ahead["take"] != 3 || ahead["impatient"] != 4 {
			t.Errorf("ahead: %v", ahead)
		}
		goAway()
		synctest.Wait()
		for range 14 {
			go come(ctx, "more", recordings.Take)
			synctest.Wait()
		}
		if _, err := l.Enter(ctx, recordings.About{}); !errors.Is(err, recordings.ErrBusy) {
			t.Errorf("a seventeenth may wait: %v", err)
		}
		first()
		second()
		time.Sleep(time.Minute)
		if len(order) != 17 || order[0] != "not impatient" || !slices.Contains(order[1:3], "voice") || !slices.Contains(order[1:3], "take") {
			t.Errorf("order %v", order)
		}
		cancel()
	})
}
