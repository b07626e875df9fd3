package web

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
)

// changeRendition changes an announcement in one language and reads it again.
// What somebody else changed meanwhile, the text above all, is read anew and
// change is asked again: nothing that was recorded is lost to a race. The errors
// are errWithdrawn, those of change and of the store, and scheduler.Invalid for a
// language in which the village tells nothing.
func (s *Server) changeRendition(ctx context.Context, id, language string, change func(d scheduler.Dossier, r scheduler.Rendition) (scheduler.Rendition, error)) (scheduler.Dossier, error) {
	for try := 1; ; try++ {
		d, err := s.cfg.Announcements.Announcement(ctx, id)
		if err != nil {
			return d, err
		}
		if err = s.changeOnce(ctx, d, language, change); err == nil {
			s.tellChange(ctx)
			return s.cfg.Announcements.Announcement(ctx, id)
		}
		if !errors.Is(err, scheduler.ErrRevision) || try == editTries {
			return d, err
		}
	}
}

func (s *Server) changeOnce(ctx context.Context, d scheduler.Dossier, language string, change func(d scheduler.Dossier, r scheduler.Rendition) (scheduler.Rendition, error)) error {
	a := d.Announcement
	if !a.Withdrawn.IsZero() {
		return errWithdrawn
	}
	i := slices.IndexFunc(d.Renditions, func(r scheduler.Rendition) bool { return r.Language == language })
	if i < 0 {
		place, err := s.cfg.Places.Village(ctx, a.Village)
		if err != nil {
			return err
		}
		if !slices.Contains(place.Tongues(), language) {
			return scheduler.Invalid{{Field: "language", Code: scheduler.FaultUnknown, Limit: strings.Join(place.Tongues(), ", ")}}
		}
		d.Renditions = append(slices.Clone(d.Renditions), scheduler.Rendition{
			Owned: s.owned(s.cfg.NewID(), a.Village), Announcement: a.ID, Language: language, State: scheduler.Missing,
		})
		i = len(d.Renditions) - 1
	}
	r, err := change(d, d.Renditions[i])
	if err != nil {
		return err
	}
	r.Updated = s.cfg.Now().UTC()
	d.Renditions = slices.Clone(d.Renditions) // a rehearsal leaves alone what was read
	d.Renditions[i] = r
	if err := s.changed(ctx, &d, scheduler.Touched{Language: language}); err != nil {
		return err
	}
	if r.Revision > 0 && d.Announcement == a {
		return s.cfg.Readings.SaveRendition(ctx, r)
	}
	return s.cfg.Announcements.SaveAnnouncement(ctx, d.Announcement, d.Renditions, nil) // with the revision of the text
}

// putTake puts a recording of a person behind one language. wording is that of
// the text which the person read, empty when it is not known: when the text is
// another by now, the recording is outdated at once.
func (s *Server) putTake(ctx context.Context, id, language, recording, wording string) (scheduler.Dossier, error) {
	return s.changeRendition(ctx, id, language, func(d scheduler.Dossier, r scheduler.Rendition) (scheduler.Rendition, error) {
		return r.Take(recording, wording, scheduler.Wording(d.Announcement.Text))
	})
}

// stillHolds says that an older recording is right for what the text says now.
func (s *Server) stillHolds(ctx context.Context, id, language string) (scheduler.Dossier, error) {
	return s.changeRendition(ctx, id, language, func(d scheduler.Dossier, r scheduler.Rendition) (scheduler.Rendition, error) {
		return r.Hold(scheduler.Wording(d.Announcement.Text))
	})
}

// waive says that an announcement is not told in one language. What nobody is to
// hear at all is withdrawn instead: scheduler.Invalid for the last language.
func (s *Server) waive(ctx context.Context, id, language string) (scheduler.Dossier, error) {
	place, err := s.cfg.Places.Village(ctx, s.cfg.Village)
	if err != nil {
		return scheduler.Dossier{}, err
	}
	return s.changeRendition(ctx, id, language, func(d scheduler.Dossier, r scheduler.Rendition) (scheduler.Rendition, error) {
		if lastLanguage(place, d.Renditions, language) {
			return r, scheduler.Invalid{{Field: "language", Code: faultLastLanguage}}
		}
		return r.Waive()
	})
}

// faultLastLanguage says that an announcement would be told in no language.
const faultLastLanguage = "last-language"

// lastLanguage says whether the village hears what has these renditions in one
// language only.
func lastLanguage(place scheduler.Village, rs []scheduler.Rendition, language string) bool {
	return !slices.ContainsFunc(place.Languages, func(other string) bool {
		return other != language && !slices.ContainsFunc(rs, func(r scheduler.Rendition) bool { return r.Language == other && r.Waived })
	})
}

// want takes back that an announcement is not told in one language: a voice that
// speaks it tells it, else it waits for a person. What was not waived stays as it
// is.
func (s *Server) want(ctx context.Context, id, language string) (scheduler.Dossier, error) {
	choir := s.choir(ctx)
	return s.changeRendition(ctx, id, language, func(d scheduler.Dossier, r scheduler.Rendition) (scheduler.Rendition, error) {
		switch {
		case !r.Waived:
			return r, nil
		case d.Announcement.Text != "" && choir.speaks(language, ""):
			return r.Speak("", s.cfg.Speaker.Normalize(language, d.Announcement.Text).Text, choir.fault())
		}
		return r.Clear()
	})
}

// request is what asks a person to record something.
type request struct {
	Reader  string    // name; taken from the account when Account is set
	Account string    // ID
	Due     time.Time // zero: as is proposed
	By      string
	Seen    string // askedMark of what whoever asks has read; empty: whatever it is
}

