package web

import (
	"context"
	"fmt"
	"slices"
	"time"

	"loalang/scheduler"
)

// How far ahead a change is foreseen: as far as the plan is published, or a day behind
// the instant that the change names, within foreseenMost.
const (
	foreseenAhead = 7 * 24 * time.Hour
	foreseenMost  = 92 * 24 * time.Hour
)

// noticedShift is how much later or sooner something may air before whoever causes it is
// asked.
const noticedShift = time.Minute

// prospect is what a change would make of the plan.
type prospect struct {
	differences []scheduler.Difference
	own         []string // announcements that the change is about
	now         time.Time
	horizon     time.Duration
	after       scheduler.Book        // with the change
	slots       []scheduler.Slot      // with and without the change, to name them by
	stops       []string              // occurrences that sound now, or are about to, and would end at once
	waits       bool                  // what it is about airs only once somebody has approved it
	clashes     []scheduler.SlotClash // slots that would overlap, and did not before
	blind       bool                  // the database is damaged: nothing can be foreseen
}

// ahead says what a change would make of the plan: do makes it, in a rehearsal.
// The first error is that of do, as it would be in earnest; the second says that
// nothing could be foreseen.
func (s *Server) ahead(ctx context.Context, do func(context.Context) error) (f prospect, refused, err error) {
	ctx, r := rehearse(ctx)
	if err := do(ctx); err != nil && len(r.changes) == 0 {
		return f, err, nil
	}
	f, err = s.outcome(ctx, r)
	return f, nil, err
}

// outcome compares the plan without and with what was rehearsed.
func (s *Server) outcome(ctx context.Context, r *rehearsal) (prospect, error) {
	f := prospect{now: s.cfg.Now(), horizon: foreseenAhead}
	village := r.village
	if village == "" {
		village = s.cfg.Village
	}
	book, err := s.cfg.AsRun.Book(ctx, village, f.now)
	if isDamage(err) {
		f.blind = true
		return f, nil
	}
	if err != nil {
		return f, fmt.Errorf("read the book: %w", err)
	}
	for _, at := range r.named {
		if ahead := at.Sub(f.now) + 24*time.Hour; ahead > f.horizon && ahead <= foreseenMost {
			f.horizon = ahead
		}
	}
	with := book // apply may put its own where the book's were
	with.Slots, with.Stations, with.Schedules = slices.Clone(book.Slots), slices.Clone(book.Stations), slices.Clone(book.Schedules)
	with.Drills = slices.Clone(book.Drills)
	with.Announcements, with.Renditions = slices.Clone(book.Announcements), slices.Clone(book.Renditions)
	r.apply(&with)
	f.own = r.own
	if f.stops, err = s.stops(ctx, r, book); err != nil {
		return f, err
	}
	if with, err = s.withSounds(ctx, with); err != nil {
		return f, err
	}
	lengths, err := s.lengthsOf(ctx, with, f.own)
	if err != nil {
		return f, err
	}
	f.slots = append(slices.Clone(with.Slots), book.Slots...)
	f.waits = slices.ContainsFunc(with.Announcements, func(a scheduler.Announcement) bool {
		return slices.Contains(f.own, a.ID) && with.Village.Approvals.On() && unapproved(a)
	})
	if loc, err := with.Village.Location(); err == nil {
		f.clashes = scheduler.NewClashes(book.Slots, with.Slots, phrase{loc: loc}.civilOf(f.now))
	}
	for _, id := range f.own {
		was, is := book.Presumed(id, lengths), with.Presumed(id, lengths)
		if r.decided {
			was.Announcements, is.Announcements = book.Announcements, with.Announcements
		}
		book, with = was, is
	}
	f.waits = f.waits && !r.decided
	f.after = with
	f.differences, err = scheduler.Foresee(f.now, f.horizon, book, func(b *scheduler.Book) { *b = with })
	return f, err
}

// stops are the occurrences on air that a change would end. The book has them from the
// as-run, which other processes read as well.
func (s *Server) stops(ctx context.Context, r *rehearsal, book scheduler.Book) ([]string, error) {
	ended := slices.Clone(r.ended)
	for _, id := range r.ended {
		d, err := s.cfg.Announcements.Announcement(ctx, id)
		if isMissing(err) {
			continue // it is a schedule, or has never been saved
		}
		if err != nil {
			return nil, fmt.Errorf("look what of an announcement sounds: %w", err)
		}
		for _, schedule := range d.Schedules {
			ended = append(ended, schedule.ID)
		}
	}
	var on []string
	now := s.cfg.Now()
	for _, p := range book.Past {
		if !p.Over && !p.Ahead && p.Schedule != "" && p.End.After(now) && slices.Contains(ended, p.Schedule) {
			on = append(on, p.Occurrence)
		}
	}
	return on, nil
}

