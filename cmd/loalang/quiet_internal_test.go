package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
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
	none := func(context.Context) (string, error) { return "", errNoServe }
	if err := untilQuiet(t.Context(), &out, none, true); err != nil || !strings.Contains(out.String(), "no serve runs") {
		t.Errorf("%v: %s", err, &out)
	}
}

// A panel whose address the router had given to another machine kept an update, and a data disk that was back, waiting
// for ever; and where that machine refused the port, the board was started anew in the middle of a word.
func TestWhatSoundsIsAskedWithoutThePanel(t *testing.T) {
	elsewhere, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refuses := elsewhere.Addr().String()
	if err := elsewhere.Close(); err != nil {
		t.Fatal(err)
	}
	log := program{err: t.Output()}.quietLog()
	data := t.TempDir()
	ask := ownMetrics(settings{Data: data, Listen: refuses})
	if _, err := ask(t.Context()); !errors.Is(err, errNoServe) {
		t.Errorf("nobody holds the data: %v", err)
	}
	b := &board{settings: settings{Data: data}, log: log}
	defer b.close()
	if err := b.lock(); err != nil {
		t.Fatal(err)
	}
	if why, err := ask(t.Context()); err == nil || errors.Is(err, errNoServe) {
		t.Errorf("one that answers nowhere yet is quiet: %q, %v", why, err)
	}
	serve := func(body string, status int) (stop func()) {
		l := b.innerDoor(t.Context())
		if l == nil {
			t.Fatal("no door")
		}
		s := &http.Server{ReadHeaderTimeout: time.Second, Handler: indoors(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/metrics" || !strings.HasPrefix(r.RemoteAddr, "127.0.0.1:") {
				t.Errorf("asked for %s from %s", r.URL, r.RemoteAddr)
			}
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}))}
		go func() { _ = s.Serve(l) }() // until it is closed
		return func() { _ = s.Close() }
	}
	still := "loalang_emergency_active 0\nloalang_on_air 0\nloalang_amplifier_keyed 0\n"
	stop := serve(strings.Replace(still, "on_air 0", "on_air 1", 1), http.StatusOK)
	if why, err := ask(t.Context()); err != nil || why != "something is on air" {
		t.Errorf("while something sounds: %q, %v", why, err)
	}
	doors, err := folder(data).innerDoors()
	if err != nil || len(doors) != 1 {
		t.Fatalf("doors: %q, %v", doors, err)
	}
	defer func() { _ = os.RemoveAll(filepath.Dir(doors[0])) }() // the memory's
	other := through(doors[0])
	if resp, err := other.Get("http://localhost/settings"); err != nil || resp.StatusCode != http.StatusNotFound || resp.Body.Close() != nil {
		t.Errorf("another page: %v, %v", resp, err)
	}
	stop()
	stop = serve(still, http.StatusOK)
	if why, err := ask(t.Context()); err != nil || why != "" {
		t.Errorf("while nothing does: %q, %v", why, err)
	}
	stop()
	if _, err := ask(t.Context()); err == nil || errors.Is(err, errNoServe) {
		t.Errorf("behind a kill: %v", err)
	}
}

func TestNearby(t *testing.T) {
	for listen, want := range map[string]string{":8080": "127.0.0.1:8080", "0.0.0.0:80": "127.0.0.1:80", "[::]:80": "127.0.0.1:80", "192.168.1.5:8080": "192.168.1.5:8080", "localhost:1": "localhost:1"} {
		if got := nearby(listen); got != want {
			t.Errorf("%s: %s, want %s", listen, got, want)
		}
	}
}
