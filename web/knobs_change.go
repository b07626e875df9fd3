package web

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
)

// ButtonChange is what the history tells when the panic button was told to do something
// else: whatever differs, before and after. Without fields nothing does. Messages give the
// names of those that are prepared; one that is not among them goes by its code.
func ButtonChange(village string, before, after playout.ButtonAction, messages scheduler.Templates) people.Change {
	name := func(code string) string {
		if t, ok := messages.Find(code); ok {
			return t.Name
		}
		return code
	}
	zones := func(a playout.ButtonAction) string {
		return strings.Join(slices.Sorted(slices.Values(a.Zones)), ", ")
	}
	life := func(a playout.ButtonAction) int64 {
		return cmp.Or(a.Life, scheduler.DefaultEmergencyLife).Nanoseconds()
	}
	c := knobChange(village, "button")
	differ(&c, "button_deed", string(before.Deed), string(after.Deed))
	if before.Message != after.Message {
		differ(&c, "button_message", name(before.Message), name(after.Message))
	}
	differ(&c, "button_zones", zones(before), zones(after))
	differ(&c, "life_ns", life(before), life(after))
	differ(&c, "button_second", string(before.Second), string(after.Second))
	return c
}

func knobChange(village, kind string) people.Change {
	return people.Change{Village: village, Kind: kind, Record: village, Deed: people.Altered}
}

// differ adds a field to a change when it is another one.
func differ[T comparable](c *people.Change, name string, before, after T) {
	if before != after {
		c.Fields = append(c.Fields, people.FieldChange{Name: name, Before: before, After: after})
	}
}

// MixerChange is what the history tells of another volume control; without fields it is the
// same.
func MixerChange(village string, before, after MixerChoice) people.Change {
	usual := func(m MixerChoice) string {
		if m.Card == "" {
			return ""
		}
		return strconv.FormatFloat(tenth(m.Usual), 'f', -1, 64)
	}
	c := knobChange(village, "mixer")
	differ(&c, "mixer_control", mixerValue(before.Card, before.Control), mixerValue(after.Card, after.Control))
	differ(&c, "usual_db", usual(before), usual(after))
	return c
}

// keepButton keeps what the button does from now on, and tells the history.
func (s *Server) keepButton(ctx context.Context, before, after playout.ButtonAction, by string) error {
	if err := s.cfg.Knobs.SetButton(after, by); err != nil {
		return err
	}
	s.noteKnob(ctx, ButtonChange(s.cfg.Village, before, after, s.alarms.list(ctx, alarmPatience)))
	return nil
}

// keepMixer tries a volume control, keeps it, and tells the history.
func (s *Server) keepMixer(ctx context.Context, c MixerChoice, by string) error {
	before := s.cfg.Knobs.Knobs(ctx, false).Mixer
	became, err := s.cfg.Knobs.SetMixer(ctx, c, by)
	if err != nil {
		return err
	}
	c.Usual = became.Level // what it can do, not what was asked
	s.noteKnob(ctx, MixerChange(s.cfg.Village, before, c))
	return nil
}

// noteKnob tells the history of a change that is durable already. Nobody waits for it: the
// database may be gone.
func (s *Server) noteKnob(ctx context.Context, c people.Change) {
	if len(c.Fields) == 0 {
		return
	}
	ctx = context.WithoutCancel(ctx)
	go func() {
		err := bounded(ctx, notePatience, func(ctx context.Context) (func(), error) { return nil, s.cfg.Diary.Note(ctx, c) })
		if err != nil {
			s.cfg.Logger.WarnContext(ctx, "what was set at the board is not in the history", "kind", c.Kind, "by", people.ActorOf(ctx).Name, "err", err)
		}
	}()
}
