package playout

import (
	"slices"
	"time"

	"loalang/scheduler"
)

// ButtonDeed is what a press of the panic button does.
type ButtonDeed string

// The deeds of a press.
const (
	ButtonMessage ButtonDeed = "message" // the prepared message, as it was prepared
	ButtonSiren   ButtonDeed = "siren"   // the siren alone
	ButtonNothing ButtonDeed = "nothing" // it is only written down
)

// ButtonSecond is what a long second press does.
type ButtonSecond string

// The deeds of a long second press.
const (
	SecondStop     ButtonSecond = "stop"      // it ends what the button raised
	SecondAllClear ButtonSecond = "all-clear" // and says that the danger is over
	SecondNothing  ButtonSecond = "nothing"
)

// ButtonAction is what the panic button does, as people have set it.
type ButtonAction struct {
	Deed    ButtonDeed
	Message string        // code of the prepared message, of ButtonMessage
	Zones   []string      // empty: those of the message, or all
	Life    time.Duration // of what it raises; 0: scheduler.DefaultEmergencyLife
	Second  ButtonSecond
}

// ButtonDeeds lists every deed of a press.
func ButtonDeeds() []ButtonDeed { return []ButtonDeed{ButtonMessage, ButtonSiren, ButtonNothing} }

// ButtonSeconds lists every deed of a long second press.
func ButtonSeconds() []ButtonSecond {
	return []ButtonSecond{SecondStop, SecondAllClear, SecondNothing}
}

const (
	// leastButtonLife and mostButtonLife bound how long what a press raises may sound.
	leastButtonLife = time.Minute
	mostButtonLife  = 24 * time.Hour
)

// life is how long what a press raises sounds.
func (a ButtonAction) life() time.Duration {
	if a.Life <= 0 {
		return scheduler.DefaultEmergencyLife
	}
	return a.Life
}

// Checked is a without what means nothing beside its deed. The error is an Invalid with
// the fields deed, message, zones, life and second. Zones and messages are what there is;
// nil: not known.
func (a ButtonAction) Checked(zones []string, messages scheduler.Templates) (ButtonAction, error) {
	var wrong scheduler.Invalid
	add := func(field, code, limit string) {
		wrong = append(wrong, scheduler.Fault{Field: field, Code: code, Limit: limit})
	}
	if !slices.Contains(ButtonDeeds(), a.Deed) {
		add("deed", scheduler.FaultUnknown, string(a.Deed))
	}
	if !slices.Contains(ButtonSeconds(), a.Second) {
		add("second", scheduler.FaultUnknown, string(a.Second))
	}
	if a.Life != 0 && (a.Life < leastButtonLife || a.Life > mostButtonLife) {
		add("life", scheduler.FaultRange, "60–86400")
	}
	_, known := messages.Find(a.Message)
	switch {
	case a.Deed != ButtonMessage:
		a.Message = ""
	case a.Message == "":
		add("message", scheduler.FaultRequired, "")
	case messages != nil && !known:
		add("message", scheduler.FaultUnknown, a.Message)
	}
	for _, z := range a.Zones {
		if zones != nil && !slices.Contains(zones, z) {
			add("zones", scheduler.FaultUnknown, z)
		}
	}
	if len(wrong) > 0 {
		return a, wrong
	}
	return a, nil
}