// askedMark names the request that stands: it changes when somebody is asked, and
// when that is taken back.
func askedMark(r scheduler.Rendition) string {
	if r.State != scheduler.Assigned {
		return "0"
	}
	return strconv.FormatInt(r.Assignment.At.UnixMicro(), 10)
}

// errAskedSince says that somebody else was asked meanwhile.
var errAskedSince = errors.New("somebody was asked to record it meanwhile")

// assign asks a person to record one language; errAskedSince when somebody else
// did after q.Seen.
func (s *Server) assign(ctx context.Context, id, language string, q request) (scheduler.Dossier, error) {
	return s.changeRendition(ctx, id, language, func(d scheduler.Dossier, r scheduler.Rendition) (scheduler.Rendition, error) {
		if q.Seen != "" && r.State == scheduler.Assigned && askedMark(r) != q.Seen {
			return r, errAskedSince
		}
		a, err := s.assignment(ctx, d, q)
		if err != nil {
			return r, err
		}
		return r.Assign(a)
	})
}

// assignment makes q whole. The error is scheduler.Invalid or comes from the
// store.
func (s *Server) assignment(ctx context.Context, d scheduler.Dossier, q request) (scheduler.Assignment, error) {
	now := s.cfg.Now()
	a := scheduler.Assignment{Reader: strings.TrimSpace(scheduler.Clean(q.Reader)), Account: q.Account, Due: q.Due.UTC(), By: q.By, At: now.UTC()}
	if q.Account == "" {
		a.Account = s.readerNamed(ctx, d.Announcement.Village, a.Reader)
	}
	if a.Account != "" {
		who, ok := s.roster.account(ctx, a.Account)
		if !ok || !mayRecord(who, d.Announcement.Village) {
			return a, scheduler.Invalid{{Field: "reader", Code: scheduler.FaultUnknown, Limit: a.Account}}
		}
		a.Reader = who.Name
	}
	if q.Due.IsZero() {
		next, err := s.nextAir(ctx, d)
		if err != nil {
			return a, err
		}
		a.Due = scheduler.ProposeDue(next, now).UTC()
	}
	return a, a.Validate(now)
}

// readerNamed is the ID of the account of that name which may record for a village;
// empty when there is none. Whoever types a name rather than choose it means the same
// person, who finds it among their tasks.
func (s *Server) readerNamed(ctx context.Context, village, name string) string {
	for _, a := range s.readers(ctx, village) {
		if people.FoldName(a.Name) == people.FoldName(name) {
			return a.ID
		}
	}
	return ""
}

// mayRecord says whether somebody may record for a village.
func mayRecord(a people.Account, village string) bool {
	who := people.Principal{ID: a.ID, Name: a.Name, Role: a.Role, Village: a.Village}
	return a.Active() && who.May(people.Write, village) && who.May(people.Upload, village)
}

// nextAir is when an announcement begins to air next by its schedules; zero when
// none calls for it.
func (s *Server) nextAir(ctx context.Context, d scheduler.Dossier) (time.Time, error) {
	place, err := s.cfg.Places.Village(ctx, d.Announcement.Village)
	if err != nil {
		return time.Time{}, err
	}
	slots, err := s.cfg.Places.Slots(ctx, place.Key)
	if err != nil {
		return time.Time{}, err
	}
	return d.NextStart(place, slots, s.cfg.Now())
}

// unassign takes the request back.
func (s *Server) unassign(ctx context.Context, id, language string) (scheduler.Dossier, error) {
	return s.changeRendition(ctx, id, language, func(_ scheduler.Dossier, r scheduler.Rendition) (scheduler.Rendition, error) {
		return r.Unassign()
	})
}

// coverage is that of one village: of what airs in [from, to), or of everything
// from now on when to is zero.
func (s *Server) coverage(ctx context.Context, place scheduler.Village, from, to time.Time) (scheduler.Coverage, error) {
	ds, err := s.cfg.Readings.MayAir(ctx, place.Key, s.cfg.Now())
	if err != nil {
		return scheduler.Coverage{}, err
	}
	slots, err := s.cfg.Places.Slots(ctx, place.Key)
	if err != nil {
		return scheduler.Coverage{}, err
	}
	return scheduler.Cover(place, ds, slots, from, to)
}

// speakMissing lets a voice tell what is missing in languages that a village has
// just added, where a voice of the board speaks them. What cannot be saved stays
// missing and is shown as that.
func (s *Server) speakMissing(ctx context.Context, place scheduler.Village, added []string) {
	ds, err := s.cfg.Readings.MayAir(ctx, place.Key, s.cfg.Now())
	if err != nil {
		s.cfg.Logger.Error("what a new language is missing from could not be read", "village", place.Key, "err", err)
		return
	}
	choir := s.choir(ctx)
	for _, d := range ds {
		for _, r := range d.Renditions {
			if r.State != scheduler.Missing || r.Waived || r.Fault == playout.FaultGone || d.Announcement.Text == "" || !choir.speaks(r.Language, "") || !slices.Contains(added, r.Language) {
				continue
			}
			_, err := s.changeRendition(ctx, d.Announcement.ID, r.Language, func(d scheduler.Dossier, r scheduler.Rendition) (scheduler.Rendition, error) {
				if r.State != scheduler.Missing || r.Waived {
					return r, nil
				}
				return r.Speak("", s.cfg.Speaker.Normalize(r.Language, d.Announcement.Text).Text, choir.fault())
			})
			if err != nil {
				s.cfg.Logger.Error("a language that is missing could not be given to a voice", "announcement", d.Announcement.ID, "language", r.Language, "err", err)
			}
		}
	}
}

// readers are the people who may record for a village, by name.
func (s *Server) readers(ctx context.Context, village string) []people.Account {
	all := s.roster.everyone(ctx)
	return slices.DeleteFunc(all, func(a people.Account) bool { return !mayRecord(a, village) })
}
