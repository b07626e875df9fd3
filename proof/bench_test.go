package proof_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"loalang/proof"
)

// BenchmarkSecond is a second of a broadcast that is heard: both streams analysed, and
// one window compared. On a Raspberry Pi it takes some twenty times as long.
func BenchmarkSecond(b *testing.B) {
	r := rand.New(rand.NewPCG(5, 6))
	var voice []float64
	for loud := 0.1; len(voice) < 60*rate; loud = 0.02 + 0.3*r.Float64() {
		for range rate / 8 {
			voice = append(voice, loud*r.NormFloat64())
		}
	}
	sound := card(voice)
	var sent, heard proof.Track
	a, c := proof.NewAnalyser(), proof.NewAnalyser()
	trial := proof.NewTrial(proof.Gate{Off: -60, On: -20, Sent: -20}, 0, true)
	now := time.Hour
	trial.Sounds("voice", now)
	frames := make([]proof.Frame, 0, 64)
	at := 0
	b.ReportAllocs()
	for b.Loop() {
		for range 10 {
			now += 100 * time.Millisecond
			piece := sound[at : at+4800]
			at = (at + 4800) % len(sound)
			frames = a.Write(frames[:0], piece)
			sent.Write(now, frames)
			frames = c.Write(frames[:0], piece)
			heard.Write(now, frames)
			trial.Advance(&sent, &heard)
		}
	}
	if trial.Loss() != nil {
		b.Fatal("it is not heard")
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1e4, "%core")
}
