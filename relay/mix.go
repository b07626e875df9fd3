package relay

import (
	"math"
	"time"

	"loalang/audio"
)

const (
	// silencePower is the mean square below which a station says nothing: −60 dBFS.
	silencePower = 1e-6
	// crossing is how many blocks station and fallback cross over: 1 s.
	crossing = 50
	// back is for how many blocks a station must have sounded before it returns: 2 s.
	back = 100
	// breath is for how many blocks a sounding station may pause: 0.5 s.
	breath = 25
)

// mix decides, 20 ms by 20 ms, whether station or fallback sounds, and lays one
// over the other in between. It knows no time but its blocks.
type mix struct {
	patience int // blocks
	leveller *Leveller
	standIn  *standIn
	fallback audio.Source // nil: not open

	quiet  int    // blocks since the station sounded last
	sounds int    // blocks for which it has sounded
	told   bool   // somebody listens, and was told what
	gives  Sounds // what is meant to sound
	place  int    // 0: the station alone, crossing: the fallback alone

	station, local [blockFrames]float32
	out            [2 * blockFrames]byte
}

func newMix(s *standIn, patience time.Duration) *mix {
	return &mix{standIn: s, patience: max(1, int(patience/span)), leveller: NewLeveller(), gives: GivesStation, quiet: back}
}

// next makes out the next 20 ms, and says what sounds from there on and whether
// that is news. heard: somebody listens.
func (m *mix) next(j *jitter, heard bool) (gives Sounds, changed bool) {
	if !j.take(m.station[:]) {
		clear(m.station[:])
	}
	m.attend(power(m.station[:]) > silencePower)
	m.leveller.Process(m.station[:])
	before := m.gives
	if heard {
		m.decide()
		changed = m.gives != before || !m.told
		m.told = true
	}
	m.lay()
	encode(m.out[:], m.station[:])
	return m.gives, changed
}

// attend counts for how long the station has sounded, or not.
func (m *mix) attend(loud bool) {
	if m.quiet++; loud {
		m.quiet = 0
	}
	if m.sounds++; m.quiet > breath {
		m.sounds = 0
	}
}

// decide says what is meant to sound.
func (m *mix) decide() {
	lost := m.quiet >= m.patience || !m.told && m.quiet > breath // it is not there when its time comes
	switch {
	case m.gives == GivesStation && !lost:
	case m.gives != GivesStation && m.sounds >= back:
		m.gives = GivesStation
	case m.ready():
		if m.gives = GivesFallback; !m.told {
			m.place = crossing
		}
	default: // until it can be opened, if ever
		m.gives = GivesNothing
	}
}

// lay lays the fallback over the station, both with equal power.
func (m *mix) lay() {
	from := m.place
	if m.gives == GivesFallback {
		m.place = min(m.place+1, crossing)
	} else {
		m.place = max(m.place-1, 0)
	}
	if from == 0 && m.place == 0 {
		return
	}
	m.read(m.local[:])
	a0, b0 := weights(from)
	a1, b1 := weights(m.place)
	for i := range m.station {
		x := float32(i) / blockFrames
		m.station[i] = m.station[i]*(a0+(a1-a0)*x) + m.local[i]*(b0+(b1-b0)*x)
	}
}

func weights(place int) (station, local float32) {
	sin, cos := math.Sincos(math.Pi / 2 * float64(place) / crossing)
	return float32(cos), float32(sin)
}
