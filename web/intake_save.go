package web

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"loalang/people"
	"loalang/scheduler"
)

// take saves those of the events whose UIDs are chosen (nil: all) and that do
// anything, each in a transaction of its own: what fails is refused with its Fault,
// and the others are taken all the same. What was edited here is replaced only where
// overwrite has its UID, which chooses it too. The answer has the chosen ones, with
// what became of them.
func (s *Server) take(ctx context.Context, who people.Principal, all []Intake, chosen, overwrite []string) ([]Intake, error) {
	var done []Intake
	saved := false
	for _, i := range leave(all, overwrite) {
		replaces := slices.Contains(overwrite, i.Event.UID)
		if chosen != nil && (i.Event.UID == "" || !replaces && !slices.Contains(chosen, i.Event.UID)) {
			continue
		}
		if i.Does() {
			err := s.takeOne(ctx, who, i, replaces)
			if ctx.Err() != nil {
				return done, err
			}
			if err != nil {
				s.cfg.Logger.Warn("an event of a calendar was not taken in", "uid", i.Event.UID, "err", err)
				i.Deed, i.Fault = IntakeRefuse, err
			} else {
				saved = true
			}
		}
		done = append(done, i)
	}
	if saved {
		s.tellChange(ctx)
	}
	return done, nil
}

// leave refuses what would replace an edit made here, unless its UID is among those
// to overwrite.
func leave(all []Intake, overwrite []string) []Intake {
	out := slices.Clone(all)
	for n, i := range out {
		if i.Does() && i.Edited && !slices.Contains(overwrite, i.Event.UID) {
			out[n].Deed, out[n].Fault, out[n].Dossier, out[n].Next = IntakeRefuse, errEdited, i.Was, nil
		}
	}
	return out
}

// errEdited is why what was edited here stays.
var errEdited = CalendarFault{Code: "edited"}

// Left says whether the event was not taken because that would replace an edit made
// here: telling to overwrite its UID takes it.
func (i Intake) Left() bool { return errors.Is(i.Fault, errEdited) }

// takeOne saves one event. What changed since it was looked at, as when what it became
// before is just being spoken, is looked at anew and taken all the same, unless a
// person's edit would be lost by that and it is not told to replace it.
func (s *Server) takeOne(ctx context.Context, who people.Principal, i Intake, replaces bool) error {
	for try := 1; ; try++ {
		err := s.takeOnce(ctx, who, i)
		if !errors.Is(err, scheduler.ErrRevision) || try == editTries {
			return err
		}
		if i, err = i.anew(ctx); err != nil {
			return err
		}
		switch {
		case i.Fault != nil:
			return i.Fault
		case !i.Does(): // the same was taken in meanwhile
			return nil
		case i.Edited && !replaces:
			return errEdited
		}
	}
}

// anew says what becomes of the event by what is there now.
func (i Intake) anew(ctx context.Context) (Intake, error) {
	in := *i.from
	in.drawn = 0
	marks, err := in.s.cfg.Interchange.Imported(ctx, in.place.Key, []string{i.read.UID})
	if err != nil {
		return i, err
	}
	in.known = map[string]scheduler.Imported{}
	for _, m := range marks {
		in.known[m.UID] = m
	}
	return in.of(ctx, i.read)
}

func (s *Server) takeOnce(ctx context.Context, who people.Principal, i Intake) error {
	d, m := i.Dossier, i.mark
	now := s.cfg.Now().UTC()
	m.Updated = now
	if i.Deed == IntakeWithdraw {
		d = scheduler.Dossier{Announcement: i.Was.Announcement}
		d.Announcement.Withdrawn, d.Announcement.Updated = now, now
		m.Sequence, m.Modified = i.Event.Sequence, i.Event.Modified
	}
	if err := s.cfg.Interchange.SaveImported(ctx, m, d); err != nil {
		return err
	}
	if i.Deed == IntakeWithdraw {
		return s.silence(ctx, d.Announcement.ID, who.Name)
	}
	return nil
}

// IntakeDesk takes calendar files in without a panel, for a command line. Every
// field is required.
type IntakeDesk struct {
	Announcements Announcements
	Places        Places
	Interchange   Interchange
	Speaker       Speaker
	Withdraw      Withdrawer
	Village       string // key
	Origin        string
	Now           func() time.Time
	NewID         func() string
	Logger        *slog.Logger
	By            people.Principal
	// Slots are those, by ID or time of day, that events of whole days air in; none:
	// the first of the day.
	Slots []string
	// Overwrite are the UIDs of events that may replace what was edited here.
	Overwrite []string
}

// Take reads a calendar file and, unless dry, saves every event that does anything.
// It says of each what became of it, or would. The errors are a CalendarFault of the
// file, scheduler.Invalid with the field "slots" or "overwrite", and those of the store.
func (c IntakeDesk) Take(ctx context.Context, data []byte, dry bool) ([]Intake, error) {
	s := &Server{cfg: Config{
		Announcements: c.Announcements, Places: c.Places, Interchange: c.Interchange, Speaker: c.Speaker, Withdraw: c.Withdraw,
		Village: c.Village, Origin: c.Origin, Now: c.Now, NewID: c.NewID, Logger: c.Logger, Changed: func() {},
	}}
	ctx = context.WithValue(ctx, askerKey{}, c.By)
	place, err := s.cfg.Places.Village(ctx, c.Village)
	if err != nil {
		return nil, err
	}
	all, err := s.intake(ctx, &Caller{s: s, who: c.By, lang: english}, place, data, c.Slots)
	if err == nil {
		err = knownUIDs(all, c.Overwrite)
	}
	if err != nil {
		return nil, err
	}
	if dry {
		return leave(all, c.Overwrite), nil
	}
	return s.take(ctx, c.By, all, nil, c.Overwrite)
}

// Words says what becomes of an event, and when, in a language ("vi" or "en").
func (i Intake) Words(lang string, now time.Time, loc *time.Location) string {
	p := phrase{lang: lang, loc: loc}
	switch {
	case i.Left():
		return calendarFault(lang, i.Fault)
	case i.Deed == IntakeRefuse:
		return p.word("intake.refuse") + ": " + calendarFault(lang, i.Fault)
	}
	said := p.word("intake." + string(i.Deed))
	for n, at := range i.Next {
		if n == 0 {
			said += ": " + p.momentWords(at, now)
			continue
		}
		said += "; " + p.momentWords(at, now)
	}
	for _, note := range i.Event.Notes {
		said += ". " + p.word("calendar-note."+note)
	}
	if i.Edited {
		said += ". " + i.editedWords(lang)
	}
	return said
}

// editedWords says what taking the event in does to what was edited here.
func (i Intake) editedWords(lang string) string {
	if i.Deed == IntakeWithdraw {
		return word(lang, "intake.edited-withdraw")
	}
	return word(lang, "intake.edited")
}

// knownUIDs refuses UIDs to overwrite that no event of the file has: a slip of the pen
// would otherwise leave what was meant.
func knownUIDs(all []Intake, uids []string) error {
	for _, uid := range uids {
		if !slices.ContainsFunc(all, func(i Intake) bool { return i.Event.UID == uid }) || uid == "" {
			return scheduler.Invalid{{Field: "overwrite", Code: "unknown-uid", Limit: uid}}
		}
	}
	return nil
}

// momentWords is an instant with its lunar date.
func (p phrase) momentWords(at, now time.Time) string {
	text := p.at(at, now)
	if l := p.lunar(at); l.Long != "" {
		text += " (" + l.Long + ")"
	}
	return text
}
