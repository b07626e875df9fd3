package recordings

import (
	"loalang/audio"
	"loalang/audio/level"
)

// gauge measures a sound as it is, while it goes by.
type gauge struct {
	rate    int
	meter   *level.Meter
	peak    *level.TruePeak
	floor   *floor
	outline Outline
	tops    histogram
}

func newGauge(rate int) *gauge {
	return &gauge{rate: rate, meter: level.NewMeter(rate), peak: level.NewTruePeak(), floor: newFloor(rate)}
}

func (g *gauge) write(frames []float32) {
	g.meter.Write(frames)
	g.peak.Write(frames)
	g.floor.write(frames)
	g.outline.Write(frames)
	g.tops.write(frames)
}

func (g *gauge) read() Heard {
	full := g.meter.Loudness()
	h := Heard{
		Length:   audio.SampleRate(g.rate).D(audio.Frames(full.Frames)),
		Loudness: loudness(full, full.Frames, g.rate), TruePeak: g.peak.DBTP(),
		Clipped: g.tops.clipped(), Wave: g.outline.Wave(),
	}
	h.Floor, h.Margin = g.floor.read()
	return h
}
