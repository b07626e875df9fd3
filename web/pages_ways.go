package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"loalang/people"
	"loalang/scheduler"
)

// wayName names a way out among those of one occurrence, so that it is found again
// when it is taken: what only passing time makes another is not in it.
func wayName(s scheduler.Suggestion) string {
	switch s.Way {
	case scheduler.WayAt, scheduler.WayThatDay, scheduler.WayTimes, scheduler.WayDay:
		return string(s.Way) + " " + strconv.FormatInt(s.At.Unix(), 10)
	case scheduler.WaySlot:
		return string(s.Way) + " " + s.Slot
	}
	return string(s.Way)
}

// taking is the change that a way out of the announcement d is; nil: it is no change of
// the announcement, or somebody else must make it.
func (s *Server) taking(d scheduler.Dossier, way scheduler.Suggestion) func(ctx context.Context) error {
	edit := func(c change) func(ctx context.Context) error {
		return func(ctx context.Context) error { _, err := s.edit(ctx, d, c); return err }
	}
	switch way.Way {
	case scheduler.WayAt, scheduler.WaySlot, scheduler.WayLater, scheduler.WayThatDay, scheduler.WayTimes, scheduler.WayDay:
		return func(ctx context.Context) error { return s.keepSchedule(ctx, d, way.Schedule) }
	case scheduler.WayValid:
		return edit(change{ValidUntil: &way.Until})
	case scheduler.WayPriority:
		class := string(scheduler.ClassPriority)
		return edit(change{Class: &class})
	}
	return nil
}

// wayRight is what somebody must be allowed to do to take a way out on the spot.
func wayRight(way scheduler.Way) people.Action {
	if way == scheduler.WayValid || way == scheduler.WayPriority {
		return people.Write
	}
	return people.Plan
}

// wayOut is the way out of that name of an omitted occurrence of d; false: the plan has
// it no more.
func (s *Server) wayOut(ctx context.Context, d scheduler.Dossier, occurrence, name string) (way scheduler.Suggestion, ok bool, err error) {
	all, err := s.waysOut(ctx, d, occurrence)
	if err != nil {
		return way, false, err
	}
	i := slices.IndexFunc(all, func(s scheduler.Suggestion) bool { return wayName(s) == name })
	if i < 0 || !slices.ContainsFunc(d.Schedules, func(sc scheduler.Schedule) bool { return strings.HasPrefix(occurrence, sc.ID+":") }) {
		return way, false, nil
	}
	return all[i], true, nil
}

// waysOut are the ways out of an omitted occurrence of d, as they are now.
func (s *Server) waysOut(ctx context.Context, d scheduler.Dossier, occurrence string) ([]scheduler.Suggestion, error) {
	now := s.cfg.Now()
	book, err := s.cfg.AsRun.Book(ctx, d.Announcement.Village, now)
	if err != nil {
		return nil, fmt.Errorf("read the book: %w", err)
	}
	horizon := whyAhead
	if day, there := dayIn(occurrence, book.Village); there {
		horizon = min(max(whyAhead, day.AddDate(0, 0, 2).Sub(now)), foreseenMost)
	}
	all, err := scheduler.Suggest(now, horizon, book.With(d), occurrence)
	if err != nil {
		return nil, fmt.Errorf("look for the way out: %w", err)
	}
	return all, nil
}

// dayIn is the first instant of the civil day in an occurrence's ID.
func dayIn(occurrence string, place scheduler.Village) (time.Time, bool) {
	loc, err := place.Location()
	_, rest, found := strings.Cut(occurrence, ":"+place.Key+":")
	if err != nil || !found {
		return time.Time{}, false
	}
	day, err := time.ParseInLocation(time.DateOnly, rest[:min(len(rest), len(time.DateOnly))], loc)
	return day, err == nil
}

// takeWayOut takes a way out of an omission, behind a look at what else it changes.
func (p *panel) takeWayOut(v *visit) {
	f, d, ok := p.formOf(v)
	if !ok {
		return
	}
	page := "/announcements/" + d.Announcement.ID
	occurrence := f.Get("occurrence")
	why := page + "/why"
	if day, there := dayIn(occurrence, v.village); there {
		why += "?day=" + civil(v.civilOf(day))
	}
	if f.goesBack() {
		v.c.Redirect(http.StatusSeeOther, why)
		return
	}
	if !d.Announcement.Withdrawn.IsZero() {
		p.problem(v, http.StatusConflict, "problem.withdrawn")
		return
	}
	way, found, err := p.s.wayOut(v.ctx(), d, occurrence, f.Get("way"))
	if err != nil {
		p.fail(v, err)
		return
	}
	take := p.s.taking(d, way)
	if !found || take == nil {
		v.c.Redirect(http.StatusSeeOther, withQuery(why, "refused", "way-gone"))
		return
	}
	if !v.may(wayRight(way.Way)) {
		p.problem(v, http.StatusForbidden, "problem.forbidden")
		return
	}
	if !p.sure(v, f, take) {
		return
	}
	if err := take(v.ctx()); err != nil {
		p.fail(v, err)
		return
	}
	v.goTo(page, "way-"+string(way.Way))
}

