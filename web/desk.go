package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"loalang/people"
	"loalang/scheduler"
)

// Desk takes the steps of the panel without one, for a command line: by the code of
// the panel, with its checks. Every field is required. Its methods block on the store;
// one goroutine at a time.
type Desk struct {
	Announcements Announcements
	Places        Places
	Arrange       Arranger
	Stations      Stations
	Approvals     Approvals
	Exceptions    Exceptions
	AsRun         Log
	Shelf         Shelf
	Texts         Templates
	Roster        Roster
	Withdraw      Withdrawer
	Village       string   // key
	Zones         []string // of the board, for what is prepared for emergencies; none: all loudspeakers are one
	Origin        string
	Lang          string // of sentences, "vi" or "en"
	Now           func() time.Time
	NewID         func() string
	Logger        *slog.Logger
	By            people.Principal
	// Dry saves nothing: each step answers what it would make of the plan.
	Dry bool
}

// Refusal is why a step was not taken, in the words of the panel.
type Refusal struct{ Words string }

func (r Refusal) Error() string { return r.Words }

// do takes a step, or rehearses it; seen is nil of one that was taken. The errors are
// a Refusal and those of the store.
func (d Desk) do(ctx context.Context, step func(ctx context.Context, s *Server) error) (seen *Foreseen, err error) {
	s := &Server{cfg: Config{
		Announcements: d.Announcements, Places: d.Places, Arrange: d.Arrange, Stations: d.Stations, Approvals: d.Approvals, Exceptions: d.Exceptions,
		AsRun: d.AsRun, Shelf: d.Shelf, Texts: d.Texts, Roster: d.Roster, Withdraw: d.Withdraw, Village: d.Village, Zones: d.Zones, Origin: d.Origin, Now: d.Now, NewID: d.NewID,
		Logger: d.Logger, Changed: func() {},
	}}
	s.cfg.rehearsable()
	s.roster, s.place = newRoster(d.Roster, d.Logger), &placeMemory{key: d.Village, places: d.Places, now: d.Now}
	s.alarms = &alarmTexts{village: d.Village, texts: d.Texts, now: d.Now}
	ctx = context.WithValue(ctx, askerKey{}, d.By)
	if d.Dry {
		err = s.rehearsed(ctx, &Caller{s: s, who: d.By, lang: d.Lang}, func(ctx context.Context) error { return step(ctx, s) })
		if errors.As(err, &seen) {
			return seen, nil
		}
	} else {
		err = step(ctx, s)
	}
	if err == nil {
		return nil, nil //nolint:nilnil // it was taken, so nothing is foreseen
	}
	return nil, d.refusal(s, err)
}

// refusal words an error; one of the store stays what it is.
func (d Desk) refusal(s *Server, err error) error {
	quiet := *s
	quiet.cfg.Logger = slog.New(slog.DiscardHandler)
	p := quiet.explain(d.Lang, err)
	switch {
	case p.Code == "unavailable":
		return err
	case len(p.Errors) == 0:
		return Refusal{p.Detail}
	}
	var parts []string
	for _, f := range p.Errors {
		parts = append(parts, f.Field+": "+f.Detail)
	}
	return Refusal{strings.Join(parts, " ")}
}

// notice is an announcement of the village.
func (d Desk) notice(ctx context.Context, s *Server, id string) (scheduler.Dossier, error) {
	found, err := s.cfg.Announcements.Announcement(ctx, id)
	if err == nil && found.Announcement.Village != d.Village {
		return found, scheduler.Invalid{{Field: "announcement", Code: scheduler.FaultUnknown}}
	}
	return found, err
}

// Decide takes a step of the approval of an announcement.
func (d Desk) Decide(ctx context.Context, announcement string, act scheduler.ApprovalAct, reason string) (*Foreseen, error) {
	return d.do(ctx, func(ctx context.Context, s *Server) error {
		found, err := d.notice(ctx, s, announcement)
		if err == nil {
			_, err = s.decide(ctx, d.By, found, decision{Act: act, Reason: reason})
		}
		return err
	})
}

// TakeBack withdraws an announcement for good.
func (d Desk) TakeBack(ctx context.Context, announcement string) (*Foreseen, error) {
	return d.do(ctx, func(ctx context.Context, s *Server) error {
		found, err := d.notice(ctx, s, announcement)
		if err != nil {
			return err
		}
		return s.takeBack(ctx, found, d.By.Name)
	})
}

