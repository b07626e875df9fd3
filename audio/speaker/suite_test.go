package speaker_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"loalang/audio"
	"loalang/audio/devicetest"
	"loalang/audio/speaker"
)

// suiteVariable names the folder of the virtual card to the processes that run
// the suite of devices.
const suiteVariable = "SPEAKER_TEST_RULER"

// TestCardSuite runs the suite that every audio.Device passes on the card. oto
// opens one card in the life of a process, so each test gets a process.
func TestCardSuite(t *testing.T) {
	if testing.Short() {
		t.Skip("takes ten seconds of real time: run without -short")
	}
	card := newRuler(t, 32)
	for _, name := range []string{
		"starts at the instant", "back to back without a gap", "gap is exact",
		"alarm pre-empts and the programme goes on where it was",
		"stop fades", "keeps the pace", "ends with its context",
	} {
		t.Run(name, func(t *testing.T) {
			inside(t, card, "^TestInsideCardSuite$/^"+strings.ReplaceAll(name, " ", "_")+"$", "TestInsideCardSuite/")
		})
	}
}

// inside runs a test in a process of its own, where it finds the card, and again
// when the machine disturbed it.
func inside(t *testing.T, card *ruler, pattern, name string) {
	t.Helper()
	var said string
	for range devicetest.Attempts {
		cmd := exec.Command(self(t), "-test.run", pattern, "-test.v")
		cmd.Env = append(os.Environ(), suiteVariable+"="+card.dir)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		err := startRealTime(cmd)
		if err == nil {
			err = cmd.Wait()
		}
		wipe(t, card)
		said = out.String()
		skipped := strings.Contains(said, "--- SKIP: "+name)
		switch {
		case err == nil && skipped && strings.Contains(said, devicetest.Disturbed):
			t.Log(said)
			continue
		case err == nil && skipped:
			t.Skip(said)
		case err != nil || !strings.Contains(said, "--- PASS: "+name):
			t.Errorf("%v\n%s", err, said)
		}
		return
	}
	t.Errorf("%d attempts in a row were disturbed:\n%s", devicetest.Attempts, said)
}

// TestSirenOutlivesCollector: oto ends a player that is garbage, so the siren
// once fell silent at the first collection.
func TestSirenOutlivesCollector(t *testing.T) {
	inside(t, newRuler(t, 32), "^TestInsideSiren$", "TestInsideSiren")
}

func TestInsideSiren(t *testing.T) {
	dir := os.Getenv(suiteVariable)
	if dir == "" {
		t.Skip("this is the inside of TestSirenOutlivesCollector")
	}
	off := make(chan audio.Event, 1)
	desk := audio.NewDesk(audio.DeskOptions{Event: func(ev audio.Event) {
		if ev.Kind == audio.AlarmOff {
			off <- ev
		}
	}})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 2)
	go func() { ended <- desk.Run(ctx) }()
	go func() { ended <- speaker.NewCard(40*time.Millisecond).Run(ctx, desk) }()
	clip := audio.NewClip(slices.Repeat([]int16{9000, -9000}, 24000))
	if err := desk.Raise(audio.DeskAlarm{ID: "x", Repeat: 1, Cycle: []audio.DeskAlarmPart{{Clip: clip}}}); err != nil {
		t.Fatal(err)
	}
	for deadline := time.After(patience); len(off) == 0; runtime.GC() {
		select {
		case <-deadline:
			t.Fatal("the siren of one second does not end")
		case <-time.After(20 * time.Millisecond):
		}
	}
	if ev := <-off; ev.Frames != clip.Len() || ev.Cause != audio.Completed {
		t.Errorf("the siren ended %+v, want every frame of it", ev)
	}
	time.Sleep(200 * time.Millisecond) // what was pulled leaves the card
	cancel()
	if err := errors.Join(<-ended, <-ended); err != nil {
		t.Error(err)
	}
	loud := 0
	runs, _ := (&ruler{dir: dir}).runs(t)
	for _, one := range runs {
		for _, v := range one.samples {
			if v > 8000 || v < -8000 {
				loud++
			}
		}
	}
	if least := int(clip.Len()) - 480; loud < least {
		t.Errorf("%d loud frames left the card, want at least %d", loud, least)
	}
}

// startRealTime starts a process with real-time priority where that is allowed,
// and without it elsewhere: the suite allows for that.
func startRealTime(cmd *exec.Cmd) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if unix.SchedSetAttr(0, &unix.SchedAttr{Policy: unix.SCHED_RR, Priority: 10}, 0) == nil {
		defer unix.SchedSetAttr(0, &unix.SchedAttr{Policy: unix.SCHED_NORMAL}, 0)
	}
	return cmd.Start()
}

// TestInsideCardSuite is one test of the suite in a process of its own.
func TestInsideCardSuite(t *testing.T) {
	dir := os.Getenv(suiteVariable)
	if dir == "" {
		t.Skip("this is the inside of TestCardSuite")
	}
	card := &ruler{dir: dir}
	devicetest.Run(t, devicetest.Bench{
		// The figure of a busy machine without real-time priority; the
		// benchmarks measure what a board does.
		Tolerance: 20 * time.Millisecond,
		Verdict:   verdict,
		Once:      true,
		Lasting: []goleak.Option{
			goleak.IgnoreAnyFunction("github.com/ebitengine/oto/v3/internal/mux.(*Mux).loop"),
			goleak.IgnoreAnyFunction("github.com/ebitengine/oto/v3.(*context).readAndWrite"),
		},
		Open: func(t *testing.T, _ func() audio.Instant) devicetest.Subject {
			return devicetest.Subject{
				Device: speaker.NewCard(roomyBuffer),
				Heard: func() ([]devicetest.Stretch, error) {
					runs, _ := card.runs(t)
					var all []devicetest.Stretch
					for _, one := range runs {
						all = append(all, devicetest.Stretch{At: one.at, Frames: one.samples})
					}
					return all, nil
				},
			}
		},
	})
}

// wipe takes away what a card has recorded.
func wipe(t *testing.T, card *ruler) {
	t.Helper()
	entries, err := os.ReadDir(card.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".log") || strings.HasSuffix(e.Name(), ".s16") {
			if err := os.Remove(card.dir + "/" + e.Name()); err != nil {
				t.Fatal(err)
			}
		}
	}
}
