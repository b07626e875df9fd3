package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/scheduler"
)

const (
	// calendarsKept is how many uploaded calendars are remembered between a preview
	// and its confirmation, each at most MaxCalendarFile.
	calendarsKept = 4
	calendarAge   = time.Hour
	// calendarForm bounds an upload with everything around the file.
	calendarForm = MaxCalendarFile + 64<<10
)

// calendarDrop keeps calendars between preview and confirmation. It may be used
// from any goroutine.
type calendarDrop struct {
	mu  sync.Mutex
	all []keptCalendar // the oldest first
}

type keptCalendar struct {
	id, who, village string
	into             []string
	data             []byte
	at               time.Time
}

func (d *calendarDrop) keep(k keptCalendar) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.all = slices.DeleteFunc(d.all, func(o keptCalendar) bool { return k.at.Sub(o.at).Abs() > calendarAge })
	if len(d.all) >= calendarsKept {
		d.all = slices.Delete(d.all, 0, 1)
	}
	d.all = append(d.all, k)
}

// find is what somebody uploaded; it stays until it is too old, so that a second
// press finds it too.
func (d *calendarDrop) find(id, who, village string, now time.Time) (keptCalendar, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, k := range d.all {
		if k.id == id && k.who == who && k.village == village && now.Sub(k.at).Abs() <= calendarAge {
			return k, true
		}
	}
	return keptCalendar{}, false
}

// calendarsView is the page of calendars in and out.
type calendarsView struct {
	Fault    string
	Slots    []choiceView
	MayTake  bool
	MayFeed  bool
	Upload   string // of the preview
	Heading  string // of preview or result
	Told     string
	Rows     []intakeView
	Doing    int
	Feeds    []feedView
	Made     string // for whom an address was made
	Address  string
	FeedName string
	FeedOops string
}

// intakeView is an event in a preview or a result.
type intakeView struct {
	ID, Title, Text, When, Fault, Approval, Link string
	State                                        stateView
	Priority                                     bool
	Next, Notes                                  []string
	Does, Checked                                bool
	Edited                                       string // the sentence about it; empty: nothing is overwritten
	Field, Take                                  string // name of the tick and its words
}

func (p *panel) registerCalendars(r *gin.Engine) {
	r.GET("/calendars", p.allow(people.View, func(v *visit) { p.showCalendars(v, http.StatusOK, calendarsView{}) }))
	r.POST("/calendars/preview", p.allow(people.Plan, p.previewCalendar))
	r.POST("/calendars/import", p.allow(people.Plan, p.importCalendar))
	r.POST("/calendars/feeds", p.allow(people.Plan, p.makeFeed))
	r.POST("/calendars/feeds/:id/revoke", p.allow(people.Plan, p.revokeFeed))
}

// showCalendars draws the page: a preview, a result, or the form to upload.
func (p *panel) showCalendars(v *visit, status int, w calendarsView) {
	slots, err := p.s.cfg.Places.Slots(v.ctx(), v.village.Key)
	if err != nil {
		p.fail(v, err)
		return
	}
	w.MayTake, w.MayFeed = mayTake(v.me, v.village.Key), v.may(people.Plan)
	chosen := v.c.Request.PostForm["slot"]
	slices.SortFunc(slots, func(a, b scheduler.Slot) int { return int(a.Start) - int(b.Start) })
	for i, sl := range slots {
		checked := slices.Contains(chosen, sl.ID) || len(chosen) == 0 && i == 0
		w.Slots = append(w.Slots, choiceView{Value: sl.ID, Name: v.slotName(sl), Checked: checked})
	}
	if w.MayFeed {
		if w.Feeds, err = p.feeds(v); err != nil {
			p.fail(v, err)
			return
		}
	}
	p.render(v, status, "calendars", view{Title: v.word("calendars.title"), Tab: "more", Path: "/calendars", Data: w})
}

