package audio_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"loalang/audio"
)

// onFile runs a FileDevice in a bubble for a while, and test before its end.
func onFile(t *testing.T, dev *audio.FileDevice, span time.Duration, test func(*audio.Desk)) error {
	t.Helper()
	var err error
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		if dev.Clock == nil {
			dev.Clock = func() audio.Instant { return audio.Instant(time.Hour + time.Since(began)) }
		}
		d := audio.NewDesk(audio.DeskOptions{})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 2)
		go func() { done <- d.Run(ctx) }()
		ended := make(chan error, 1)
		go func() { ended <- dev.Run(ctx, d) }()
		time.Sleep(span)
		synctest.Wait()
		if test != nil {
			test(d)
		}
		cancel()
		if e := <-done; e != nil {
			t.Errorf("Desk.Run = %v", e)
		}
		err = <-ended
	})
	return err
}

func TestFileDeviceCanBeReadAfterAKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "air.wav")
	err := onFile(t, &audio.FileDevice{Path: path}, 3500*time.Millisecond, func(*audio.Desk) {
		content, err := os.ReadFile(path) // as a kill would leave it
		if err != nil {
			t.Fatal(err)
		}
		_, info, err := audio.ReadWAV(bytes.NewReader(content), int64(len(content)))
		if err != nil || info.Frames < 3*48000 {
			t.Errorf("after 3.5 s the header tells of %d frames, %v; want at least three seconds", info.Frames, err)
		}
		if n := len(content); n < 44+2*48000*34/10 {
			t.Errorf("after 3.5 s the file has %d bytes, want all but the last tenth of a second", n)
		}
	})
	if err != nil {
		t.Errorf("Run = %v", err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, info, err := audio.ReadWAV(bytes.NewReader(content), int64(len(content)))
	if err != nil || info.Cut || int64(len(content)) != 44+2*int64(info.Frames) {
		t.Errorf("at its end the file has %d bytes, %+v, %v", len(content), info, err)
	}
}

func TestFileDeviceTellsWhenItStarted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "air.wav")
	before := time.Now()
	if err := onFile(t, &audio.FileDevice{Path: path}, time.Second, nil); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var keys map[string]int64
	if err := json.Unmarshal(text, &keys); err != nil {
		t.Fatal(err)
	}
	if keys["rate"] != 48000 || keys["started_monotonic_ns"] != int64(time.Hour) {
		t.Errorf("the start is %s, want 48000 and an hour", text)
	}
	if wall := time.Unix(0, keys["started_realtime_ns"]); wall.Before(before.Add(-time.Second)) || wall.After(time.Now().Add(time.Second)) {
		t.Errorf("it started at %v, want now", wall)
	}
	if rest, _ := filepath.Glob(path + ".json.*"); len(rest) > 0 {
		t.Errorf("%v was left behind", rest)
	}
}

func TestFileDeviceReplacesAnOldFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "air.wav")
	if err := os.WriteFile(path, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := onFile(t, &audio.FileDevice{Path: path}, 100*time.Millisecond, nil); err != nil {
		t.Fatal(err)
	}
	st, err := os.Stat(path)
	if err != nil || st.Size() > 44+2*4800+960 {
		t.Errorf("the file has %v bytes, %v; want a tenth of a second", st.Size(), err)
	}
}

func TestFullDiskDoesNotStopTheAir(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("this test needs /dev/full: run it on Linux")
	}
	path := filepath.Join(t.TempDir(), "air.wav")
	if err := os.Symlink("/dev/full", path); err != nil {
		t.Fatal(err)
	}
	var faults atomic.Int32
	dev := &audio.FileDevice{Path: path, Fault: func(err error) {
		faults.Add(1)
		if !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("Fault(%v), want no space", err)
		}
	}}
	err := onFile(t, dev, 5*time.Second, func(d *audio.Desk) {
		if p := d.Position(); p < 5*48000-480 {
			t.Errorf("%d frames were pulled in 5 s, want 240000", p)
		}
	})
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "air.wav") {
		t.Errorf("Run = %v, want no space and the file's name", err)
	}
	if n := faults.Load(); n != 1 {
		t.Errorf("Fault was told %d times, want once", n)
	}
}

