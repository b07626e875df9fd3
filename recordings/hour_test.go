package recordings_test

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"loalang/recordings"
)

// hourVariable asks for the tests that take minutes.
const hourVariable = "LOALANG_HOUR"

// heapMost is what an import of any length may hold of this program's own memory,
// garbage included; all of its frames as floats would be 460 MB.
const heapMost = 96 << 20

// An hour of sound is taken in, of a WAV and of a stereo MP3 as a phone makes it, and
// this program's memory does not grow with the length: it is read block by block. The
// play copy, which is what airs, can be read to its last frame, and is made again.
func TestImportTakesAnHourInBoundedMemory(t *testing.T) {
	needs(t, "ffmpeg")
	if os.Getenv(hourVariable) == "" {
		t.Skipf("it opens, cleans and levels an hour of sound, twice, which takes minutes: make hour (%s=1)", hourVariable)
	}
	for name, c := range map[string]struct {
		rate, channels int
		mp3            bool
	}{
		"WAV": {rate: 12000, channels: 1}, // 86 MB, as much as may be sent
		"MP3": {rate: 24000, channels: 2, mp3: true},
	} {
		t.Run(name, func(t *testing.T) {
			file := hourFile(t, c.rate, c.channels, time.Hour)
			if c.mp3 {
				file = toMP3(t, file)
			}
			l, _, _ := library(t)
			heap := watchHeap(t)
			began := time.Now()
			rec := importHour(t, l, file)
			t.Logf("an hour took %v and at most %d MiB of this program's memory", time.Since(began).Round(time.Second), heap()>>20)
			if most := heap(); most > heapMost {
				t.Errorf("the import held %d MiB: more than %d", most>>20, heapMost>>20)
			}
			if off := rec.Length - time.Hour; off.Abs() > time.Second {
				t.Errorf("it lasts %v", rec.Length)
			}
			play, err := l.PlayCopy(context.Background(), rec.ID)
			if err != nil {
				t.Fatal(err)
			}
			defer play.Close()
			info, err := play.Stat()
			if want := int64(44 + 2*48000*rec.Length.Seconds()); err != nil || info.Size() != want {
				t.Errorf("the play copy has %d bytes instead of %d: %v", info.Size(), want, err)
			}
			if err := os.Remove(play.Name()); err != nil { // as the cache drops it
				t.Fatal(err)
			}
			began = time.Now()
			anew, err := l.PlayCopy(context.Background(), rec.ID)
			if err != nil {
				t.Fatal(err)
			}
			defer anew.Close()
			t.Logf("its play copy was made again within %v", time.Since(began).Round(time.Second))
			if again, err := anew.Stat(); err != nil || again.Size() != info.Size() {
				t.Errorf("the play copy made again has another length: %v", err)
			}
		})
	}
}

// What lasts longer than an hour is refused, and the sentence names the limit.
func TestImportRefusesMoreThanAnHour(t *testing.T) {
	needs(t, "ffmpeg")
	l, _, _ := library(t)
	f, err := os.Open(hourFile(t, 8000, 1, time.Hour+2*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	_, err = l.Import(context.Background(), f, recordings.About{Kind: recordings.Take})
	var refused recordings.Refused
	if !errors.As(err, &refused) || refused.Code != recordings.TooLong || refused.Detail != "the limit is 60 minutes" {
		t.Errorf("the answer is %v", err)
	}
}

func importHour(t *testing.T, l *recordings.Library, path string) recordings.Recording {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rec, err := l.Import(context.Background(), f, recordings.About{Title: "họp thôn", Kind: recordings.Take})
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

// hourFile writes a WAV of syllables and pauses, and returns its path.
func hourFile(t *testing.T, rate, channels int, length time.Duration) string {
	t.Helper()
	second := make([]byte, 0, 2*rate*channels)
	for i := range rate {
		at := float64(i) / float64(rate)
		v := int16(9000 * math.Sin(2*math.Pi*420*at) * max(0, math.Sin(2*math.Pi*3*at)))
		for range channels {
			second = binary.LittleEndian.AppendUint16(second, uint16(v))
		}
	}
	size := int(length/time.Second) * len(second)
	head := []byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00")
	binary.LittleEndian.PutUint32(head[4:], uint32(36+size))
	le := binary.LittleEndian
	head = le.AppendUint16(head, uint16(channels))
	head = le.AppendUint32(head, uint32(rate))
	head = le.AppendUint32(head, uint32(2*rate*channels))
	head = le.AppendUint16(le.AppendUint16(head, uint16(2*channels)), 16)
	head = le.AppendUint32(append(head, "data"...), uint32(size))
	path := filepath.Join(t.TempDir(), "hour.wav")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Write(head)
	for range int(length / time.Second) {
		if err == nil {
			_, err = f.Write(second)
		}
	}
	if err = errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

func toMP3(t *testing.T, wav string) string {
	t.Helper()
	mp3 := wav + ".mp3"
	if out, err := exec.Command("ffmpeg", "-v", "error", "-i", wav, "-b:a", "64k", mp3).CombinedOutput(); err != nil {
		t.Fatalf("make an MP3: %v: %s", err, out)
	}
	return mp3
}

// watchHeap says how much of the heap was in use at most since it was called.
func watchHeap(t *testing.T) func() int64 {
	t.Helper()
	runtime.GC()
	var most atomic.Int64
	done := make(chan struct{})
	t.Cleanup(func() { close(done) })
	go func() {
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most.Store(max(most.Load(), int64(m.HeapInuse)))
			select {
			case <-done:
				return
			case <-tick.C:
			}
		}
	}()
	return most.Load
}
