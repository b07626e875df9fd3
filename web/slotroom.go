package web

import (
	"context"
	"fmt"
	"slices"
	"time"

	"loalang/scheduler"
)

// roomJSON is what a slot holds for notices when nothing else airs.
type roomJSON struct {
	Longest float64 `json:"longest" doc:"Seconds of the longest notice that airs in it, chime and tail included; 0: none."`
	Cause   string  `json:"cause,omitempty" enum:"relay-limit,relays,frame,limit,minutes,hours,short" doc:"What leaves no room: its relays use up the minutes that are allowed, its fixed positions, its opening and closing, its own limit, the minutes of the place, the hours of the place, or all together."`
	Detail  string  `json:"detail" doc:"In words, with what helps."`
}

// tightJSON is a slot that can never hold a notice of a schedule.
type tightJSON struct {
	Slot    string   `json:"slot" doc:"ID."`
	Length  float64  `json:"length" doc:"Seconds of the notice, chime and tail included."`
	Longest float64  `json:"longest" doc:"Seconds that the slot holds."`
	Fits    []string `json:"fits" doc:"IDs of the slots that hold it."`
	Detail  string   `json:"detail" doc:"In words, with what helps."`
}

// slotRoom says what a slot, saved or not, holds for notices.
func (s *Server) slotRoom(ctx context.Context, slot scheduler.Slot) (scheduler.SlotRoom, error) {
	now := s.cfg.Now()
	book, err := s.cfg.AsRun.Book(ctx, slot.Village, now)
	if err != nil {
		return scheduler.SlotRoom{}, fmt.Errorf("read book: %w", err)
	}
	return s.slotRoomIn(ctx, now, book, slot)
}

func (s *Server) slotRoomIn(ctx context.Context, now time.Time, book scheduler.Book, slot scheduler.Slot) (scheduler.SlotRoom, error) {
	sounds := []string{slot.Opening, slot.Closing}
	for _, r := range slot.Relays {
		sounds = append(sounds, r.Recording)
	}
	for _, id := range sounds {
		if _, known := book.Frame.Sounds[id]; known || id == "" {
			continue
		}
		if rec, err := s.cfg.Shelf.Recording(ctx, id); err == nil {
			book = withSound(book, id, rec.Length)
		}
	}
	return scheduler.RoomOfSlot(now, book.Village, slot, book.Stations, book.Frame)
}

// roomWords says what a slot holds, or what leaves no room in it and what helps.
func (p phrase) roomWords(r scheduler.SlotRoom) string {
	if r.Cause != "" {
		return p.word("slots.advice-" + r.Cause)
	}
	return p.word("slots.holds", p.span(r.Longest))
}

// shownSlot is a slot as the API answers with it once it is saved.
func (s *Server) shownSlot(ctx context.Context, k *Caller, slot scheduler.Slot) (*slotOutput, error) {
	room, err := s.slotRoom(ctx, slot)
	if err != nil {
		return nil, err
	}
	p, err := s.phrase(ctx, k.lang, slot.Village)
	if err != nil {
		return nil, err
	}
	j := slotOf(slot)
	j.Room = &roomJSON{room.Longest.Seconds(), room.Cause, p.roomWords(room)}
	if _, j.Overlaps, err = s.clashes(ctx, k.lang, slot); err != nil {
		return nil, err
	}
	return &slotOutput{Body: j}, nil
}

// tooLong lists the slots that can never hold an announcement that is to air in them.
// One that is plainly shorter than all of them costs nothing.
func (s *Server) tooLong(ctx context.Context, d scheduler.Dossier) ([]scheduler.Tight, []scheduler.Slot, error) {
	var voices time.Duration
	for _, r := range d.Renditions {
		voices += r.Length
	}
	named := func(sl scheduler.Slot) bool {
		return slices.ContainsFunc(d.Schedules, func(sc scheduler.Schedule) bool { return slices.Contains(sc.Slots, sl.ID) })
	}
	slots, err := s.cfg.Places.Slots(ctx, d.Announcement.Village)
	if err != nil || voices == 0 || !slices.ContainsFunc(slots, named) {
		return nil, slots, err
	}
	place, err := s.cfg.Places.Village(ctx, d.Announcement.Village)
	if err != nil {
		return nil, slots, err
	}
	narrow := func(sl scheduler.Slot) bool {
		return named(sl) && (sl.Limit > 0 || len(sl.Relays)+len(place.Rules.Limits) > 0 || 2*voices > sl.Length)
	}
	if !slices.ContainsFunc(slots, narrow) {
		return nil, slots, nil
	}
	now := s.cfg.Now()
	book, err := s.cfg.AsRun.Book(ctx, d.Announcement.Village, now)
	if err != nil {
		return nil, slots, fmt.Errorf("read book: %w", err)
	}
	tight, err := scheduler.TooLong(now, book, d)
	return tight, slots, err
}

// tightWords says that a slot never holds a notice, and what helps.
func (p phrase) tightWords(t scheduler.Tight, slots []scheduler.Slot) string {
	text := p.word("tight.text", p.span(t.Length), p.slotNames([]string{t.Slot}, slots), p.span(t.Longest), p.span((t.Length - t.Longest + time.Second - 1).Truncate(time.Second)))
	if len(t.Fits) > 0 {
		text = p.word("tight.fits", text, p.slotNames(t.Fits, slots))
	}
	return text
}

// tooLong says which slots can never hold an announcement, and what helps.
func (p *panel) tooLong(v *visit, d scheduler.Dossier) (said []string) {
	tight, slots, err := p.s.tooLong(v.ctx(), d)
	if err != nil && !isDamage(err) { // of damage every page tells
		p.s.cfg.Logger.Error("whether an announcement fits its slots could not be found out", "announcement", d.Announcement.ID, "err", err)
	}
	for _, t := range tight {
		said = append(said, v.tightWords(t, slots))
	}
	return said
}

// tightOf tells a program of the slots that never hold what a schedule names.
func (s *Server) tightOf(ctx context.Context, lang string, d scheduler.Dossier, sc scheduler.Schedule) ([]tightJSON, error) {
	d.Schedules = []scheduler.Schedule{sc}
	tight, slots, err := s.tooLong(ctx, d)
	if err != nil || len(tight) == 0 {
		return nil, err
	}
	p, err := s.phrase(ctx, lang, d.Announcement.Village)
	if err != nil {
		return nil, err
	}
	var out []tightJSON
	for _, t := range tight {
		out = append(out, tightJSON{t.Slot, t.Length.Seconds(), t.Longest.Seconds(), entries(t.Fits), p.tightWords(t, slots)})
	}
	return out, nil
}