// withSounds is a book with the lengths of the openings and closings that its slots
// name now.
func (s *Server) withSounds(ctx context.Context, b scheduler.Book) (scheduler.Book, error) {
	for _, slot := range b.Slots {
		for _, id := range []string{slot.Opening, slot.Closing} {
			if _, known := b.Frame.Sounds[id]; known || id == "" {
				continue
			}
			rec, err := s.cfg.Shelf.Recording(ctx, id)
			if isMissing(err) {
				continue // it sounds for no time
			}
			if err != nil {
				return b, fmt.Errorf("look how long a slot's frame is: %w", err)
			}
			b = withSound(b, id, rec.Length)
		}
	}
	return b, nil
}

// lengthsOf are the lengths of the takes of announcements that are still measured.
func (s *Server) lengthsOf(ctx context.Context, b scheduler.Book, own []string) (map[string]time.Duration, error) {
	lengths := map[string]time.Duration{}
	for _, r := range b.Renditions {
		if r.State != scheduler.Recorded || r.Recording == "" || !slices.Contains(own, r.Announcement) {
			continue
		}
		rec, err := s.cfg.Shelf.Recording(ctx, r.Recording)
		if isMissing(err) {
			continue // its length is guessed as a voice's
		}
		if err != nil {
			return nil, fmt.Errorf("look how long a recording is: %w", err)
		}
		lengths[r.Recording] = rec.Length
	}
	return lengths, nil
}

// asks says whether somebody should see the difference before it is saved: something
// is lost, refused or promised no more that the change is not about, or moves by more
// than a minute.
func (f prospect) asks() bool {
	return len(f.clashes) > 0 || slices.ContainsFunc(f.differences, f.troubles)
}

// unapproved says whether somebody has still to approve the whole of an announcement.
func unapproved(a scheduler.Announcement) bool {
	switch a.Approval.State {
	case scheduler.Draft, scheduler.Submitted, scheduler.Returned:
		return true
	}
	return false
}

// tells says whether the plan has anything otherwise that somebody would notice.
func (f prospect) tells() bool {
	return len(f.clashes) > 0 || slices.ContainsFunc(f.differences, func(d scheduler.Difference) bool {
		return !framing(d.Occurrence.Kind) && (d.Turn != scheduler.Shifted || d.By().Abs() > noticedShift)
	})
}

// days is how many days ahead was looked.
func (f prospect) days() int { return int(f.horizon / (24 * time.Hour)) }

// troubles says it of one difference.
func (f prospect) troubles(d scheduler.Difference) bool {
	own := slices.Contains(f.own, d.Occurrence.Announcement) && d.Occurrence.Announcement != ""
	switch code := d.Reason.Code; {
	case framing(d.Occurrence.Kind), code == scheduler.ReasonNotReady, code == scheduler.ReasonNotApproved:
		return false
	case d.Turn == scheduler.Refused:
		return true
	case d.Turn == scheduler.Lost:
		return !own || code != scheduler.ReasonWithdrawn
	case d.Turn == scheduler.Gone:
		return !own && !d.Was.IsZero()
	case d.Turn == scheduler.Shifted:
		return !own && d.By().Abs() > noticedShift
	}
	return false
}

// suggestions are ways out for what is lost or refused, the change made: for the
// first few only, for each costs some plans. By occurrence.
func (f prospect) suggestions(most int) (map[string][]scheduler.Suggestion, error) {
	found := map[string][]scheduler.Suggestion{}
	seen := map[string]bool{} // one for each schedule
	for _, d := range f.differences {
		if d.Turn != scheduler.Lost && d.Turn != scheduler.Refused || !f.troubles(d) || seen[d.Occurrence.Schedule] {
			continue
		}
		if len(seen) == most {
			break
		}
		seen[d.Occurrence.Schedule] = true
		ways, err := scheduler.Suggest(f.now, f.horizon, f.after, d.Occurrence.ID)
		if err != nil {
			return nil, fmt.Errorf("look for ways out: %w", err)
		}
		found[d.Occurrence.ID] = ways
	}
	return found, nil
}
