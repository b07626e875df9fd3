package playout

import (
	"slices"
	"time"

	"loalang/audio"
)

const (
	// reachEvery is how often it is looked whether what sounds is heard still: an amplifier
	// that dies tells nobody.
	reachEvery = time.Second
	// glimpse is what is too short to be understood.
	glimpse = time.Second
)

// audience is whom what sounds reaches at one moment.
type audience struct {
	zones []string // that are on
	fault string   // why nobody hears it, TroubleAmplifier, TroubleBypass or CauseResting; empty: somebody does
}

// audience is whom what who wants heard reaches now. It waits for no line, and may be called
// from any goroutine, with Player.mu held or not.
func (p *Player) audience(who string) audience {
	zones, _ := p.power.keyed()
	switch {
	case !p.power.powered(who):
		return audience{zones, TroubleAmplifier}
	case p.power.bypass().On:
		return audience{zones, TroubleBypass}
	}
	return audience{zones: zones}
}

// reach sums up for how long an occurrence sounded and was heard, or was not. What lies
// between two looks counts as heard only when it was at both. The zero value is ready.
type reach struct {
	Heard time.Duration // somewhere it was meant to be
	Dark  time.Duration // the amplifier was off
	Taken time.Duration // the amplifier was on its own microphone

	From  audio.Instant // what follows it is not summed up yet; 0: nothing sounds
	Fault string        // of the last look

	seen  audio.Instant // the last look
	zones []string      // on then
	in    map[int]*airtime
}

// airtime is for how long one airing sounded, and each zone was on meanwhile.
type airtime struct {
	all time.Duration
	of  map[string]time.Duration
}

// look takes in whom it reaches at an instant, while airings sound: at the start, each
// second, and whenever something was switched.
func (r *reach) look(now audio.Instant, a audience, sounding []int) {
	if r.From != 0 && a.fault == r.Fault && slices.Equal(a.zones, r.zones) {
		r.seen = now
		return
	}
	if r.From != 0 {
		if r.Fault == "" && a.fault != "" {
			r.sum(r.seen, sounding)
			r.Fault = a.fault
		}
		r.sum(now, sounding)
	}
	r.From, r.seen, r.Fault, r.zones = now, now, a.fault, a.zones
}

// sum adds what lies behind the last sum. Nothing does while nothing sounds.
func (r *reach) sum(now audio.Instant, sounding []int) {
	if r.From == 0 {
		return
	}
	d := max(0, now.Sub(r.From))
	r.From = r.From.Add(d)
	switch r.Fault {
	case "":
		r.Heard += d
	case CauseResting: // nothing of it counts until the amplifier may be on again
	case TroubleBypass:
		r.Taken += d
	default:
		r.Dark += d
	}
	for _, i := range sounding {
		if r.in == nil {
			r.in = map[int]*airtime{}
		}
		if r.in[i] == nil {
			r.in[i] = &airtime{of: map[string]time.Duration{}}
		}
		r.in[i].all += d
		for _, zone := range r.zones {
			r.in[i].of[zone] += d
		}
	}
}

// kept is what of it means something to a later run.
func (r *reach) kept() reach {
	return reach{Heard: r.Heard, Dark: r.Dark, Taken: r.Taken, Fault: r.Fault}
}

// resume takes over what an earlier run had kept. What sounded behind that was heard as far as
// anybody knows: as it was last.
func (r *reach) resume(k reach, behind time.Duration) {
	r.Heard, r.Dark, r.Taken, r.Fault = k.Heard, k.Dark, k.Taken, k.Fault
	r.From = 1 // any instant: what follows it is added
	r.sum(r.From.Add(behind), nil)
	r.From, r.Fault = 0, ""
}

// rest ends the summing: nothing sounds.
func (r *reach) rest() { r.From = 0 }

// mostly are those of the zones that were on for most of an airing: it was not heard where
// the loudspeakers went off at once, or came at its last word.
func (r *reach) mostly(airing int, zones []string) []string {
	t := r.in[airing]
	if t == nil || t.all == 0 {
		return zones
	}
	return slices.DeleteFunc(slices.Clone(zones), func(zone string) bool { return 2*t.of[zone] < t.all })
}

// lost is for how long nobody has heard it until now, all in all.
func (r *reach) lost(now audio.Instant) time.Duration {
	lost := r.Dark + r.Taken
	if r.From != 0 && r.Fault != "" {
		lost += max(0, now.Sub(r.From))
	}
	return lost
}

// why is what kept it from being heard for longer.
func (r *reach) why() string {
	if r.Taken > r.Dark || r.Taken == r.Dark && r.Fault == TroubleBypass {
		return TroubleBypass
	}
	return TroubleAmplifier
}

// verdict is what became of something that sounded to its end, when most of it was heard by
// nobody: cut, or missed when nobody can have understood the rest. Whether keying went well
// says nothing: a device that is sent commands answers later, or never.
func (r *reach) verdict() (_ Outcome, cause string, unheard bool) {
	lost := r.Dark + r.Taken
	switch {
	case r.Heard+lost == 0 && r.Fault != "": // it was over at once
		return Missed, r.Fault, true
	case r.Heard >= lost:
		return "", "", false
	case r.Heard < glimpse:
		return Missed, r.why(), true
	}
	return Cut, r.why(), true
}
