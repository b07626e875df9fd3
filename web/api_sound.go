package web

import (
	"context"
	"errors"
	"math"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"loalang/hardware"
	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
)

// soundJSON is what of the board is pressed, lit and turned.
type soundJSON struct {
	Button   buttonJSON    `json:"button"`
	LED      ledJSON       `json:"led"`
	Loudness loudnessJSON  `json:"loudness"`
	Mixer    *mixerJSON    `json:"mixer,omitempty" doc:"The volume control that was chosen; absent: the programme is turned digitally."`
	Fixed    bool          `json:"fixed,omitempty" doc:"The board's settings name the control: it cannot be chosen here."`
	Controls []controlJSON `json:"controls" doc:"Of every sound card."`
	Fault    string        `json:"fault,omitempty" doc:"Why they could not be listed."`
}

// buttonJSON is the panic button.
type buttonJSON struct {
	Fitted  bool       `json:"fitted" doc:"False: none is wired, whatever it would do."`
	Down    bool       `json:"down"`
	Stuck   bool       `json:"stuck,omitempty" doc:"It is held since a minute, or since before the board looked: it counts again when it was let go of."`
	Presses int        `json:"presses" doc:"That counted, since the program started."`
	Last    *time.Time `json:"last,omitempty"`
	Trouble string     `json:"trouble,omitempty" enum:"busy,absent,denied,mute" doc:"Why it cannot be read."`
	Fault   string     `json:"fault,omitempty" doc:"What the system said."`
	Hold    float64    `json:"hold" doc:"Seconds that a press is held until it counts."`
	Long    float64    `json:"long,omitempty" doc:"Seconds that a second press is held until it ends what the first raised; 0: it never does."`
	ButtonForm
	By string     `json:"by,omitempty" doc:"Who said what it does."`
	At *time.Time `json:"at,omitempty"`
}

// ButtonForm is what the panic button does, as the API writes it.
type ButtonForm struct {
	Deed    string   `json:"deed" enum:"message,siren,nothing" doc:"What a press raises: a prepared message, the siren alone, or nothing."`
	Message string   `json:"message,omitempty" doc:"Code of the prepared message, of deed message."`
	Zones   []string `json:"zones,omitempty" doc:"Loudspeakers; left out: those of the message, or all."`
	Life    float64  `json:"life,omitempty" minimum:"0" maximum:"86400" doc:"Seconds that it sounds unless it is stopped, 60 or more; 900 when left out."`
	Second  string   `json:"second,omitempty" enum:"stop,all-clear,nothing" doc:"What a second press does that is held for long; stop when left out."`
}

// ledJSON is the status LED.
type ledJSON struct {
	Fitted bool   `json:"fitted"`
	State  string `json:"state,omitempty" enum:"ready,playing,clock,fault,no-card,emergency"`
	Fault  string `json:"fault,omitempty"`
}

// loudnessJSON is how loud the programme is made.
type loudnessJSON struct {
	Wanted  int      `json:"wanted" doc:"dB against how sound is levelled, by the village and the hour."`
	Level   *float64 `json:"level,omitempty" doc:"dB that the volume control shows; absent: there is none."`
	Alarmed bool     `json:"alarmed,omitempty" doc:"An emergency has it as loud as usual."`
	Fault   string   `json:"fault,omitempty" doc:"Why the control does not do it: the programme is turned digitally."`
}

// mixerJSON is a volume control that was chosen.
type mixerJSON struct {
	Card    string  `json:"card" minLength:"1" maxLength:"32"`
	Control string  `json:"control" minLength:"1" maxLength:"100"`
	Usual   float64 `json:"usual" minimum:"-60" maximum:"30" doc:"dB that it shows when the village is as loud as usual."`
}

// controlJSON is a volume control of a card.
type controlJSON struct {
	Card    string   `json:"card"`
	Name    string   `json:"card_name"`
	Control string   `json:"control"`
	Level   *float64 `json:"level,omitempty" doc:"dB now; absent: the card does not tell, and it cannot be chosen."`
	Percent int      `json:"percent" doc:"Part of its way, as the ear has it."`
	Muted   bool     `json:"muted,omitempty"`
}

type (
	soundInput  struct{ Caller }
	soundOutput struct{ Body soundJSON }
	buttonInput struct {
		Caller
		Body ButtonForm
	}
	mixerInput struct {
		Caller
		Body struct {
			Mixer *mixerJSON `json:"mixer,omitempty" doc:"Left out: none, the programme is turned digitally."`
		}
	}
)

func (s *Server) registerSound(api huma.API) {
	if s.cfg.Knobs == nil {
		return
	}
	const tag = "air"
	answer(s, api, operation{"get-sound", http.MethodGet, "/sound", "Read the panic button, the status LED and the volume controls", tag, people.View, 0}, s.getSound)
	answer(s, api, operation{"put-button", http.MethodPut, "/sound/button", "Say what the panic button does; a change asks for the PIN, as an emergency does", tag, people.Alarm, 0}, s.putButton)
	answer(s, api, operation{"put-mixer", http.MethodPut, "/sound/mixer", "Choose the volume control, and what it shows when the village is as loud as usual; it is turned there at once and read back", tag, people.Arrange, 0}, s.putMixer)
}

