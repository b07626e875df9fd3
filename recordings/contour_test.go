package recordings_test

import (
	"context"
	"errors"
	"io"
	"os"
	"testing"
	"time"

	"loalang/recordings"
)

// The contour is of the sound as it came, however little of it was kept: the page on
// which it is trimmed anew had to fetch all of the sound to draw that.
func TestContourIsOfAllThatCame(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg")
	l, _, _ := library(t)
	rec, err := importPiece(l, tones(t, 500, 0, 1000), recordings.Trim{From: 2 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	var path string
	for range 2 { // made, and from the cache
		f, err := l.Contour(ctx, rec.ID)
		if err != nil {
			t.Fatal(err)
		}
		path = f.Name()
		tops, err := io.ReadAll(f)
		f.Close()
		if err != nil || len(tops) != 3*recordings.ContourRate {
			t.Fatalf("%d bytes, %v, of 3 s", len(tops), err)
		}
		for i, top := range tops {
			silent := i > recordings.ContourRate && i < 2*recordings.ContourRate-1
			edge := i%recordings.ContourRate == 0 || i%recordings.ContourRate == recordings.ContourRate-1 // the low-pass rings
			if silent && top > 1 || !silent && !edge && (top < 58 || top > 66) {
				t.Errorf("at %d ms it is %d", 50*i, top)
			}
		}
	}
	if err := l.Remove(ctx, rec.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it stays when its recording has gone: %v", err)
	}
	for _, id := range []string{rec.ID, "../../etc/passwd", ""} {
		if _, err := l.Contour(ctx, id); !errors.Is(err, recordings.ErrNotFound) {
			t.Errorf("%q: %v", id, err)
		}
	}
}
