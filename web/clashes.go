package web

import (
	"context"
	"slices"
	"time"

	"loalang/scheduler"
	"loalang/scheduler/calendar"
)

// clashJSON is two slots that are held at the same time.
type clashJSON struct {
	With   string `json:"with" doc:"ID of the other slot."`
	On     string `json:"on" format:"date" doc:"The first day of it."`
	From   string `json:"from" doc:"Civil time of day."`
	To     string `json:"to" doc:"Civil time of day."`
	Days   int    `json:"days" doc:"How many days of the next 400 it concerns."`
	Detail string `json:"detail" doc:"In words, with what becomes of it and what helps."`
}

// clashWords says that two slots overlap, what becomes of it and what helps.
func (p phrase) clashWords(c scheduler.SlotClash, slots []scheduler.Slot, now time.Time) string {
	name := func(id string) string {
		i := slices.IndexFunc(slots, func(s scheduler.Slot) bool { return s.ID == id })
		if i < 0 || slots[i].Name == "" {
			return p.word("clash.unnamed")
		}
		return "“" + slots[i].Name + "”"
	}
	day := scheduler.TimeOfDay(24 * 60)
	args := []any{name(c.First), name(c.Second), (c.From % day).String(), (c.To % day).String(), p.fullOrNear(calendar.At(calendar.Date(c.On), 12*60, p.loc), now), c.Days - 1, (c.FirstEnds % day).String()}
	said := p.word("clash.slots", args...)
	if c.Days == 1 {
		said = p.word("clash.slots-once", args...)
	}
	said += " " + p.word("clash.becomes")
	if c.From > c.Starts {
		return said + " " + p.word("clash.helps", args...)
	}
	return said + " " + p.word("clash.helps-same", args...)
}

// clashesOf words the overlaps of one slot, as it is or would be, with the others.
func (p phrase) clashesOf(slot scheduler.Slot, slots []scheduler.Slot, now time.Time) (said []string, list []clashJSON) {
	all := slices.DeleteFunc(slices.Clone(slots), func(s scheduler.Slot) bool { return s.ID == slot.ID })
	all = append(all, slot)
	for _, c := range scheduler.Clashes(all, p.civilOf(now)) {
		if c.First != slot.ID && c.Second != slot.ID {
			continue
		}
		other := c.First
		if other == slot.ID {
			other = c.Second
		}
		day := scheduler.TimeOfDay(24 * 60)
		text := p.clashWords(c, all, now)
		said = append(said, text)
		list = append(list, clashJSON{other, civil(c.On), (c.From % day).String(), (c.To % day).String(), c.Days, text})
	}
	return said, list
}

// clashWords words what a change makes overlap.
func (f prospect) clashWords(p phrase) (said []string) {
	for _, c := range f.clashes {
		said = append(said, p.clashWords(c, f.after.Slots, f.now))
	}
	return said
}

// clashes words the overlaps of a slot that was saved.
func (s *Server) clashes(ctx context.Context, lang string, slot scheduler.Slot) ([]string, []clashJSON, error) {
	p, err := s.phrase(ctx, lang, slot.Village)
	if err != nil {
		return nil, nil, err
	}
	slots, err := s.cfg.Places.Slots(ctx, slot.Village)
	if err != nil {
		return nil, nil, err
	}
	said, list := p.clashesOf(slot, slots, s.cfg.Now())
	return said, list, nil
}

// Clashes words in the desk's language what overlaps a slot that was saved.
func (d Desk) Clashes(ctx context.Context, id string) (said []string, err error) {
	d.Dry = false
	_, err = d.do(ctx, func(ctx context.Context, s *Server) error {
		slot, err := s.slot(ctx, d.Village, id)
		if err == nil {
			said, _, err = s.clashes(ctx, d.Lang, slot)
		}
		return err
	})
	return said, err
}
