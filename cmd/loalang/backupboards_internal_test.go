package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestNightsLeaveTheBackupsOfAnotherBoard: every board of a village gave its backups names of one
// kind, and a stick that was left in another board lost all of the first within weeks, and their sound.
func TestNightsLeaveTheBackupsOfAnotherBoard(t *testing.T) {
	stick := t.TempDir()
	a, b := hoardOf(t, t.TempDir(), stick), hoardOf(t, t.TempDir(), stick)
	if boardDigits(a.db.Node()) == boardDigits(b.db.Node()) {
		t.Fatalf("two boards are both %s", boardDigits(a.db.Node()))
	}
	sum := aSound(t, string(a.dir), "của máy kia")
	monday := time.Date(2026, 10, 5, 2, 0, 0, 0, time.UTC)
	night := func(h *hoard, day int) (name string) {
		t.Helper()
		h.put, h.now = nil, func() time.Time { return monday.AddDate(0, 0, day) }
		said, err := h.proven(t.Context(), stick)
		if err != nil {
			t.Fatal(err)
		}
		if odd := rotate(t.Context(), said.File, h.village, h.db.Node(), 1); odd != "" {
			t.Errorf("night %d: %s is in the way", day, odd)
		}
		return filepath.Base(said.File)
	}
	older := func(h *hoard, name string) string { // as an older version named it
		t.Helper()
		plain := strings.Replace(name, boardDigits(h.db.Node())+"-", "", 1)
		if err := os.Rename(filepath.Join(stick, name), filepath.Join(stick, plain)); err != nil || plain == name {
			t.Fatalf("%s: %v", name, err)
		}
		return plain
	}
	older(a, night(a, 0))
	want := []string{older(a, night(a, 1)), night(a, 7)} // a week of its own
	older(b, night(b, 42))
	for day := 43; day < 46; day++ {
		night(b, day)
	}
	want = append(want, night(b, 46))
	list, err := backupsIn(stick, a.village)
	var got []string
	for _, k := range list {
		got = append(got, filepath.Base(k.Path))
		board, err := k.madeBy(t.Context())
		made := b
		if slices.Contains(want[:2], filepath.Base(k.Path)) {
			made = a
		}
		if err != nil || board != boardDigits(made.db.Node()) || k.isOther(b.db.Node()) != (k.Board == boardDigits(a.db.Node())) {
			t.Errorf("%+v is of the board %s, %v", k, board, err)
		}
	}
	if slices.Sort(got); err != nil || !slices.Equal(got, slices.Sorted(slices.Values(want))) {
		t.Errorf("kept are %v, %v; want %v", got, err, want)
	}
	if err := a.mirror.Whole(t.Context(), sum, nil); err != nil {
		t.Errorf("the sound of the other board: %v", err)
	}
	unread := "loalang-un-ta-20261001-020000Z" + backupEnding // nobody knows whose it is
	if err := os.WriteFile(filepath.Join(stick, unread), []byte("bản tin"), 0o600); err != nil {
		t.Fatal(err)
	}
	if odd := rotate(t.Context(), filepath.Join(stick, got[0]), b.village, b.db.Node(), 1); odd != unread || !exists(filepath.Join(stick, unread)) {
		t.Errorf("beside one that cannot be read, %q is in the way", odd)
	}
}
