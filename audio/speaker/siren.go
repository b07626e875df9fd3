package speaker

import (
	"io"
	"sync"

	"github.com/ebitengine/oto/v3"

	"loalang/audio"
)

// alarm starts a second player for each run of alarms. It is mixed behind the
// programme's own buffer, one period sooner than the programme could be changed.
type alarm struct {
	octx      *oto.Context
	programme *programme
	mono      []float32

	mu      sync.Mutex
	running *siren
	// player is the last one made: oto stops a player that nobody holds any
	// more, in the middle of its sound, when the garbage is collected.
	player *oto.Player
}

// siren is one run of alarms: from silence until no alarm is left.
type siren struct {
	alarm *alarm
	at    audio.Frames // device frame at which the next one sounds
	begun bool         // it has been read before
}

// start plays what was raised, unless a run is under way already.
func (a *alarm) start() {
	a.mu.Lock()
	if a.running != nil || !a.programme.desk.AlarmActive() {
		a.mu.Unlock()
		return
	}
	s := &siren{alarm: a}
	player := a.octx.NewPlayer(s)
	a.running, a.player = s, player
	a.mu.Unlock()
	player.SetBufferSize(len(a.mono) * frameBytes)
	player.Play()
}

// Read gives the alarm's frames, io.EOF behind the last.
func (s *siren) Read(dst []byte) (int, error) {
	a := s.alarm
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.running != s {
		return 0, io.EOF
	}
	first := !s.begun
	if first {
		s.begun = true
		// In this order: a period that oto mixes meanwhile comes down without the
		// siren, and the siren begins in the one behind it. The other way round the
		// programme would come down one period after the Desk thinks it has.
		a.programme.hush()
		s.at = a.programme.mixes()
	} else {
		// oto has mixed what was read last: now it shows whether a period of the
		// programme slipped in before it, on a busy machine.
		next, _ := a.programme.mixed()
		s.at = max(s.at, next)
	}
	mono := a.mono[:min(len(dst)/frameBytes, len(a.mono))]
	n := a.programme.desk.PullAlarmAt(s.at, mono)
	if first {
		comeIn(mono[:n], len(a.mono), a.programme.loud())
	}
	s.at += audio.Frames(n)
	a.programme.routing.spread(dst, mono[:n])
	if !a.programme.desk.AlarmActive() {
		a.running = nil
		a.programme.open()
		return n * frameBytes, io.EOF
	}
	return n * frameBytes, nil
}

// comeIn keeps the first period of a siren below the ceiling together with the
// programme, which goes out within that period: where it is longer than a fade,
// that is slower than the Desk lets mono come in. loud is the programme's peak;
// over silence nothing changes.
func comeIn(mono []float32, period int, loud float32) {
	if period <= int(fade) {
		return
	}
	for i := range mono {
		in := min(1, float32(i+1)/float32(fade))
		room := 1 - loud/ceiling*(1-float32(i)/float32(period))
		if room < in {
			mono[i] *= room / in
		}
	}
}
