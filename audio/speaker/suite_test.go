package speaker_test

import (
	"bytes"
	"os"
	"os/exec"
	"runtime"
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
			pattern := "^TestInsideCardSuite$/^" + strings.ReplaceAll(name, " ", "_") + "$"
			cmd := exec.Command(self(t), "-test.run", pattern, "-test.v")
			cmd.Env = append(os.Environ(), suiteVariable+"="+card.dir)
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			err := startRealTime(cmd)
			if err == nil {
				err = cmd.Wait()
			}
			if err == nil && strings.Contains(out.String(), "--- SKIP: TestInsideCardSuite/") {
				t.Skip(out.String())
			}
			if err != nil || !strings.Contains(out.String(), "--- PASS: TestInsideCardSuite/") {
				t.Errorf("%v\n%s", err, out.String())
			}
			wipe(t, card)
		})
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
		Lasting: []goleak.Option{
			goleak.IgnoreAnyFunction("github.com/ebitengine/oto/v3/internal/mux.(*Mux).loop"),
			goleak.IgnoreAnyFunction("github.com/ebitengine/oto/v3.(*context).readAndWrite"),
		},
		Open: func(t *testing.T, _ func() audio.Instant) devicetest.Subject {
			return devicetest.Subject{
				Device: speaker.NewCard(40 * time.Millisecond),
				Heard: func() ([]int16, audio.Instant, error) {
					runs, dry := card.runs(t)
					if dry > 0 || len(runs) != 1 {
						t.Skipf("the machine is too busy: the card ran dry %d times", dry)
					}
					return runs[0].samples, runs[0].at, nil
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
