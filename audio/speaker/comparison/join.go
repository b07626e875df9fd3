package main

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"loalang/audio"
	"loalang/audio/speaker/ruler"
)

// joinLength is that of each item of a chain.
const joinLength = 1500 * time.Millisecond

// chain is a row of files of noise, each different, that shall follow one another.
func (h *hall) chain(n int) (paths []string, err error) {
	for i := range n {
		random := rand.New(rand.NewPCG(7, uint64(i)))
		frames := make([]int16, audio.Rate.N(joinLength))
		for k := range frames {
			frames[k] = int16(random.IntN(16000) - 8000)
		}
		path := filepath.Join(h.dir, fmt.Sprintf("join%02d.wav", i))
		f, err := os.Create(path)
		if err != nil {
			return nil, err
		}
		if err := errors.Join(audio.WriteWAV(f, audio.NewClip(frames)), f.Close()); err != nil {
			return nil, err
		}
		paths = append(paths, path)
	}
	return paths, nil
}

// joins lets a chain of n items play, and counts at each join by how many frames
// the follower came too late; early counts like late.
func joins(s *stage, c contender, n int) result {
	paths, err := s.chain(n)
	if err != nil {
		return result{err: err}
	}
	sh := c.join(s, paths)
	defer sh.end()
	if sh.err != nil {
		return result{err: sh.err}
	}
	sh.play(audio.Monotonic().Add(sh.ahead))
	time.Sleep(time.Duration(n)*joinLength + 3*time.Second)
	sh.end()
	runs, dry, err := s.card.Runs()
	if err != nil {
		return result{err: err}
	}
	var off []float64
	for i := range n - 1 {
		before, err := framesOf(paths[i])
		if err != nil {
			return result{err: err}
		}
		after, err := framesOf(paths[i+1])
		if err != nil {
			return result{err: err}
		}
		if frames, ok := gap(runs, before[len(before)-window:], after[:window]); ok {
			off = append(off, math.Abs(float64(frames)))
		}
	}
	return result{spread: newSpread(off, n-1-len(off)), dry: dry, effort: "—"}
}

func framesOf(path string) ([]int16, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	clip, _, err := audio.ReadWAV(f, info.Size())
	return clip.AppendTo(nil), err
}

// gap is how many frames lie between an end and a beginning on the card.
func gap(runs []ruler.Run, end, beginning []int16) (frames int, ok bool) {
	at, run, found := locate(runs, end)
	next, other, there := locate(runs, beginning)
	if !found || !there || run != other {
		return 0, false
	}
	return next - at - len(end), true
}

// locate finds a piece of noise in what the card played. Frame by frame it would
// take minutes: 64 frames of it decide where it is looked for closer.
func locate(runs []ruler.Run, piece []int16) (at, run int, ok bool) {
	const probe = 64
	for run, r := range runs {
		for at := 0; at+len(piece) <= len(r.Left); at++ {
			if like(piece[:probe], r.Left[at:at+probe]) > 0.5 && like(piece, r.Left[at:at+len(piece)]) > 0.5 {
				return at, run, true
			}
		}
	}
	return 0, 0, false
}

// like is the correlation of two pieces of the same length, 1 when they are the
// same up to their volume.
func like(a, b []int16) float64 {
	var sum, first, second float64
	for i, v := range a {
		x, y := float64(v), float64(b[i])
		sum += x * y
		first += x * x
		second += y * y
	}
	if first == 0 || second == 0 {
		return 0
	}
	return sum / math.Sqrt(first*second)
}
