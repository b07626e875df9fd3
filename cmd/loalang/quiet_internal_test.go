package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func TestWhatSounds(t *testing.T) {
	now := time.Date(2026, 11, 26, 5, 29, 0, 0, time.UTC)
	before := func(onAir, emergency, keyed int, due time.Time) string {
		next := int64(0)
		if !due.IsZero() {
			next = due.Unix()
		}
		return fmt.Sprintf("# HELP loalang_on_air 1 while …\nloalang_on_air %d\nloalang_emergency_active %d\nloalang_amplifier_keyed %d\nloalang_next_due_timestamp_seconds %d\n", onAir, emergency, keyed, next)
	}
	// told is what a board says whose own time is by apart another than the system's.
	told := func(due time.Time, apart time.Duration) string {
		if due.IsZero() {
			return before(0, 0, 0, due) + "loalang_next_due_in_seconds +Inf\n"
		}
		return before(0, 0, 0, due.Add(apart)) + fmt.Sprintf("loalang_next_due_in_seconds %g\n", due.Sub(now).Seconds())
	}
	for _, c := range []struct{ name, metrics, why string }{
		{"OK", told(time.Time{}, 0), ""},
		{"due in an hour", told(now.Add(time.Hour), 0), ""},
		{"due in half a minute", told(now.Add(30*time.Second), 0), "something is due"},
		{"due in half a minute by the time that the board was told", told(now.Add(30*time.Second), 300*24*time.Hour), "something is due"},
		{"due in an hour by it, now by the system's", told(now.Add(time.Hour), -time.Hour), ""},
		{"on air", before(1, 0, 1, time.Time{}), "something is on air"},
		{"emergency", before(0, 1, 0, now.Add(30*time.Second)), "an emergency is active"},
		{"amplifier", before(0, 0, 1, time.Time{}), "the amplifier is on"},
		{"a version that tells when, and it is soon", before(0, 0, 0, now.Add(30*time.Second)), "something is due"},
		{"a version that tells when, and it is in an hour", before(0, 0, 0, now.Add(time.Hour)), ""},
		{"a version that tells no due", strings.ReplaceAll(before(0, 0, 0, time.Time{}), "loalang_next_due", "other"), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			why, err := whatSounds(strings.NewReader(c.metrics), now)
			if err != nil || !strings.Contains(why, c.why) || (why == "") != (c.why == "") {
				t.Errorf("%q, %v; want %q", why, err, c.why)
			}
		})
	}
	if why, err := whatSounds(strings.NewReader("go_goroutines 12\n"), now); err == nil {
		t.Errorf("another program counts as quiet: %q", why)
	}
}

func TestUntilQuietWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answers := []string{"the amplifier is on", "the amplifier is on", "something is due within a minute", ""}
		asked := 0
		ask := func(context.Context) (string, error) {
			asked++
			if asked == 2 {
				return "", errors.New("no answer")
			}
			return answers[asked-1], nil
		}
		var out bytes.Buffer
		if err := untilQuiet(t.Context(), &out, ask, true); err != nil {
			t.Fatal(err)
		}
		if asked != len(answers) || strings.Count(out.String(), "waiting:") != 3 || !strings.Contains(out.String(), "quiet: nothing sounds") {
			t.Errorf("asked %d times and told:\n%s", asked, &out)
		}
		asked = 0
		if err := untilQuiet(t.Context(), &out, ask, false); !errors.Is(err, errSounds) {
			t.Errorf("without --wait: %v", err)
		}
	})
}

func TestNoServeIsQuiet(t *testing.T) {
	var out bytes.Buffer
	refused := func(context.Context) (string, error) { return "", fmt.Errorf("dial: %w", syscall.ECONNREFUSED) }
	if err := untilQuiet(t.Context(), &out, refused, true); err != nil || !strings.Contains(out.String(), "no serve runs") {
		t.Errorf("%v: %s", err, &out)
	}
}

func TestNearby(t *testing.T) {
	for listen, want := range map[string]string{":8080": "127.0.0.1:8080", "0.0.0.0:80": "127.0.0.1:80", "[::]:80": "127.0.0.1:80", "192.168.1.5:8080": "192.168.1.5:8080", "localhost:1": "localhost:1"} {
		if got := nearby(listen); got != want {
			t.Errorf("%s: %s, want %s", listen, got, want)
		}
	}
}
