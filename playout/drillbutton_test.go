package playout_test

import (
	"log/slog"
	"slices"
	"testing"
	"time"

	"loalang/hardware"
	"loalang/playout"
	"loalang/scheduler"
)

// A drill tries the panic button as it is wired and set: one that cannot be read, is held,
// is to do nothing or to say what there is no more would raise nothing in a flood, or the
// siren alone. A board without one has no such step.
func TestDrillTriesThePanicButton(t *testing.T) {
	known := flood().all
	message := playout.ButtonAction{Deed: playout.ButtonMessage, Message: known[0].Code()}
	cases := map[string]struct {
		state  hardware.ButtonState
		action playout.ButtonAction
		texts  scheduler.Templates
		want   []string
	}{
		"Well":           {hardware.ButtonState{Fitted: true, Presses: 3}, message, known, nil},
		"Siren":          {hardware.ButtonState{Fitted: true}, playout.ButtonAction{Deed: playout.ButtonSiren}, nil, nil},
		"Unread":         {hardware.ButtonState{Fitted: true, Fault: "no such line"}, message, known, []string{"button button-unread"}},
		"Held":           {hardware.ButtonState{Fitted: true, Down: true, Stuck: true}, message, known, []string{"button button-held"}},
		"Nothing":        {hardware.ButtonState{Fitted: true}, playout.ButtonAction{Deed: playout.ButtonNothing}, known, []string{"button button-idle"}},
		"MessageIsGone":  {hardware.ButtonState{Fitted: true}, message, nil, []string{"button button-message"}},
		"NoneIsFittedIn": {},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				b := playout.NewPanicButton(playout.PanicConfig{
					Texts: &texts{all: c.texts}, Action: func() playout.ButtonAction { return c.action },
					Place: func() scheduler.Village { return scheduler.Village{Key: "un-ta"} }, Log: slog.New(slog.DiscardHandler),
				})
				if err := b.Learn(t.Context()); err != nil {
					t.Fatal(err)
				}
				s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) {
					if c.state.Fitted {
						cfg.Button = func() string { return b.Tried(c.state) }
					}
				})
				s.player.Play(s.drill("d", 10*time.Second, true))
				s.at(2 * time.Minute)
				row := s.row("d")
				if got := failing(t, row); !slices.Equal(got, c.want) || slices.Contains(steps(row), playout.StepButton) != c.state.Fitted {
					t.Errorf("steps %v, failing %v, want %v", steps(row), got, c.want)
				}
				if passed := row.Outcome == playout.Played; passed != (c.want == nil) {
					t.Errorf("row = %q cause %q", row.Outcome, row.Cause)
				}
			})
		})
	}
}