// previewCalendar shows what each event of an uploaded file becomes, and keeps the
// file for the confirmation.
func (p *panel) previewCalendar(v *visit) {
	if !mayTake(v.me, v.village.Key) {
		p.problem(v, http.StatusForbidden, "problem.forbidden")
		return
	}
	data, fault := p.uploadedCalendar(v)
	if fault != "" {
		p.showCalendars(v, http.StatusUnprocessableEntity, calendarsView{Fault: fault})
		return
	}
	k := keptCalendar{id: people.NewSecret(), who: v.me.ID, village: v.village.Key, into: v.c.Request.PostForm["slot"], data: data, at: systemTime(0)}
	p.lookAt(v, k, http.StatusOK, "")
	p.s.calendars.keep(k)
}

// lookAt shows the preview of a kept calendar. Ticked are all that do something and
// overwrite nothing that was edited here; none when somebody sent it with none ticked.
func (p *panel) lookAt(v *visit, k keptCalendar, status int, fault string) {
	all, err := p.s.intake(v.ctx(), p.asCaller(v), v.village, k.data, k.into)
	if sentence, ours := p.calendarProblem(v, err); ours {
		p.showCalendars(v, http.StatusUnprocessableEntity, calendarsView{Fault: sentence})
		return
	}
	if err != nil {
		p.fail(v, err)
		return
	}
	w := calendarsView{Upload: k.id, Heading: v.word("calendars.preview", len(all)), Fault: fault}
	for _, i := range all {
		row := p.intakeView(v, i, "intake.")
		row.Checked = row.Does && fault == "" && !i.Edited
		row.Field, row.Take = "take", v.word("calendars.take", row.Title)
		if i.Edited { // told by another name, so that an edit since the preview is not overwritten
			row.Field, row.Take, row.Edited = "overwrite", v.word("calendars.overwrite", row.Title), i.editedWords(v.lang)
		}
		if typed := v.c.Request.PostForm; typed.Get(seenAnswer) == "back" { // what was ticked stays ticked
			row.Checked = row.Does && slices.Contains(typed[row.Field], i.Event.UID)
		}
		if row.Does {
			w.Doing++
		}
		w.Rows = append(w.Rows, row)
	}
	switch {
	case len(all) == 0:
		w.Told = v.word("calendars.no-event")
	case w.Doing == 0:
		w.Told = v.word("calendars.nothing")
	}
	p.showCalendars(v, status, w)
}

// calendarProblem words what is wrong with the file or the slots chosen for it.
func (p *panel) calendarProblem(v *visit, err error) (sentence string, ours bool) {
	var fault CalendarFault
	var invalid scheduler.Invalid
	if errors.As(err, &fault) || errors.As(err, &invalid) {
		return calendarFault(v.lang, err), true
	}
	return "", false
}

// importCalendar takes in the events that were ticked in a preview.
func (p *panel) importCalendar(v *visit) {
	if !mayTake(v.me, v.village.Key) {
		p.problem(v, http.StatusForbidden, "problem.forbidden")
		return
	}
	r := v.c.Request
	r.Body = http.MaxBytesReader(v.c.Writer, r.Body, formBytes)
	if err := r.ParseForm(); err != nil {
		p.badForm(v, err)
		return
	}
	k, kept := p.s.calendars.find(r.PostForm.Get("upload"), v.me.ID, v.village.Key, systemTime(0))
	if !kept {
		p.showCalendars(v, http.StatusGone, calendarsView{Fault: v.word("calendars.gone")})
		return
	}
	chosen, overwrite := r.PostForm["take"], r.PostForm["overwrite"]
	if len(chosen)+len(overwrite) == 0 {
		p.lookAt(v, k, http.StatusUnprocessableEntity, v.word("calendars.none-chosen"))
		return
	}
	if chosen == nil {
		chosen = []string{}
	}
	f := &form{Values: r.PostForm}
	if f.goesBack() {
		p.lookAt(v, k, http.StatusOK, "")
		return
	}
	all, err := p.s.intake(v.ctx(), p.asCaller(v), v.village, k.data, k.into)
	if err == nil {
		take := func(ctx context.Context) error { _, err := p.s.take(ctx, v.me, all, chosen, overwrite); return err }
		if !p.weighed(v, f, take) {
			return
		}
		all, err = p.s.take(v.ctx(), v.me, all, chosen, overwrite)
	}
	if err != nil {
		p.fail(v, err)
		return
	}
	w := calendarsView{Heading: v.word("calendars.result")}
	refused := 0
	for _, i := range all {
		row := p.intakeView(v, i, "intake.did-")
		row.Does = false
		if i.Deed == IntakeRefuse {
			refused++
		}
		w.Rows = append(w.Rows, row)
	}
	w.Told = strings.TrimSpace(v.word("calendars.done", len(all)-refused, refused) + " " + p.s.planned.find(v.me.ID, v.planned))
	p.showCalendars(v, http.StatusOK, w)
}