func TestStuckDiskDoesNotStopTheAir(t *testing.T) {
	path := filepath.Join(t.TempDir(), "air.wav")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	reader, err := os.OpenFile(path, os.O_RDWR, 0) // so that opening the other end does not wait
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	err = onFile(t, &audio.FileDevice{Path: path}, time.Second, func(d *audio.Desk) {
		if p := d.Position(); p < 48000-480 {
			t.Errorf("%d frames were pulled in 1 s, want 48000", p)
		}
	})
	if !errors.Is(err, syscall.ESPIPE) { // a pipe has no places to write at
		t.Errorf("Run = %v, want illegal seek", err)
	}
}

func TestFileDeviceNeedsAFolder(t *testing.T) {
	dev := &audio.FileDevice{Path: filepath.Join(t.TempDir(), "none", "air.wav")}
	err := dev.Run(t.Context(), audio.NewDesk(audio.DeskOptions{}))
	if !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "choose a path") {
		t.Errorf("Run = %v, want what to do about a missing folder", err)
	}
	if dev.Audible() || !strings.HasPrefix(dev.Name(), "file:") {
		t.Errorf("Audible = %v, Name = %q", dev.Audible(), dev.Name())
	}
}

func TestDeviceCatchesUpAfterAStall(t *testing.T) {
	path := filepath.Join(t.TempDir(), "air.wav")
	synctest.Test(t, func(t *testing.T) {
		var jump atomic.Int64
		began := time.Now()
		dev := &audio.FileDevice{Path: path, Clock: func() audio.Instant {
			return audio.Instant(time.Since(began)) + audio.Instant(jump.Load())
		}}
		d := audio.NewDesk(audio.DeskOptions{})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- dev.Run(ctx, d) }()
		time.Sleep(time.Second)
		jump.Store(int64(4 * time.Second)) // the process slept that long
		time.Sleep(time.Second)
		synctest.Wait()
		if p := d.Position(); p < 6*48000 || p > 6*48000+480 {
			t.Errorf("%d frames were pulled in 6 s, want 288000", p)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// TestFileDeviceResumes: a speaker process that is replaced must not take what
// had sounded away.
func TestFileDeviceResumes(t *testing.T) {
	for _, c := range []struct {
		name   string
		spoil  func(t *testing.T, path string)
		resume bool
		later  time.Duration // on the clock of the second device
		want   int           // sounds in the file
	}{
		{"OK", nil, true, 3 * time.Second, 2},
		{"the first of its life", nil, false, 3 * time.Second, 1},
		{"another boot", nil, true, -30 * time.Minute, 1},
		{"nobody knows when it began", func(t *testing.T, path string) {
			if err := os.Remove(path + ".json"); err != nil {
				t.Fatal(err)
			}
		}, true, 3 * time.Second, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "air.wav")
			beep := func(d *audio.Desk) {
				if err := d.Cue(audio.DeskCue{ID: "beep", Source: flat(4800, 9000).Source(), Frames: 4800}); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Second)
			}
			if err := onFile(t, &audio.FileDevice{Path: path}, time.Second, beep); err != nil {
				t.Fatal(err)
			}
			if c.spoil != nil {
				c.spoil(t, path)
			}
			bubble := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // when each begins
			again := &audio.FileDevice{Path: path, Resume: c.resume, Clock: func() audio.Instant {
				return audio.Instant(time.Hour + c.later + time.Since(bubble))
			}}
			if err := onFile(t, again, time.Second, beep); err != nil {
				t.Fatal(err)
			}
			onsets := soundsIn(t, path)
			if len(onsets) != c.want {
				t.Fatalf("sounds begin at frames %v, want %d of them", onsets, c.want)
			}
			if c.want == 2 { // each begins with a pull
				if off := onsets[1] - onsets[0] - 3*48000; off < -period || off > period {
					t.Errorf("sounds begin at frames %v, want them 3 s apart, as they left", onsets)
				}
			}
		})
	}
}

// soundsIn are the frames at which sound begins in a WAV.
func soundsIn(t *testing.T, path string) (onsets []audio.Frames) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	clip, _, err := audio.ReadWAV(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	for i := audio.Frames(1); i < clip.Len(); i++ {
		if clip.At(i) != 0 && clip.At(i-1) == 0 {
			onsets = append(onsets, i)
		}
	}
	return onsets
}
