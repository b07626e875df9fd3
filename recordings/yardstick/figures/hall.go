package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"loalang/recordings"
)

// hall is a library with a folder for what is measured.
type hall struct {
	library *recordings.Library
	dir     string
	made    int
}

// shelf is an Index in memory.
type shelf struct {
	mu  sync.Mutex
	all map[string]recordings.Recording
}

func (s *shelf) SaveRecording(_ context.Context, r recordings.Recording) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.all[r.ID]; !known {
		s.all[r.ID] = r
	}
	return nil
}

func (s *shelf) Recording(_ context.Context, id string) (recordings.Recording, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, known := s.all[id]
	if !known {
		return r, recordings.ErrNotFound
	}
	return r, nil
}

func (s *shelf) RemoveRecording(_ context.Context, id string, _ time.Time) (recordings.Recording, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, known := s.all[id]
	if !known {
		return r, recordings.ErrNotFound
	}
	delete(s.all, id)
	return r, nil
}

func newHall(library, dir string) (*hall, error) {
	l, err := recordings.Open(recordings.Config{
		Dir: library, Index: &shelf{all: map[string]recordings.Recording{}}, Origin: "figures", Now: time.Now,
	})
	if err != nil {
		return nil, err
	}
	return &hall{library: l, dir: dir}, nil
}

// path is a new file's.
func (h *hall) path(ending string) string {
	h.made++
	return filepath.Join(h.dir, strconv.Itoa(h.made)+ending)
}

// ours imports a sound and gives the paths of its play copy and its master.
func (h *hall) ours(ctx context.Context, wav []byte, kind recordings.Kind) (play, master string, err error) {
	rec, err := h.library.Import(ctx, bytes.NewReader(wav), recordings.About{Title: "figures", Kind: kind})
	if err != nil {
		return "", "", err
	}
	f, err := h.library.PlayCopy(ctx, rec.ID)
	if err != nil {
		return "", "", err
	}
	defer f.Close()
	m, err := h.library.Master(ctx, rec.ID)
	if err != nil {
		return "", "", err
	}
	defer m.Close()
	return f.Name(), m.Name(), nil
}

// through lets ffmpeg filter a sound.
func (h *hall) through(ctx context.Context, in, filter string) (string, error) {
	out := h.path(".wav")
	_, err := ffmpeg(ctx, "-v", "error", "-i", in, "-af", filter, "-ar", "32000", "-ac", "1", "-c:a", "pcm_s16le", out)
	return out, err
}

// heard is what ffmpeg's meter, the outside judge, reads: integrated loudness, or of
// sounds under 3 s the loudest 400 ms, by which those are levelled.
type heard struct{ loudness, truePeak float64 }

var (
	integrated = regexp.MustCompile(`I: +(-?[\d.]+) LUFS`)
	momentary  = regexp.MustCompile(`t: ([\d.]+) .* M: *(-?[\d.]+)`)
	truePeak   = regexp.MustCompile(`Peak: +(-?[\d.]+) dBFS`)
)

func judge(ctx context.Context, path string) (heard, error) {
	out, err := ffmpeg(ctx, "-v", "verbose", "-i", path, "-af", "ebur128=peak=true", "-f", "null", "-")
	if err != nil {
		return heard{}, err
	}
	loudest, end := -120.0, 0.0
	for _, m := range momentary.FindAllStringSubmatch(out, -1) {
		at, _ := strconv.ParseFloat(m[1], 64) // digits by the expression
		loud, _ := strconv.ParseFloat(m[2], 64)
		loudest, end = max(loudest, loud), at
	}
	out = out[max(0, strings.LastIndex(out, "Summary:")):]
	i, p := integrated.FindStringSubmatch(out), truePeak.FindStringSubmatch(out)
	if i == nil || p == nil {
		return heard{}, fmt.Errorf("ffmpeg does not say how loud %s is", filepath.Base(path))
	}
	var h heard
	if h.loudness, err = strconv.ParseFloat(i[1], 64); err == nil {
		h.truePeak, err = strconv.ParseFloat(p[1], 64)
	}
	if end < 3 {
		h.loudness = loudest
	}
	return h, err
}

func ffmpeg(ctx context.Context, args ...string) (string, error) {
	out, err := exec.CommandContext(ctx, "ffmpeg", append([]string{"-hide_banner", "-nostats", "-nostdin", "-y"}, args...)...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("ffmpeg: %w: %s", err, out)
	}
	return string(out), nil
}

// write keeps a sound in a file.
func (h *hall) write(wav []byte) (string, error) {
	path := h.path(".wav")
	return path, os.WriteFile(path, wav, 0o600)
}
