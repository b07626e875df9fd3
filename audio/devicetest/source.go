package devicetest

import (
	"errors"
	"io"
	"testing"

	"loalang/audio"
)

// Source checks that the sources that open gives follow the contract of
// audio.Source, whatever the size of the reads, and yield exactly the frames of
// want.
func Source(t *testing.T, want []float32, open func(t *testing.T) audio.Source) {
	t.Helper()
	for _, c := range []struct {
		name string
		size int
	}{
		{"frame by frame", 1},
		{"odd reads", 7},
		{"a period", 480},
		{"more than there is", len(want) + 1000},
	} {
		t.Run(c.name, func(t *testing.T) { readThrough(t, open(t), want, c.size) })
	}
	t.Run("empty read", func(t *testing.T) {
		s := open(t)
		if n, err := s.Read(nil); n != 0 || err != nil {
			t.Errorf("Read(nil) = %d, %v, want 0, nil", n, err)
		}
		readThrough(t, s, want, 480)
	})
}

func readThrough(t *testing.T, s audio.Source, want []float32, size int) {
	t.Helper()
	const canary = 77
	dst := make([]float32, size+1)
	at := 0
	for {
		dst[size] = canary
		n, err := s.Read(dst[:size])
		if dst[size] != canary {
			t.Fatalf("Read wrote behind dst at frame %d", at)
		}
		if err != nil {
			endsForGood(t, s, n, err)
			break
		}
		if n < 1 || n > size {
			t.Fatalf("Read = %d, nil for %d frames, want 1 to %d", n, size, size)
		}
		for i, v := range dst[:n] {
			if at+i >= len(want) || v != want[at+i] {
				t.Fatalf("frame %d of %d is %v, want another", at+i, len(want), v)
			}
		}
		at += n
	}
	if at != len(want) {
		t.Errorf("the source ended after %d frames, want %d", at, len(want))
	}
}

func endsForGood(t *testing.T, s audio.Source, n int, err error) {
	t.Helper()
	if n != 0 || !errors.Is(err, io.EOF) {
		t.Fatalf("Read = %d, %v, want 0, EOF at the end", n, err)
	}
	for range 3 {
		if n, err := s.Read(make([]float32, 3)); n != 0 || !errors.Is(err, io.EOF) {
			t.Fatalf("Read after the end = %d, %v, want 0, EOF", n, err)
		}
	}
}
