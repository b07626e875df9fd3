package packaging_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// unprovenYard is a board that took in version 2, which never ran yet.
func unprovenYard(t *testing.T) yard {
	t.Helper()
	y := setUp(t, "case $1 in show) echo 7 ;; esac")
	y.file("usr/lib/loalang/@VERSION@/loalang", "#!/bin/sh\necho 2\n")
	y.program("loalang-board", `echo "$LOALANG_PROGRAM $*" >>"$0.log"`)
	if said, well := y.run("deb/postinst", "configure", "1"); !well || y.runs() != "@VERSION@" {
		t.Fatalf("well %v, it runs %s: %s", well, y.runs(), said)
	}
	must(t, "rm", filepath.Join(y.dir, "fakes/loalang-board.log"))
	return y
}

// runs is the version that the next start begins.
func (y yard) runs() string {
	y.t.Helper()
	at, err := filepath.EvalSymlinks(filepath.Join(y.dir, "usr/bin/loalang"))
	if err != nil {
		y.t.Fatal(err)
	}
	return filepath.Base(filepath.Dir(at))
}

// begin does so often what the unit does before a start, and gives what was said at the last.
func (y yard) begin(times int) (said string) {
	y.t.Helper()
	for range times {
		var well bool
		if said, well = y.run("bin/loalang-unproven", "start"); !well {
			y.t.Fatal(said)
		}
	}
	return said
}

func (y yard) unproven() bool { return exists(filepath.Join(y.dir, "usr/lib/loalang/before/unproven")) }

// trials counts how often the version before was tried on a copy of the data.
func (y yard) trials() int {
	raw, _ := os.ReadFile(filepath.Join(y.dir, "fakes/loalang-board.log")) // none
	return strings.Count(string(raw), filepath.Join(y.dir, "usr/lib/loalang/1/loalang")+" migrate --dry-run\n")
}

// upFor has systemd say for how long the service is up; less than nothing: it is not.
func (y yard) upFor(seconds int) {
	y.t.Helper()
	uptime, _, _ := strings.Cut(read(y.t, "/proc/uptime"), ".")
	now, err := strconv.Atoi(uptime)
	if err != nil {
		y.t.Fatal(err)
	}
	y.program("systemctl", fmt.Sprintf(`echo "$*" >>"$0.log"; case $* in *is-active*) [ %d -ge 0 ] ;; show*ActiveEnter*) echo %d000000 ;; esac`, seconds, now-seconds))
}

// TestAVersionThatDoesNotStayUpGoesByItself: it took a copy of the data, and ended at each start or never said that it
// was ready. It was started for ever, with the one that worked beside it, until a person came.
func TestAVersionThatDoesNotStayUpGoesByItself(t *testing.T) {
	for name, c := range map[string]struct {
		code string // of the trial with the version before
		back bool
	}{
		"OK":      {"0", true},
		"Damaged": {"4", true},
		"Refused": {"1", false},
		"Killed":  {"124", false},
	} {
		t.Run(name, func(t *testing.T) {
			y := unprovenYard(t)
			y.program("loalang-board", `echo "$LOALANG_PROGRAM $*" >>"$0.log"; exit `+c.code)
			if said := y.begin(5); y.runs() != "@VERSION@" || y.trials() != 0 || said != "" {
				t.Fatalf("at the fifth start it runs %s, behind %d trials: %q", y.runs(), y.trials(), said)
			}
			said := y.begin(1)
			if !c.back {
				if y.runs() != "@VERSION@" || !strings.Contains(said, "cannot read these data") {
					t.Errorf("it runs %s: %s", y.runs(), said)
				}
				// Copies are not made at each start for ever, and a card is not worn out.
				y.file("usr/lib/loalang/before/starts", strings.Repeat("start\n", 78))
				if y.begin(6); y.trials() != 2 || y.runs() != "@VERSION@" {
					t.Errorf("%d trials; it runs %s", y.trials(), y.runs())
				}
				if lines := strings.Count(read(t, filepath.Join(y.dir, "usr/lib/loalang/before/starts")), "\n"); lines != 81 {
					t.Errorf("%d starts are noted", lines)
				}
				return
			}
			if y.runs() != "1" || y.trials() != 1 || !strings.Contains(said, "never stayed up") {
				t.Errorf("it runs %s, behind %d trials: %s", y.runs(), y.trials(), said)
			}
			if told := read(t, filepath.Join(y.dir, "usr/lib/loalang/before/refused")); strings.Count(told, "\n") != 2 || !strings.HasSuffix(told, "/1\n") {
				t.Errorf("doctor is told %q", told)
			}
			if said := y.begin(2); y.runs() != "1" || y.unproven() || said != "" {
				t.Errorf("behind that it runs %s, unproven %v: %s", y.runs(), y.unproven(), said)
			}
		})
	}
}

