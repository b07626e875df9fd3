package main

import (
	"errors"
	"io"
	"strings"
	"testing"

	"loalang/archive"
)

// TestABundleUnpacksWhatABundleHasAlone: whoever had the key of a trusted board could fill
// the board's memory, or the inodes of its disk.
func TestABundleUnpacksWhatABundleHasAlone(t *testing.T) {
	t.Parallel()
	sum := strings.Repeat("0a", 32)
	taken := 0
	take := func(string, int64) (io.WriteCloser, error) { taken++; return nil, nil }
	for name, refused := range map[string]bool{
		"village.json": false, "recordings/master/0a/" + sum + ".flac": false, "recordings/original/0a/" + sum + ".bin": false,
		"recordings/play/0a/" + sum + ".wav": true, "recordings/master/../" + sum + ".flac": true, "loalang.db": true, "trusted.json": true,
	} {
		if _, err := carriedOnly(take)(name, 1); errors.Is(err, archive.ErrChanged) != refused {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := carriedOnly(take)(carriedFile, carriedMost+1); !errors.Is(err, archive.ErrChanged) {
		t.Errorf("a village too long for memory: %v", err)
	}
	all := carriedOnly(take)
	for range carriedFiles {
		if _, err := all(carriedFile, 1); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := all(carriedFile, 1); !errors.Is(err, archive.ErrChanged) || taken != 3+carriedFiles {
		t.Errorf("too many files: %v, %d were taken", err, taken)
	}
}