func (s *Server) getSound(ctx context.Context, in *soundInput) (*soundOutput, error) {
	if _, err := in.village("", people.View); err != nil {
		return nil, err
	}
	return &soundOutput{soundOf(s.cfg.Knobs.Knobs(ctx, true))}, nil
}

func (s *Server) putButton(ctx context.Context, in *buttonInput) (*soundOutput, error) {
	if _, err := in.village("", people.Alarm); err != nil {
		return nil, err
	}
	a, err := s.checkedButton(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	before := s.cfg.Knobs.Knobs(ctx, false).Action
	if buttonDiffers(before, a) && !s.confirmed(in.c, in.who) {
		return nil, errPINRequired
	}
	if err := s.keepButton(ctx, before, a, in.who.Name); err != nil {
		return nil, err
	}
	return &soundOutput{soundOf(s.cfg.Knobs.Knobs(ctx, false))}, nil
}

// checkedButton checks what the button is to do by what there is.
func (s *Server) checkedButton(ctx context.Context, f ButtonForm) (playout.ButtonAction, error) {
	a := playout.ButtonAction{Deed: playout.ButtonDeed(f.Deed), Message: f.Message, Zones: f.Zones, Life: seconds(f.Life), Second: playout.ButtonSecond(f.Second)}
	if f.Second == "" {
		a.Second = playout.SecondStop
	}
	return a.Checked(append([]string{}, s.cfg.Zones...), append(scheduler.Templates{}, s.alarms.list(ctx, alarmPatience)...))
}

// buttonDiffers says whether the button is to do something else: whoever picked up a phone
// could silence it, and is asked for the PIN as before an emergency (ADR 44).
func buttonDiffers(before, after playout.ButtonAction) bool {
	return len(ButtonChange("", before, after, nil).Fields) > 0
}

func (s *Server) putMixer(ctx context.Context, in *mixerInput) (*soundOutput, error) {
	if _, err := in.village("", people.Arrange); err != nil {
		return nil, err
	}
	var c MixerChoice
	if m := in.Body.Mixer; m != nil {
		c.Card, c.Control, c.Usual = m.Card, m.Control, m.Usual
	}
	if s.cfg.Knobs.Knobs(ctx, false).Fixed {
		return nil, s.problem(in.lang, http.StatusConflict, "mixer-fixed")
	}
	if err := s.keepMixer(ctx, c, in.who.Name); err != nil {
		if errors.Is(err, hardware.ErrNoControl) || errors.Is(err, hardware.ErrNoMixer) {
			return nil, in.invalid("mixer", "mixer-mute", "")
		}
		if errors.Is(err, hardware.ErrMixerHung) {
			return nil, s.problem(in.lang, http.StatusConflict, "mixer-hung")
		}
		return nil, err
	}
	return &soundOutput{soundOf(s.cfg.Knobs.Knobs(ctx, true))}, nil
}

func soundOf(k KnobsState) soundJSON {
	j := soundJSON{
		Button: buttonJSON{
			Fitted: k.Button.Fitted, Down: k.Button.Down, Stuck: k.Button.Stuck, Presses: k.Button.Presses, Last: instantOf(k.Button.Last),
			Trouble: string(k.Button.Trouble), Fault: k.Button.Fault, Hold: k.Hold.Seconds(), Long: k.Long.Seconds(), By: k.By, At: instantOf(k.At),
			ButtonForm: ButtonForm{string(k.Action.Deed), k.Action.Message, k.Action.Zones, k.Action.Life.Seconds(), string(k.Action.Second)},
		},
		LED:      ledJSON{Fitted: k.LED.Fitted, Fault: k.LED.Fault},
		Loudness: loudnessJSON{Wanted: k.Loudness.Wanted, Alarmed: k.Loudness.Alarmed, Fault: k.Loudness.Fault},
		Fixed:    k.Fixed, Fault: k.Fault, Controls: []controlJSON{},
	}
	if k.LED.Fitted {
		j.LED.State = string(k.LED.State)
	}
	if k.Loudness.Fitted {
		j.Loudness.Level = new(tenth(k.Loudness.Level))
	}
	if k.Mixer.Card != "" {
		j.Mixer = &mixerJSON{k.Mixer.Card, k.Mixer.Control, k.Mixer.Usual}
	}
	for _, c := range k.Controls {
		one := controlJSON{Card: c.Card.ID, Name: c.Card.Name, Control: c.Control.Name, Percent: c.Control.Percent, Muted: c.Control.Muted}
		if !math.IsNaN(c.Control.Level) {
			one.Level = new(c.Control.Level)
		}
		j.Controls = append(j.Controls, one)
	}
	return j
}
