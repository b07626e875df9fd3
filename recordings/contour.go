package recordings

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// ContourRate is how many bytes of a contour stand for a second.
const ContourRate = 20

// contourFrom is the rate, in Hz, of the sound that a contour is taken from.
const contourFrom = 8000

// contourFile is where a contour lies, in the cache of the play copies.
func (l *Library) contourFile(id string) string {
	return strings.TrimSuffix(l.blob(PlayCopy, id), ".wav") + ".contour"
}

// Contour opens the contour of a recording as it came, neither cleaned nor trimmed: for
// each twentieth of a second one byte, its highest magnitude, 255 being full scale. A
// page draws it and trims on it without the sound, which is a thousand times as much.
// It is made behind the lock when it is first asked for, and kept like the sound of
// Before; the errors are those of Before. The caller closes it.
func (l *Library) Contour(ctx context.Context, id string) (*os.File, error) {
	if !isID(id) {
		return nil, ErrNotFound
	}
	return l.openDerived(ctx, id, derived{
		name: "the contour", path: l.contourFile(id), file: "contour",
		step: func(w *work, out string) error { return l.makeContour(ctx, w, id, out) },
		left: func(ctx context.Context) error { _, err := l.index.Recording(ctx, id); return err },
	})
}

func (l *Library) makeContour(ctx context.Context, w *work, id, out string) error {
	err := l.openBefore(ctx, w, id, out, decodeFile, func(limit string) []string {
		return []string{
			"-map", "0:a:0", "-vn", "-sn", "-dn", "-t", limit, "-map_metadata", "-1",
			"-af", "aresample=async=1:first_pts=0", "-ac", "1", "-ar", strconv.Itoa(contourFrom), "-f", "s16le", "file:contour.raw",
		}
	})
	if err != nil {
		return err
	}
	raw, err := openOutput(filepath.Join(out, "contour.raw"))
	if err != nil {
		return err
	}
	var c contour
	err = eachS16(raw, c.write)
	if err = errors.Join(err, raw.Close(), os.Remove(raw.Name())); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, "contour"), c.bytes(), 0o600); err != nil {
		return fmt.Errorf("write a contour: %w", err)
	}
	return nil
}

// contour takes down the highest magnitude of each span. The zero value is ready.
type contour struct {
	tops   []byte
	top    float64
	frames int // in the open span
}

func (c *contour) write(frames []float32) {
	for _, x := range frames {
		c.top = max(c.top, math.Abs(float64(x)))
		if c.frames++; c.frames == contourFrom/ContourRate {
			c.tops = c.bytes()
			c.top, c.frames = 0, 0
		}
	}
}

// bytes are the spans so far, the open one included.
func (c *contour) bytes() []byte {
	if c.frames == 0 {
		return c.tops
	}
	return append(c.tops, byte(math.Round(255*min(1, c.top))))
}
