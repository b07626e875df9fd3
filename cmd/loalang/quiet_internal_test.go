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
	metrics := func(onAir, emergency, keyed int, due time.Time) string {
		next := int64(0)
		if !due.IsZero() {
			next = due.Unix()
		}
		return fmt.Sprintf("# HELP loalang_on_air 1 while …\nloalang_on_air %d\nloalang_emergency_active %d\nloalang_amplifier_keyed %d\nloalang_next_due_timestamp_seconds %d\n", onAir, emergency, keyed, next)
	}
	for _, c := range []struct{ name, metrics, why string }{
		{"OK", metrics(0, 0, 0, time.Time{}), ""},
		{"due in an hour", metrics(0, 0, 0, now.Add(time.Hour)), ""},
		{"due in half a minute", metrics(0, 0, 0, now.Add(30*time.Second)), "something is due at"},
		{"on air", metrics(1, 0, 1, time.Time{}), "on"},
		{"emergency", metrics(0, 1, 0, now.Add(30*time.Second)), "an emergency is active"},
		{"amplifier", metrics(0, 0, 1, time.Time{}), "the amplifier is on"},
		{"a version that tells no due", strings.ReplaceAll(metrics(0, 0, 0, time.Time{}), "loalang_next_due", "other"), ""},
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
		answers := []string{"the amplifier is on", "the amplifier is on", "something is due at 05:30:00", ""}
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
