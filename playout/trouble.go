package playout

import (
	"strings"
	"time"

	"loalang/hardware"
)

// EmergencyFault is one thing that keeps an emergency, or what else is on the air, from
// being heard as it was meant.
type EmergencyFault struct {
	Code     string // a Fault of renditions, or a Trouble
	Language string // that is not spoken; empty when it is about all of it
	Zone     string // whose loudspeakers are off; empty when it is about all of it
	// Rests is how long what is off must stay off still; zero unless the code says that it rests.
	Rests time.Duration
}

// Codes of EmergencyFault beside the faults of renditions.
const (
	TroubleWaiting   = "waiting"   // another emergency sounds first
	TroubleDevice    = "device"    // no sound card plays it
	TroubleAmplifier = "amplifier" // the amplifier does not answer
	TroubleZone      = "zone"      // one of its zones is off, and others are on
	TroubleResting   = "resting"   // the amplifier was just on and must stay off for a moment
	TroubleRestZone  = "rest-zone" // so must one of its zones, and others are on
	TroubleBypass    = "bypass"    // the amplifier is on its own microphone
	TroubleFallback  = "fallback"  // none of its languages can be spoken: those of the village are
	TroubleWordless  = "wordless"  // the output could not take its words: the siren sounds alone
	TroubleInstead   = "instead"   // its recording cannot be played: a voice reads instead
	// What the monitor input tells of what is being sent with everything on: only somebody at the
	// loudspeakers could else.
	TroubleUnheard = "unheard"     // it hears nothing
	TroubleOther   = "other-sound" // it hears something else
)

// silent is the step of the amplifier with the zones that do not answer: it has not gone
// well while there is one.
func (s DrillStep) silent(amp hardware.AmpState) DrillStep {
	var names []string
	for _, z := range amp.Zones {
		if z.Fault != "" {
			names = append(names, z.Name)
		}
	}
	if len(names) > 0 && (s.OK || len(names) < len(amp.Zones)) {
		s.OK, s.Fault, s.Zone = false, TroubleAmplifier, strings.Join(names, ", ")
	}
	return s
}
