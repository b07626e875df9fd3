// Command generate makes the built-in sounds. It writes the same bytes on
// every run; "go generate ./recordings/builtin" calls it in its folder.
//
// It owns how they sound and how loud they are. It must not know who plays them or when, and takes
// nothing from outside: no file, no clock, no chance. It starts no goroutine.
package main

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"

	"loalang/audio/level"
)

const rate = 48000

func main() {
	dir := "."
	if len(os.Args) > 1 {
		dir = os.Args[1]
	}
	if err := write(dir); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func write(dir string) error {
	sounds := []struct {
		name string
		make func() ([]float64, error)
	}{
		{"chime.wav", chime}, {"opening.wav", opening}, {"closing.wav", closing}, {"siren.wav", siren},
	}
	for _, s := range sounds {
		x, err := s.make()
		if err != nil {
			return fmt.Errorf("make %s: %w", s.name, err)
		}
		if err := os.WriteFile(filepath.Join(dir, s.name), encode(x), 0o644); err != nil {
			return fmt.Errorf("write %s: %w", s.name, err)
		}
	}
	return nil
}

// momentary and integrated pick the figure that a sound is levelled by.
func momentary(l level.Loudness) float64  { return l.Momentary }
func integrated(l level.Loudness) float64 { return l.Integrated }

// levelled brings x to target LUFS with one gain, and refuses what would then
// peak over −1.5 dBTP: these sounds are written so that no limiter is needed.
func levelled(x []float64, target float64, figure func(level.Loudness) float64) ([]float64, error) {
	gain := math.Pow(10, (target-figure(measure(x)))/20)
	peak := level.NewTruePeak()
	for i := range x {
		x[i] *= gain
	}
	peak.Write(single(x))
	if p := peak.DBTP(); p > -1.5 {
		return nil, fmt.Errorf("it peaks at %.2f dBTP", p)
	}
	return x, nil
}

func measure(x []float64) level.Loudness {
	m := level.NewMeter(rate)
	m.Write(single(x))
	return m.Loudness()
}

func single(x []float64) []float32 {
	y := make([]float32, len(x))
	for i, v := range x {
		y[i] = float32(v)
	}
	return y
}

// encode makes a WAV of 16 bits, mono.
func encode(x []float64) []byte {
	bytes := uint32(2 * len(x))
	b := append([]byte("RIFF"), 0, 0, 0, 0)
	binary.LittleEndian.PutUint32(b[4:], 36+bytes)
	b = append(b, "WAVEfmt "...)
	for _, v := range []uint32{16, 1 | 1<<16, rate, 2 * rate, 2 | 16<<16} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	b = append(b, "data"...)
	b = binary.LittleEndian.AppendUint32(b, bytes)
	for _, v := range x {
		b = binary.LittleEndian.AppendUint16(b, uint16(int16(math.Round(v*32767))))
	}
	return b
}
