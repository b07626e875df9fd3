package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	ics "github.com/arran4/golang-ical"

	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
)

// feedDays is how many days of the plan the feed tells, and of what became of it.
const feedDays = 14

// registerFeed serves a village's plan as iCalendar (RFC 5545), for calendars
// that people subscribe to.
func (s *Server) registerFeed(r *gin.Engine) {
	r.GET("/calendar/:file", s.feed)
}

// feed answers with the plan of the coming days. Calendars cannot sign in: they
// carry a token in the address, and because addresses leak, only one that may do
// nothing but look.
func (s *Server) feed(c *gin.Context) {
	lang := pageLanguage(c.Request)
	c.Header("Referrer-Policy", "no-referrer")
	village, named := strings.CutSuffix(c.Param("file"), ".ics")
	if !named {
		s.abort(c, s.problem(lang, http.StatusNotFound, "not-found"))
		return
	}
	who, known := s.subscriber(c)
	switch {
	case !known:
		s.abort(c, s.problem(lang, http.StatusUnauthorized, "feed-token"))
		return
	case c.Query("token") != "" && (who.Role != people.Viewer || who.Emergency):
		s.abort(c, s.problem(lang, http.StatusForbidden, "feed-role"))
		return
	case !who.May(people.View, village):
		s.abort(c, s.problem(lang, http.StatusNotFound, "not-found"))
		return
	}
	body, err := s.feedOf(c.Request.Context(), lang, village)
	if err != nil {
		s.abort(c, s.explain(lang, err))
		return
	}
	sum := sha256.Sum256(body)
	tag := `"` + hex.EncodeToString(sum[:12]) + `"`
	c.Header("ETag", tag)
	c.Header("Cache-Control", "private, no-cache")
	c.Header("Content-Disposition", fmt.Sprintf("inline; filename=%q", village+".ics"))
	if strings.Contains(c.GetHeader("If-None-Match"), tag) {
		c.Status(http.StatusNotModified)
		return
	}
	c.Data(http.StatusOK, "text/calendar; charset=utf-8", body)
}

// subscriber is who asks: by the token in the address, else as everywhere.
func (s *Server) subscriber(c *gin.Context) (people.Principal, bool) {
	if secret := c.Query("token"); secret != "" {
		if !people.IsSecret(secret) {
			return people.Principal{}, false
		}
		t, known := s.roster.token(c.Request.Context(), people.HashSecret(secret))
		return t.Principal(), known && t.AliveAt(s.cfg.Now())
	}
	return s.principal(c)
}

// feedOf writes the plan of a village from now on, and what became of the days gone.
func (s *Server) feedOf(ctx context.Context, lang, village string) ([]byte, error) {
	p, err := s.phrase(ctx, lang, village)
	if err != nil {
		return nil, err
	}
	v, err := s.cfg.Places.Village(ctx, village)
	if err != nil {
		return nil, err
	}
	now := s.cfg.Now()
	to := now.AddDate(0, 0, feedDays)
	plan, err := s.planUntil(ctx, village, now, to)
	if err != nil {
		return nil, err
	}
	book, err := s.cfg.AsRun.Book(ctx, village, now)
	if err != nil && !isDamage(err) {
		return nil, err
	}
	f := &feed{p: p, now: now, place: v, made: plan.Made, changes: changesOf(book), told: map[string]bool{}}
	f.plan(plan.Within(now, to))
	runs, err := s.cfg.AsRun.AsRuns(ctx, village, now.AddDate(0, 0, -feedDays), now)
	if err != nil && !isDamage(err) {
		return nil, err
	}
	f.past(runs)
	events := f.events()
	versions, err := s.cfg.Interchange.FeedTold(ctx, village, now.UTC(), events)
	if err != nil { // what is told is right all the same, and the next time it rises
		s.cfg.Logger.Warn("what the calendar feed tells cannot be remembered", "err", err)
		versions = events
	}
	return f.write(versions)
}

// edited is how often a record was changed, and when last.
type edited struct {
	times int64
	at    time.Time
}

func changesOf(b scheduler.Book) map[string]edited {
	out := map[string]edited{}
	for _, a := range b.Announcements {
		out[a.ID] = changeOf(a.Owned)
	}
	for _, s := range b.Schedules {
		out[s.ID] = changeOf(s.Owned)
	}
	return out
}

func changeOf(o scheduler.Owned) edited {
	at := o.Updated
	if at.IsZero() {
		at = o.Created
	}
	return edited{o.Revision - 1, at}
}

// feed is one iCalendar object in the making.
type feed struct {
	p       phrase
	now     time.Time
	place   scheduler.Village
	made    time.Time         // when the plan was
	changes map[string]edited // by the ID of announcement and schedule
	told    map[string]bool
	items   []feedItem
}

// feedItem is an occurrence as the feed tells it.
type feedItem struct {
	id, title  string
	begin, end time.Time
	status     ics.ObjectStatus
	why        []string // in the language of whoever asks
	mark       string   // what makes it another: codes, in no language
	least      edited   // its version if it was never told before
}