// ShowOnBoard lets an announcement stand on the public board, or leaves it to the
// loudspeakers alone.
func (d Desk) ShowOnBoard(ctx context.Context, announcement string, show bool) (*Foreseen, error) {
	return d.do(ctx, func(ctx context.Context, s *Server) error {
		found, err := d.notice(ctx, s, announcement)
		if err == nil {
			alone := !show
			_, err = s.edit(ctx, found, change{SpeakerOnly: &alone})
		}
		return err
	})
}

// PutSlot adds a slot, or changes the one of f.ID, relays and all: f is the whole of
// it. It returns the ID.
func (d Desk) PutSlot(ctx context.Context, f SlotForm) (id string, seen *Foreseen, err error) {
	id = f.ID
	seen, err = d.do(ctx, func(ctx context.Context, s *Server) error {
		old, err := scheduler.Slot{Owned: s.owned(s.cfg.NewID(), d.Village)}, error(nil)
		if f.ID != "" {
			if old, err = s.slot(ctx, d.Village, f.ID); err != nil {
				return err
			}
		}
		if f.Revision != 0 && f.Revision != old.Revision {
			return scheduler.ErrRevision
		}
		form := slotForm{Name: f.Name, Start: f.Start, Length: f.Length, Days: f.Days, Opening: f.Opening, Closing: f.Closing, Limit: f.Limit, Seasons: f.Seasons, DaysOff: f.DaysOff}
		sl, err := form.apply(old)
		if err != nil {
			return err
		}
		if sl.Relays, err = relaysOf(sl.Start, f.Relays); err != nil {
			return err
		}
		id = sl.ID
		_, err = s.saveSlot(ctx, sl, sl.Start)
		return err
	})
	return id, seen, err
}

// RemoveSlot takes a slot away.
func (d Desk) RemoveSlot(ctx context.Context, id string) (*Foreseen, error) {
	return d.do(ctx, func(ctx context.Context, s *Server) error {
		sl, err := s.slot(ctx, d.Village, id)
		if err != nil {
			return err
		}
		return s.removeSlot(ctx, sl)
	})
}

// SlotForm is a slot as the API writes it.
type SlotForm = slotJSON

// SlotFormOf is a slot as the API writes it.
func SlotFormOf(s scheduler.Slot) SlotForm { return slotOf(s) }

// Ask asks for an exception, and returns its ID.
func (d Desk) Ask(ctx context.Context, e scheduler.Exception) (id string, seen *Foreseen, err error) {
	e.Village = d.Village
	seen, err = d.do(ctx, func(ctx context.Context, s *Server) error {
		e, err := s.requestException(ctx, d.By, e)
		id = e.ID
		return err
	})
	return id, seen, err
}

// Answer approves or refuses an exception that somebody else asked for.
func (d Desk) Answer(ctx context.Context, exception string, approve bool, answer string) (*Foreseen, error) {
	return d.do(ctx, func(ctx context.Context, s *Server) error {
		e, err := s.exception(ctx, d.Village, exception)
		if err == nil {
			_, err = s.decideException(ctx, d.By, e, liftDecision{approve: approve, answer: answer})
		}
		return err
	})
}

// Lower takes an exception back: it lifts nothing from now on.
func (d Desk) Lower(ctx context.Context, exception string) (*Foreseen, error) {
	return d.do(ctx, func(ctx context.Context, s *Server) error {
		e, err := s.exception(ctx, d.Village, exception)
		if err == nil {
			_, err = s.withdrawException(ctx, d.By, e)
		}
		return err
	})
}

// Words is what was foreseen as text: a line for each difference, and the ways out of
// it behind arrows.
func (f *Foreseen) Words(lang string) string {
	var text strings.Builder
	if len(f.Stops) > 0 {
		text.WriteString(word(lang, "foreseen.stops") + "\n")
	}
	for _, said := range f.Overlaps {
		text.WriteString(said + "\n")
	}
	if len(f.Differences) == 0 {
		text.WriteString(word(lang, "foreseen.none") + "\n")
	}
	for _, d := range f.Differences {
		fmt.Fprintf(&text, "%s\t%s\t%s\n", d.Turn, d.Title, d.Detail)
		for _, w := range d.Ways {
			fmt.Fprintf(&text, "  → %s\n", w.Detail)
		}
	}
	return text.String()
}