// wayStep is a way out with what takes it, or leads to where it is taken.
type wayStep struct {
	Text       string
	Occurrence string // the form of it; empty: none
	Way        string
	Links      []wayLink
	Note       string // who can, when the visitor cannot
}

type wayLink struct{ Path, Do string }

// steps are the ways out of an omission of d for the visitor.
func (v *visit) steps(d scheduler.Dossier, a Answer, slots []scheduler.Slot) []wayStep {
	var steps []wayStep
	for i, way := range a.ways {
		s := wayStep{Text: a.Ways[i], Way: wayName(way)}
		switch way.Way {
		case scheduler.WayException:
			s.Links = v.askLifted(d, a, way.Lifts, slots)
		case scheduler.WayApprove:
			if v.may(people.Write) {
				s.Links = []wayLink{{"/approvals/notice/" + d.Announcement.ID, v.word("way.do-approve")}}
			}
		case scheduler.WayRecord:
			s.Links = v.recordMissing(d)
		case scheduler.WayShorten:
			s.Links = v.shortened(d, way.Language)
		default:
			if v.may(wayRight(way.Way)) {
				s.Occurrence = a.Occurrence
			}
		}
		if s.Occurrence == "" && len(s.Links) == 0 {
			s.Note = v.word("way.others")
		}
		steps = append(steps, s)
	}
	return steps
}

// liftedFor is how long the exception lasts at least that is proposed for one notice.
const liftedFor = 30 * time.Minute

// askLifted leads to the form of an exception, filled in but for its reason.
func (v *visit) askLifted(d scheduler.Dossier, a Answer, lifts []scheduler.Lift, slots []scheduler.Slot) []wayLink {
	if !v.may(people.Plan) {
		return nil
	}
	from, to := a.At.In(v.loc), a.At.Add(max(liftedFor, a.takes+5*time.Minute)).In(v.loc)
	q := url.Values{
		"announcement": {d.Announcement.ID},
		"from_date":    {civil(v.civilOf(from))}, "from_time": {from.Format("15:04")},
		"to_date": {civil(v.civilOf(to))}, "to_time": {to.Format("15:04")},
	}
	for _, l := range lifts {
		q.Add("rule", string(l))
	}
	if i := slices.IndexFunc(slots, func(s scheduler.Slot) bool { return s.ID == a.slot }); i >= 0 {
		end := a.At.Add(slots[i].Length).In(v.loc)
		q.Set("to_date", civil(v.civilOf(end)))
		q.Set("to_time", end.Format("15:04"))
	}
	return []wayLink{{"/exceptions?" + q.Encode() + "#ask", v.word("way.do-exception")}}
}

// recordMissing leads to where what no language has yet is recorded.
func (v *visit) recordMissing(d scheduler.Dossier) (links []wayLink) {
	for _, r := range d.Renditions {
		if !v.concerns(r) || !r.Lacking() {
			continue
		}
		path := "/announcements/" + d.Announcement.ID + "#tieng-" + r.Language
		if v.may(people.Write) && v.may(people.Upload) {
			path = recordPath(d.Announcement.ID, r.Language)
		}
		links = append(links, wayLink{path, v.word("way.do-record", v.lower(v.language(r.Language)))})
	}
	if len(links) == 0 { // a voice is at it
		links = []wayLink{{"/announcements/" + d.Announcement.ID + "#renditions", v.word("way.do-renditions")}}
	}
	return links
}

// shortened leads to where what is too long in a language is made shorter: its cut, or
// its words.
func (v *visit) shortened(d scheduler.Dossier, language string) []wayLink {
	r := renditionIn(d, language)
	var links []wayLink
	if r.SpokenText == "" && r.Recording != "" && v.may(people.Upload) {
		q := url.Values{"for": {d.Announcement.ID}, "language": {language}}
		links = append(links, wayLink{"/recordings/" + r.Recording + "/trim?" + q.Encode(), v.word("way.do-trim")})
	}
	if v.may(people.Write) {
		links = append(links, wayLink{"/announcements/" + d.Announcement.ID + "?edit=1#edit", v.word("way.do-edit")})
	}
	return links
}