// plan gathers the notices and relays of a plan, what will not air as cancelled.
func (f *feed) plan(plan scheduler.Plan) {
	for _, o := range plan.Occurrences {
		var why []string
		mark := ""
		for _, r := range o.Reasons {
			why = append(why, f.p.reason(r, f.now))
			mark += string(r.Code) + " "
		}
		f.add(o, ics.ObjectStatusConfirmed, why, mark)
	}
	for _, o := range plan.Omissions {
		status := ics.ObjectStatusCancelled
		if o.Reason.Code == scheduler.ReasonNotReady { // it may still be recorded
			status = ics.ObjectStatusTentative
		}
		f.add(o.Occurrence, status, []string{f.p.omitted(o, f.now)}, string(o.Reason.Code))
	}
}

// past gathers what became of the days gone: an occurrence has the UID that it had
// in the plan.
func (f *feed) past(runs []playout.AsRun) {
	for _, r := range runs {
		if r.Outcome == "" {
			continue
		}
		o := scheduler.Occurrence{
			ID: r.Occurrence, Kind: r.Kind, Announcement: r.Announcement, Schedule: r.Schedule, Title: r.Title,
			Nominal: r.Nominal, Due: r.Due, Length: r.Planned,
		}
		status := ics.ObjectStatusCancelled
		if first, last := r.Span(); !first.IsZero() {
			status, o.Due = ics.ObjectStatusConfirmed, first
			if last.After(first) {
				o.Length = last.Sub(first)
			}
		}
		why := []string{f.p.runState(r, doing{}).Text}
		if r.Cause != "" && r.Outcome != playout.Played {
			why = append(why, f.p.causeOf(r))
		}
		f.add(o, status, why, string(r.Outcome)+" "+r.Cause)
	}
}

// add gathers one occurrence, once: drills, openings and closings are nobody's
// appointment.
func (f *feed) add(o scheduler.Occurrence, status ics.ObjectStatus, why []string, mark string) {
	if o.Kind != scheduler.Notice && o.Kind != scheduler.Relay || f.told[o.ID] {
		return
	}
	f.told[o.ID] = true
	begin := o.Due
	if begin.IsZero() {
		begin = o.Nominal
	}
	begin = begin.Truncate(time.Second).UTC()
	notice, schedule := f.changes[o.Announcement], f.changes[o.Schedule]
	least := edited{notice.times + schedule.times, notice.at}
	if schedule.at.After(least.at) {
		least.at = schedule.at
	}
	if least.at.IsZero() {
		least.at = f.made
	}
	f.items = append(f.items, feedItem{
		id: o.ID, title: oneLine(o.Title), begin: begin, end: begin.Add(max(o.Length, time.Second) + time.Second - 1).Truncate(time.Second),
		status: status, why: why, mark: mark, least: least,
	})
}

// events are the items for the memory of what was told.
func (f *feed) events() []scheduler.FeedEvent {
	list := make([]scheduler.FeedEvent, len(f.items))
	for n, i := range f.items {
		sum := sha256.Sum256(fmt.Appendf(nil, "%q %d %d %s %q %d", i.title, i.begin.Unix(), i.end.Unix(), i.status, i.mark, i.least.times))
		list[n] = scheduler.FeedEvent{Occurrence: i.id, Digest: hex.EncodeToString(sum[:12]), Begins: i.begin, Sequence: i.least.times, Changed: i.least.at}
	}
	return list
}

// write puts what was gathered into a calendar, each with its version. All times are
// UTC, which every reader knows without a zone table.
func (f *feed) write(versions []scheduler.FeedEvent) ([]byte, error) {
	cal := ics.NewCalendarFor("Loa Làng")
	cal.SetCalscale("GREGORIAN")
	cal.SetMethod(ics.MethodPublish)
	name := f.p.word("feed.name", f.place.Name)
	cal.SetName(name)
	cal.SetXWRCalName(name)
	cal.SetXWRTimezone(f.p.loc.String())
	cal.SetRefreshInterval("PT1H")
	cal.SetXPublishedTTL("PT1H")
	for n, i := range f.items {
		v := versions[n]
		e := cal.AddEvent(feedUID(i.id, f.place.Key))
		e.SetStartAt(i.begin)
		e.SetEndAt(i.end)
		e.SetDtStampTime(v.Changed.UTC())
		e.SetModifiedAt(v.Changed.UTC())
		e.SetSequence(int(v.Sequence))
		e.SetSummary(i.title)
		e.SetLocation(oneLine(f.place.Name + ", " + f.place.Commune))
		if text := strings.Join(i.why, "\n"); text != "" {
			e.SetDescription(text)
		}
		e.SetStatus(i.status)
		e.SetTimeTransparency(ics.TransparencyTransparent)
	}
	var out bytes.Buffer
	if err := cal.SerializeTo(&out, ics.WithNewLineWindows); err != nil {
		return nil, fmt.Errorf("write the calendar of %s: %w", f.place.Key, err)
	}
	return out.Bytes(), nil
}

// oneLine keeps what must be a line on one.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
