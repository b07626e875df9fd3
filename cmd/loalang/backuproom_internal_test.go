package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"loalang/archive/disktest"
)

// TestOldBackupsGiveWayToANewOne: backups beside the data filled the disk up to its last megabytes, so that people
// could bring nothing any more and take nothing back; and then each night failed, for none of them ever went.
func TestOldBackupsGiveWayToANewOne(t *testing.T) {
	const mb, node = 1 << 20, "0192aaaa-0000-7000-8000-0000abcdef12"
	now := time.Date(2026, 11, 26, 2, 0, 0, 0, time.UTC)
	name := func(board string, days int, made string) string {
		return "loalang-un-ta-" + board + now.AddDate(0, 0, -days).Format("-20060102-150405Z") + made + backupEnding
	}
	// Of 64 MB these take 32, and Room leaves 16.
	newest, older, oldest := name("abcdef12", 1, ""), name("abcdef12", 2, ""), name("abcdef12", 3, "")
	byHand, other, ahead := name("abcdef12", 9, byHandEnding), name("99999999", 9, ""), name("abcdef12", -90, "")
	all := []string{newest, older, oldest, byHand, other, ahead}
	for title, c := range map[string]struct {
		wants []int64
		gone  []string
	}{
		"Room":      {[]int64{4 * mb}, nil},
		"One":       {[]int64{20 * mb}, []string{oldest}},
		"Two":       {[]int64{26 * mb}, []string{oldest, older}},
		"Ahead":     {[]int64{34 * mb}, []string{oldest, older, ahead}},
		"TooMuch":   {[]int64{50 * mb}, nil},
		"LessThen":  {[]int64{50 * mb, 20 * mb}, []string{oldest}},
		"ThenRoom":  {[]int64{50 * mb, 4 * mb}, nil},
		"MostFirst": {[]int64{26 * mb, 20 * mb}, []string{oldest, older}},
	} {
		t.Run(title, func(t *testing.T) {
			dir, err := disktest.Tmpfs(t, "size=64m")
			if err != nil {
				t.Skipf("SKIPPED: a small disk cannot be mounted here (%v): run the tests as root", err)
			}
			for _, file := range all {
				size := 6 * mb
				if file == byHand || file == other {
					size = 4 * mb
				}
				if err := os.WriteFile(filepath.Join(dir, file), make([]byte, size), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			gone := thinTo(t.Context(), dir, "un-ta", node, now, c.wants)
			if gone != len(c.gone) {
				t.Errorf("%d went", gone)
			}
			for _, file := range all {
				if left := exists(filepath.Join(dir, file)); left == slices.Contains(c.gone, file) {
					t.Errorf("%s is left: %v", file, left)
				}
			}
		})
	}
}
