package main

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestALongBackupIsNoStickThatHangs: one of a large library was ended after three hours of steady
// copying, and people were told to use another stick.
func TestALongBackupIsNoStickThatHangs(t *testing.T) {
	quiet := func() bool { return true }
	airs := func() bool { return false }
	const going = "while :; do echo; sleep 0.1; done"
	for name, c := range map[string]struct {
		bounds steady
		script string
		want   error
	}{
		"goes on, longer than it may be still": {steady{3 * time.Second, time.Millisecond, time.Hour, 10 * time.Millisecond, quiet}, "for i in 1 2 3 4 5 6 7 8; do sleep 0.5; echo; done; echo xong", nil},
		"does nothing any more":                {steady{time.Second, time.Hour, time.Hour, 10 * time.Millisecond, quiet}, "echo; exec sleep 60", errHangs},
		"something airs":                       {steady{time.Hour, 300 * time.Millisecond, time.Hour, 10 * time.Millisecond, airs}, going, errUnfinished},
		"something airs while it is free":      {steady{time.Hour, time.Hour, time.Hour, 10 * time.Millisecond, airs}, "echo; sleep 0.3; echo xong", nil},
		"for ever":                             {steady{time.Hour, time.Millisecond, time.Second, 10 * time.Millisecond, quiet}, going, errUnfinished},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := c.bounds.run(t.Context(), "/bin/sh", "-c", c.script)
			if !errors.Is(err, c.want) || err == nil && firstLine(out) != "xong" {
				t.Errorf("it said %q: %v, want %v", out, err, c.want)
			}
		})
	}
}

// TestAnUnfinishedBackupGoesOnTheNextNight: its stick was left out for three days.
func TestAnUnfinishedBackupGoesOnTheNextNight(t *testing.T) {
	f := folder(t.TempDir())
	now := time.Date(2026, 11, 27, 5, 20, 0, 0, time.UTC)
	var tried []string
	out, err := outlastSticks(f, "/media/*", func() time.Time { return now }, func() bool { return false }, func(patterns string) (string, error) {
		tried = append(tried, patterns)
		s := backupState{}
		if patterns != "" {
			s.tries(f, "/media/a")
			return "", errUnfinished
		}
		s.had(backupSaid{Made: now, File: "b"}, false, now)
		return "b", noteBackup(f, s)
	})
	n := readBackupState(f)
	if err != nil || out != "b" || !slices.Equal(tried, []string{"/media/*", ""}) || !n.Last.Equal(now) {
		t.Errorf("tried %q: %q, %v, %+v", tried, out, err, n)
	}
	if n.BadStick != "/media/a" || n.StickCode != "unfinished" || n.resting(now) != nil || n.Trying != "" {
		t.Errorf("noted %+v", n)
	}
}

// TestANightlyBackupGivesSigns: without them it would be taken for one that hangs.
func TestANightlyBackupGivesSigns(t *testing.T) {
	data, dir := t.TempDir(), t.TempDir()
	h := hoardOf(t, data, dir)
	aSound(t, data, "tiếng")
	var out bytes.Buffer
	h.signs = &signs{w: &out}
	if _, err := h.proven(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	if out.Len() == 0 || strings.TrimSpace(out.String()) != "" {
		t.Errorf("it printed %q", out.String())
	}
	asked := program{env: func(name string) (string, bool) { return "1", name == signsMark }}
	if (program{env: func(string) (string, bool) { return "", false }}).signs(&out) != nil || asked.signs(&out) == nil {
		t.Error("signs are given to whoever did not ask, or not to whoever did")
	}
}
