package recordings

import (
	"time"

	"loalang/audio"
	"loalang/audio/level"
)

// raw is what the upload measures before the chain.
type raw struct {
	frames int64
	full   level.Loudness // all of it
	speech level.Loudness // within the speech band
	heard  Heard
	hum    []float64 // Hz
	tonal  bool      // even its quietest parts are tones
	decay  float64   // s
	side   Channel
}

// finding is what an import has to tell.
type finding struct {
	warnings []string
	measures Measures
}

// loudness is the figure that it is levelled by, within the speech band.
func (r raw) loudness() float64 { return loudness(r.speech, r.frames, masterRate) }

// noisy says whether pauses are loud: in the play copy, which is what the village
// would hear, or against the speech, there or as it came. What came is asked too,
// because noise that was taken out of the pauses is still under the words; a hum
// is not. Music has no pauses to tell by.
func (r raw) noisy(after Heard) bool {
	if after.Length < pauseless*50*time.Millisecond || r.tonal {
		return false
	}
	margin := after.Margin
	if len(r.hum) == 0 {
		margin = min(margin, r.heard.Margin)
	}
	return after.Floor > noiseFloor || margin < speechAbove
}

// measures are both sides of an import.
func (r raw) measures(v levelled) Measures {
	m := Measures{Before: r.heard, After: v.after, Channel: r.side, Decay: r.decay}
	if len(r.hum) > 0 && r.hum[len(r.hum)-1] > highPass {
		m.Hum = r.hum[0]
	}
	rate := audio.SampleRate(masterRate)
	m.Lead = rate.D(audio.Frames(max(0, v.profile.start)))
	m.Tail = rate.D(audio.Frames(max(0, v.profile.frames-v.profile.end)))
	return m
}

// ear measures the decoded upload as it goes by.
type ear struct {
	full, speech *level.Meter
	peak         *level.TruePeak
	band         []*level.Biquad
	tops         histogram
	outline      Outline
	wide, narrow *floor
	hum          *hum
	decays       decays
}

func newEar() *ear {
	return &ear{
		full: level.NewMeter(masterRate), speech: level.NewMeter(masterRate), peak: level.NewTruePeak(),
		band: []*level.Biquad{
			level.HighPass(masterRate, highPass), level.HighPass(masterRate, highPass), level.LowPass(masterRate, lowPass),
		},
		wide: newFloor(masterRate), narrow: newFloor(masterRate), hum: newHum(),
	}
}

// write goes on with the next frames and leaves what the speech band holds of
// them in their place.
func (e *ear) write(frames []float32) {
	e.full.Write(frames)
	e.peak.Write(frames)
	e.tops.write(frames)
	e.outline.Write(frames)
	e.wide.write(frames)
	e.hum.write(frames)
	for i, x := range frames {
		y := float64(x)
		for _, b := range e.band {
			y = b.Step(y)
		}
		frames[i] = float32(y)
	}
	e.speech.Write(frames)
	e.narrow.write(frames)
	e.decays.write(frames)
}

func (e *ear) read() raw {
	full := e.full.Loudness()
	r := raw{frames: full.Frames, full: full, speech: e.speech.Loudness(), hum: e.hum.lines(), tonal: e.hum.tonal(), decay: e.decays.seconds()}
	r.heard = Heard{
		Length:   audio.SampleRate(masterRate).D(audio.Frames(full.Frames)),
		Loudness: loudness(full, full.Frames, masterRate), TruePeak: e.peak.DBTP(),
		Clipped: e.tops.clipped(), Wave: e.outline.Wave(),
	}
	r.heard.Floor, _ = e.wide.read()
	_, r.heard.Margin = e.narrow.read()
	return r
}

// examine measures the decoded upload. pace, if there is one, is called before each
// block and ends it with an error.
func examine(d decoded, pace func() error) (raw, error) {
	f, err := openOutput(d.path)
	if err != nil {
		return raw{}, err
	}
	defer func() { _ = f.Close() }()
	e := newEar()
	if err := eachS16(paced{f, pace}, e.write); err != nil {
		return raw{}, err
	}
	return e.read(), nil
}
