package proof_test

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"

	"loalang/proof"
	"loalang/recordings/builtin"
)

// builtIn is a sound of the program at 8 kHz, so many seconds of it.
func builtIn(wav []byte, seconds int) []float64 {
	wav = wav[44:]
	x := make([]float64, len(wav)/2)
	for i := range x {
		x[i] = float64(int16(binary.LittleEndian.Uint16(wav[2*i:]))) / 32768
	}
	once := stretch(lowPass(x, 3600.0/48000), 48000.0/rate)
	for x = once; len(x) < seconds*rate; {
		x = append(x, once...)
	}
	return x[:min(len(x), seconds*rate)]
}

// The siren, and the sounds that open and close a slot, are tones where speech is syllables: what
// is right is heard in noise as loud as itself, clipped and with an echo, the floor of the input
// is silence, and another sound in its place is wrong.
func TestBuiltInSoundsAreProved(t *testing.T) {
	opening := builtIn(builtin.Opening(), 6)
	sounds := map[string]struct{ sent, other []float64 }{
		"siren":   {builtIn(builtin.Siren(), 20), opening},
		"opening": {opening, builtIn(builtin.Siren(), 6)},
		"closing": {builtIn(builtin.Closing(), 4), builtIn(builtin.Siren(), 4)},
	}
	g := gate(t, opening) // the calibration plays it
	for name, s := range sounds {
		x := s.sent
		long := s.other
		for len(long) < len(x)+3*rate {
			long = append(long, s.other...)
		}
		for _, c := range []struct {
			name string
			want proof.Verdict
			make func(r *rand.Rand) []float64
		}{
			{"right", proof.Heard, func(r *rand.Rand) []float64 { return noise(gain(delay(x, .5), -20), 1e-4, r) }},
			{"noise as loud as itself", proof.Heard, func(r *rand.Rand) []float64 { return noise(gain(delay(x, .3), -20), rms(x)*.1, r) }},
			{"clipped by 20 dB", proof.Heard, func(r *rand.Rand) []float64 {
				return noise(gain(clipped(gain(delay(x, .5), 20)), -6), 1e-3, r)
			}},
			{"echo of 1.5 s", proof.Heard, func(r *rand.Rand) []float64 {
				return noise(gain(echo(delay(x, .2), 1.5, r), -20), 3e-4, r)
			}},
			{"the floor alone", proof.Silent, func(r *rand.Rand) []float64 {
				return noise(make([]float64, len(x)+3*rate), 1e-4, r)
			}},
			{"crosstalk", proof.Silent, func(r *rand.Rand) []float64 { return gain(delay(x, .3), -50) }},
			{"another sound", proof.Wrong, func(r *rand.Rand) []float64 { return noise(gain(delay(long, .3), -20), 1e-4, r) }},
			{"music", proof.Wrong, func(r *rand.Rand) []float64 { return music(len(x)+3*rate, r) }},
		} {
			t.Run(name+"/"+c.name, func(t *testing.T) {
				least, most := math.Inf(1), math.Inf(-1)
				for seed := range uint64(3) {
					res := newStage(g).broadcast(card(x), card(c.make(rand.New(rand.NewPCG(seed, 2)))))
					least, most = min(least, res.Score), max(most, res.Score)
					if res.Verdict != c.want {
						t.Errorf("%s %s: score %.2f, share %.2f of %d, level %.1f dB", res.Verdict, res.Why, res.Score, res.Share, res.Windows, res.Level)
					}
				}
				t.Logf("score %.2f to %.2f", least, most)
			})
		}
	}
}
