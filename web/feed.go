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
	"loalang/scheduler"
)

// feedDays is how many days of the plan the feed tells.
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
	if token := c.Query("token"); token != "" {
		return s.bearer(c.Request.Context(), "Bearer "+token)
	}
	return s.principal(c)
}

// feedOf writes the plan of a village from now on.
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
	f := &feed{p: p, now: now, place: v, made: plan.Made, told: map[string]bool{}, changes: changesOf(book)}
	return f.write(plan.Within(now, to))
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
	made    time.Time // when the plan was
	told    map[string]bool
	changes map[string]edited // by the ID of announcement and schedule
	cal     *ics.Calendar
}

// write puts the notices and relays of a plan into a calendar, what will not air
// as cancelled. All times are UTC, which every reader knows without a zone table.
func (f *feed) write(plan scheduler.Plan) ([]byte, error) {
	f.cal = ics.NewCalendarFor("Loa Làng")
	f.cal.SetCalscale("GREGORIAN")
	name := f.p.word("feed.name", f.place.Name)
	f.cal.SetName(name)
	f.cal.SetXWRCalName(name)
	f.cal.SetXWRTimezone(f.p.loc.String())
	f.cal.SetRefreshInterval("PT1H", ics.WithValue("DURATION"))
	f.cal.SetXPublishedTTL("PT1H")
	for _, o := range plan.Occurrences {
		var why []string
		for _, r := range o.Reasons {
			why = append(why, f.p.reason(r, f.now))
		}
		f.event(o, ics.ObjectStatusConfirmed, why)
	}
	for _, o := range plan.Omissions {
		status := ics.ObjectStatusCancelled
		if o.Reason.Code == scheduler.ReasonNotReady { // it may still be recorded
			status = ics.ObjectStatusTentative
		}
		f.event(o.Occurrence, status, []string{f.p.omitted(o, f.now)})
	}
	var out bytes.Buffer
	if err := f.cal.SerializeTo(&out, ics.WithNewLineWindows); err != nil {
		return nil, fmt.Errorf("write the calendar of %s: %w", f.place.Key, err)
	}
	return out.Bytes(), nil
}

// event tells one occurrence, once. Its UID is the occurrence's ID, which
// outlives restarts and refills of a slot.
func (f *feed) event(o scheduler.Occurrence, status ics.ObjectStatus, why []string) {
	if o.Kind != scheduler.Notice && o.Kind != scheduler.Relay || f.told[o.ID] {
		return
	}
	f.told[o.ID] = true
	begin := o.Due
	if begin.IsZero() {
		begin = o.Nominal
	}
	begin = begin.Truncate(time.Second)
	e := f.cal.AddEvent(o.ID + "@" + f.place.Key + ".loalang")
	e.SetStartAt(begin.UTC())
	e.SetEndAt(begin.Add(max(o.Length, time.Second) + time.Second - 1).Truncate(time.Second).UTC())
	notice, schedule := f.changes[o.Announcement], f.changes[o.Schedule]
	changed := notice.at
	if schedule.at.After(changed) {
		changed = schedule.at
	}
	if changed.IsZero() {
		changed = f.made
	}
	e.SetDtStampTime(changed.UTC())
	e.SetModifiedAt(changed.UTC())
	e.SetSequence(int(notice.times + schedule.times))
	e.SetSummary(oneLine(o.Title))
	e.SetLocation(oneLine(f.place.Name + ", " + f.place.Commune))
	if text := strings.Join(why, "\n"); text != "" {
		e.SetDescription(text)
	}
	e.SetStatus(status)
	e.SetTimeTransparency(ics.TransparencyTransparent)
}

// oneLine keeps what must be a line on one.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