// asCaller is the visitor as the API knows callers.
func (p *panel) asCaller(v *visit) *Caller { return &Caller{s: p.s, c: v.c, who: v.me, lang: v.lang} }

// uploadedCalendar is the file that was sent, or a sentence about it.
func (p *panel) uploadedCalendar(v *visit) (data []byte, fault string) {
	r := v.c.Request
	r.Body = http.MaxBytesReader(v.c.Writer, r.Body, calendarForm)
	var tooLarge *http.MaxBytesError
	tooBig := calendarFault(v.lang, CalendarFault{"too-large", "1"})
	if err := r.ParseMultipartForm(calendarForm); errors.As(err, &tooLarge) {
		return nil, tooBig
	} else if err != nil {
		return nil, v.word("problem.bad-form")
	}
	file, _, err := r.FormFile("calendar")
	if err != nil {
		return nil, v.word("calendars.no-file")
	}
	defer file.Close()
	if data, err = io.ReadAll(io.LimitReader(file, MaxCalendarFile+1)); err != nil {
		return nil, v.word("problem.bad-form")
	}
	switch {
	case len(data) > MaxCalendarFile:
		return nil, tooBig
	case len(data) == 0:
		return nil, v.word("calendars.no-file")
	}
	return data, ""
}

// intakeView words what becomes of an event, or became.
func (p *panel) intakeView(v *visit, i Intake, deeds string) intakeView {
	w := intakeView{ID: i.Event.UID, Title: i.Event.Title, Does: i.Does(), Priority: i.Dossier.Announcement.Class == scheduler.ClassPriority}
	if w.Title == "" {
		w.Title = v.word("new.untitled")
	}
	if i.Deed == IntakeRefuse {
		w.State, w.Fault = stateView{"bad", "tra", v.word("intake.refuse")}, calendarFault(v.lang, i.Fault)
		return w
	}
	w.State = stateView{"ok", "tot", v.word(deeds + string(i.Deed))}
	switch i.Deed {
	case IntakeSame:
		w.State.Class, w.State.Icon = "soft", "dau"
	case IntakeWithdraw:
		w.State.Class, w.State.Icon = "wait", "lo"
	case IntakeChange:
		w.State.Class, w.State.Icon = "wait", "viet"
	}
	w.Text = i.Dossier.Announcement.Text
	if i.Deed != IntakeNew || strings.Contains(deeds, "did") {
		w.Link = "/announcements/" + i.Dossier.Announcement.ID
	}
	for _, note := range i.Event.Notes {
		w.Notes = append(w.Notes, v.word("calendar-note."+note))
	}
	for _, at := range i.Next {
		w.Next = append(w.Next, upper(v.momentWords(at, v.now)))
	}
	if sc, there := i.schedule(); there && sc.Kind == scheduler.Recurring {
		if slots, err := p.s.cfg.Places.Slots(v.ctx(), v.village.Key); err == nil {
			w.When = v.recurringName(sc, slots, v.now)
		}
	}
	switch i.Dossier.Announcement.Approval.State {
	case scheduler.Approved, scheduler.Submitted:
		if i.Deed != IntakeWithdraw {
			w.Approval = v.word("intake.state-" + string(i.Dossier.Announcement.Approval.State))
		}
	}
	return w
}