// TestAVersionThatStayedUpIsNeverLeft: power cuts are starts too, and a board has many in a year.
func TestAVersionThatStayedUpIsNeverLeft(t *testing.T) {
	for name, c := range map[string]struct {
		starts, up int
		proven     bool
	}{
		"OK":             {starts: 3, up: 300, proven: true},
		"BeganAnew":      {starts: 3, up: 100},
		"Down":           {starts: 3, up: -1},
		"TheOneOfBefore": {up: 9000}, // it waits until nothing sounds
	} {
		t.Run(name, func(t *testing.T) {
			y := unprovenYard(t)
			y.begin(c.starts)
			y.upFor(c.up)
			if said, well := y.run("bin/loalang-unproven", "stayed"); !well || y.unproven() == c.proven {
				t.Fatalf("well %v, unproven %v: %s", well, y.unproven(), said)
			}
			if y.begin(7); c.proven != (y.runs() == "@VERSION@") {
				t.Errorf("behind many starts it runs %s", y.runs())
			}
		})
	}
}

// TestTheTimeBeginsWhenItIsUp: only while a version is unproven, and by a timer.
func TestTheTimeBeginsWhenItIsUp(t *testing.T) {
	y := unprovenYard(t)
	log := filepath.Join(y.dir, "fakes/systemctl.log")
	y.upFor(0)
	y.begin(1)
	if said, well := y.run("bin/loalang-unproven", "up"); !well || read(t, log) != "--no-block restart loalang-unproven.timer\n" {
		t.Errorf("well %v: %s; asked was %s", well, said, read(t, log))
	}
	must(t, "rm", log, filepath.Join(y.dir, "usr/lib/loalang/before/unproven"))
	for _, step := range []string{"start", "up", "stop", "stayed"} {
		if said, well := y.run("bin/loalang-unproven", step); !well || said != "" || exists(log) {
			t.Errorf("%s with a version that stayed up: well %v: %s", step, well, said)
		}
	}
	timer := read(t, "systemd/loalang-unproven.timer")
	if !strings.Contains(timer, "\nConditionPathExists=/usr/lib/loalang/before/unproven\n") || !strings.Contains(timer, "\nOnActiveSec=5min\n") {
		t.Errorf("loalang-unproven.timer: %s", timer)
	}
}

// TestWhoeverEndsItCountsNothing: a technician who starts it anew for each setting had the version before in the end.
func TestWhoeverEndsItCountsNothing(t *testing.T) {
	for result, want := range map[string]string{"success": "@VERSION@", "exit-code": "1", "signal": "1", "protocol": "1", "timeout": "1", "watchdog": "1"} {
		y := unprovenYard(t)
		y.env = []string{"SERVICE_RESULT=" + result}
		for range 6 {
			y.begin(1)
			if said, well := y.run("bin/loalang-unproven", "stop"); !well {
				t.Fatal(said)
			}
		}
		if y.runs() != want {
			t.Errorf("behind ends by %s it runs %s, want %s", result, y.runs(), want)
		}
	}
}

// TestWithoutAVersionBeforeItIsTriedForEver: and nothing is written for that.
func TestWithoutAVersionBeforeItIsTriedForEver(t *testing.T) {
	y := unprovenYard(t)
	must(t, "rm", filepath.Join(y.dir, "usr/lib/loalang/1/loalang"))
	if said := y.begin(7); y.runs() != "@VERSION@" || said != "" || exists(filepath.Join(y.dir, "usr/lib/loalang/before/starts")) {
		t.Errorf("it runs %s: %s", y.runs(), said)
	}
}

// TestEachVersionHasItsOwnTrial: one that went, by a person or by itself, is unproven when it is taken in again, and its
// starts are counted from nothing.
func TestEachVersionHasItsOwnTrial(t *testing.T) {
	y := unprovenYard(t)
	y.begin(5)
	if said, well := y.run("bin/loalang-update", "--back"); !well || y.runs() != "1" || y.unproven() {
		t.Fatalf("--back: well %v, it runs %s, unproven %v: %s", well, y.runs(), y.unproven(), said)
	}
	y.begin(7)
	if said, well := y.run("deb/postinst", "configure", "1"); !well || !y.unproven() {
		t.Fatalf("well %v, unproven %v: %s", well, y.unproven(), said)
	}
	if y.begin(5); y.runs() != "@VERSION@" {
		t.Error("starts of before are counted")
	}
	if y.begin(1); y.runs() != "1" {
		t.Error("its own starts are not counted")
	}
}
